"""What an address in somebody's mail opens: that person's pause and stop, or that one invite, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentoring import proposals as words
from mentoring.errors import ChangedMeanwhile, Missing, Refused
from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.proposals import Answer, Door, Partstat, Party, Proposal, State
from store import people, proposals
from store.keyring import Keyring
from tests.workflows.house import House, a_house
from workflows import bearers, joining, signing_in, without_signing_in
from workflows.bootstrap import Parts
from workflows.door_views import StopPage

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
YES, NO = Partstat.ACCEPTED, Partstat.DECLINED


@dataclass
class Asked:
    """Ann has been asked whether she wants to meet Ben on Thursday."""

    house: House
    ann: Person
    ben: Person
    id: int

    @property
    def parts(self) -> Parts:
        return self.house.parts

    @property
    def now(self) -> Proposal:
        return self.house.proposal(self.id)

    def becomes(self, change: Callable[[Proposal], Proposal]) -> None:
        with self.parts.database.writing(self.house.organisation_id) as memory:
            proposals.save(memory, change(self.now))

    def asked_mentor(self) -> None:
        said = Answer(YES, self.house.clock(), Door.PAGE)
        self.becomes(lambda each: words.answered(each, Party.MENTEE, said, self.tomorrow))
        self.becomes(lambda each: words.ask_mentor(each, self.house.clock(), self.tomorrow))

    @property
    def tomorrow(self) -> datetime:
        return self.house.clock() + timedelta(days=1)

    def answers(self, party: Party = Party.MENTEE) -> str:
        return token(bearers.answer_url(self.parts, self.now, party))

    def stops(self, person: Person | None = None) -> str:
        return token(bearers.stop_url(self.parts, person or self.ann))

    def person(self) -> Person:
        return signing_in.person(self.parts, self.house.who(self.ann))


def token(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    them = Asked(house, ann, ben, house.reserve(ann, ben, START, house.theme("query plans", ann)).id)
    them.becomes(lambda each: words.ask_mentee(each, house.clock(), them.tomorrow))
    return them


def test_the_addresses_lead_to_this_installation_and_are_the_same_each_time(asked: Asked) -> None:
    base = asked.parts.settings.base_url
    assert bearers.stop_url(asked.parts, asked.ann) == bearers.stop_url(asked.parts, asked.ann)
    assert bearers.stop_url(asked.parts, asked.ann).startswith(f"{base}/stop/")
    assert bearers.answer_url(asked.parts, asked.now, Party.MENTEE).startswith(f"{base}/answer/")


def test_each_address_is_another(asked: Asked) -> None:
    made = [asked.stops(), asked.stops(asked.ben), asked.answers(), asked.answers(Party.MENTOR)]
    assert len({each.rpartition(".")[2] for each in made}) == 4


FORGED: list[Callable[[str], str]] = [
    lambda made: made[:-1],
    lambda made: made + "A",
    lambda made: made[:-1] + ("A" if made[-1] != "A" else "B"),
    lambda made: made.swapcase(),
    lambda made: made.replace(".", "/"),
    lambda made: f"1.{made}",
    lambda made: made.rpartition(".")[0] + ".",
    lambda made: "9" * 19 + made[1:],
    lambda made: "９" + made[1:],
    lambda made: f"{made}\n",
    lambda made: f" {made}",
    lambda made: "",
    lambda made: "é" * 43,
]


@pytest.mark.parametrize("change", FORGED)
def test_a_changed_token_opens_nothing(asked: Asked, change: Callable[[str], str]) -> None:
    with pytest.raises(Missing):
        without_signing_in.stop(asked.parts, change(asked.stops()))
    with pytest.raises(Missing):
        without_signing_in.answer(asked.parts, change(asked.answers()), NO, None, 0)
    assert not asked.person().stopped
    assert not asked.now.mentee_answer.given


def test_the_proof_of_one_address_opens_no_other(asked: Asked) -> None:
    proofs = {
        each.rpartition(".")[2] for each in (asked.stops(asked.ben), asked.answers(), asked.answers(Party.MENTOR))
    }
    for proof in proofs:
        with pytest.raises(Missing):
            without_signing_in.stop(asked.parts, f"{asked.house.organisation_id}.{asked.ann.id}.{proof}")
    for proof in (asked.stops().rpartition(".")[2], asked.answers(Party.MENTOR).rpartition(".")[2]):
        with pytest.raises(Missing):
            without_signing_in.invite(asked.parts, f"{asked.house.organisation_id}.{asked.id}.mentee.{proof}")


def test_another_installations_token_opens_nothing_here(asked: Asked) -> None:
    keyring = Keyring(asked.parts.settings.token_keys, "another secret key of at least 32 characters")
    database = asked.parts.database
    database.keyring, ours = keyring, database.keyring
    theirs = asked.stops()
    database.keyring = ours
    with pytest.raises(Missing):
        without_signing_in.stop_page(asked.parts, theirs)


def test_of_a_person_the_stop_page_shows_the_first_name_and_nothing_else(asked: Asked) -> None:
    assert without_signing_in.stop_page(asked.parts, asked.stops()) == StopPage("Ann", "Europe/Berlin")


def test_stop_takes_back_what_is_open_and_starting_again_undoes_it(asked: Asked) -> None:
    without_signing_in.stop(asked.parts, asked.stops())
    assert asked.person().stopped
    assert asked.now.state is State.WITHDRAWN
    without_signing_in.stop(asked.parts, asked.stops())
    assert without_signing_in.stop_page(asked.parts, asked.stops()).stopped
    without_signing_in.start(asked.parts, asked.stops())
    assert asked.person() == replace(asked.ann, stopped=False)


def test_who_is_being_deleted_cannot_be_started_again(asked: Asked) -> None:
    joining.stop(asked.parts, asked.house.organisation_id, asked.ann.id)
    with asked.parts.database.writing(asked.house.organisation_id) as memory:
        people.note(memory, asked.ann.id, leaving_at=asked.house.clock())
    for opens in (without_signing_in.stop_page, without_signing_in.start):
        with pytest.raises(Missing):
            opens(asked.parts, asked.stops())
    without_signing_in.stop(asked.parts, asked.stops())
    with asked.parts.database.reading(asked.house.organisation_id) as memory:
        assert people.get(memory, asked.ann.id).stopped


@pytest.mark.parametrize(
    ("weeks", "until"), [(2, datetime(2026, 12, 6, 23, tzinfo=UTC)), (4, datetime(2026, 12, 20, 23, tzinfo=UTC))]
)
def test_a_pause_ends_on_the_morning_of_the_same_weekday_where_they_are(
    asked: Asked, weeks: int, until: datetime
) -> None:
    without_signing_in.pause(asked.parts, asked.stops(), weeks)
    assert without_signing_in.stop_page(asked.parts, asked.stops()).paused_until == until
    without_signing_in.start(asked.parts, asked.stops())
    assert asked.person().limits.paused_until is None


def test_a_pause_that_is_over_is_none(asked: Asked) -> None:
    without_signing_in.pause(asked.parts, asked.stops(), 2)
    asked.house.clock.turn(days=14)
    assert without_signing_in.stop_page(asked.parts, asked.stops()).paused_until is None


@pytest.mark.parametrize(("partstat", "state"), [(YES, State.ASKED_MENTEE), (NO, State.DECLINED)])
def test_an_answer_counts_as_that_persons(asked: Asked, partstat: Partstat, state: State) -> None:
    without_signing_in.answer(asked.parts, asked.answers(), partstat, None, 0)
    assert asked.now.mentee_answer.partstat is partstat
    assert asked.now.state is state
    assert not asked.now.mentor_answer.given


def test_the_two_answer_each_for_themselves(asked: Asked) -> None:
    asked.asked_mentor()
    without_signing_in.answer(asked.parts, asked.answers(Party.MENTOR), NO, None, 0)
    assert [asked.now.answer(party).partstat for party in Party] == [YES, NO]


def test_a_mentor_sees_nothing_before_being_asked_and_then_no_reason(asked: Asked) -> None:
    with pytest.raises(Missing):
        without_signing_in.invite(asked.parts, asked.answers(Party.MENTOR))
    asked.asked_mentor()
    view = without_signing_in.invite(asked.parts, asked.answers(Party.MENTOR))
    assert (view.topic, view.reasons, view.mine_as) == ("query plans", (), Party.MENTOR)


def test_whoever_holds_the_address_sees_no_reason_since_those_speak_of_notes(asked: Asked) -> None:
    assert asked.now.reasons
    view = without_signing_in.invite(asked.parts, asked.answers())
    assert (view.reasons, view.copy_in, view.can_name, view.can_miss) == ((), "", False, False)


def test_an_answer_to_a_time_that_was_changed_meanwhile_is_not_taken_for_the_new_one(asked: Asked) -> None:
    later = Interval.lasting(START + timedelta(hours=1), 20)
    said = Answer(YES, asked.house.clock(), Door.PAGE)
    asked.becomes(lambda each: words.moved(each, later, Party.MENTEE, said, asked.tomorrow))
    with pytest.raises(ChangedMeanwhile):
        without_signing_in.answer(asked.parts, asked.answers(), NO, None, 0)
    assert asked.now.mentee_answer.partstat is YES


@pytest.mark.parametrize("why", ["expired", "withdrawn"])
def test_what_is_over_says_so_and_takes_no_answer(asked: Asked, why: str) -> None:
    if why == "expired":
        asked.house.clock.turn(days=2)
    else:
        joining.stop(asked.parts, asked.house.organisation_id, asked.ben.id)
    with pytest.raises(Refused):
        without_signing_in.answer(asked.parts, asked.answers(), YES, None, 0)
    assert not without_signing_in.invite(asked.parts, asked.answers()).can_answer
