"""What somebody says of their own notes: better words, and that something is no longer hard, until it comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.errors import BadInput, Missing
from mentoring.needs import Challenge, Theme
from mentoring.people import Expertise, Person
from mentoring.proposals import Party, State
from mentoring.reviews import Helped, Review
from store import challenges, needs, reviews, rounds, settled, themes
from tests.workflows.house import House, a_house
from workflows import explaining, noting, pages, proposing
from workflows.judging import judge, look
from workflows.recording import SETTLED
from workflows.views import ChallengesPage, Mend, Who

HARD = (
    "the query plan scans the whole orders table again",
    "query plan still ignores the orders index",
    "another slow query, the orders plan makes no sense to me",
    "asked for help with a query plan on the orders table",
)
EVERYDAY = ("lunch was nice today", "booked the train to Munich", "my headset arrived", "the lift is out of order")


class Ann:
    """Somebody to whom query plans keep coming back. Ben knows them and writes of this and that. One round was run."""

    def __init__(self, house: House) -> None:
        self.house, self.parts = house, house.parts
        self.person = house.add("Ann Ash", expertise=())
        self.ben = house.add("Ben Birch", expertise=(Expertise("Reading query plans and making slow queries fast"),))
        self.writes(HARD, self.person)
        self.writes(EVERYDAY, self.ben)
        self.round()

    @property
    def who(self) -> Who:
        return self.house.who(self.person)

    @property
    def page(self) -> ChallengesPage:
        return pages.challenges_page(self.parts, self.who)

    @property
    def theme_id(self) -> int:
        (theme,) = self.page.themes
        return theme.theme_id

    def writes(self, texts: tuple[str, ...], person: Person) -> None:
        """One note every third day, the latest three days ago."""
        with self.parts.database.writing(self.house.organisation_id) as memory:
            for at, text in enumerate(texts, start=1):
                challenges.add(memory, Challenge(0, person.id, text, self.house.clock() - timedelta(days=3 * at)))

    def round(self) -> None:
        proposing.run_round(self.parts, self.house.organisation_id)

    def needs(self) -> set[int]:
        """Whose needs another look finds."""
        return {need.person_id for need in judge(self.parts, look(self.parts, self.house.organisation_id)).needs}

    def settles(self) -> int:
        settling = self.theme_id
        noting.settle(self.parts, self.who, settling)
        return settling


@pytest.fixture
def ann(tmp_path: Path) -> Ann:
    return Ann(a_house(tmp_path))


def test_what_is_no_longer_hard_is_no_need_in_the_next_round(ann: Ann) -> None:
    assert ann.needs() == {ann.person.id}
    ann.settles()
    assert ann.needs() == set()
    ann.round()
    with ann.parts.database.reading(ann.house.organisation_id) as memory:
        assert needs.of_person(memory, ann.person.id) == ()


def test_what_was_settled_by_a_meeting_is_no_need_until_it_is_written_of_again_or_taken_back(ann: Ann) -> None:
    about = ann.house.reserve(ann.person, ann.ben, ann.house.clock() + timedelta(days=2), ann.theme_id)
    with ann.parts.database.writing(ann.house.organisation_id) as memory:
        review = Review(about.id, ann.person.id, Party.MENTEE, Helped.YES, ann.house.clock(), settled=True)
        reviews.save(memory, review)
    assert ann.needs() == set()
    (resting,) = ann.page.settled
    noting.unsettle(ann.parts, ann.who, resting.theme_id)
    assert ann.needs() == {ann.person.id}


def test_a_person_reads_how_often_it_comes_up_and_when_next(ann: Ann) -> None:
    (theme,) = ann.page.themes
    assert theme.how_often.startswith("about ")
    assert theme.when_next.startswith(("by ", "between "))


def test_what_is_open_on_it_is_taken_back_and_nothing_else_is(ann: Ann) -> None:
    start = ann.house.clock() + timedelta(days=2)
    open_on_it = ann.house.reserve(ann.person, ann.ben, start, ann.theme_id)
    as_mentor = ann.house.reserve(ann.ben, ann.person, start + timedelta(hours=1), ann.theme_id)
    assert noting.settle(ann.parts, ann.who, ann.theme_id) == 1
    gone = ann.house.proposal(open_on_it.id)
    assert (gone.state, gone.ended_because) == (State.WITHDRAWN, "it is no longer hard for whoever asked")
    assert ann.house.proposal(as_mentor.id).state is State.RESERVED
    assert [job for job, _ in ann.house.nudges if job == "next_best"] == []


def test_it_is_a_need_again_once_it_is_written_of_again(ann: Ann) -> None:
    ann.settles()
    ann.house.clock.turn(days=1)
    again = noting.write_down(ann.parts, ann.who, "asked once more for help with a slow query plan on the orders table")
    assert ann.needs() == {ann.person.id}
    ann.round()
    (shown,) = ann.page.themes
    assert again in {note.id for note in shown.notes}
    assert shown.theme_id not in {each.theme_id for each in ann.page.settled}


def test_it_stays_settled_when_the_themes_are_cut_anew(ann: Ann) -> None:
    """What she said it of was of all sorts; what is found next is another theme, of which she never said anything."""
    with ann.parts.database.writing(ann.house.organisation_id) as memory:
        (need,) = needs.of_person(memory, ann.person.id)
        everything = tuple(each.id for each in challenges.everything(memory))
        mixed = themes.replace(
            memory, [Theme(0, "all sorts", everything)], [replace(need, theme_id=0)], ann.house.clock()
        )
    noting.settle(ann.parts, ann.who, mixed[0])
    for _ in range(2):
        ann.round()
        (shown,) = ann.page.settled
        assert (len(shown.notes), ann.page.themes) == (len(HARD), ())
        assert shown.theme_id != mixed[0]


def test_another_note_is_not_taken_for_its_coming_back(ann: Ann) -> None:
    ann.settles()
    ann.house.clock.turn(days=1)
    noting.write_down(ann.parts, ann.who, "lunch was nice today")
    assert ann.needs() == set()


def test_it_is_a_need_again_once_they_take_it_back(ann: Ann) -> None:
    settled_theme = ann.settles()
    ann.round()
    noting.unsettle(ann.parts, ann.who, settled_theme)
    assert ann.needs() == {ann.person.id}


def test_it_stays_settled_over_rounds_and_the_page_says_so(ann: Ann) -> None:
    settled_theme, said_at = ann.settles(), ann.house.clock()
    for _ in range(3):
        assert ann.page.themes == ()
        (shown,) = ann.page.settled
        assert (shown.theme_id, shown.at, len(shown.notes)) == (settled_theme, said_at, len(HARD))
        assert shown.label
        ann.house.clock.turn(days=1)
        ann.round()


def test_only_the_one_who_said_so_is_spared(ann: Ann) -> None:
    ann.writes(HARD, ann.ben)
    ann.round()
    ann.settles()
    assert ann.needs() == {ann.ben.id}


def test_the_absence_is_explained_to_admins_and_to_the_person(ann: Ann) -> None:
    ann.settles()
    ann.round()
    told = explaining.explain(ann.parts, ann.house.organisation_id, ann.person.id)
    assert [(each.rule, each.veto) for each in told.findings] == [(SETTLED, True)]
    assert "no longer hard for Ann" in told.findings[0].words
    mine = {each.rule: each for each in pages.home(ann.parts, ann.who).absences}
    assert mine[SETTLED].mend is Mend.CHALLENGES
    with ann.parts.database.reading(ann.house.organisation_id) as memory:
        told = rounds.told(memory, ann.person.id)
        assert told is not None
        assert [each["rule"] for each in told.misses] == [SETTLED]
        last = rounds.latest(memory)
        assert last
        assert last.record["in_the_way"][SETTLED] == 1


def test_nobody_settles_what_does_not_come_back_to_them(ann: Ann) -> None:
    theirs = ann.theme_id
    for act in (noting.settle, noting.unsettle):
        with pytest.raises(Missing):
            act(ann.parts, ann.house.who(ann.ben), theirs)
    with pytest.raises(Missing):
        noting.unsettle(ann.parts, ann.who, theirs)
    with ann.parts.database.reading(ann.house.organisation_id) as memory:
        assert settled.everyones(memory) == {}


def test_a_note_said_better_keeps_its_day_and_is_judged_anew(ann: Ann) -> None:
    first = ann.page.themes[0].notes[0]
    noting.change(ann.parts, ann.who, first.id, "  booked the  train to Munich ")
    changed = next(note for note in ann.page.notes if note.id == first.id)
    assert (changed.text, changed.at) == ("booked the train to Munich", first.at)
    assert (ann.page.themes[0].days, ann.page.themes[0].recurs) == (len(HARD) - 1, True)
    ann.round()
    assert first.id not in {note.id for note in ann.page.themes[0].notes}
    noting.change(ann.parts, ann.who, first.id, first.text)
    ann.round()
    assert first.id in {note.id for note in ann.page.themes[0].notes}


def test_a_theme_that_lost_its_notes_no_longer_says_that_somebody_is_looked_for(ann: Ann) -> None:
    for note in ann.page.themes[0].notes[:2]:
        noting.strike_out(ann.parts, ann.who, note.id)
    assert (ann.page.themes[0].days, ann.page.themes[0].recurs) == (2, False)


def test_the_same_words_again_change_nothing(ann: Ann) -> None:
    before = ann.page
    note = before.themes[0].notes[0]
    noting.change(ann.parts, ann.who, note.id, note.text)
    assert ann.page == before


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_words_that_cannot_be_kept_leave_the_note_as_it_was(ann: Ann, text: str) -> None:
    before = ann.page
    with pytest.raises(BadInput) as refused:
        noting.change(ann.parts, ann.who, before.notes[0].id, text)
    assert [problem.field for problem in refused.value.problems] == ["text"]
    assert ann.page == before


Act = Callable[[Ann, int], object]
ACTS: dict[str, Act] = {
    "look": lambda ann, note: pages.note(ann.parts, ann.house.who(ann.ben), note),
    "change": lambda ann, note: noting.change(ann.parts, ann.house.who(ann.ben), note, "other words"),
    "strike out": lambda ann, note: noting.strike_out(ann.parts, ann.house.who(ann.ben), note),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_reads_or_changes_somebody_elses_note(ann: Ann, act: str) -> None:
    before = ann.page
    with pytest.raises(Missing):
        ACTS[act](ann, before.notes[0].id)
    assert ann.page == before
