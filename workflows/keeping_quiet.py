"""Days on which somebody wants to be left in peace: a day, a vacation, or a weekday. What is agreed on stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from mentoring.days import Days, QuietDays
from mentoring.errors import BadInput
from mentoring.people import Person
from workflows import joining, limiting
from workflows.bootstrap import Parts
from workflows.member_views import Saved
from workflows.views import Who

MOST = 30
LONGEST_DAYS = 366
FARTHEST_DAYS = 2 * 366


def add(parts: Parts, who: Who, first: str, last: str) -> Saved:
    """One more day, or stretch of days, as YYYY-MM-DD; no last day: it is one day. Open suggestions on them are taken
    back. Raises BadInput, and nothing is saved."""

    def added(person: Person) -> QuietDays:
        today = joining.today(parts, person)
        new = _stretch(first, last, today)
        kept = [each for each in person.limits.quiet.stretches if each.last >= today]
        if len(kept) >= MOST:
            raise BadInput.of("first", f"{MOST} are enough; remove one first")
        return replace(person.limits.quiet, stretches=tuple(sorted({*kept, new})))

    return limiting.change(parts, who, added)


def remove(parts: Parts, who: Who, first: str, last: str) -> None:
    """That stretch, exactly; nothing where they keep no such one quiet, as when it is removed twice."""

    def left(person: Person) -> QuietDays:
        before = person.limits.quiet.stretches
        kept = tuple(each for each in before if (each.first.isoformat(), each.last.isoformat()) != (first, last))
        return replace(person.limits.quiet, stretches=kept)

    limiting.change(parts, who, left)


def set_weekdays(parts: Parts, who: Who, weekdays: Collection[int]) -> Saved:
    """These weekdays each week, Monday being 0, and no others. As `add`."""
    if len(set(weekdays)) >= 7:
        raise BadInput.of("weekdays", "leave one day at least; to be left in peace for a while, pause instead")
    return limiting.change(parts, who, lambda person: replace(person.limits.quiet, weekdays=frozenset(weekdays)))


def _stretch(first: str, last: str, today: date) -> Days:
    begins = _day("first", first)
    ends = _day("last", last) if last else begins
    if ends < begins:
        raise BadInput.of("last", "it ends before it begins")
    if ends < today:
        raise BadInput.of("last" if last else "first", "that is over already")
    if ends - begins >= timedelta(days=LONGEST_DAYS):
        raise BadInput.of("last", "that is more than a year; to stop for longer, stop everything instead")
    if ends > today + timedelta(days=FARTHEST_DAYS):
        raise BadInput.of("last" if last else "first", "that is too far ahead")
    return Days(begins, ends)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise BadInput.of(field, "choose a day") from problem
