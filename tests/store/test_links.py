"""Sign-in links and the requests for them: each used once, counted, and found again for the mail that carries it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

from cryptography.fernet import Fernet

from store import links, sign_in_requests
from store.database import Database
from store.keyring import Keyring
from tests.databases import SECRET_KEY
from tests.store.building import NOW, kept, organisation

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HERE, THERE = "hash of one browser", "hash of another"


def test_a_request_is_taken_once_however_many_come_for_it(database: Database) -> None:
    with database.writing_all() as memory:
        added = sign_in_requests.add_anywhere(memory, "ann@example.org", HERE, NOW)

    def take(_: int) -> sign_in_requests.Request | None:
        with database.writing_all() as memory:
            return sign_in_requests.take_anywhere(memory, added)

    with ThreadPoolExecutor(4) as threads:
        taken = [each for each in threads.map(take, range(4)) if each]
    assert taken == [sign_in_requests.Request(added, "ann@example.org", HERE, NOW)]


def test_a_request_that_was_taken_comes_back_where_the_rest_went_wrong(database: Database) -> None:
    with database.writing_all() as memory:
        added = sign_in_requests.add_anywhere(memory, "ann@example.org", HERE, NOW)
    with suppress(ZeroDivisionError), database.writing_all() as memory:
        assert sign_in_requests.take_anywhere(memory, added)
        raise ZeroDivisionError("planted")
    with database.reading_all() as memory:
        assert sign_in_requests.waiting_anywhere(memory, 9) == (added,)


def test_a_request_that_no_key_opens_any_more_is_dropped(database: Database) -> None:
    with database.writing_all() as memory:
        added = sign_in_requests.add_anywhere(memory, "ann@example.org", HERE, NOW)
    database.keyring = Keyring((Fernet.generate_key().decode(),), SECRET_KEY)
    with database.writing_all() as memory:
        assert sign_in_requests.take_anywhere(memory, added) is None
        assert sign_in_requests.waiting_anywhere(memory, 9) == ()


def test_requests_come_oldest_first_and_so_many_at_a_time(database: Database) -> None:
    with database.writing_all() as memory:
        ids = [sign_in_requests.add_anywhere(memory, f"p{each}@example.org", HERE, NOW) for each in range(3)]
        assert sign_in_requests.waiting_anywhere(memory, 2) == tuple(ids[:2])


def test_a_link_lets_in_the_browser_that_asked_for_it_and_no_other(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        link = links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW, HERE)
    with database.writing_all() as memory:
        assert links.asked_by(memory, link.token, "sign-in", NOW) == HERE
        assert links.use(memory, link.token, "sign-in", NOW, THERE) is None
        assert links.use(memory, link.token, "sign-in", NOW) is None
        assert links.use(memory, link.token, "sign-in", NOW, HERE) == (organisation_id, ann.id)


def test_a_link_is_found_again_for_its_mail_while_it_can_be_used(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        first, second = (links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW + each * MINUTE) for each in range(2))
    assert first.token != second.token
    with database.reading(organisation_id) as memory:
        assert links.usable(memory, second.id, NOW) == second
        assert links.usable(memory, second.id, NOW + HOUR) is None
    with database.writing_all() as memory:
        links.use(memory, second.token, "sign-in", NOW)
    with database.reading(organisation_id) as memory:
        assert links.usable(memory, second.id, NOW) is None
        assert links.usable(memory, first.id, NOW) == first


def test_the_first_link_that_was_made_for_somebody_since_then_is_found(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id, 2)
    with database.writing(organisation_id) as memory:
        links.create(memory, ann.id, "invitation", NOW + HOUR, NOW - MINUTE)
        links.create(memory, ben.id, "invitation", NOW + HOUR, NOW)
        links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW)
        made = [links.create(memory, ann.id, "invitation", NOW + HOUR, NOW + each * MINUTE) for each in range(2)]
        assert links.usable_since(memory, ann.id, "invitation", NOW, NOW) == made[0]
        assert links.usable_since(memory, ann.id, "invitation", NOW + HOUR, NOW) is None


def test_links_made_lately_are_counted_but_for_those_that_were_used(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id, 2)
    with database.writing(organisation_id) as memory:
        made = [links.create(memory, ann.id, "sign-in", NOW + MINUTE, NOW + each * MINUTE) for each in range(3)]
        links.create(memory, ben.id, "sign-in", NOW + HOUR, NOW + MINUTE)
        links.create(memory, ann.id, "invitation", NOW + HOUR, NOW + MINUTE)
        assert links.unused_since(memory, ann.id, "sign-in", NOW) == 2
    with database.writing_all() as memory:
        links.use(memory, made[1].token, "sign-in", NOW)
    with database.reading(organisation_id) as memory:
        assert links.unused_since(memory, ann.id, "sign-in", NOW - MINUTE) == 2


def test_links_are_counted_for_one_browser_or_all(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        for browser in (HERE, HERE, THERE, ""):
            links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW + MINUTE, browser)
        counted = [links.unused_since(memory, ann.id, "sign-in", NOW, each) for each in (None, HERE, THERE, "")]
    assert counted == [4, 2, 1, 1]


def test_what_is_void_lets_nobody_in_and_what_is_made_after_does(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id, 2)
    with database.writing(organisation_id) as memory:
        made = [links.create(memory, ann.id, each, NOW + HOUR, NOW) for each in ("sign-in", "invitation")]
        bens = links.create(memory, ben.id, "sign-in", NOW + HOUR, NOW)
        links.void(memory, ann.id)
        assert [links.usable(memory, each.id, NOW) for each in made] == [None, None]
        after = links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW)
    with database.writing_all() as memory:
        assert links.use(memory, made[1].token, "invitation", NOW) is None
        assert links.use(memory, after.token, "sign-in", NOW) == (organisation_id, ann.id)
        assert links.use(memory, bens.token, "sign-in", NOW) == (organisation_id, ben.id)


def test_two_who_come_by_two_links_of_one_person_at_once_wait_for_nobody(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        made = [links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW) for _ in range(2)]
    together = Barrier(2)

    def come(link: links.Link) -> bool:
        with database.writing_all() as memory:
            found = links.use(memory, link.token, "sign-in", NOW)
            if database.kind == "postgresql":  # of SQLite's writers one comes after the other
                together.wait(20)
            links.void(memory.inside(organisation_id), ann.id)
        return found is not None

    with ThreadPoolExecutor(2) as threads:
        came = list(threads.map(come, made))
    assert came.count(True) == (2 if database.kind == "postgresql" else 1)


def test_ended_links_are_forgotten_and_those_that_work_are_not(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        used, expired, works = (links.create(memory, ann.id, "sign-in", NOW + hours * HOUR, NOW) for hours in (9, 1, 9))
    with database.writing_all() as memory:
        links.use(memory, used.token, "sign-in", NOW + HOUR)
    for hours, left in ((1, {used.id, expired.id, works.id}), (2, {works.id})):
        with database.writing(organisation_id) as memory:
            links.purge(memory, NOW + hours * HOUR)
            assert {row.id for row in memory.rows(memory.select(links.tables.sign_in_links))} == left


def test_no_token_stands_in_the_database(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        link = links.create(memory, ann.id, "sign-in", NOW + HOUR, NOW, HERE)
        rows = memory.rows(memory.select(links.tables.sign_in_links))
    assert link.token not in str(rows)
    assert link.token not in repr(link)
