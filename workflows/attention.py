"""How much of a person's attention Interlude takes: the suggestions that they are asked about in a week of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mentoring.hours import zone
from mentoring.people import Person
from mentoring.proposals import Proposal
from scheduler.clocks import local_day, week_of
from store import proposals
from store.memory import Memory

A_WEEK = timedelta(days=7)


def asked_this_week(memory: Memory, person: Person, now: datetime) -> int:
    """About how many suggestions they have been asked in the ISO week of their zone, as mentee and mentor together."""
    return asked_in_week(proposals.of_person(memory, person.id, now - A_WEEK), person, now)


def asked_in_week(known: Iterable[Proposal], person: Person, now: datetime) -> int:
    """The same over proposals of theirs, whichever they are; a move does not count again."""
    tz = zone(person.limits.zone)
    week = week_of(local_day(now, tz))
    moments = (each.asked_at(each.party(person.id)) for each in known)
    return sum(moment is not None and week_of(local_day(moment, tz)) == week for moment in moments)
