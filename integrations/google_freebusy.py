"""Google's free/busy query: https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.google_api import GoogleApi
from integrations.google_problems import Gone, NotForUs
from mentoring.errors import InterludeError, TryLater
from mentoring.intervals import Interval, Intervals

AT_ONCE = 50
"""calendarExpansionMax: "Maximum value is 50"."""

LONGEST = timedelta(days=60)
"""Longer ranges are asked for in parts. Google refuses those of about three months and more (timeRangeTooLong)."""

Busy = Intervals


def free_busy(api: GoogleApi, hrefs: Sequence[str], window: Interval) -> Mapping[str, Busy | InterludeError]:
    """The busy blocks of each calendar in the window, or what is wrong with that one. Never less than was asked for."""
    found: dict[str, Busy | InterludeError] = {}
    for first in range(0, len(hrefs), AT_ONCE):
        some = hrefs[first : first + AT_ONCE]
        parts = [_asked(api, some, part) for part in _parts(window)]
        found |= {href: _joined([part[href] for part in parts]) for href in some}
    return found


def _joined(parts: Sequence[Busy | InterludeError]) -> Busy | InterludeError:
    whole = Intervals()
    for part in parts:
        if isinstance(part, InterludeError):
            return part
        whole |= part
    return whole


def _asked(api: GoogleApi, hrefs: Sequence[str], window: Interval) -> dict[str, Busy | InterludeError]:
    body = {
        "timeMin": moment(window.start),
        "timeMax": moment(window.end),
        "timeZone": "UTC",
        "items": [{"id": href} for href in hrefs],
        "calendarExpansionMax": AT_ONCE,
    }
    answer = api.read(api.calendar.freebusy().query(body=body))
    calendars = answer.get("calendars")
    told = calendars if isinstance(calendars, dict) else {}
    return {href: _busy(told.get(href)) for href in hrefs}


def _busy(told: Any) -> Busy | InterludeError:
    """One calendar's part. An error inside a 200 is an error, and so is a calendar that is not told of at all."""
    if not isinstance(told, dict):
        return TryLater("Google left a calendar out of its answer")
    if errors := told.get("errors"):
        return _problem({each.get("reason") for each in errors if isinstance(each, dict)})
    try:
        return Intervals.of(Interval(read_moment(each["start"]), read_moment(each["end"])) for each in told["busy"])
    except (KeyError, TypeError, ValueError) as problem:
        unread = TryLater("Google's answer could not be read")
        unread.__cause__ = ValueError(type(problem).__name__)
        return unread


def _problem(reasons: set[Any]) -> InterludeError:
    if "notFound" in reasons:
        return Gone("the calendar is no longer there at Google, or no longer shared with this account")
    if reasons & {"forbidden", "insufficientPermissions"}:
        return NotForUs("Google does not let this account look at that calendar")
    return TryLater("Google cannot say at the moment when this calendar is busy")


def _parts(window: Interval) -> Iterator[Interval]:
    start = window.start
    while start < window.end:
        end = min(start + LONGEST, window.end)
        yield Interval(start, end)
        start = end


def moment(at: datetime) -> str:
    """A time as Google's API takes it (RFC 3339, with its offset)."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_moment(text: str) -> datetime:
    """Raises ValueError for one without an offset: its zone would be a guess."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without an offset")
    return at.astimezone(UTC)
