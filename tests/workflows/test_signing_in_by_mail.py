"""A sign-in link by mail: for whoever has the address, once, in time, in the browser that asked; and the invitation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event, select

from mentoring.errors import BadInput
from mentoring.outbox import Letter, Transition
from mentoring.people import Person, Role
from mentoring.policy import Sending
from store import mailboxes, organisations, outbox, people, tables
from tests.wires.post import Arrived, PostOffice, post_office
from tests.workflows.by_mail import sends_by
from tests.workflows.house import House, a_house, a_person
from workflows import joining, peopling, signing_in, signing_in_by_mail, sweeping, welcoming
from workflows.bootstrap import Parts
from workflows.door_views import CameIn, LinkState
from workflows.views import Who

HERE, THERE = "hash of this browser", "hash of another"
NOBODYS = "nobody@example.org"


@dataclass
class Desk:
    """A house with a mailbox, and Ann who works there."""

    house: House
    office: PostOffice
    ann: Person

    @property
    def parts(self) -> Parts:
        return self.house.parts

    def ask(self, address: str | None = None, browser: str = HERE) -> None:
        signing_in_by_mail.ask(self.parts, self.ann.email if address is None else address, browser)

    def asked(self, browser: str = HERE) -> str:
        """The token of a link that was asked for and has come."""
        self.ask(browser=browser)
        self.house.work()
        return token(self.office.arrived[-1])

    def waiting(self, *tables_: str) -> int:
        """How many rows there are in these tables."""
        with self.parts.database.reading_all() as memory:
            return sum(len(memory.rows(select(tables.metadata.tables[each]))) for each in tables_)

    def comes(self, link: str, browser: str = HERE) -> CameIn | None:
        return signing_in.by_link(self.parts, link, browser)

    def peek(self, link: str, browser: str = HERE) -> LinkState:
        return signing_in.peek(self.parts, link, browser)

    def is_leaving(self) -> None:
        with self.parts.database.writing(self.house.organisation_id) as memory:
            people.note(memory, self.ann.id, leaving_at=self.house.clock())

    def invites(self, person: Person) -> None:
        with self.parts.database.writing(self.house.organisation_id) as memory:
            outbox.write_letter(memory, person.id, Letter.WELCOME, self.house.clock(), self.house.clock())
        self.house.sweep()


def token(arrived: Arrived) -> str:
    """Of the one sign-in link that stands in the mail."""
    (found,) = set(re.findall(r"/sign-in/([\w-]+)", arrived.text))
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with post_office() as office:
        house = a_house(tmp_path, frozenset({office.host_port}))
        sends_by(house, office)
        yield Desk(house, office, house.add("Ann Ash"))


def test_a_known_address_gets_a_link_that_works_once(desk: Desk) -> None:
    link = desk.asked()
    assert [each.to for each in desk.office.arrived] == [desk.ann.email]
    assert desk.comes(link) == CameIn(desk.house.who(desk.ann))
    assert desk.comes(link) is None
    assert desk.peek(link) is LinkState.GONE


@pytest.mark.parametrize("typed", ["  ANN@Example.ORG ", "ann@example.org"])
def test_an_address_is_known_in_whatever_case_it_is_typed(desk: Desk, typed: str) -> None:
    desk.ask(typed)
    desk.house.work()
    assert len(desk.office.arrived) == 1


def test_nobody_writes_to_who_is_being_deleted(desk: Desk) -> None:
    desk.is_leaving()
    desk.ask()
    desk.house.work()
    assert desk.office.arrived == []
    assert desk.waiting("sign_in_requests", "outbox", "sign_in_links") == 0


def test_nobody_writes_to_an_address_that_is_nobodys(desk: Desk) -> None:
    desk.ask(NOBODYS)
    desk.house.work()
    assert desk.office.arrived == []
    assert desk.waiting("sign_in_requests", "outbox", "sign_in_links") == 0


def test_asking_does_the_same_whosever_the_address_is(desk: Desk) -> None:
    joining.stop(desk.parts, desk.house.organisation_id, desk.house.add("Ben Birch").id)
    desk.house.nudges.clear()
    said: list[str] = []
    event.listen(desk.parts.database._engine, "before_cursor_execute", lambda *some: said.append(some[2]))
    did = []
    for address in (desk.ann.email, NOBODYS, "ben@example.org"):
        said.clear()
        desk.ask(address)
        did.append((tuple(said), tuple(desk.house.nudges)))
        desk.house.nudges.clear()
    assert did[0] == did[1] == did[2]
    assert did[0][1] == (("answer_sign_in_requests", ()),)
    assert desk.waiting("sign_in_requests") == 3
    assert desk.waiting("outbox", "sign_in_links") == 0


def test_what_was_typed_is_kept_encrypted_and_no_job_carries_it(desk: Desk) -> None:
    desk.ask()
    with desk.parts.database.reading_all() as memory:
        rows = memory.rows(select(tables.sign_in_requests))
    assert desk.ann.email not in str(rows)
    assert desk.ann.email not in str(desk.house.nudges)


@pytest.mark.parametrize("typed", ["", "ann", "ann@", "@example.org", "a b@example.org", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_said_to_be_none(desk: Desk, typed: str) -> None:
    with pytest.raises(BadInput) as caught:
        desk.ask(typed)
    assert [each.field for each in caught.value.problems] == ["email"]
    assert desk.waiting("sign_in_requests") == 0


def test_somebody_in_two_organisations_gets_a_letter_from_each(desk: Desk) -> None:
    with desk.parts.database.writing_all() as memory:
        second = organisations.add(memory, "Second", "Europe/Lisbon")
    with desk.parts.database.writing(second.id) as memory:
        there = people.add(memory, a_person("Ann Ash", second.id))
        mailboxes.save(memory, replace(desk.office.mailbox, address="interlude@second.example"), desk.house.clock())
    desk.asked()
    came = [desk.comes(token(each)) for each in desk.office.arrived]
    assert came == [CameIn(desk.house.who(desk.ann)), CameIn(Who(second.id, there.id))]
    senders = [each.mail["From"].addresses[0].addr_spec for each in desk.office.arrived]
    assert senders == ["interlude@house.example", "interlude@second.example"]


def test_an_organisation_without_a_mailbox_writes_nothing(desk: Desk) -> None:
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        mailboxes.forget(memory)
    desk.ask()
    desk.house.work()
    assert desk.waiting("sign_in_requests", "outbox", "sign_in_links") == 0


def test_whoever_dies_while_answering_leaves_the_request_and_nothing_half_done(desk: Desk) -> None:
    def dies(transition: Transition, message_id: int) -> None:
        if transition is Transition.WRITTEN:
            raise ZeroDivisionError("planted")

    desk.ask()
    signing_in_by_mail.answer_requests(replace(desk.parts, observer=dies))
    assert desk.waiting("sign_in_requests") == 1
    assert desk.waiting("outbox", "sign_in_links") == 0
    desk.house.nudges.clear()
    desk.house.sweep()
    assert len(desk.office.arrived) == 1
    assert desk.comes(token(desk.office.arrived[0]))


def test_a_letter_whose_nudge_was_lost_leaves_with_the_next_sweep_once(desk: Desk) -> None:
    desk.ask()
    desk.house.nudges.clear()
    signing_in_by_mail.answer_requests(replace(desk.parts, nudge=lambda job, *ids: None))
    assert desk.waiting("sign_in_requests") == 0
    desk.house.sweep()
    desk.house.sweep()
    assert len(desk.office.arrived) == 1


def test_a_request_that_cannot_be_answered_keeps_no_other_back(desk: Desk) -> None:
    written: list[int] = []

    def dies_once(transition: Transition, message_id: int) -> None:
        written.append(message_id)
        if len(written) == 1:
            raise ZeroDivisionError("planted")

    desk.ask()
    desk.ask(desk.house.add("Ben Birch").email)
    assert signing_in_by_mail.answer_requests(replace(desk.parts, observer=dies_once)) == 2
    assert desk.waiting("sign_in_requests") == 1
    assert desk.waiting("outbox") == 1


def test_of_many_who_answer_at_once_one_writes_the_letter(desk: Desk) -> None:
    desk.ask()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: signing_in_by_mail.answer_requests(desk.parts), range(4)))
    assert desk.waiting("outbox") == 1
    assert desk.waiting("sign_in_links") == 1


def test_whoever_asks_for_somebody_else_keeps_only_themselves_from_asking(desk: Desk) -> None:
    for _ in range(8):
        desk.ask(browser=THERE)
    desk.house.work()
    assert len(desk.office.arrived) == signing_in_by_mail.MOST_PER_HOUR
    assert desk.comes(desk.asked(HERE)) == CameIn(desk.house.who(desk.ann))


def test_nobodys_mailbox_is_filled_by_many_browsers_either(desk: Desk) -> None:
    for browser in range(30):
        desk.ask(browser=f"hash of browser {browser}")
    desk.house.work()
    assert len(desk.office.arrived) == signing_in_by_mail.MOST_OF_ALL


def test_nobodys_mailbox_is_filled_by_somebody_elses_asking(desk: Desk) -> None:
    ben, most = desk.house.add("Ben Birch"), signing_in_by_mail.MOST_PER_HOUR
    for _ in range(8):
        desk.ask()
        desk.house.clock.turn(minutes=1)
    desk.house.work()
    assert len(desk.office.to(desk.ann.email)) == most
    for minutes, letters in ((40, most), (20, most + 1)):
        desk.house.clock.turn(minutes=minutes)
        desk.ask(ben.email)
        desk.ask()
        desk.house.work()
        assert len(desk.office.to(desk.ann.email)) == letters, "those of the last hour count, expired or not"


def test_links_that_signed_somebody_in_do_not_count(desk: Desk) -> None:
    for _ in range(8):
        assert desk.comes(desk.asked())
    assert len(desk.office.arrived) == 8


@pytest.mark.parametrize(("minutes", "state"), [(29, LinkState.WORKS), (30, LinkState.GONE)])
def test_a_link_works_for_half_an_hour_from_the_asking(desk: Desk, minutes: int, state: LinkState) -> None:
    desk.ask()
    desk.house.clock.turn(minutes=10)
    desk.house.work()
    link = token(desk.office.arrived[0])
    desk.house.clock.turn(minutes=minutes - 10)
    assert desk.peek(link) is state
    assert (desk.comes(link) is not None) == (state is LinkState.WORKS)


def test_a_request_that_nobody_got_to_in_time_is_dropped(desk: Desk) -> None:
    desk.ask()
    desk.house.clock.turn(minutes=30)
    desk.house.sweep()
    assert desk.office.arrived == []
    assert desk.waiting("sign_in_requests", "outbox") == 0


def test_a_letter_that_could_not_leave_in_time_is_not_sent(desk: Desk) -> None:
    desk.office.busy = True
    desk.ask()
    desk.house.work()
    desk.office.busy = False
    desk.house.clock.turn(minutes=31)
    desk.house.sweep()
    assert desk.office.arrived == []
    with desk.parts.database.reading(desk.house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()


@pytest.mark.parametrize("browser", [THERE, ""])
def test_a_link_lets_in_only_the_browser_that_asked_and_another_uses_nothing_up(desk: Desk, browser: str) -> None:
    link = desk.asked()
    assert desk.peek(link, browser) is LinkState.ELSEWHERE
    assert desk.comes(link, browser) is None
    assert desk.peek(link) is LinkState.WORKS
    assert desk.comes(link)


def test_a_link_that_an_operator_was_shown_works_in_any_browser_for_a_day(desk: Desk) -> None:
    shown = signing_in.link(desk.parts, desk.house.organisation_id, desk.ann.id).rpartition("/")[2]
    desk.house.clock.turn(hours=23)
    assert desk.peek(shown, THERE) is LinkState.WORKS
    assert desk.comes(shown, THERE) == CameIn(desk.house.who(desk.ann))


def test_while_all_sending_is_stopped_people_still_get_in(desk: Desk) -> None:
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    desk.house.policy(sending=Sending.OFF)
    assert desk.comes(desk.asked())


def test_when_somebody_first_came_in_is_noted_once(desk: Desk) -> None:
    first = desk.house.clock()
    desk.comes(desk.asked())
    desk.house.clock.turn(days=2)
    desk.comes(desk.asked())
    assert signing_in.person(desk.parts, desk.house.who(desk.ann)).joined_at == first


def test_a_repeat_of_a_letter_is_the_same_to_the_letter(desk: Desk) -> None:
    desk.office.drops = True
    desk.ask()
    desk.house.work()
    desk.office.drops = False
    desk.house.clock.turn(minutes=5)
    desk.house.sweep()
    first, second = desk.office.arrived
    assert first.raw == second.raw
    assert desk.comes(token(first))


def test_a_sign_in_letter_stops_nothing_since_it_was_asked_for(desk: Desk) -> None:
    desk.asked()
    assert "List-Unsubscribe" not in desk.office.arrived[0].mail
    assert "/stop/" not in desk.office.arrived[0].text


def test_an_invitation_says_what_is_read_and_leads_in_once_for_two_weeks(desk: Desk) -> None:
    desk.invites(desk.ann)
    (arrived,) = desk.office.arrived
    assert all(words in arrived.text for words in ("What it reads", "What it never reads", "nothing happens"))
    link = token(arrived)
    desk.house.clock.turn(days=13)
    assert desk.peek(link, THERE) is LinkState.WORKS
    assert desk.comes(link, THERE) == CameIn(desk.house.who(desk.ann), invited=True)
    assert desk.comes(link, THERE) is None
    desk.house.clock.turn(days=1)
    assert desk.peek(link) is LinkState.GONE


ENDS: dict[str, Callable[[Desk, Who], object]] = {
    "signing out everywhere": lambda d, _: joining.sign_out_everywhere(d.parts, d.house.who(d.ann)),
    "being signed out by an admin": lambda d, admin: peopling.sign_out_everywhere(d.parts, admin, d.ann.id),
    "stopping everything": lambda d, _: joining.stop(d.parts, d.house.organisation_id, d.ann.id),
    "being made an admin": lambda d, admin: peopling.set_admin(d.parts, admin, d.ann.id, True),
    "being made an admin at the terminal": lambda d, _: welcoming.add_admin(d.parts, d.ann.email, ""),
    "coming in by another": lambda d, _: d.comes(shown(d)),
}


def shown(desk: Desk) -> str:
    """The token of a link that an operator prints."""
    return signing_in.link(desk.parts, desk.house.organisation_id, desk.ann.id).rpartition("/")[2]


@pytest.mark.parametrize("how", ENDS)
def test_links_that_lie_about_let_nobody_in_after(desk: Desk, how: str) -> None:
    desk.invites(desk.ann)
    admin = desk.house.who(desk.house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))
    old = [token(desk.office.arrived[0]), shown(desk), desk.asked()]
    assert [desk.peek(each) for each in old] == [LinkState.WORKS] * 3
    ENDS[how](desk, admin)
    assert [desk.peek(each) for each in old] == [LinkState.GONE] * 3
    assert [desk.comes(each) for each in old] == [None] * 3
    assert desk.comes(desk.asked()) == CameIn(desk.house.who(desk.ann)), "one that is asked for after works"


def test_letters_and_links_that_have_ended_are_forgotten(desk: Desk) -> None:
    desk.house.policy(survey_weeks=0)
    desk.comes(desk.asked())
    for days, left in ((34, 1), (2, 0)):
        desk.house.clock.turn(days=days)
        sweeping.housekeeping(desk.parts)
        assert desk.waiting("outbox") == left
        assert desk.waiting("sign_in_links") == 0


def test_a_repeated_invitation_carries_the_same_link(desk: Desk) -> None:
    desk.office.drops = True
    desk.invites(desk.ann)
    desk.office.drops = False
    desk.house.clock.turn(minutes=40)
    desk.house.sweep()
    first, second = desk.office.arrived
    assert first.raw == second.raw
    assert desk.waiting("sign_in_links") == 1


def test_an_invitation_can_be_stopped_with_one_click(desk: Desk) -> None:
    desk.invites(desk.ann)
    assert re.search(r"/stop/[\w.-]+>$", desk.office.arrived[0].mail["List-Unsubscribe"])
    assert "Do not write to me again" in desk.office.arrived[0].text


@pytest.mark.parametrize("why", ["stopped", "joined", "leaving"])
def test_who_has_stopped_joined_or_is_leaving_is_not_invited(desk: Desk, why: str) -> None:
    if why == "stopped":
        joining.stop(desk.parts, desk.house.organisation_id, desk.ann.id)
    elif why == "leaving":
        desk.is_leaving()
    else:
        desk.comes(desk.asked())
    desk.office.arrived.clear()
    desk.invites(desk.ann)
    assert desk.office.arrived == []
    with desk.parts.database.reading(desk.house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()


def test_the_link_of_an_invitation_is_counted_apart_from_those_asked_for(desk: Desk) -> None:
    for _ in range(6):
        desk.invites(desk.ann)
    desk.office.arrived.clear()
    assert desk.comes(desk.asked())


def test_expired_links_are_forgotten_in_the_end(desk: Desk) -> None:
    desk.asked()
    desk.house.clock.turn(hours=2)
    desk.asked()
    assert desk.waiting("sign_in_links") == 1
