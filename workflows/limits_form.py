"""A person's limits as they typed them: all read, or every problem named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from mentoring.errors import BadInput, Problem
from mentoring.hours import MINUTES_A_DAY, WEEKDAYS, DayHours, WeeklyHours
from mentoring.hours import zone as known_zone
from mentoring.people import Limits, Person, Way
from workflows.days_off import countries, subdivisions
from workflows.languages import LANGUAGES
from workflows.member_views import ClockHabit, LimitsForm, Stretch

STRETCHES = 2
RANGES = {
    "buffer_minutes": (0, 120),
    "notice_hours": (0, 336),
    "per_day": (1, 10),
    "per_week": (1, 20),
    "per_month": (1, 60),
}
"""The least and the most of each number."""

CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?\s*(?:([ap])\.?m\.?)?", re.ASCII)
NO_DAY = "leave hours on one day at least; to have none for a while, pause instead"

Value = TypeVar("Value")


@dataclass(frozen=True)
class Wanted:
    """What a form asks for, once read."""

    limits: Limits
    twelve_hour: bool
    languages: tuple[str, ...] = ()
    ways: frozenset[Way] = frozenset()

    def of(self, person: Person) -> Person:
        """That person with these limits, which they have now seen. A pause and quiet days stay as they are."""
        limits = replace(self.limits, paused_until=person.limits.paused_until, quiet=person.limits.quiet)
        return replace(person, limits=limits, twelve_hour=self.twelve_hour, languages=self.languages, ways=self.ways)


class _Reading:
    """Reads field by field and goes on after a problem, so that all of them are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def try_to(self, read: Callable[..., Value], *arguments: object) -> Value | None:
        try:
            return read(*arguments)
        except BadInput as problem:
            self.problems += problem.problems
            return None


def read(form: LimitsForm) -> Wanted:
    """Raises BadInput with every problem, each at its field; a day's is called mon, tue, …"""
    reading = _Reading()
    reading.try_to(known_zone, form.zone)
    twelve_hour = form.clock == ClockHabit.TWELVE
    named = zip(WEEKDAYS, form.days, strict=True)
    days = [reading.try_to(_stretches, name, day, twelve_hour) for name, day in named]
    if not any(days) and None not in days:
        reading.problems.append(Problem("days", NO_DAY))
    country = reading.try_to(_country, form.country)
    subdivision = reading.try_to(_subdivision, form.country, form.subdivision)
    habit = reading.try_to(_habit, form.clock)
    preferred = reading.try_to(_stretches, "preferred", form.preferred, twelve_hour)
    languages = reading.try_to(_languages, form.language, form.also)
    ways = reading.try_to(_ways, form.ways)
    numbers = {name: reading.try_to(_number, name, getattr(form, name)) or 0 for name in RANGES}
    if reading.problems:
        raise BadInput(*reading.problems)
    return Wanted(
        Limits(
            WeeklyHours(form.zone, tuple(day or () for day in days)),
            numbers["buffer_minutes"],
            numbers["notice_hours"],
            numbers["per_day"],
            numbers["per_week"],
            numbers["per_month"],
            preferred=preferred or (),
            country=country or "",
            subdivision=subdivision or "",
            confirmed=True,
        ),
        twelve_hour=habit is ClockHabit.TWELVE,
        languages=languages or (),
        ways=ways or frozenset(),
    )


def _stretches(field: str, typed: Sequence[Stretch], twelve_hour: bool) -> tuple[DayHours, ...]:
    """Those that were filled in, the earliest first."""
    found = sorted(_stretch(field, each, twelve_hour) for each in typed if any(each))
    for earlier, later in pairwise(found):
        if later.start < _end(earlier):
            raise BadInput.of(field, "the two overlap; make it one, or leave a gap between them")
    return tuple(found)


def _stretch(field: str, typed: Stretch, twelve_hour: bool) -> DayHours:
    """Midnight to midnight is the whole day; an end before the start is on the next day, where it was written out."""
    start, end = (_minute(field, each) for each in typed)
    if start == end and start:
        raise BadInput.of(field, "it ends when it begins")
    if 0 < end < start and not _written_out(typed[1], twelve_hour):
        raise BadInput.of(field, _which(start, end, twelve_hour))
    return DayHours(start, end or MINUTES_A_DAY)


def _written_out(text: str, twelve_hour: bool) -> bool:
    """Whether it can only be meant so: of "9 – 5" the 5 is most likely one in the afternoon. To who reads "5:00 pm" a
    5:00 is no clearer, only 05:00 is."""
    found = CLOCK.fullmatch(text.casefold())
    if not found or found[3]:
        return True
    return bool(found[2]) and not (twelve_hour and len(found[1]) == 1)


def _which(start: int, end: int, twelve_hour: bool) -> str:
    early = _clock(end, twelve_hour)
    late = end + MINUTES_A_DAY // 2
    other = f"{_clock(late, twelve_hour)}, or " if start < late < MINUTES_A_DAY else ""
    return f"until {early}{'' if twelve_hour else ' in the morning'}? Write {other}{early} if you mean it"


def _minute(field: str, text: str) -> int:
    """Of the day, however somebody writes it: 9, 9:30, 930, 09.30, 9:30 pm, 21:30. 24:00 is midnight."""
    if not text:
        raise BadInput.of(field, "fill in both, from and to, or leave both empty")
    found = CLOCK.fullmatch(text.casefold())
    minute = _of_day(int(found[1]), int(found[2] or 0), found[3]) if found else None
    if minute is None:
        raise BadInput.of(field, "write times like 09:00, or 9:00 am")
    return minute % MINUTES_A_DAY


def _of_day(hour: int, minute: int, half: str | None) -> int | None:
    """None for what no clock shows. half: "a" or "p" of a 12-hour one."""
    if half and not 1 <= hour <= 12:
        return None
    since_midnight = (hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute
    return since_midnight if minute < 60 and since_midnight <= MINUTES_A_DAY else None


def _end(hours: DayHours) -> int:
    return hours.end if hours.end > hours.start else hours.end + MINUTES_A_DAY


def _country(code: str) -> str:
    if code and code not in countries():
        raise BadInput.of("country", "choose a country of the list, or none")
    return code


def _subdivision(country: str, code: str) -> str:
    """Of "DE-BY" the BY. One of another country than the chosen one is what was left over of that."""
    of, _, part = code.partition("-")
    if not code or of != country:
        return ""
    if part not in subdivisions(country):
        raise BadInput.of("subdivision", "choose one of the list, or all of the country")
    return part


def _habit(text: str) -> ClockHabit:
    try:
        return ClockHabit(text)
    except ValueError as problem:
        raise BadInput.of("clock", "choose how you read the time") from problem


def _languages(first: str, also: Sequence[str]) -> tuple[str, ...]:
    """The best first, whether or not it was ticked as well."""
    found = tuple(dict.fromkeys(each for each in (first, *also) if each))
    if not set(found) <= LANGUAGES.keys():
        raise BadInput.of("language", "choose languages of the list, or none")
    if found and not first:
        raise BadInput.of("language", "choose the one that you speak best, too")
    return found


def _ways(chosen: Sequence[str]) -> frozenset[Way]:
    if not set(chosen) <= set(Way):
        raise BadInput.of("ways", "choose ways of the list, or none")
    return frozenset(Way(each) for each in chosen)


def _number(name: str, text: str) -> int:
    least, most = RANGES[name]
    if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
        raise BadInput.of(name, f"write a whole number from {least} to {most}")
    return int(text)


def typed(person: Person) -> LimitsForm:
    """The form that would ask for what they have."""
    limits, twelve_hour = person.limits, person.twelve_hour
    return LimitsForm(
        zone=limits.zone,
        country=limits.country,
        subdivision=f"{limits.country}-{limits.subdivision}" if limits.subdivision else "",
        clock=(ClockHabit.TWELVE if twelve_hour else ClockHabit.TWENTY_FOUR).value,
        days=tuple(_shown(day, twelve_hour) for day in limits.hours.days),
        preferred=_shown(limits.preferred, twelve_hour),
        language=person.languages[0] if person.languages else "",
        also=person.languages[1:],
        ways=tuple(sorted(person.ways)),
        **{name: str(getattr(limits, name)) for name in RANGES},
    )


def _shown(hours: Iterable[DayHours], twelve_hour: bool) -> tuple[Stretch, ...]:
    shown = [(_clock(each.start, twelve_hour), _clock(each.end, twelve_hour)) for each in hours]
    return tuple(shown + [("", "")] * (STRETCHES - len(shown)))


def _clock(minute: int, twelve_hour: bool) -> str:
    hour, minute = divmod(minute, 60)
    if twelve_hour:
        return f"{hour % 12 or 12}:{minute:02} {'pm' if 12 <= hour < 24 else 'am'}"
    return f"{hour:02}:{minute:02}"
