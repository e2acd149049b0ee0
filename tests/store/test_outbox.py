"""Promises of the outbox: each message leaves once at a time, in order, and never by who has lost its lease."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

import pytest

from mentoring.outbox import Act, Letter, Message
from store import organisations, outbox, proposals
from store.database import Database
from store.memory import Memory
from tests.store.building import NOW, at, kept, organisation, proposal, theme

LATER = NOW + timedelta(minutes=1)


class Desk:
    """An organisation with one proposal whose mentee is to be told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.organisation_id = organisation(database)
        self.mentee, self.mentor = (each.id for each in kept(database, self.organisation_id, 2))
        with self.writing() as memory:
            topic = theme(memory, self.mentee)
            self.proposal_id = proposals.add(memory, proposal(topic, self.mentee, self.mentor, at(600))).id

    @contextmanager
    def writing(self) -> Iterator[Memory]:
        with self.database.writing(self.organisation_id) as memory:
            yield memory

    def write(self, act: Act = Act.PLACE, sequence: int = 0, not_before: datetime = NOW, to: int | None = None) -> int:
        with self.writing() as memory:
            return outbox.write(memory, self.proposal_id, to or self.mentee, act, sequence, not_before, NOW)

    def lease(self, message_id: int, now: datetime = NOW, seconds: float = 60) -> Message | None:
        with self.writing() as memory:
            return outbox.lease(memory, message_id, now, seconds)

    def begun(self, message_id: int, now: datetime) -> Message:
        """Leased for a minute, and the call outside has begun."""
        message = self.lease(message_id, now)
        assert message
        with self.writing() as memory:
            assert outbox.renew(memory, message, now, 60)
        return message

    def due(self, now: datetime = NOW) -> list[int]:
        with self.database.reading_all() as memory:
            return [message_id for _, message_id in outbox.due_anywhere(memory, now, 100)]

    def state(self, message_id: int) -> str:
        with self.writing() as memory:
            return outbox.state(memory, message_id)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_letters_that_ended_before_are_forgotten_and_nothing_else(desk: Desk) -> None:
    day = timedelta(days=1)
    with desk.writing() as memory:
        ended, waits, new = (
            outbox.write_letter(memory, desk.mentee, Letter.WELCOME, at, at) for at in (NOW, NOW, NOW + 2 * day)
        )
    told = desk.write()
    for each, moment in ((ended, NOW), (new, NOW + 2 * day), (told, NOW)):
        message = desk.lease(each, moment)
        assert message is not None
        with desk.writing() as memory:
            assert outbox.sent(memory, message)
    with desk.writing() as memory:
        outbox.purge_letters(memory, NOW + day)
        left = {row.id for row in memory.rows(memory.select(outbox.tables.outbox))}
    assert left == {waits, new, told}


def test_a_written_message_is_due_when_its_time_has_come(desk: Desk) -> None:
    message_id = desk.write(not_before=LATER)
    assert desk.due(NOW) == []
    assert desk.lease(message_id, NOW) is None
    assert desk.due(LATER) == [message_id]


def test_a_leased_message_is_nobody_elses_until_the_lease_ends(desk: Desk) -> None:
    message_id = desk.write()
    first = desk.lease(message_id, NOW, 60)
    assert first is not None
    assert (first.act, first.proposal_id, first.person_id) == (Act.PLACE, desk.proposal_id, desk.mentee)
    assert desk.lease(message_id, NOW + timedelta(seconds=59)) is None
    assert desk.due(NOW + timedelta(seconds=59)) == []
    second = desk.lease(message_id, NOW + timedelta(seconds=60))
    assert second is not None
    assert second.lease != first.lease


def test_who_has_lost_the_lease_can_no_longer_end_the_message(desk: Desk) -> None:
    message_id = desk.write()
    lost = desk.lease(message_id, NOW, 1)
    holder = desk.lease(message_id, LATER)
    assert lost
    assert holder
    with desk.writing() as memory:
        assert not outbox.sent(memory, lost)
        assert not outbox.retry(memory, lost, LATER, "late")
        assert not outbox.give_up(memory, lost, "late")
        assert outbox.sent(memory, holder)
        assert not outbox.sent(memory, holder)
        assert [each.lease for each in outbox.of_proposal(memory, desk.proposal_id)] == [""]
    assert desk.state(message_id) == "sent"


def test_a_lease_is_renewed_by_who_holds_it_only(desk: Desk) -> None:
    message_id = desk.write()
    lost = desk.lease(message_id, NOW, 1)
    holder = desk.lease(message_id, LATER, 60)
    assert lost
    assert holder
    with desk.writing() as memory:
        assert not outbox.renew(memory, lost, LATER, 600)
        assert outbox.renew(memory, holder, LATER, 600)
    assert desk.lease(message_id, LATER + timedelta(seconds=599)) is None


def test_of_many_that_lease_at_once_one_has_it(desk: Desk) -> None:
    for sequence in range(10):
        message_id = desk.write(Act.UPDATE, sequence)
        ready = threading.Barrier(4)

        def lease(message_id: int = message_id, ready: threading.Barrier = ready) -> Message | None:
            ready.wait()
            return desk.lease(message_id)

        with ThreadPoolExecutor(4) as threads:
            held = [each for each in threads.map(lambda call: call(), [lease] * 4) if each]
        assert len(held) == 1
        with desk.writing() as memory:
            assert outbox.sent(memory, held[0])


def test_a_later_message_replaces_one_that_was_never_tried(desk: Desk) -> None:
    first, second = desk.write(Act.PLACE), desk.write(Act.REMOVE)
    assert desk.state(first) == "superseded"
    assert desk.due() == [second]


def test_one_that_only_waited_counts_as_never_tried_however_often_it_was_looked_at(desk: Desk) -> None:
    first = desk.write(Act.PLACE)
    for _ in range(3):
        held = desk.lease(first)
        assert held
        assert (held.attempts, held.tried_at) == (0, None)
        with desk.writing() as memory:
            assert outbox.put_off(memory, held, NOW, "waits for their hours")
    desk.write(Act.REMOVE)
    assert desk.state(first) == "superseded"


def test_an_attempt_counts_from_before_the_call_outside_and_once(desk: Desk) -> None:
    """Whoever dies in the call has tried; whoever comes back from it has tried no more often."""
    message_id = desk.write()
    dies, lives = desk.begun(message_id, NOW), desk.begun(message_id, LATER)
    assert (dies.attempts, dies.tried_at) == (0, None)
    assert (lives.attempts, lives.tried_at) == (1, NOW)
    with desk.writing() as memory:
        assert outbox.retry(memory, lives, LATER, "the server is down")
    again = desk.lease(message_id, LATER)
    assert again
    assert (again.attempts, again.tried_at) == (2, LATER)


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("ends", [outbox.retry, outbox.put_off, outbox.give_up])
def test_what_was_certainly_without_effect_leaves_only_what_an_earlier_attempt_may_have_done(
    desk: Desk, ends: Callable[..., bool], earlier: bool
) -> None:
    first = desk.write()
    if earlier:
        desk.begun(first, NOW)
    held = desk.begun(first, LATER)
    with desk.writing() as memory:
        if ends is outbox.give_up:
            assert outbox.give_up(memory, held, "no", without_effect=True)
        elif ends is outbox.retry:
            assert outbox.retry(memory, held, LATER, "no", without_effect=True)
        else:
            assert outbox.put_off(memory, held, LATER, "no")
        (message,) = outbox.of_proposal(memory, desk.proposal_id)
    assert (message.tried_at is not None) is earlier
    assert message.attempts == earlier + (ends is not outbox.put_off)


def test_one_that_was_tried_is_finished_first_and_at_once(desk: Desk) -> None:
    first = desk.write(Act.PLACE)
    tried = desk.lease(first)
    assert tried
    with desk.writing() as memory:
        assert outbox.retry(memory, tried, NOW + timedelta(hours=1), "the server is down")
    second = desk.write(Act.REMOVE)
    assert desk.due() == [first]
    assert desk.lease(second) is None
    again = desk.lease(first)
    assert again
    assert again.last_error == "the server is down"
    with desk.writing() as memory:
        outbox.sent(memory, again)
    assert desk.due() == [second]


def test_one_in_somebodys_hands_is_waited_for(desk: Desk) -> None:
    first = desk.write(Act.PLACE)
    held = desk.lease(first)
    second = desk.write(Act.UPDATE, 1)
    assert held
    assert desk.due() == []
    with desk.writing() as memory:
        outbox.give_up(memory, held, "gone")
        assert [each.id for each in outbox.failed(memory)] == [first]
    assert desk.due() == [second]


def test_only_what_was_given_up_is_revived_and_then_counts_as_tried(desk: Desk) -> None:
    message_id = desk.write()
    message = desk.lease(message_id)
    assert message is not None
    with desk.writing() as memory:
        assert not outbox.revive(memory, message_id, NOW)
        assert outbox.give_up(memory, message, "no such calendar")
        assert outbox.revive(memory, message_id, LATER)
        assert not outbox.revive(memory, message_id, LATER)
    assert (desk.due(NOW), desk.due(LATER)) == ([], [message_id])
    later = desk.write(Act.REMOVE)
    assert desk.due(LATER) == [message_id], "a later one waits behind it"
    again = desk.lease(message_id, LATER)
    assert again is not None
    assert (again.attempts, again.last_error) == (1, "")
    assert desk.state(later) == "waiting"


def test_messages_to_different_people_do_not_wait_for_each_other(desk: Desk) -> None:
    first, second = desk.write(to=desk.mentee), desk.write(to=desk.mentor)
    assert desk.due() == [first, second]
    with desk.writing() as memory:
        assert outbox.waiting(memory) == (NOW, NOW)
        assert [each.id for each in outbox.unsent(memory, desk.proposal_id)] == [first, second]


def test_nothing_leaves_while_the_kill_switch_is_on(desk: Desk) -> None:
    message_id = desk.write()
    with desk.writing() as memory:
        organisations.set_stopped(memory, True)
    assert desk.due() == []
    assert desk.lease(message_id) is None
    with desk.writing() as memory:
        organisations.set_stopped(memory, False)
    assert desk.due() == [message_id]


def test_a_message_written_in_a_transaction_that_failed_was_never_written(desk: Desk) -> None:
    with suppress(RuntimeError), desk.writing() as memory:
        outbox.write(memory, desk.proposal_id, desk.mentee, Act.PLACE, 0, NOW, NOW)
        raise RuntimeError
    assert desk.due() == []
