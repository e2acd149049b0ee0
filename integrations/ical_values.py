"""The value types of iCalendar that tell a time (RFC 5545 section 3.3), read strictly.

Messages name the property and never its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from integrations.ical_text import Property
from mentoring.errors import Refused

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)

_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_DATE_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(Z?)", re.ASCII)
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)


class Zone(Protocol):
    """Where a wall clock hangs."""

    def utc(self, wall: datetime) -> datetime:
        """The moment at which it shows that time."""
        ...


@dataclass(frozen=True)
class Written:
    """A date or date-time as it is written, before any zone: midnight for a date."""

    wall: datetime
    is_date: bool = False
    is_utc: bool = False


@dataclass(frozen=True)
class Duration:
    """Nominal days, which a clock change makes longer or shorter, and an exact rest (RFC 5545 section 3.3.6)."""

    days: int = 0
    exact: timedelta = timedelta()

    @property
    def negative(self) -> bool:
        return self.days < 0 or self.exact < timedelta()


def unreadable(name: str) -> Refused:
    return Refused(f"the calendar has an event whose {name} cannot be read")


def moment(text: str, name: str) -> Written:
    """A DATE or DATE-TIME. Raises Refused naming the property."""
    text = text.strip().upper()
    try:
        if match := _DATE.fullmatch(text):
            return Written(datetime(*map(int, match.groups())), is_date=True)  # type: ignore[arg-type] # noqa: DTZ001
        if match := _DATE_TIME.fullmatch(text):
            year, month, day, hour, minute, second = map(int, match.groups()[:6])
            # Second 60 is a leap second, and shown as the next minute by every clock we know of.
            leap = timedelta(seconds=1) if second == 60 else timedelta()
            wall = datetime(year, month, day, hour, minute, min(second, 59 if leap else second)) + leap  # noqa: DTZ001
            return Written(wall, is_utc=bool(match.group(7)))
    except (ValueError, OverflowError) as problem:
        raise unreadable(name) from problem
    raise unreadable(name)


def written(stated: Property) -> Written:
    """The value of DTSTART and the like. Raises Refused when it is not of the type that VALUE says."""
    return _of_type(moment(stated.value, stated.name), stated)


def _of_type(value: Written, stated: Property) -> Written:
    kind = stated.params.get("VALUE", "").upper()
    if (kind == "DATE" and not value.is_date) or (kind == "DATE-TIME" and value.is_date):
        raise unreadable(stated.name)
    return value


def written_list(stated: Property) -> list[Written]:
    """The values of EXDATE."""
    return [_of_type(moment(text, stated.name), stated) for text in _items(stated)]


def periods(stated: Property) -> list[tuple[Written, Written | Duration | None]]:
    """The values of RDATE or FREEBUSY: each its start, and for a PERIOD its end or duration."""
    found: list[tuple[Written, Written | Duration | None]] = []
    for text in _items(stated):
        start, slash, end = text.partition("/")
        if not slash:
            found.append((_of_type(moment(start, stated.name), stated), None))
        elif end.strip().upper().startswith(("P", "+P", "-P")):
            found.append((moment(start, stated.name), duration(end, stated.name)))
        else:
            found.append((moment(start, stated.name), moment(end, stated.name)))
    return found


def _items(stated: Property) -> list[str]:
    # Some calendars write an empty EXDATE or RDATE: it names no time, so nothing is lost.
    return [text for text in stated.value.split(",") if text.strip()]


def duration(text: str, name: str) -> Duration:
    """A DURATION. Raises Refused naming the property."""
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise unreadable(name)
    sign = -1 if match.group(1) == "-" else 1
    try:
        weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups()[1:])
        nominal, exact = timedelta(days=weeks * 7 + days), timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except (ValueError, OverflowError) as problem:
        raise unreadable(name) from problem
    if max(nominal, exact) > LATEST - EARLIEST:
        raise unreadable(name)
    return Duration(sign * nominal.days, sign * exact)


def shifted(at: datetime, by: timedelta) -> datetime:
    """That moment, so much later; the ends of the calendar stay where they are."""
    try:
        return at + by
    except OverflowError:
        return (EARLIEST if by < timedelta() else LATEST).replace(tzinfo=at.tzinfo)


def offset(text: str) -> timedelta:
    """A UTC-OFFSET. Raises Refused."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        raise Refused("the calendar has a time zone (VTIMEZONE) whose offset cannot be read")
    sign, hours, minutes, seconds = match.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -size if sign == "-" else size


def date_time(stated: Property) -> datetime:
    """The wall time of a VTIMEZONE's DTSTART."""
    return moment(stated.value, stated.name).wall


def wall_times(stated: Property) -> list[datetime]:
    """The wall times of a VTIMEZONE's RDATE."""
    return [start.wall for start, _ in periods(stated)]
