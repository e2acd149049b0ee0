"""A person's limits as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from mentoring.days import Days, QuietDays
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import utc
from mentoring.people import Limits

AS_THEY_ARE = (
    "buffer_minutes",
    "notice_hours",
    "per_day",
    "per_week",
    "per_month",
    "country",
    "subdivision",
    "confirmed",
)


def as_json(limits: Limits) -> dict[str, Any]:
    """Raises ValueError for a naive paused_until."""
    return {
        "zone": limits.zone,
        "days": [_pairs(day) for day in limits.hours.days],
        "preferred": _pairs(limits.preferred),
        "quiet": [[each.first.isoformat(), each.last.isoformat()] for each in limits.quiet.stretches],
        "quiet_weekdays": sorted(limits.quiet.weekdays),
        "paused_until": utc(limits.paused_until).isoformat() if limits.paused_until else None,
        **{name: getattr(limits, name) for name in AS_THEY_ARE},
    }


def from_json(body: dict[str, Any]) -> Limits:
    return Limits(
        hours=WeeklyHours(body["zone"], tuple(_hours(day) for day in body["days"])),
        preferred=_hours(body["preferred"]),
        quiet=_quiet(body),
        paused_until=datetime.fromisoformat(body["paused_until"]) if body["paused_until"] else None,
        **{name: body[name] for name in AS_THEY_ARE if name in body},
    )


def _quiet(body: dict[str, Any]) -> QuietDays:
    """None where they were kept before there were any."""
    stretches = (Days(date.fromisoformat(first), date.fromisoformat(last)) for first, last in body.get("quiet", ()))
    return QuietDays(tuple(stretches), frozenset(body.get("quiet_weekdays", ())))


def _pairs(hours: Iterable[DayHours]) -> list[list[int]]:
    return [[each.start, each.end] for each in hours]


def _hours(pairs: Iterable[list[int]]) -> tuple[DayHours, ...]:
    return tuple(DayHours(start, end) for start, end in pairs)
