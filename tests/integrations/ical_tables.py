"""Builders for tables of calendars and the busy times they mean."""

from __future__ import annotations

from datetime import UTC, datetime

from integrations.ical import busy_events
from mentoring.availability import BusyEvent
from mentoring.intervals import Interval

ANN = "ann@example.org"
WINDOW = Interval(datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC))


def calendar(*parts: str, head: str = "") -> bytes:
    """A file of components, each a VEVENT written as its lines separated by `|` unless it says BEGIN itself."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *filter(None, head.split("|"))]
    for part in parts:
        inside = part.split("|")
        lines += inside if inside[0].startswith("BEGIN:") else ["BEGIN:VEVENT", *inside, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def busy(
    text: bytes, zone: str = "Europe/Berlin", owners: frozenset[str] = frozenset({ANN}), window: Interval = WINDOW
) -> tuple[BusyEvent, ...]:
    return busy_events(text, window, zone=zone, owners=owners, key_of=lambda uid: f"key of {uid}")


def times(text: bytes, zone: str = "Europe/Berlin", window: Interval = WINDOW) -> list[str]:
    """The busy times as "10-20 07:00/08:00" in UTC; the end's date is told where it differs."""
    return [told(each.interval) for each in busy(text, zone, window=window)]


def told(interval: Interval) -> str:
    same_day = interval.start.date() == interval.end.date()
    return f"{interval.start:%m-%d %H:%M}/{interval.end:{'%H:%M' if same_day else '%m-%d %H:%M'}}"
