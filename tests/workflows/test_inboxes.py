"""Where answers are read: the server is asked first, the password goes to no other one, and old mail is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.errors import BadInput, InterludeError, Missing, Reconnect, Unreachable, WrongServer
from mentoring.mail import Cursor, Inbox, Mailbox, Security
from store import inboxes, mailboxes
from tests.wires.imap import DROP, Wire, imap_wire
from tests.workflows.house import a_house
from tests.workflows.test_mailboxes import SECRET, Desk
from workflows import inboxes as inbox
from workflows import mailboxes as mailbox
from workflows import pages
from workflows.inboxes import TypedInbox
from workflows.mailboxes import Typed

OTHER_SECRET = "Quittenbrot-0815"


class Reading(Desk):
    """Zofia again, whose organisation has a mailbox that mail leaves by."""

    def inbox(self) -> Inbox | None:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            return inboxes.opened(memory)

    def known(self) -> inboxes.Kept:
        with self.parts.database.reading(self.house.organisation_id) as memory:
            kept = inboxes.kept(memory)
        assert kept is not None
        return kept


@pytest.fixture
def wire():  # type: ignore[no-untyped-def]
    with imap_wire() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, wire: Wire) -> Reading:
    made = Reading(a_house(tmp_path, frozenset({f"127.0.0.1:{wire.port}"})))
    made.keeps(host="mail.example.org", port=587, security=Security.STARTTLS)
    return made


def typed(wire: Wire, **changes: object) -> TypedInbox:
    plain = TypedInbox("127.0.0.1", wire.port, Security.NONE, "interlude", OTHER_SECRET)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_an_inbox_whose_server_lets_us_in_is_saved_and_old_mail_is_left_alone(desk: Reading, wire: Wire) -> None:
    for subject in ("old", "older"):
        wire.add(f"Subject: {subject}\r\n\r\n".encode())
    assert inbox.save(desk.parts, desk.admin, typed(wire)) is True
    assert desk.inbox() == Inbox("127.0.0.1", wire.port, Security.NONE, "interlude", OTHER_SECRET)
    assert desk.known().cursor == Cursor(wire.validity, 2)
    assert desk.log() == [("had replies read by IMAP", "127.0.0.1")]
    assert not {"SELECT", "SEARCH", "SIZE", "BODY"} & set(wire.commands())


def test_its_password_is_encrypted_and_on_no_page(desk: Reading, wire: Wire, tmp_path: Path) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    assert OTHER_SECRET.encode() not in (tmp_path / "interlude.db").read_bytes()
    assert OTHER_SECRET not in str((pages.mail_page(desk.parts, desk.admin), desk.log()))


def test_who_saves_the_same_inbox_again_loses_nothing_that_came_meanwhile(desk: Reading, wire: Wire) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    wire.add(b"Subject: meanwhile\r\n\r\n")
    inbox.save(desk.parts, desk.admin, typed(wire, secret=""))
    assert desk.known().cursor == Cursor(wire.validity, 0)
    inbox.save(desk.parts, desk.admin, typed(wire, username="somebody-else"))
    assert desk.known().cursor == Cursor(wire.validity, 1), "another inbox is read from now on"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"host": ""}, ["host"]),
        ({"username": ""}, ["username"]),
        ({"username": "inter\r\nlude"}, ["username"]),
        ({"secret": "inter\r\nlude"}, ["secret"]),
        ({"port": 0}, ["port"]),
        ({"secret": ""}, ["secret"]),
        ({"host": "h" * 201, "username": "", "port": 70000}, ["host", "username", "port"]),
    ],
)
def test_every_wrong_field_is_named_before_any_server_is_asked(
    desk: Reading, wire: Wire, changes: dict[str, object], fields: list[str]
) -> None:
    with pytest.raises(BadInput) as wrong:
        inbox.save(desk.parts, desk.admin, typed(wire, **changes))
    assert [each.field for each in wrong.value.problems] == fields
    assert (desk.inbox(), wire.connections) == (None, 0)


@pytest.mark.parametrize(
    ("answers", "error"),
    [({"AUTHENTICATE": b"NO no"}, Reconnect), ({"EXAMINE": b"NO no"}, WrongServer), ({"greeting": DROP}, Unreachable)],
)
def test_a_server_that_does_not_let_us_in_leaves_the_inbox_as_it_was(
    desk: Reading, wire: Wire, answers: dict[str, bytes], error: type[InterludeError]
) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    before = desk.inbox(), desk.known()
    wire.answers.update(answers)
    with pytest.raises(error):
        inbox.save(desk.parts, desk.admin, typed(wire, username="other"))
    assert (desk.inbox(), desk.known()) == before


def test_without_a_mailbox_there_is_no_inbox(desk: Reading, wire: Wire) -> None:
    mailbox.forget(desk.parts, desk.admin)
    with pytest.raises(BadInput, match="first there must be a mailbox"):
        inbox.save(desk.parts, desk.admin, typed(wire))
    with pytest.raises(Missing):
        inbox.try_again(desk.parts, desk.admin)


# --- Whose password goes where ----------------------------------------------------------------------------------------


def test_the_password_for_sending_serves_at_the_same_server_for_the_same_name_only(desk: Reading, wire: Wire) -> None:
    with desk.parts.database.reading(desk.house.organisation_id) as memory:
        same = TypedInbox("mail.example.org", 993, Security.TLS, "interlude")
        assert inbox._checked(memory, same).secret == SECRET
        for changes in ({"host": "imap.example.org"}, {"username": "other"}, {"security": Security.NONE}):
            with pytest.raises(BadInput, match="secret: fill it in"):
                inbox._checked(memory, replace(same, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes", [{"host": "localhost"}, {"port": 1143}, {"security": Security.TLS}, {"username": "x"}]
)
def test_the_password_for_reading_is_sent_to_no_other_server_and_for_no_other_name(
    desk: Reading, wire: Wire, changes: dict[str, object]
) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    with pytest.raises(BadInput, match="secret: fill it in"):
        inbox.save(desk.parts, desk.admin, typed(wire, secret="", **changes))


def test_saving_the_mailbox_keeps_the_inbox_and_a_new_password_reaches_it_at_the_same_server_only(
    desk: Reading,
    wire: Wire,
    office,  # type: ignore[no-untyped-def]
) -> None:
    object.__setattr__(desk.parts.settings, "allow_hosts", desk.parts.settings.allow_hosts | {office.host_port})
    inbox.save(desk.parts, desk.admin, typed(wire))
    before = desk.inbox(), desk.known()
    mailbox.save(desk.parts, desk.admin, Typed("New name", "new@example.org", "127.0.0.1", office.port, Security.NONE))
    assert (desk.inbox(), desk.known()) == before
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        elsewhere = Mailbox("Interlude", "i@example.org", "smtp.example.org", 587, username="interlude", secret="third")
        for each, expected in ((elsewhere, OTHER_SECRET), (replace(elsewhere, host="127.0.0.1"), "third")):
            mailboxes.save(memory, each, desk.house.clock())
            given = Typed(each.name, each.address, each.host, each.port, each.security, each.username, each.secret)
            mailbox._tell_inbox(memory, each, given)
            kept = inboxes.opened(memory)
            assert kept is not None
            assert kept.secret == expected


# --- Trying it, and leaving it ----------------------------------------------------------------------------------------


def test_what_keeps_it_from_being_read_is_told_noted_and_ends(desk: Reading, wire: Wire) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    wire.answers["AUTHENTICATE"] = b"NO no"
    with pytest.raises(Reconnect) as told:
        inbox.try_again(desk.parts, desk.admin)
    shown = pages.mail_page(desk.parts, desk.admin).inbox
    assert shown is not None
    assert shown.problem == str(told.value)
    del wire.answers["AUTHENTICATE"]
    assert inbox.try_again(desk.parts, desk.admin) is True
    assert desk.known().problem == ""


def test_admins_are_told_on_their_first_page_that_answers_are_not_read(desk: Reading, wire: Wire) -> None:
    assert pages.health(desk.parts, desk.admin).answers_problem == ""
    inbox.save(desk.parts, desk.admin, typed(wire))
    assert pages.health(desk.parts, desk.admin).answers_problem == "", "whoever reads it is about to begin"
    desk.house.clock.turn(minutes=20)
    assert pages.health(desk.parts, desk.admin).answers_problem == "nobody listens at the mailbox"
    with desk.parts.database.writing(desk.house.organisation_id) as memory:
        inboxes.take(memory, "somebody", desk.house.clock(), timedelta(minutes=1))
    assert pages.health(desk.parts, desk.admin).answers_problem == ""


def test_reading_can_be_stopped_and_the_mailbox_stays(desk: Reading, wire: Wire) -> None:
    inbox.save(desk.parts, desk.admin, typed(wire))
    inbox.forget(desk.parts, desk.admin)
    inbox.forget(desk.parts, desk.admin)
    assert desk.inbox() is None
    assert desk.kept() is not None
    assert [each[0] for each in desk.log()] == ["had replies no longer read by IMAP", "had replies read by IMAP"]


def test_the_page_says_whether_somebody_listens(desk: Reading, wire: Wire) -> None:
    assert pages.mail_page(desk.parts, desk.admin).inbox is None
    inbox.save(desk.parts, desk.admin, typed(wire))
    shown = pages.mail_page(desk.parts, desk.admin).inbox
    assert shown is not None
    assert (shown.listening, shown.read_at, shown.inbox.secret) == (False, desk.house.clock(), "")
