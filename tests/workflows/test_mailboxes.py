"""The mailbox: its server is asked first, its password goes to no other one, and what failed can be tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mentoring.errors import BadInput, InterludeError, Missing, Reconnect, Refused, TryLater, Unreachable, WrongServer
from mentoring.mail import Mailbox, Security, SetAside
from mentoring.outbox import Act, Carrier, Letter
from mentoring.people import Role
from store import audit, mailboxes, outbox, replies
from tests.wires.post import PostOffice
from tests.wires.smtp import smtp_wire
from tests.workflows.house import House, a_house
from tests.workflows.pairs import THURSDAY
from workflows import mailboxes as mailbox
from workflows import pages, sending
from workflows.mailboxes import Typed
from workflows.views import Who

SECRET = "Holunder-4711"


class Desk:
    """Zofia, who sets up the mailbox."""

    def __init__(self, house: House) -> None:
        self.house, self.parts = house, house.parts
        self.admin: Who = house.who(house.add("Zofia Zeder", roles=frozenset({Role.ADMIN})))

    def kept(self) -> Mailbox | None:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return mailboxes.opened(memory)

    def noted(self) -> tuple[str, datetime | None]:
        """What is wrong with the mailbox, and since when nothing leaves by it."""
        with self.parts.database.reading(self.house.organisation_id) as memory:
            kept = mailboxes.kept(memory)
        assert kept is not None
        return kept.problem, kept.failing_since

    def log(self) -> list[tuple[str, str]]:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return [(each.what, each.subject) for each in audit.recent(memory)]

    def keeps(self, **changes: object) -> Mailbox:
        plain = Mailbox("Interlude", "interlude@example.org", "127.0.0.1", 2525, Security.NONE, "interlude", SECRET)
        with self.parts.database.writing(self.house.organisation_id) as memory:
            mailboxes.save(memory, replace(plain, **changes), self.house.clock())  # type: ignore[arg-type]
        kept = self.kept()
        assert kept is not None
        return kept


@pytest.fixture
def desk(tmp_path: Path, office: PostOffice) -> Desk:
    return Desk(a_house(tmp_path, frozenset({office.host_port})))


def typed(**changes: object) -> Typed:
    plain = Typed("Interlude", "interlude@example.org", "127.0.0.1", 2525, Security.NONE)
    return replace(plain, **changes)  # type: ignore[arg-type]


# --- Saving -----------------------------------------------------------------------------------------------------------


def test_a_mailbox_whose_server_lets_us_in_is_saved(desk: Desk, office: PostOffice) -> None:
    mailbox.save(desk.parts, desk.admin, typed(address=" Interlude@Example.org ", port=office.port))
    assert desk.kept() == Mailbox("Interlude", "interlude@example.org", "127.0.0.1", office.port, Security.NONE)
    assert desk.log() == [("saved the mailbox", "interlude@example.org")]
    assert office.arrived == []


def test_its_password_is_encrypted_and_on_no_page(tmp_path: Path) -> None:
    with smtp_wire() as wire:
        desk = Desk(a_house(tmp_path, frozenset({f"127.0.0.1:{wire.port}"})))
        mailbox.save(desk.parts, desk.admin, typed(port=wire.port, username="interlude", secret=SECRET))
    kept = desk.kept()
    assert kept is not None
    assert kept.secret == SECRET
    assert any(each.startswith("AUTH") for each in wire.said)
    assert SECRET.encode() not in (tmp_path / "interlude.db").read_bytes()
    assert SECRET not in str((pages.mail_page(desk.parts, desk.admin), desk.log()))
    shown = pages.mail_page(desk.parts, desk.admin).mailbox
    assert shown is not None
    assert shown.secret == ""


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "Inter\r\nBcc: everybody@example.org"}, ["name"]),
        ({"address": "nobody"}, ["address"]),
        ({"host": ""}, ["host"]),
        ({"port": 0}, ["port"]),
        ({"port": 65536}, ["port"]),
        ({"username": "interlude"}, ["secret"]),
        ({"secret": "word"}, ["username"]),
        ({"name": "", "address": "", "host": "h" * 201, "port": -1}, ["name", "host", "address", "port"]),
    ],
)
def test_every_wrong_field_is_named_before_any_server_is_asked(
    desk: Desk, office: PostOffice, changes: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(BadInput) as wrong:
        mailbox.save(desk.parts, desk.admin, typed(**{"port": office.port, **changes}))
    assert [each.field for each in wrong.value.problems] == fields
    assert (desk.kept(), desk.log()) == (None, [])


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"AUTH": b"535 no"}, Reconnect),
        ({"greeting": b"421 busy"}, Unreachable),
        ({"greeting": b"554 no"}, WrongServer),
        ({"EHLO": b"250 nothing"}, WrongServer),
    ],
)
def test_a_server_that_does_not_let_us_in_leaves_the_mailbox_as_it_was(
    tmp_path: Path, answers: dict[str, bytes], error: type[InterludeError]
) -> None:
    with smtp_wire(**answers) as wire:
        desk = Desk(a_house(tmp_path, frozenset({f"127.0.0.1:{wire.port}"})))
        before = desk.keeps()
        with pytest.raises(error):
            mailbox.save(desk.parts, desk.admin, typed(port=wire.port, username="other", secret="word"))
    assert (desk.kept(), desk.log()) == (before, [])


def test_a_server_that_the_operator_does_not_allow_is_not_visited(tmp_path: Path, office: PostOffice) -> None:
    desk = Desk(a_house(tmp_path))
    with pytest.raises(WrongServer):
        mailbox.save(desk.parts, desk.admin, typed(port=office.port))
    assert desk.kept() is None


def test_an_empty_password_keeps_the_old_one_for_the_same_server_and_name(tmp_path: Path) -> None:
    with smtp_wire() as wire:
        desk = Desk(a_house(tmp_path, frozenset({f"127.0.0.1:{wire.port}"})))
        desk.keeps(port=wire.port)
        mailbox.save(desk.parts, desk.admin, typed(name="Another name", port=wire.port, username="interlude"))
    kept = desk.kept()
    assert kept is not None
    assert (kept.name, kept.secret) == ("Another name", SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "smtp.elsewhere.example"},
        {"port": 2526},
        {"security": Security.STARTTLS},
        {"username": "somebody-else"},
    ],
)
def test_the_kept_password_is_sent_to_no_other_server_and_for_no_other_name(
    desk: Desk, changes: dict[str, object]
) -> None:
    before = desk.keeps()
    with pytest.raises(BadInput, match="secret: fill it in again"):
        mailbox.save(desk.parts, desk.admin, typed(**{"username": "interlude", **changes}))
    assert desk.kept() == before


def test_a_mailbox_can_be_removed(desk: Desk) -> None:
    desk.keeps()
    mailbox.forget(desk.parts, desk.admin)
    mailbox.forget(desk.parts, desk.admin)
    assert desk.kept() is None
    assert desk.log() == [("removed the mailbox", "interlude@example.org")]


# --- Trying it --------------------------------------------------------------------------------------------------------


def test_a_test_mail_goes_to_the_admin_alone_and_ends_a_problem(desk: Desk, office: PostOffice) -> None:
    desk.keeps(port=office.port, username="", secret="")
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        kept = mailboxes.kept(memory)
        assert kept is not None
        mailboxes.note_problem(memory, kept, "the server is not there", desk.house.clock())
    assert mailbox.test(desk.parts, desk.admin) == "zofia@example.org"
    (arrived,) = office.arrived
    assert arrived.to == "zofia@example.org"
    assert arrived.mail["Subject"] == "Interlude can send mail"
    assert desk.noted() == ("", None)
    assert desk.log() == [("sent a test mail", "zofia@example.org")]


def test_what_keeps_a_test_mail_from_leaving_is_told_and_noted(desk: Desk, office: PostOffice) -> None:
    desk.keeps(port=office.port, username="", secret="")
    office.busy = True
    with pytest.raises(TryLater) as told:
        mailbox.test(desk.parts, desk.admin)
    assert pages.mail_page(desk.parts, desk.admin).problem == str(told.value)
    assert desk.log() == [("sent a test mail in vain", "zofia@example.org")]


def test_that_the_admins_own_address_is_refused_is_no_problem_of_the_mailbox(desk: Desk, office: PostOffice) -> None:
    desk.keeps(port=office.port, username="", secret="")
    office.refused = {"zofia@example.org"}
    with pytest.raises(Refused) as told:
        mailbox.test(desk.parts, desk.admin)
    assert "zofia" not in str(told.value)
    assert desk.noted() == ("", None)
    assert desk.log() == [("sent a test mail in vain", "zofia@example.org")]


def test_saving_the_mailbox_ends_a_problem_and_what_an_older_attempt_says_afterwards_is_not_noted(
    desk: Desk, office: PostOffice
) -> None:
    desk.keeps(port=office.port, username="", secret="")
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        before = mailboxes.kept(memory)
        assert before is not None
        mailboxes.note_problem(memory, before, "its password is wrong", desk.house.clock())
    assert desk.noted() == ("its password is wrong", desk.house.clock())
    desk.house.clock.turn(minutes=1)
    mailbox.save(desk.parts, desk.admin, typed(port=office.port))
    assert desk.noted() == ("", None)
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        mailboxes.note_problem(memory, before, "its password is wrong", desk.house.clock())
    assert desk.noted() == ("", None)


def test_without_a_mailbox_there_is_nothing_to_try(desk: Desk) -> None:
    with pytest.raises(Missing):
        mailbox.test(desk.parts, desk.admin)


# --- What became of mail ----------------------------------------------------------------------------------------------


class Post(Desk):
    """A letter to Ann was given up, and one about her meeting with Ben."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.ann, self.ben = house.add("Ann Ash"), house.add("Ben Birch")
        self.meeting = house.reserve(self.ann, self.ben, THURSDAY, house.theme("Kornelkirsche", self.ann))
        now = house.clock()
        with house.parts.database.writing(house.organisation_id) as memory:
            self.letter = outbox.write_letter(memory, self.ann.id, Letter.WELCOME, now, now)
            self.invite = outbox.write(memory, self.meeting.id, self.ann.id, Act.PLACE, 0, now, now, Carrier.MAIL)
            for each in (self.letter, self.invite):
                message = outbox.lease(memory, each, now, 60)
                assert message
                outbox.give_up(memory, message, "nobody has that address")

    def state(self, message_id: int) -> str:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return outbox.state(memory, message_id)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(a_house(tmp_path))


def test_what_was_given_up_is_told_with_whom_and_why(post: Post) -> None:
    invite, letter = pages.mail_page(post.parts, post.admin).given_up
    assert (letter.to, letter.what, letter.about) == ("Ann Ash", "the invitation to join", "")
    assert (invite.to, invite.what, invite.about) == ("Ann Ash", "the invite", "Ann Ash and Ben Birch")
    assert {letter.why, invite.why} == {"nobody has that address"}
    assert "Kornelkirsche" not in str((invite, letter))


@pytest.mark.parametrize("letter", Letter)
def test_each_letter_that_was_given_up_has_a_name(post: Post, letter: Letter) -> None:
    with post.parts.database.writing(post.house.organisation_id) as memory:
        now = post.house.clock()
        message = outbox.lease(memory, outbox.write_letter(memory, post.ann.id, letter, now, now), now, 60)
        assert message
        outbox.give_up(memory, message, "nobody has that address")
    assert all(each.what for each in pages.mail_page(post.parts, post.admin).given_up)


def test_what_was_given_up_is_tried_again_once_asked(post: Post) -> None:
    mailbox.try_again(post.parts, post.admin, post.letter)
    assert (post.state(post.letter), post.state(post.invite)) == ("waiting", "given_up")
    assert post.house.nudges == [("deliver", (post.house.organisation_id, post.letter))]
    assert post.log() == [("had a message tried again", "Ann Ash")]
    with pytest.raises(Missing):
        mailbox.try_again(post.parts, post.admin, post.letter)


def test_an_invite_that_is_tried_again_when_it_is_no_longer_called_for_changes_nothing(post: Post) -> None:
    mailbox.try_again(post.parts, post.admin, post.invite)
    assert sending.deliver(post.parts, post.house.organisation_id, post.invite) == "no longer called for"


@pytest.mark.parametrize("message_id", [0, 999])
def test_a_message_that_nobody_gave_up_is_missing(post: Post, message_id: int) -> None:
    with pytest.raises(Missing):
        mailbox.try_again(post.parts, post.admin, message_id)
    assert post.log() == []


def test_a_revived_message_counts_as_tried_so_that_a_later_one_waits_behind_it(post: Post) -> None:
    mailbox.try_again(post.parts, post.admin, post.invite)
    now = post.house.clock()
    with post.parts.database.writing(post.house.organisation_id) as memory:
        later = outbox.write(memory, post.meeting.id, post.ann.id, Act.REMOVE, 0, now, now, Carrier.MAIL)
        assert outbox.lease(memory, later, now, 60) is None
        assert outbox.lease(memory, post.invite, now, 60)


def test_mail_that_was_set_aside_is_told_with_why_and_about_whom_the_latest_first(post: Post) -> None:
    now = post.house.clock()
    with post.parts.database.writing(post.house.organisation_id) as memory:
        replies.set_aside(memory, "one", SetAside.SOMEBODY_ELSE, now, post.meeting.id, post.ben.id)
        replies.set_aside(memory, "two", SetAside.AUTOMATIC, now + timedelta(hours=1))
    later, earlier = pages.mail_page(post.parts, post.admin).not_counted
    assert (earlier.why, earlier.who, earlier.about) == (SetAside.SOMEBODY_ELSE, "Ben Birch", "Ann Ash and Ben Birch")
    assert (later.why, later.who, later.about) == (SetAside.AUTOMATIC, "", "")
