"""What is kept of connected calendars, and what is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mentoring.availability import BusyEvent, Busyness
from mentoring.errors import BadInput, Reconnect
from mentoring.people import Person
from mentoring.ports import Account, FoundCalendar
from store import calendars
from store.calendars import Rotated
from store.database import Database
from store.keyring import Keyring
from store.memory import Memory
from tests.databases import SECRET_KEY, TOKEN_KEY
from tests.store.building import NOW, at, caldav, connected, kept, organisation, reading
from tests.store.everything import dump

SOON = NOW + timedelta(minutes=15)
NEW_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
FEED = Account("ics", "https://feeds.example.org/private-Sanddorn99/basic.ics")
MEETING = BusyEvent(at(60, 30), Busyness.TENTATIVE, "k1")


def test_a_connected_account_comes_back_with_its_secret_and_its_owners(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        new = connected(memory, person.id, account=caldav("Amira@Mail.example"))
        assert calendars.account(memory, new.id).secret == "correct horse battery"
        assert calendars.account(memory, new.id).owners == {person.email, "amira@mail.example"}
        assert calendars.account(memory, new.id).zone == "Europe/Berlin"
        assert "correct horse" not in f"{new!r} {new.secret} {calendars.account(memory, new.id)!r}"


def test_a_secret_that_no_key_opens_asks_the_person_to_connect_again(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
    with database.reading(organisation_id) as memory:
        memory.keyring = Keyring((NEW_KEY,), SECRET_KEY)
        with pytest.raises(Reconnect, match="connect the calendar again"):
            calendars.account(memory, calendars.connections(memory)[0].id)


def test_what_a_provider_renews_takes_the_place_of_exactly_the_secret_before(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        new = connected(memory, person.id)
        assert calendars.renew(memory, new.id, "correct horse battery", "second")
        assert not calendars.renew(memory, new.id, "correct horse battery", "somebody was faster")
        assert calendars.account(memory, new.id).secret == "second"
        assert "second" not in calendars.connection(memory, new.id).secret
        calendars.disconnect(memory, new.id)
        assert not calendars.renew(memory, new.id, "second", "third")


def test_an_account_with_a_name_that_never_changes_is_the_same_under_another_address(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        before, after = (
            calendars.connect(
                memory, person.id, Account("google", each, each, each), [FoundCalendar("p", "P")], NOW, "1"
            )
            for each in ("ash@mail.example", "birch@mail.example")
        )
        assert before.id == after.id
        assert after.username == after.address == "birch@mail.example"
        assert calendars.connected_by(memory, "google", "1") == {person.id}
        assert not calendars.connected_by(memory, "outlook", "1")


def test_keys_are_changed_by_putting_a_new_one_in_front_and_rotating(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connection = connected(memory, person.id)
        memory.keyring = Keyring((NEW_KEY, TOKEN_KEY), SECRET_KEY)
        assert calendars.rotate_secrets(memory) == Rotated(1, 0)
        memory.keyring = Keyring((NEW_KEY,), SECRET_KEY)
        assert calendars.account(memory, connection.id).secret == "correct horse battery"
        assert calendars.account(memory, connection.id).address == caldav().address


def test_what_no_key_opens_is_counted_and_does_not_keep_the_rest_from_rotating(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        memory.keyring = Keyring((NEW_KEY,), SECRET_KEY)
        connected(memory, person.id, account=FEED)
        assert calendars.rotate_secrets(memory) == Rotated(1, 1)


def test_the_address_of_a_feed_which_is_its_password_is_kept_encrypted_and_shown_in_no_repr(
    database: Database,
) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connection = connected(memory, person.id, account=FEED)
        account = calendars.account(memory, connection.id)
    assert (connection.address, account.address) == (FEED.address, FEED.address)
    assert "private-Sanddorn" not in f"{connection!r} {account!r} {dump(database)}"


def test_the_same_feed_again_is_the_same_account_and_another_is_another(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id, account=FEED)
        assert connected(memory, person.id, account=FEED).id == first.id
        assert connected(memory, person.id, account=replace(FEED, address=f"{FEED.address}2")).id != first.id


def test_an_account_that_no_key_opens_is_still_listed(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        memory.keyring = Keyring((NEW_KEY,), SECRET_KEY)
        (listed,) = calendars.connections(memory)
    assert (listed.provider, listed.address) == ("caldav", "")


def test_connecting_the_same_account_again_keeps_what_was_chosen(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id, "work", "home", "old")
        work = calendars.calendars(memory, person.id)[0]
        calendars.choose(memory, first.id, [work.id], work.id)
        calendars.save_problem(memory, work.id, "signed out", NOW, None, reconnect=True)
        assert calendars.connection(memory, first.id).state == "reconnect"
        again = connected(memory, person.id, "work", "home", "new", account=replace(caldav(), secret="changed"))
        assert (again.id, again.state, again.problem) == (first.id, "ok", "")
        assert calendars.account(memory, first.id).secret == "changed"
        found = {each.name: each for each in calendars.calendars(memory, person.id)}
    assert found.keys() == {"work", "home", "new"}
    assert found["work"].id == work.id
    assert found["work"].holds_copies
    assert found["work"].next_read_at == NOW
    assert not found["home"].counts_as_busy


def test_what_is_connected_is_due_at_once_and_then_when_it_was_said(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
    assert _due(database, NOW) == [(organisation_id, calendar.id)]
    with database.writing(organisation_id) as memory:
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)
    assert _due(database, NOW) == []
    assert _due(database, SOON) == [(organisation_id, calendar.id)]
    with database.writing(organisation_id) as memory:
        calendars.make_due(memory, [person.id], NOW)
    assert _due(database, NOW) == [(organisation_id, calendar.id)]


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id, "work")
        connected(memory, person.id, "home", account=FEED)
        work, home = calendars.calendars(memory)
        calendars.save_problem(memory, work.id, "down", NOW, NOW - timedelta(minutes=1))
    assert _claimed(database, NOW, SOON, limit=1) == [(organisation_id, work.id)]
    assert _claimed(database, NOW, SOON) == [(organisation_id, home.id)]
    assert _claimed(database, NOW, SOON) == []
    with database.writing(organisation_id) as memory:
        calendars.save_reading(memory, home.id, reading(MEETING), NOW, SOON + timedelta(minutes=1))
    assert _claimed(database, SOON, SOON + timedelta(minutes=5)) == [(organisation_id, work.id)]


def test_what_is_due_of_one_account_is_claimed_together(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id, "work", "home", "later")
        connected(memory, person.id, "feed", account=FEED)
        work, home, later, feed = calendars.calendars(memory)
        calendars.save_reading(memory, later.id, reading(MEETING), NOW, SOON)
    assert _claimed(database, NOW, SOON, limit=1) == [(organisation_id, work.id), (organisation_id, home.id)]
    assert _claimed(database, NOW, SOON, limit=1) == [(organisation_id, feed.id)]


def test_runs_at_the_same_moment_share_out_what_is_due(database: Database) -> None:
    for _ in range(3):
        organisation_id, person = _somebody(database)
        with database.writing(organisation_id) as memory:
            connected(memory, person.id, *(f"calendar {number}" for number in range(8)))
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: [_claimed(database, NOW, SOON, limit=3) for _ in range(4)], range(4)))
    taken = [each for share in shares for claimed in share for each in claimed]
    assert len(taken) == len(set(taken))
    assert len(taken) + len(_claimed(database, NOW, SOON, limit=99)) == 24


def test_a_reading_replaces_everything_that_was_read_before(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING, BusyEvent(at(0, 5))), NOW, SOON)
        calendars.save_reading(memory, calendar.id, reading(MEETING), SOON, SOON)
        assert calendars.busy_events(memory, [person.id, 999], at(0, 600)) == {person.id: (MEETING,), 999: ()}
        kept_now = calendars.calendar(memory, calendar.id)
    assert (kept_now.read_at, kept_now.covers, kept_now.cursor) == (SOON, reading().covers, "cursor-1")


def test_a_reading_that_began_earlier_than_the_last_one_changes_nothing(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), SOON, SOON)
        calendars.save_reading(memory, calendar.id, reading(), NOW, SOON)
        assert calendars.busy_events(memory, [person.id], at(0, 600)) == {person.id: (MEETING,)}


def test_a_problem_keeps_its_first_moment_until_a_reading_clears_it(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)
        calendars.save_problem(memory, calendar.id, "the server is down", NOW, SOON)
        calendars.save_problem(memory, calendar.id, "still down", SOON, SOON)
        failing = calendars.calendar(memory, calendar.id)
        assert (failing.problem, failing.problem_since, failing.read_at) == ("still down", NOW, NOW)
        calendars.save_unchanged(memory, calendar.id, SOON, SOON)
        well = calendars.calendar(memory, calendar.id)
        assert (well.problem, well.problem_since, well.read_at) == ("", None, SOON)


def test_an_account_that_only_its_owner_can_mend_is_left_alone_as_a_whole_until_all_of_it_works(
    database: Database,
) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id, "work", "home")
        work, home = calendars.calendars(memory)
        calendars.save_problem(memory, work.id, "signed out", NOW, SOON, reconnect=True)
    assert _due(database, NOW) == []
    assert len(_due(database, SOON)) == 2
    with database.writing(organisation_id) as memory:
        calendars.save_reading(memory, home.id, reading(MEETING), SOON, SOON)
        assert calendars.connection(memory, first.id).state == "reconnect"
        calendars.save_reading(memory, work.id, reading(MEETING), SOON, SOON)
        assert calendars.connection(memory, first.id).state == "ok"


def test_a_failure_that_began_before_the_last_reading_breaks_nothing(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), SOON, SOON)
        calendars.save_problem(memory, calendar.id, "signed out", NOW, NOW, reconnect=True)
        assert calendars.connection(memory, first.id).state == "ok"
        assert calendars.calendar(memory, calendar.id).problem == ""


def test_an_account_works_again_when_the_calendar_that_was_wrong_no_longer_counts(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id, "work", "home")
        work, home = calendars.calendars(memory)
        calendars.save_reading(memory, home.id, reading(MEETING), NOW, SOON)
        calendars.save_problem(memory, work.id, "it is no longer there", NOW, SOON, reconnect=True)
        calendars.choose(memory, first.id, [home.id], None)
        assert calendars.connection(memory, first.id).state == "ok"


def test_what_a_provider_tells_of_is_read_at_once_or_a_little_after_the_last_reading(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)
        assert not calendars.hear(memory, [calendar.id], NOW + timedelta(seconds=1)), "it is due in a moment"
    assert _due(database, NOW + timedelta(seconds=14)) == []
    assert _due(database, NOW + timedelta(seconds=15)) == [(organisation_id, calendar.id)]
    with database.writing(organisation_id) as memory:
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW + timedelta(minutes=1), SOON)
        told = [calendars.hear(memory, [calendar.id], NOW + timedelta(seconds=each)) for each in (90, 91, 92)]
        assert told == [True, False, False], "the first one makes it due, the others find it so"
        calendars.save_problem(memory, calendar.id, "come back later", NOW + timedelta(minutes=1), SOON)
        assert not calendars.hear(memory, [calendar.id], NOW + timedelta(minutes=2))
    assert _due(database, NOW + timedelta(minutes=2)) == []


def test_what_is_told_while_a_reading_runs_is_not_lost_when_that_reading_is_saved(database: Database) -> None:
    organisation_id, person = _somebody(database)
    for save in (calendars.save_unchanged, _saved):
        with database.writing(organisation_id) as memory:
            connected(memory, person.id)
            (calendar,) = calendars.calendars(memory)
        assert _claimed(database, NOW, NOW + timedelta(minutes=6)) == [(organisation_id, calendar.id)]
        with database.writing(organisation_id) as memory:
            calendars.hear(memory, [calendar.id], NOW + timedelta(seconds=1))
        assert _claimed(database, NOW + timedelta(seconds=1), SOON) == [], "it is being read"
        with database.writing(organisation_id) as memory:
            save(memory, calendar.id, NOW, SOON)
        assert _due(database, NOW + timedelta(seconds=15)) == [(organisation_id, calendar.id)]


def test_only_calendars_that_count_as_busy_are_read_and_asked(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connection = connected(memory, person.id, "work", "home")
        work, home = calendars.calendars(memory)
        for each in (work, home):
            calendars.save_reading(memory, each.id, reading(MEETING), NOW, SOON)
        calendars.choose(memory, connection.id, [work.id], None)
        assert calendars.busy_events(memory, [person.id], at(0, 600)) == {person.id: (MEETING,)}
        assert calendars.calendar(memory, home.id).read_at is None
    assert _due(database, SOON) == [(organisation_id, work.id)]
    with database.writing(organisation_id) as memory:
        calendars.choose(memory, connection.id, [work.id, home.id], None)
    assert (organisation_id, home.id) in _due(database, NOW)


def test_copies_go_to_one_calendar_of_a_person_and_only_where_they_can(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        first = connected(memory, person.id, "work", "home")
        feed = [FoundCalendar("/feed", "feed")]
        second = calendars.connect(memory, person.id, caldav("other"), feed, NOW)
        work, home, read_only = calendars.calendars(memory)
        calendars.choose(memory, first.id, [work.id], work.id)
        calendars.choose(memory, first.id, [work.id], home.id)
        assert calendars.copies_calendar(memory, person.id) == calendars.calendar(memory, home.id)
        calendars.choose(memory, second.id, [read_only.id], None)
        assert calendars.copies_calendar(memory, person.id) is not None
        with pytest.raises(BadInput, match="cannot take invites"):
            calendars.choose(memory, second.id, [], read_only.id)
        with pytest.raises(BadInput, match="not one of this account"):
            calendars.choose(memory, second.id, [work.id], None)


def test_disconnecting_deletes_the_secret_the_calendars_and_the_events(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connection = connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)
        calendars.disconnect(memory, connection.id)
        assert calendars.connections(memory) == ()
        assert calendars.calendars(memory) == ()
        assert calendars.busy_events(memory, [person.id], at(0, 600)) == {person.id: ()}
        for gone in (calendars.disconnect, calendars.connection, calendars.account):
            with pytest.raises(KeyError):
                gone(memory, connection.id)
        with pytest.raises(KeyError):
            calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)


def test_a_server_that_moved_keeps_all_that_was_chosen_and_read(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        account = replace(caldav(), address="http://127.0.0.1:8001/dav/")
        found = [FoundCalendar("http://127.0.0.1:8001/dav/desk/", "Work", writable=True), FoundCalendar("feed", "Feed")]
        connection = calendars.connect(memory, person.id, account, found, NOW)
        before = calendars.calendars(memory)
        calendars.choose(memory, connection.id, [before[0].id], before[0].id)
        calendars.save_reading(memory, before[0].id, reading(MEETING), NOW, SOON)
        before = calendars.calendars(memory)
        calendars.move(memory, connection.id, "http://127.0.0.1:8001", "http://127.0.0.1:9001")
        assert calendars.account(memory, connection.id).address == "http://127.0.0.1:9001/dav/"
        moved = replace(before[0], href="http://127.0.0.1:9001/dav/desk/")
        assert calendars.calendars(memory) == (moved, before[1])
        assert calendars.account(memory, connection.id).secret == account.secret


def test_what_ended_a_week_ago_is_purged(database: Database) -> None:
    organisation_id, person = _somebody(database)
    with database.writing(organisation_id) as memory:
        connected(memory, person.id)
        (calendar,) = calendars.calendars(memory)
        calendars.save_reading(memory, calendar.id, reading(MEETING), NOW, SOON)
        assert calendars.purge_past(memory, MEETING.interval.end + timedelta(days=7)) == 0
        assert calendars.purge_past(memory, MEETING.interval.end + timedelta(days=7, seconds=1)) == 1


def _saved(memory: Memory, calendar_id: int, began: datetime, next_read_at: datetime) -> None:
    calendars.save_reading(memory, calendar_id, reading(MEETING), began, next_read_at)


def _somebody(database: Database) -> tuple[int, Person]:
    organisation_id = organisation(database)
    return organisation_id, kept(database, organisation_id, 1)[0]


def _due(database: Database, now: datetime) -> list[tuple[int, int]]:
    return _claimed(database, now, until=now)


def _claimed(database: Database, now: datetime, until: datetime, limit: int = 10) -> list[tuple[int, int]]:
    with database.writing_all() as memory:
        return calendars.claim_due(memory, now, until, limit)
