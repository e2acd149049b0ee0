"""Which account invites: one at a time, its tokens encrypted, the earlier ones kept while they are needed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mentoring.doors import Granted
from mentoring.errors import ChangedMeanwhile, Missing
from mentoring.outbox import Act, Carrier
from mentoring.proposals import Partstat, Party, State
from store import organiser_events, organisers, outbox, proposals, tables
from store.database import Database
from store.memory import Memory
from store.organiser_events import REPLACING, Event, Heard
from tests.store.building import NOW, at, organisation
from tests.store.everything import dump, planted

GOOGLE = Granted("42", "Interlude@Harbour.example", secret="tokens of Monday")
MICROSOFT = Granted("tenant/7", "interlude@harbour.example", secret="tokens of Tuesday")


@pytest.fixture
def house(database: Database) -> tuple[Database, int]:
    return database, organisation(database, "Harbour")


def google(memory: Memory) -> int:
    return organisers.save(memory, "google", GOOGLE, "Harbour", NOW)


def forgotten(memory: Memory) -> None:
    """The one in force."""
    in_force = organisers.kept(memory)
    assert in_force is not None
    organisers.put_aside(memory, NOW)
    assert organisers.forget(memory, in_force, NOW)


def test_the_next_one_takes_its_place_and_the_first_is_put_aside(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        first = google(memory)
        second = organisers.save(memory, "outlook", MICROSOFT, "Harbour", NOW + timedelta(days=1))
        in_force = organisers.kept(memory)
        assert in_force is not None
        assert (in_force.id, in_force.provider) == (second, "outlook")
        assert [each.id for each in organisers.all(memory)] == [second, first]
        assert organisers.get(memory, first).put_aside_at == NOW + timedelta(days=1)


def test_the_same_account_again_keeps_its_id_and_works_anew(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        first = google(memory)
        organisers.note_problem(memory, organisers.get(memory, first), "it lets nobody in", NOW)
        organisers.put_aside(memory, NOW)
        again = organisers.save(memory, "google", replace(GOOGLE, secret="new tokens"), "Harbour", NOW)
        assert again == first
        kept = organisers.get(memory, first)
        assert (kept.put_aside_at, kept.problem, kept.failing_since) == (None, "", None)
        assert organisers.account(memory, first).secret == "new tokens"


def test_the_database_refuses_a_second_one_in_force(house: tuple[Database, int]) -> None:
    database, scope = house
    values = {"provider": "google", "address": "a@b.example", "name": "", "secret": "", "saved_at": NOW, "problem": ""}
    with database.writing(scope) as memory:
        memory.insert(tables.organisers, subject="1", **values)
    with pytest.raises((IntegrityError, ChangedMeanwhile)), database.writing(scope) as memory:
        memory.insert(tables.organisers, subject="2", **values)


def test_its_tokens_are_encrypted_and_in_no_repr(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        organiser_id = google(memory)
        account = organisers.account(memory, organiser_id)
    assert (account.secret, account.address) == ("tokens of Monday", "interlude@harbour.example")
    assert "tokens of Monday" not in str(dump(database)) + repr(account)


def test_renewed_tokens_take_the_place_of_exactly_those_before(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        organiser_id = google(memory)
        assert organisers.renew(memory, organiser_id, "tokens of Monday", "second")
        assert not organisers.renew(memory, organiser_id, "tokens of Monday", "somebody was faster")
        assert organisers.account(memory, organiser_id).secret == "second"
        forgotten(memory)
        assert not organisers.renew(memory, organiser_id, "second", "third")


def test_one_put_aside_is_kept_while_a_meeting_of_its_lies_ahead_or_somebody_must_still_hear(
    house: tuple[Database, int],
) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        person = planted(memory)
        organiser_id = google(memory)
        saved = proposals.save(
            memory, replace(person.proposal, organiser_id=organiser_id, state=State.CONFIRMED, mentee_asked_at=NOW)
        )
        before = saved.interval.start - timedelta(hours=1)
        assert organisers.meetings_ahead(memory, before) == {organiser_id: 1}
        organisers.put_aside(memory, before)

        def ours(now: datetime) -> bool:
            return organiser_id in {each.id for each in organisers.done_with(memory, now)}

        assert not ours(before)
        assert ours(saved.interval.end), "it is over"
        saved = proposals.save(memory, replace(saved, state=State.WITHDRAWN))
        event = Event(saved.id, organiser_id, "its id")
        organiser_events.save(memory, replace(event, cancelled=True))
        message = outbox.write(memory, saved.id, person.person_id, Act.REMOVE, 0, before, before, Carrier.EVENT)
        assert not ours(before), "its guests have not heard of it"
        held = outbox.lease(memory, message, before, 60)
        if held is None:  # An earlier message of the planted ones stands in front of it.
            memory.changed(memory.delete(tables.outbox).where(tables.outbox.c.id < message))
            held = outbox.lease(memory, message, before, 60)
        assert held is not None
        outbox.sent(memory, held)
        assert ours(before)
        copy = outbox.write(memory, saved.id, person.person_id, Act.REMOVE, 0, before, before, Carrier.COPY)
        assert not ours(before), "the last copy takes the event along"
        memory.changed(memory.delete(tables.outbox).where(tables.outbox.c.id == copy))
        assert ours(before)
        organiser_events.save(memory, event)
        assert not ours(before), "its event lies there still"
        organiser_events.save(memory, replace(event, cancelled=True))
        assert ours(before)


def test_only_what_was_put_aside_and_not_connected_anew_is_forgotten(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        google(memory)
        in_force = organisers.kept(memory)
        assert in_force is not None
        assert not organisers.forget(memory, in_force, NOW)
        organisers.put_aside(memory, NOW)
        organisers.save(memory, "google", GOOGLE, "Harbour", NOW + timedelta(minutes=1))
        organisers.put_aside(memory, NOW + timedelta(minutes=2))
        assert not organisers.forget(memory, in_force, NOW)
        (again,) = organisers.done_with(memory, NOW)
        assert organisers.forget(memory, again, NOW)


def test_an_event_is_noted_with_what_each_guest_had_said(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        person = planted(memory)
        event = Event(
            person.proposal.id,
            google(memory),
            "its id",
            f'{REPLACING}"3"',
            "a hash",
            sequence=2,
            told_at=NOW,
            heard={Party.MENTEE: Heard(Partstat.ACCEPTED, at(5).start, "ann@example.org")},
            strangers=frozenset({"one", "another"}),
            missed_at=at(6).start,
        )
        organiser_events.save(memory, event)
        assert organiser_events.get(memory, person.proposal.id) == event
        assert organiser_events.get(memory, person.proposal.id, to_change=True) == event
        assert (event.in_doubt, event.replaced) == (True, '"3"')
        assert event in organiser_events.live(memory)
        begun = replace(event, said="other words")
        assert organiser_events.swap(memory, event, begun)
        assert not organiser_events.swap(memory, event, replace(event, said="somebody else's")), "another has begun"
        organiser_events.save(memory, replace(event, cancelled=True))
        assert organiser_events.live(memory) == ()


def test_what_was_heard_of_a_guest_is_undone_by_nobody_who_notes_something_else(house: tuple[Database, int]) -> None:
    """Neither by who is about to write the event, nor by who has heard of the other guest at the same moment."""
    database, scope = house
    with database.writing(scope) as memory:
        event = Event(planted(memory).proposal.id, google(memory), "its id", "1", heard=dict.fromkeys(Party, Heard()))
        organiser_events.save(memory, event)
    reading = threading.Event()

    def hear(party: Party, seconds: float) -> None:
        with database.writing(scope) as memory:
            noted = organiser_events.get(memory, event.proposal_id, to_change=True)
            assert noted is not None
            reading.set()
            time.sleep(seconds)
            heard = {**noted.heard, party: Heard(Partstat.ACCEPTED)}
            organiser_events.save(memory, replace(noted, heard=heard))

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(hear, Party.MENTEE, 0.3)
        assert reading.wait(10)
        hear(Party.MENTOR, 0)
        slow.result()
    with database.writing(scope) as memory:
        assert organiser_events.swap(memory, event, replace(event, said="something"))
        noted = organiser_events.get(memory, event.proposal_id)
    assert noted is not None
    assert (noted.said, {each.partstat for each in noted.heard.values()}) == ("something", {Partstat.ACCEPTED})


def test_one_that_was_forgotten_is_missing(house: tuple[Database, int]) -> None:
    database, scope = house
    with database.writing(scope) as memory:
        organiser_id = google(memory)
        forgotten(memory)
        assert organisers.kept(memory) is None
        with pytest.raises(Missing):
            organisers.get(memory, organiser_id)
