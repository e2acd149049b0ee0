"""Times as Graph writes them, in UTC. An unknown zone is an error, not UTC (DESIGN rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from integrations.ical_zones import IanaZone, iana
from mentoring.errors import Refused, TryLater
from mentoring.intervals import Interval

_NEVER = 1
"""Graph writes the year 1 for a time that there is not."""


def zone(name: object) -> ZoneInfo:
    """The zone that Windows or IANA calls so. Raises Refused: one that somebody made up has no rules to be read."""
    found = iana(name.strip()) if isinstance(name, str) and name.strip() else None
    if found is None:
        raise Refused("Outlook has a time in a time zone that is not known: choose another one in Outlook's settings")
    return found


def moment(stated: object) -> datetime:
    """A dateTimeTimeZone (https://learn.microsoft.com/graph/api/resources/datetimetimezone). Raises Refused."""
    if not isinstance(stated, Mapping):
        raise TryLater("Microsoft's answer lacks a time")
    return IanaZone(zone(stated.get("timeZone"))).utc(_wall(stated))


def midnight(stated: object, mailbox: ZoneInfo) -> datetime:
    """Where an all-day event begins or ends: at a date's midnight in the mailbox's zone, whatever zone stands there."""
    if not isinstance(stated, Mapping):
        raise TryLater("Microsoft's answer lacks a time")
    return IanaZone(mailbox).utc(datetime.combine(_wall(stated).date(), time()))


def _wall(stated: Mapping[str, Any]) -> datetime:
    try:
        wall = datetime.fromisoformat(stated["dateTime"])
    except (KeyError, TypeError, ValueError) as problem:
        raise TryLater("Microsoft's answer has a time that cannot be read") from problem
    return wall.replace(tzinfo=None) if wall.tzinfo is None else wall.astimezone(UTC).replace(tzinfo=None)


def between(start: object, end: object) -> Interval | None:
    """The time from one to the other; None where it is none. Raises Refused."""
    begins, ends = moment(start), moment(end)
    return Interval(begins, ends) if begins < ends else None


def stamp(text: object) -> datetime | None:
    """A DateTimeOffset; None where there is none."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return read.astimezone(UTC) if read is not None and read.tzinfo is not None and read.year > _NEVER else None


def stated(at: datetime) -> dict[str, str]:
    """A moment in UTC as Graph wants it."""
    return {"dateTime": at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"), "timeZone": "UTC"}
