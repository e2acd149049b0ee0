"""A worker killed at any instant loses no invite and doubles no event (DESIGN.md, rule 8)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mentoring.doors import Errand, Granted
from mentoring.outbox import Transition
from mentoring.proposals import Partstat, State
from store import organiser_events, organisers, outbox
from tests.killing.stage import Couple, Stage, a_stage
from tests.workflows.by_mail import sends_by, told_by_mail
from workflows import answering

pytestmark = [pytest.mark.slow, pytest.mark.killing, pytest.mark.timeout(420), pytest.mark.xdist_group("killing")]

WITHIN_A_MINUTE = 60.0
TEAM = "team@house.example"
ON_THE_WAY = [
    Transition.WRITTEN,
    Transition.ENQUEUED,
    Transition.LEASED,
    Transition.SENDING,
    Transition.SENT,
    Transition.RECORDED,
]
"""What every message passes."""

IN_TROUBLE = [Transition.READ_AGAIN, Transition.RETRIED, Transition.GIVEN_UP]
"""What a message passes only when something else went wrong before: each has a test of its own."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("killing")) as made:
        yield made


def test_every_transition_is_among_those_killed_at() -> None:
    assert set(ON_THE_WAY) | set(IN_TROUBLE) == set(Transition)


def dies(stage: Stage, at: Transition) -> None:
    """A worker works until it reaches that transition, and is dead then."""
    stage.start_worker(at)
    assert stage.until(lambda: not stage.worker_lives), f"no worker reached {at}"


def comes_right(stage: Stage, couple: Couple) -> None:
    """A new worker has, within a minute, everything as it should be."""
    stage.start_worker()
    try:

        def answered_and_settled() -> bool:
            stage.say_yes(couple)
            return stage.settled(couple) and not stage.faults(couple)

        stage.until(answered_and_settled, WITHIN_A_MINUTE)
        assert stage.state(couple) is State.CONFIRMED
        assert stage.faults(couple) == []
    finally:
        stage.kill_worker()


@pytest.mark.parametrize("transition", ON_THE_WAY)
def test_killed_while_asking_at(stage: Stage, transition: Transition) -> None:
    couple = stage.couple()
    dies(stage, transition)
    comes_right(stage, couple)


def test_killed_while_telling_of_a_confirmation(stage: Stage) -> None:
    couple = stage.couple()
    stage.start_worker()
    assert stage.until(lambda: stage.say_yes(couple) or stage.state(couple) is State.ASKED_MENTOR)
    assert stage.until(lambda: bool(couple.mentor.invites()))
    stage.kill_worker()
    couple.mentor.answer("ACCEPTED")
    for transition in (Transition.WRITTEN, Transition.SENDING, Transition.SENT):
        dies(stage, transition)
    comes_right(stage, couple)


def test_killed_while_reading_again(stage: Stage) -> None:
    """A message that was tried before has both calendars read again: kill it there too."""
    couple = stage.couple()
    dies(stage, Transition.SENDING)
    dies(stage, Transition.READ_AGAIN)
    comes_right(stage, couple)


def test_killed_while_noting_that_it_must_be_tried_again(stage: Stage) -> None:
    couple = stage.couple(url=stage.relay.url)
    dies(stage, Transition.ENQUEUED)
    stage.relay.away = True
    dies(stage, Transition.RETRIED)
    stage.relay.away = False
    comes_right(stage, couple)


def test_killed_while_giving_up(stage: Stage) -> None:
    """The mentee's server will not take the invite: the page still asks, and the answer brings the event."""
    couple = stage.couple(url=stage.relay.url)
    dies(stage, Transition.ENQUEUED)
    stage.relay.refuses = b"PUT"
    dies(stage, Transition.GIVEN_UP)
    stage.relay.refuses = b""
    parts, who = stage.house.parts, stage.house.who(couple.mentee.person)
    with parts.database.reading(stage.house.organisation_id) as memory:
        assert [each.proposal_id for each in outbox.failed(memory)] == [couple.proposal_id]
    stage.start_worker()
    try:
        answering.answer(parts, who, couple.proposal_id, Partstat.ACCEPTED)
        both = couple.both
        assert stage.until(lambda: [len(each.invites()) for each in both] == [1, 1], WITHIN_A_MINUTE)
    finally:
        stage.kill_worker()


@pytest.mark.parametrize("transition", ON_THE_WAY)
def test_killed_while_mailing_at(stage: Stage, transition: Transition) -> None:
    """Mail is at least once: a repeat is the same to the letter, so that it is no second event."""
    sends_by(stage.house, stage.office)
    couple = stage.couple()
    told_by_mail(stage.house, couple.mentee)
    dies(stage, transition)
    stage.start_worker()
    try:
        assert stage.until(lambda: bool(stage.office.to(couple.mentee.user)) and not unsent(stage, couple))
    finally:
        stage.kill_worker()
    arrived = stage.office.to(couple.mentee.user)
    assert len({each.raw for each in arrived}) == 1
    assert len(arrived) == (2 if transition is Transition.SENT else 1)
    assert couple.mentee.invites() == []


@contextmanager
def inviting_from_google(stage: Stage) -> Iterator[None]:
    """The organisation invites from an account at Google meanwhile."""
    house, now = stage.house, datetime.now(UTC)
    there = stage.google.sign_in.people.get(TEAM) or stage.google.account(TEAM)
    granted = Granted(there.sub, TEAM, secret=stage.google.secret(TEAM, Errand.ORGANISER))
    with house.parts.database.writing(house.organisation_id) as memory:
        organisers.save(memory, "google", granted, "The house", now)
    yield
    with house.parts.database.writing(house.organisation_id) as memory:
        organisers.put_aside(memory, now)


@pytest.mark.parametrize("transition", ON_THE_WAY)
def test_killed_while_inviting_from_an_account_at(stage: Stage, transition: Transition) -> None:
    """One event, made once and with each of the two added once, whatever was begun and not noted."""
    with inviting_from_google(stage):
        couple = stage.couple()
        for each in couple.both:
            told_by_mail(stage.house, each)
        for guest in couple.both:
            dies(stage, transition)
            stage.start_worker()
            try:
                assert stage.until(
                    lambda who=guest: is_guest(stage, couple, who.user) and not unsent(stage, couple), WITHIN_A_MINUTE
                )
            finally:
                stage.kill_worker()
            stage.google.answer(guest.user, stage.proposal(couple).uid, "accepted")
        stage.start_worker()
        try:
            assert stage.until(lambda: stage.settled(couple), WITHIN_A_MINUTE)
        finally:
            stage.kill_worker()
    uid = stage.proposal(couple).uid
    assert [each.uid for each in stage.google.events_of(TEAM)].count(uid) == 1
    for each in couple.both:
        told = [mail.kind for mail in stage.google.mails if mail.to == each.user]
        assert told == ["invite", "update", "update"] if each is couple.mentee else ["invite", "update"]


@contextmanager
def inviting_from_outlook(stage: Stage) -> Iterator[None]:
    """The organisation invites from an account at Microsoft meanwhile."""
    house, now = stage.house, datetime.now(UTC)
    if TEAM not in stage.graph.mailboxes:
        stage.graph.account(TEAM)
    granted = Granted(stage.graph.subject(TEAM), TEAM, secret=stage.graph.secret(TEAM, Errand.ORGANISER))
    with house.parts.database.writing(house.organisation_id) as memory:
        organisers.save(memory, "outlook", granted, "The house", now)
    yield
    with house.parts.database.writing(house.organisation_id) as memory:
        organisers.put_aside(memory, now)


@pytest.mark.parametrize("transition", ON_THE_WAY)
def test_killed_while_outlook_invites_at(stage: Stage, transition: Transition) -> None:
    with inviting_from_outlook(stage):
        couple = by_mail_both(stage)
        dies(stage, transition)
        asked_once(stage, couple)


def test_killed_after_outlook_has_made_an_event_whose_uid_nobody_knows_yet(stage: Stage) -> None:
    answered = threading.Event()
    with inviting_from_outlook(stage):
        couple, before = by_mail_both(stage), len(stage.graph.meetings)
        stage.graph.fail(method="POST", path="/me/events", held=answered)
        stage.start_worker()
        assert stage.until(lambda: len(stage.graph.meetings) > before)
        stage.kill_worker()
        answered.set()
        with stage.house.parts.database.reading(stage.house.organisation_id) as memory:
            assert organiser_events.get(memory, couple.proposal_id).event_id == ""  # type: ignore[union-attr]
        asked_once(stage, couple)


def by_mail_both(stage: Stage) -> Couple:
    couple = stage.couple()
    for each in couple.both:
        told_by_mail(stage.house, each)
    return couple


def asked_once(stage: Stage, couple: Couple) -> None:
    """A new worker comes to one event, whose UID becomes the proposal's, and one invite to the mentee."""
    stage.start_worker()
    try:
        asked = State.ASKED_MENTEE
        assert stage.until(lambda: stage.state(couple) is asked and not unsent(stage, couple), WITHIN_A_MINUTE)
    finally:
        stage.kill_worker()
    made = [each for each in stage.graph.meetings.values() if each.guest(couple.mentee.user)]
    assert [each.uid for each in made] == [stage.proposal(couple).uid]
    assert [mail.kind for mail in stage.graph.mails if mail.to == couple.mentee.user] == ["invite"]
    with stage.house.parts.database.reading(stage.house.organisation_id) as memory:
        assert organiser_events.get(memory, couple.proposal_id).event_id == made[0].id  # type: ignore[union-attr]


def is_guest(stage: Stage, couple: Couple, address: str) -> bool:
    uid = stage.proposal(couple).uid
    return any(each.uid == uid and each.guest(address) for each in stage.google.events_of(TEAM))


def unsent(stage: Stage, couple: Couple) -> bool:
    with stage.house.parts.database.reading(stage.house.organisation_id) as memory:
        return bool(outbox.unsent(memory, couple.proposal_id))


def test_killed_at_200_random_instants(stage: Stage) -> None:
    """Ten proposals go all the way while their workers keep dying."""
    dice = random.Random(20261123)
    couples = [stage.couple(hours_ahead=72 + number) for number in range(10)]
    for number in range(200):
        stage.start_worker()
        stage.tick()
        time.sleep(dice.uniform(0.0, 0.45))
        stage.kill_worker()
        if number % 10 == 9:
            stage.say_yes(couples[dice.randrange(len(couples))])
    stage.start_worker()
    try:

        def all_right() -> bool:
            for couple in couples:
                stage.say_yes(couple)
            return all(stage.settled(couple) and not stage.faults(couple) for couple in couples)

        stage.until(all_right, WITHIN_A_MINUTE)
    finally:
        stage.kill_worker()
    assert {stage.state(couple) for couple in couples} == {State.CONFIRMED}
    assert [fault for couple in couples for fault in stage.faults(couple)] == []
