"""What an admin does about people: never opting anybody in, never leaving nobody in charge, never asking twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from mentoring.errors import BadInput, ChangedMeanwhile, InterludeError, Missing, NotAllowed, Refused
from mentoring.mail import Mailbox
from mentoring.outbox import Letter
from mentoring.people import Person, Role, Seniority
from store import audit, mailboxes, outbox, people
from store.memory import Memory
from tests.workflows.house import BOTH, House, a_house
from workflows import importing, pages, peopling, reviewing, steering
from workflows import mailboxes as mailbox
from workflows.mailboxes import Typed
from workflows.peopling import Details
from workflows.views import Who

ADMIN = frozenset({Role.ADMIN})
MAILBOX = Mailbox("Interlude", "interlude@example.org", "smtp.example.org", 587)


class Staff:
    """Ann reports to nobody; Zofia is the admin; there is a mailbox."""

    def __init__(self, house: House) -> None:
        self.house, self.parts = house, house.parts
        self.zofia = house.add("Zofia Zeder", roles=ADMIN)
        self.ann, self.ben = (house.add(name, roles=frozenset()) for name in ("Ann Ash", "Ben Birch"))
        with house.parts.database.writing(house.organisation_id) as memory:
            mailboxes.save(memory, MAILBOX, house.clock())

    @property
    def admin(self) -> Who:
        return self.house.who(self.zofia)

    def now(self, person: Person) -> Person:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return people.get(memory, person.id)

    def log(self) -> list[tuple[str, str, str]]:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return [(each.who, each.what, each.subject) for each in audit.recent(memory)]

    def letters(self) -> list[int]:
        """To whom an invitation to join waits."""
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return [each.person_id for each in outbox.unsent(memory) if each.letter is Letter.WELCOME]


@pytest.fixture
def staff(tmp_path: Path) -> Staff:
    return Staff(a_house(tmp_path))


# --- Whose doing it is ------------------------------------------------------------------------------------------------

TYPED = Typed("Interlude", "interlude@example.org", "127.0.0.1", 1, MAILBOX.security)
ACTS: dict[str, Callable[[Staff, Who], object]] = {
    "change": lambda s, who: peopling.change(s.parts, who, s.ann.id, Details("Ann")),
    "set_admin": lambda s, who: peopling.set_admin(s.parts, who, s.ann.id, True),
    "sign_out_everywhere": lambda s, who: peopling.sign_out_everywhere(s.parts, who, s.ann.id),
    "forget": lambda s, who: peopling.forget(s.parts, who, s.ann.id, s.ann.email),
    "invite": lambda s, who: peopling.invite(s.parts, who, [s.ann.id]),
    "invite_everybody": lambda s, who: peopling.invite_everybody(s.parts, who, 3),
    "plan": lambda s, who: importing.plan(s.parts, who, b"email,name,zone\n"),
    "import_as_planned": lambda s, who: importing.import_as_planned(s.parts, who, b"email,name,zone\n", ""),
    "set_stopped": lambda s, who: steering.set_stopped(s.parts, who, True),
    "set_weekly_messages": lambda s, who: steering.set_weekly_messages(s.parts, who, 3),
    "start_round": lambda s, who: steering.start_round(s.parts, who),
    "release": lambda s, who: reviewing.release(s.parts, who, {}),
    "take_back": lambda s, who: reviewing.take_back(s.parts, who, {}),
    "save": lambda s, who: mailbox.save(s.parts, who, TYPED),
    "forget_mailbox": lambda s, who: mailbox.forget(s.parts, who),
    "test": lambda s, who: mailbox.test(s.parts, who),
    "try_again": lambda s, who: mailbox.try_again(s.parts, who, 1),
    "people_page": lambda s, who: pages.people_page(s.parts, who),
    "person_page": lambda s, who: pages.person_page(s.parts, who, s.ann.id),
    "rounds_page": lambda s, who: pages.rounds_page(s.parts, who),
    "round_page": lambda s, who: pages.round_page(s.parts, who, 1),
    "review_page": lambda s, who: pages.review_page(s.parts, who),
    "mail_page": lambda s, who: pages.mail_page(s.parts, who),
    "audit_page": lambda s, who: pages.audit_page(s.parts, who),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nobody_but_an_admin_does_or_sees_any_of_it(staff: Staff, act: Callable[[Staff, Who], object]) -> None:
    before = staff.log(), staff.now(staff.ann)
    with pytest.raises(NotAllowed):
        act(staff, staff.house.who(staff.ben))
    assert (staff.log(), staff.now(staff.ann)) == before


# --- Details ----------------------------------------------------------------------------------------------------------


def test_details_are_changed_and_nothing_else_of_the_person(staff: Staff) -> None:
    details = Details("Ann Aspen", "Data", "Analyst", Seniority.LEAD, staff.ben.id)
    peopling.change(staff.parts, staff.admin, staff.ann.id, details)
    assert staff.now(staff.ann) == replace(staff.ann, **vars(details))
    assert staff.log() == [("Zofia Zeder", "changed name, department, title, seniority, manager", "Ann Aspen")]


def test_details_that_are_as_they_were_change_and_note_nothing(staff: Staff) -> None:
    peopling.change(staff.parts, staff.admin, staff.ann.id, Details("Ann Ash"))
    assert staff.log() == []


@pytest.mark.parametrize(
    ("details", "fields"),
    [
        (Details(""), ["name"]),
        (Details("A" * 501), ["name"]),
        (Details("Ann\nAsh"), ["name"]),
        (Details("", "d" * 501, "\0"), ["name", "department", "title"]),
        (Details("Ann", manager_id=999), ["manager_id"]),
    ],
)
def test_every_wrong_detail_is_named_and_nothing_is_saved(staff: Staff, details: Details, fields: list[str]) -> None:
    with pytest.raises(BadInput) as wrong:
        peopling.change(staff.parts, staff.admin, staff.ann.id, details)
    assert [each.field for each in wrong.value.problems] == fields
    assert staff.now(staff.ann) == staff.ann


def test_nobody_reports_to_themselves_or_round_in_a_circle(staff: Staff) -> None:
    peopling.change(staff.parts, staff.admin, staff.ben.id, Details("Ben Birch", manager_id=staff.ann.id))
    peopling.change(staff.parts, staff.admin, staff.zofia.id, Details("Zofia Zeder", manager_id=staff.ben.id))
    for manager in (staff.ann, staff.ben, staff.zofia):
        with pytest.raises(BadInput, match="manager_id"):
            peopling.change(staff.parts, staff.admin, staff.ann.id, Details("Ann Ash", manager_id=manager.id))


def test_somebody_who_is_not_there_is_missing(staff: Staff) -> None:
    for act in (peopling.sign_out_everywhere, pages.person_page):
        with pytest.raises(Missing):
            act(staff.parts, staff.admin, 999)
    with pytest.raises(Missing):
        peopling.change(staff.parts, staff.admin, 999, Details("Nobody"))


# --- Admins -----------------------------------------------------------------------------------------------------------


def test_an_admin_makes_another_and_roles_that_people_chose_stay(staff: Staff) -> None:
    with staff.parts.database.writing(staff.house.organisation_id) as memory:
        people.set_roles(memory, staff.ann.id, BOTH)
    peopling.set_admin(staff.parts, staff.admin, staff.ann.id, True)
    assert staff.now(staff.ann).roles == BOTH | ADMIN
    peopling.set_admin(staff.parts, staff.house.who(staff.ann), staff.zofia.id, False)
    assert staff.now(staff.zofia).roles == frozenset()
    assert [each[1:] for each in staff.log()] == [
        ("took the admin role from", "Zofia Zeder"),
        ("made an admin", "Ann Ash"),
    ]


def test_the_last_admin_stays_one_and_nobody_takes_it_from_themselves(staff: Staff) -> None:
    with pytest.raises(Refused, match="only admin"):
        peopling.set_admin(staff.parts, staff.admin, staff.zofia.id, False)
    peopling.set_admin(staff.parts, staff.admin, staff.ann.id, True)
    with pytest.raises(Refused, match="another admin can"):
        peopling.set_admin(staff.parts, staff.admin, staff.zofia.id, False)
    assert Role.ADMIN in staff.now(staff.zofia).roles


@pytest.mark.parametrize("url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_admins_who_take_it_from_each_other_at_once_leave_one(
    tmp_path: Path, url: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("postgres_server").new_database() if url == "postgresql" else ""
    staff = Staff(a_house(tmp_path, url=address))
    peopling.set_admin(staff.parts, staff.admin, staff.ann.id, True)
    together = threading.Barrier(2)

    def take(by: Person, of: Person) -> str:
        together.wait(20)
        try:
            peopling.set_admin(staff.parts, staff.house.who(by), of.id, False)
        except InterludeError as problem:
            return type(problem).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(take, (staff.zofia, staff.ann), (staff.ann, staff.zofia)))
    assert sorted(said) == ["NotAllowed", "done"]
    assert sum(Role.ADMIN in staff.now(each).roles for each in (staff.zofia, staff.ann)) == 1
    staff.parts.database.dispose()


# --- Inviting ---------------------------------------------------------------------------------------------------------


def test_an_invitation_is_written_with_the_moment_that_keeps_it_from_being_written_twice(staff: Staff) -> None:
    assert peopling.invite(staff.parts, staff.admin, [staff.ann.id]) == 1
    assert staff.now(staff.ann).invited_at == staff.house.clock()
    (nudge,) = staff.house.nudges
    assert nudge[0] == "deliver"
    staff.house.clock.turn(days=40)
    assert peopling.invite(staff.parts, staff.admin, [staff.ann.id]) == 0
    assert staff.letters() == [staff.ann.id]
    assert staff.log() == [("Zofia Zeder", "invited to join", "Ann Ash")]


@pytest.mark.parametrize("moment", ["invited_at", "joined_at"])
def test_who_was_asked_or_has_come_is_not_asked(staff: Staff, moment: str) -> None:
    with staff.parts.database.writing(staff.house.organisation_id) as memory:
        people.note(memory, staff.ann.id, **{moment: staff.house.clock()})
    assert peopling.invite(staff.parts, staff.admin, [staff.ann.id, staff.ben.id]) == 1
    assert staff.letters() == [staff.ben.id]


LEFT_ALONE: dict[str, Callable[[Memory, int, datetime], None]] = {
    "stopped everything": lambda memory, each, now: people.stop(memory, each),
    "asked to be deleted": lambda memory, each, now: people.note(memory, each, leaving_at=now),
    "is a mentee": lambda memory, each, now: people.set_roles(memory, each, {Role.MENTEE}),
    "is a mentor": lambda memory, each, now: people.set_roles(memory, each, {Role.MENTOR, Role.ADMIN}),
}


@pytest.mark.parametrize("why", LEFT_ALONE)
def test_who_takes_part_has_stopped_or_is_leaving_is_not_asked(staff: Staff, why: str) -> None:
    with staff.parts.database.writing(staff.house.organisation_id) as memory:
        LEFT_ALONE[why](memory, staff.ann.id, staff.house.clock())
    assert pages.people_page(staff.parts, staff.admin).to_invite == 1
    assert peopling.invite(staff.parts, staff.admin, [staff.ann.id]) == 0
    assert peopling.invite_everybody(staff.parts, staff.admin, 1) == 1
    assert staff.letters() == [staff.ben.id]


def test_without_a_mailbox_nobody_is_invited_and_nobody_counts_as_invited(staff: Staff) -> None:
    mailbox.forget(staff.parts, staff.admin)
    with pytest.raises(Refused, match="set it up under Mail"):
        peopling.invite(staff.parts, staff.admin, [staff.ann.id])
    assert staff.now(staff.ann).invited_at is None


def test_everybody_is_invited_when_they_are_as_many_as_the_admin_saw(staff: Staff) -> None:
    page = pages.people_page(staff.parts, staff.admin)
    assert page.to_invite == 2, "everybody but the admin who looks"
    staff.house.add("Cora Cedar", roles=frozenset())
    with pytest.raises(ChangedMeanwhile):
        peopling.invite_everybody(staff.parts, staff.admin, page.to_invite)
    assert staff.letters() == []
    assert peopling.invite_everybody(staff.parts, staff.admin, 3) == 3
    assert len(set(staff.letters())) == len(staff.letters()) == len(staff.house.nudges) == 3
    assert pages.people_page(staff.parts, staff.admin).to_invite == 0
    assert staff.log() == [("Zofia Zeder", "invited to join", "3 people")]


@pytest.mark.parametrize("url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_admins_who_invite_at_once_write_one_letter(
    tmp_path: Path, url: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("postgres_server").new_database() if url == "postgresql" else ""
    staff = Staff(a_house(tmp_path, url=address))
    together = threading.Barrier(2)

    def invite(_: int) -> int:
        together.wait(20)
        return peopling.invite(staff.parts, staff.admin, [staff.ann.id])

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(invite, range(2))) == [0, 1]
    assert staff.letters() == [staff.ann.id]
    staff.parts.database.dispose()


# --- Ending and deleting ----------------------------------------------------------------------------------------------


def test_signing_somebody_out_notes_the_moment(staff: Staff) -> None:
    peopling.sign_out_everywhere(staff.parts, staff.admin, staff.ann.id)
    assert staff.now(staff.ann).signed_out_at == staff.house.clock()
    assert staff.log() == [("Zofia Zeder", "signed out everywhere", "Ann Ash")]


def test_deleting_somebody_takes_their_address_and_leaves_no_name_in_the_log(staff: Staff) -> None:
    with pytest.raises(BadInput, match="type ann"):
        peopling.forget(staff.parts, staff.admin, staff.ann.id, "ben@example.org")
    assert staff.now(staff.ann) == staff.ann
    assert staff.log() == []
    assert peopling.forget(staff.parts, staff.admin, staff.ann.id, " Ann@Example.org") == 0
    with pytest.raises(KeyError):
        staff.now(staff.ann)
    assert "Ann" not in str(staff.log())
    assert ("Zofia Zeder", "deleted everything about", "somebody who left") in staff.log()


def test_an_admin_does_not_delete_themselves_from_here(staff: Staff) -> None:
    with pytest.raises(Refused, match="own page"):
        peopling.forget(staff.parts, staff.admin, staff.zofia.id, staff.zofia.email)
    assert Role.ADMIN in staff.now(staff.zofia).roles


# --- The pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        ("", ["Ann Ash", "Ben Birch", "Łucja Wójcik-Núñez", "Zofia Zeder"]),
        ("ann", ["Ann Ash"]),
        ("BEN birch", ["Ben Birch"]),
        ("birch ben", ["Ben Birch"]),
        ("wojcik", ["Łucja Wójcik-Núñez"]),
        ("NUNEZ", ["Łucja Wójcik-Núñez"]),
        ("zofia@example", ["Zofia Zeder"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_people_are_found_by_any_part_of_name_or_address(staff: Staff, sought: str, names: list[str]) -> None:
    staff.house.add("Łucja Wójcik-Núñez")
    page = pages.people_page(staff.parts, staff.admin, sought)
    assert sorted(each.name for each in page.people) == sorted(names)
    assert page.part.total == len(names)


def test_a_long_list_comes_in_parts_and_a_page_past_the_end_is_the_last(staff: Staff) -> None:
    for number in range(60):
        staff.house.add(f"P{number:02} Person")
    first, last = (pages.people_page(staff.parts, staff.admin, "person", number) for number in (1, 99))
    assert (len(first.people), len(last.people)) == (50, 10)
    assert (first.part.number, last.part.number, last.part.last) == (1, 2, 2)
    assert [each.name for each in (*first.people, *last.people)] == [f"P{number:02} Person" for number in range(60)]
