"""The first page: what somebody who is new has still to do, and why nothing is suggested, each with its way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mentoring import proposals as words
from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.needs import Challenge
from mentoring.people import Person, Role
from mentoring.ports import Account, FoundCalendar
from mentoring.proposals import Answer, Partstat, Party, Proposal
from store import calendars, challenges, people, proposals, rounds
from store.memory import Memory
from tests.workflows.house import House, a_house, nine_to_five
from workflows import pages
from workflows.views import HomePage, Mend, Step

Deed = Callable[[House, Memory, Person], object]


def takes_part(roles: frozenset[Role]) -> Deed:
    return lambda _, memory, person: people.set_roles(memory, person.id, roles)


def connects(house: House, memory: Memory, person: Person) -> None:
    account = Account("caldav", "https://calendar.example.org/", "ann", "secret")
    found = [FoundCalendar("/desk/", "Work", "Europe/Berlin", writable=True)]
    calendars.connect(memory, person.id, account, found, house.clock())


def looks_at_limits(_: House, memory: Memory, person: Person) -> None:
    now = people.get(memory, person.id)
    people.save(memory, replace(now, limits=replace(now.limits, confirmed=True)))


def writes(house: House, memory: Memory, person: Person) -> None:
    challenges.add(memory, Challenge(0, person.id, "the build is slow", house.clock()))


def stops(_: House, memory: Memory, person: Person) -> None:
    people.stop(memory, person.id)


def pauses(house: House, memory: Memory, person: Person) -> None:
    now = people.get(memory, person.id)
    # 29 November, 23:30 UTC is the 30th in Berlin.
    until = house.clock().replace(day=29, hour=23, minute=30)
    people.save(memory, replace(now, limits=replace(now.limits, paused_until=until)))


MENTEE, MENTOR, NOBODY = frozenset({Role.MENTEE}), frozenset({Role.MENTOR}), frozenset[Role]()
DEEDS: dict[Step, Deed] = {
    Step.TAKING_PART: takes_part(MENTEE),
    Step.CALENDAR: connects,
    Step.LIMITS: looks_at_limits,
    Step.NOTE: writes,
}


def first_page(folder: Path, *deeds: Deed) -> HomePage:
    """That of somebody who has done just this since they came."""
    house = a_house(folder)
    ann = house.add("Ann Ash", roles=NOBODY, limits=nine_to_five("Europe/Berlin"))
    with house.parts.database.writing(house.organisation_id) as memory:
        for deed in deeds:
            deed(house, memory, ann)
    return pages.home(house.parts, house.who(ann))


def missing(page: HomePage) -> set[Step]:
    return {each.step for each in page.starts if not each.done}


def test_who_is_new_has_four_steps_before_them(tmp_path: Path) -> None:
    page = first_page(tmp_path)
    assert [each.step for each in page.starts] == list(Step)
    assert missing(page) == set(Step)


@pytest.mark.parametrize("step", Step)
def test_a_step_that_is_done_shows_as_done_and_the_others_stay(tmp_path: Path, step: Step) -> None:
    assert missing(first_page(tmp_path, DEEDS[step])) == set(Step) - {step}


@pytest.mark.parametrize("left", [step for step in Step if step is not Step.TAKING_PART])
def test_all_steps_are_shown_while_one_is_left(tmp_path: Path, left: Step) -> None:
    page = first_page(tmp_path, *(deed for step, deed in DEEDS.items() if step is not left))
    assert [each.step for each in page.starts] == list(Step)
    assert missing(page) == {left}


def test_the_steps_are_gone_once_all_are_done(tmp_path: Path) -> None:
    assert first_page(tmp_path, *DEEDS.values()).starts == ()


def test_a_mentor_is_not_asked_to_write_anything_down(tmp_path: Path) -> None:
    assert Step.NOTE not in missing(first_page(tmp_path, takes_part(MENTOR)))
    assert first_page(tmp_path / "done", takes_part(MENTOR), connects, looks_at_limits).starts == ()


def test_who_stopped_everything_is_not_asked_to_begin(tmp_path: Path) -> None:
    assert first_page(tmp_path, stops).starts == ()


@pytest.mark.parametrize(
    ("deeds", "rule", "mend", "words"),
    [
        ([stops], "stopped", Mend.TAKING_PART, "You stopped everything"),
        ([takes_part(MENTOR)], "opted_in", Mend.TAKING_PART, "as a mentor only"),
        ([takes_part(MENTEE), pauses], "paused", Mend.LIMITS, "until 30 November"),
        ([takes_part(MENTEE), connects], "availability_known", Mend.CALENDARS, "Work: it has not been read yet"),
        ([takes_part(MENTEE), writes], "recurs", Mend.CHALLENGES, "on 3 or more different days"),
    ],
)
def test_what_stands_in_the_way_says_where_it_is_mended(
    tmp_path: Path, deeds: list[Deed], rule: str, mend: Mend, words: str
) -> None:
    told = {each.rule: each for each in first_page(tmp_path, *deeds).absences}
    assert told[rule].mend is mend
    assert words in told[rule].words


@pytest.mark.parametrize("had", ["set up", "a suggestion"])
def test_who_left_their_roles_is_told_so_and_not_to_get_started(tmp_path: Path, had: str) -> None:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash", roles=NOBODY), house.add("Ben Birch")
    if had == "a suggestion":
        house.reserve(ann, ben, house.clock() + timedelta(days=-30), house.theme("query plans", ann))
    else:
        with house.parts.database.writing(house.organisation_id) as memory:
            for deed in (connects, looks_at_limits):
                deed(house, memory, ann)
    page = pages.home(house.parts, house.who(ann))
    assert page.starts == ()
    ((rule, mend),) = [(each.rule, each.mend) for each in page.absences]
    assert (rule, mend) == ("opted_in", Mend.TAKING_PART)
    assert "no role" in page.absences[0].words


class AfterARound:
    """Ann, whose round made a suggestion with Ben, or looked at her while she had one; Ann has been asked."""

    def __init__(self, folder: Path, made_by_it: bool) -> None:
        self.house = a_house(folder)
        self.ann, self.ben = self.house.add("Ann Ash"), self.house.add("Ben Birch")
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            connects(self.house, memory, self.ann)
            (calendar,) = calendars.calendars(memory, self.ann.id)
            covered = Interval(self.house.clock() - timedelta(days=1), self.house.clock() + timedelta(days=30))
            calendars.save_reading(memory, calendar.id, Reading((), covered), self.house.clock(), None)
        theme = self.house.theme("query plans", self.ann)
        made = self.house.reserve(self.ann, self.ben, self.house.clock() + timedelta(days=2), theme)
        misses = [] if made_by_it else [{"rule": "mentee_has_room", "words": "You have an open suggestion already."}]
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            round_id = rounds.start(memory, 1, self.house.clock())
            rounds.finish(memory, round_id, {"absences": {str(self.ann.id): misses}}, self.house.clock())
            self.made = proposals.save(memory, replace(made, round_id=round_id if made_by_it else None))

    def ends(self, end: Callable[[Proposal, datetime], Proposal], asked: bool = True) -> tuple[str, ...]:
        """What her first page says then."""
        now = self.house.clock()
        made = words.ask_mentee(self.made, now, now + timedelta(days=1)) if asked else self.made
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            proposals.save(memory, end(made, now))
        return tuple(each.words for each in pages.home(self.house.parts, self.house.who(self.ann)).absences)


def says(party: Party, partstat: Partstat) -> Callable[[Proposal, datetime], Proposal]:
    return lambda each, now: words.answered(each, party, Answer(partstat, now), now + timedelta(days=1))


def mentor_declines(made: Proposal, now: datetime) -> Proposal:
    asked = words.ask_mentor(says(Party.MENTEE, Partstat.ACCEPTED)(made, now), now, now + timedelta(days=1))
    return says(Party.MENTOR, Partstat.DECLINED)(asked, now)


@pytest.mark.parametrize("made_by_it", [True, False])
@pytest.mark.parametrize(
    ("end", "said"),
    [
        (says(Party.MENTEE, Partstat.DECLINED), "You said no to Ben."),
        (mentor_declines, "Ben could not this time."),
        (lambda made, _: words.expire(made, "late"), "The suggestion with Ben was not answered in time."),
        (lambda made, _: words.withdraw(made, "it rains"), "The suggestion with Ben was taken back: it rains."),
    ],
)
def test_after_a_suggestion_its_end_is_told_and_no_veto_of_before(
    tmp_path: Path, made_by_it: bool, end: Callable[[Proposal, datetime], Proposal], said: str
) -> None:
    assert AfterARound(tmp_path, made_by_it).ends(end) == (said,)


def test_who_was_not_asked_yet_is_not_told_with_whom_it_was(tmp_path: Path) -> None:
    (said,) = AfterARound(tmp_path, made_by_it=True).ends(lambda made, _: words.withdraw(made, "it rains"), asked=False)
    assert said == "A suggestion for you was taken back before you were asked."


def test_what_a_step_says_is_not_said_twice(tmp_path: Path) -> None:
    assert first_page(tmp_path).absences == ()
    assert first_page(tmp_path / "mentee", takes_part(MENTEE)).absences == ()


def test_a_lost_calendar_is_said_once_all_steps_were_done(tmp_path: Path) -> None:
    """It is a step again then, and stands there."""
    page = first_page(tmp_path, takes_part(MENTEE), looks_at_limits, writes)
    assert missing(page) == {Step.CALENDAR}
    assert [each.rule for each in page.absences] == ["recurs"]
