"""What admins type and press: passed on whole, or refused with the field named and the rest kept."""

from __future__ import annotations

import io
import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from mentoring.errors import (
    BadInput,
    ChangedMeanwhile,
    InterludeError,
    Missing,
    Problem,
    Reconnect,
    Refused,
    TryLater,
    Unencrypted,
    WrongServer,
)
from mentoring.mail import Mailbox, Security
from mentoring.people import Seniority
from tests.webapp.admins_stage import ROUND, SOME_MESSAGE, SOME_ROUND, SOMEBODY, TOBI
from tests.webapp.admins_states import MAIL, WAITING
from tests.webapp.stage import ADMIN, Stage, application, as_person, stage
from workflows.admin_views import MailPage, ReviewPage, RoundsPage, Sending
from workflows.inboxes import TypedInbox
from workflows.mailboxes import Typed
from workflows.peopling import Details
from workflows.reviewing import Reviewed

SECRET = "planted-password"
MAILBOX = {
    "name": "Interlude",
    "address": "interlude@example.org",
    "host": "smtp.example.org",
    "port": "587",
    "security": "starttls",
    "username": "interlude",
    "secret": SECRET,
}
DETAILS = {"name": " Tobi A. ", "department": "Data", "title": "", "seniority": "senior", "manager_id": "2"}
FILE = "email,name,zone\njun@example.org,Jun Park,Asia/Seoul\n"


def browser(on: Stage) -> FlaskClient:
    return as_person(application(on, csrf=False), ADMIN)


def text_of(response: Any) -> str:
    return " ".join(response.text.split())


# --- Overview ---------------------------------------------------------------------------------------------------------


def test_the_weekly_cap_is_passed_on_with_its_reason() -> None:
    on = stage()
    response = browser(on).post("/admin/weekly-messages", data={"weekly_messages": " 3 ", "why": " too much mail "})
    assert response.location == "/admin"
    assert on.asked == [("set_weekly_messages", 3, "too much mail")]


@pytest.mark.parametrize("typed", ["", "many", "-1", "1.5", "12345", "٣"])
def test_a_cap_that_is_no_number_is_named_and_kept(typed: str) -> None:
    on = stage()
    response = browser(on).post("/admin/weekly-messages", data={"weekly_messages": typed})
    assert response.status_code == 400
    assert 'id="weekly_messages-problem"' in response.text
    assert on.asked == []


def test_a_cap_out_of_range_is_told_at_its_field() -> None:
    on = stage()
    on.raises["set_weekly_messages"] = BadInput.of("weekly_messages", "write a number from 1 to 50")
    response = browser(on).post("/admin/weekly-messages", data={"weekly_messages": "99"})
    assert response.status_code == 400
    assert "Write a number from 1 to 50." in response.text
    assert 'value="99"' in response.text


def test_sending_is_turned_on_at_one_press_where_nothing_waits() -> None:
    on = stage()
    response = browser(on).post("/admin/sending", data={"sending": "on"}, follow_redirects=True)
    assert "Sending is on." in text_of(response)
    assert on.asked == [("let_all_go", 0)]


def test_what_waits_is_let_go_only_after_its_number_was_said() -> None:
    on = stage()
    on.pages["number_waiting"] = 24
    client = browser(on)
    said = client.post("/admin/sending", data={"sending": "on"})
    assert "24 suggestions that wait will be asked about at once." in text_of(said)
    assert on.asked == []
    form = dict(re.findall(r'name="(sending|expected)" value="([^"]*)"', said.text))
    assert "The 24 that waited are let go." in text_of(client.post("/admin/sending", data=form, follow_redirects=True))
    assert on.asked == [("let_all_go", 24)]


def test_when_another_number_waits_by_then_that_is_said_and_nothing_done() -> None:
    on = stage()
    on.pages["number_waiting"] = 25
    said = browser(on).post("/admin/sending", data={"sending": "on", "expected": "24"})
    assert said.status_code == 409
    assert 'name="expected" value="25"' in said.text
    assert on.asked == []


# --- People -----------------------------------------------------------------------------------------------------------


def test_details_are_passed_on() -> None:
    on = stage()
    response = browser(on).post(f"/admin/people/{SOMEBODY}", data=DETAILS)
    assert response.location == f"/admin/people/{SOMEBODY}"
    assert on.asked == [("change_person", SOMEBODY, Details("Tobi A.", "Data", "", Seniority.SENIOR, 2))]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"seniority": "wizard"}, "seniority"), ({"manager_id": "the boss"}, "manager_id")],
)
def test_a_detail_that_is_none_is_named_and_the_others_kept(wrong: dict[str, str], field: str) -> None:
    on = stage()
    response = browser(on).post(f"/admin/people/{SOMEBODY}", data=DETAILS | wrong)
    assert response.status_code == 400
    assert f'id="{field}-problem"' in response.text
    assert 'value="Tobi A."' in response.text
    assert on.asked == []


def test_what_the_workflow_finds_wrong_is_told_at_its_fields() -> None:
    on = stage()
    on.raises["change_person"] = BadInput(Problem("name", "is needed"), Problem("manager_id", "nobody is their own"))
    response = browser(on).post(f"/admin/people/{SOMEBODY}", data=DETAILS)
    assert response.status_code == 400
    assert {'id="name-problem"', 'id="manager_id-problem"'} <= set(re.findall(r'id="\w+-problem"', response.text))
    assert '<option value="2" selected>' in response.text


def test_who_is_an_admin_is_passed_on() -> None:
    on = stage()
    client = browser(on)
    client.post(f"/admin/people/{SOMEBODY}/admin", data={"admin": "yes"})
    client.post(f"/admin/people/{SOMEBODY}/admin", data={"admin": "no"})
    assert on.asked == [("set_admin", SOMEBODY, True), ("set_admin", SOMEBODY, False)]


def test_inviting_and_signing_out_are_passed_on() -> None:
    on = stage()
    client = browser(on)
    assert "Invited." in text_of(client.post(f"/admin/people/{SOMEBODY}/invite", follow_redirects=True))
    client.post(f"/admin/people/{SOMEBODY}/sign-out")
    client.post("/admin/people/invite", data={"expected": "17"})
    assert on.asked == [("invite_person", SOMEBODY), ("sign_person_out", SOMEBODY), ("invite_everybody", 17)]


def test_who_was_invited_before_is_said_to_have_been() -> None:
    on = stage()
    on.pages["invited"] = 0
    response = browser(on).post(f"/admin/people/{SOMEBODY}/invite", follow_redirects=True)
    assert "Nobody is asked twice." in response.text


@pytest.mark.parametrize("expected", ["", "many", "-1"])
def test_inviting_everybody_without_knowing_how_many_is_refused(expected: str) -> None:
    on = stage()
    assert browser(on).post("/admin/people/invite", data={"expected": expected}).status_code == 400
    assert on.asked == []


@pytest.mark.parametrize("error", [ChangedMeanwhile("others"), Refused("set it up under Mail")])
def test_an_invitation_to_everybody_that_cannot_be_shows_how_many_there_are_now(error: InterludeError) -> None:
    on = stage()
    on.raises["invite_everybody"] = error
    response = browser(on).post("/admin/people/invite", data={"expected": "17"})
    assert response.status_code == 409
    assert 'role="alert"' in response.text


def test_deleting_takes_the_address_of_the_person() -> None:
    on = stage()
    client, path = browser(on), f"/admin/people/{SOMEBODY}/delete"
    refused = client.post(path, data={"address": "tobi"})
    assert refused.status_code == 400
    assert f"Type {TOBI.email} to delete everything about Tobi." in refused.text
    assert on.asked == []
    assert client.post(path, data={"address": TOBI.email}).location == "/admin/people"
    assert on.asked == [("forget_person", SOMEBODY)]


def test_while_invites_have_to_be_taken_back_first_the_page_stays_and_says_so() -> None:
    on = stage()
    on.pages["left_to_send"] = 2
    response = browser(on).post(f"/admin/people/{SOMEBODY}/delete", data={"address": TOBI.email})
    assert response.location == f"/admin/people/{SOMEBODY}"


@pytest.mark.parametrize(
    "path",
    ["/admin/people/999", "/admin/rounds/999", f"/admin/people/{2**64}", "/admin/people/-1", f"/admin/rounds/{2**63}"],
)
def test_what_is_not_there_is_not_there(path: str) -> None:
    assert browser(stage()).get(path).status_code == 404


@pytest.mark.parametrize("path", ["change", "admin", "invite", "sign-out", "delete"])
def test_nothing_is_done_about_somebody_who_is_not_there(path: str) -> None:
    on = stage()
    address = "/admin/people/999" + ("" if path == "change" else f"/{path}")
    assert browser(on).post(address, data=DETAILS | {"address": TOBI.email, "admin": "yes"}).status_code == 404
    assert on.asked == []


@pytest.mark.parametrize("page", ["0", "-3", "many", str(2**63), ""])
@pytest.mark.parametrize("path", ["/admin/people", "/admin/rounds", "/admin/audit"])
def test_any_page_number_is_some_page(path: str, page: str) -> None:
    assert browser(stage()).get(f"{path}?page={page}").status_code == 200


# --- Import -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["pasted", "a file"])
def test_a_file_is_looked_at_and_carried_to_the_button_byte_for_byte(how: str) -> None:
    on = stage()
    content = b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode() if how == "a file" else FILE.encode()
    sent = {"file": (io.BytesIO(content), "people.csv")} if how == "a file" else {"text": FILE}
    client = browser(on)
    shown = client.post("/admin/people/import", data=sent, content_type="multipart/form-data")
    assert shown.status_code == 200
    assert on.asked == []
    fields = dict(re.findall(r'name="(content|seal)" value="([^"]*)"', shown.text))
    assert client.post("/admin/people/import/apply", data=fields).location == "/admin/people"
    assert on.asked == [("import_as_planned", content, "a-seal")]


def test_each_wrong_line_is_told_with_its_column_and_the_text_is_kept() -> None:
    wrong = "email,name,zone\nann,Ann,Mars\n,,\nben@example.org,,UTC\n"
    response = browser(stage()).post("/admin/people/import", data={"text": wrong})
    assert response.status_code == 400
    told = re.findall(r"<li><b>([^<]*)</b>", response.text)
    assert told == ["Line 2, email", "Line 2, zone", "Line 4, name"]
    assert "ben@example.org,,UTC" in response.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a file, or paste its text below."),
        ({"text": " \n "}, "Choose a file, or paste its text below."),
        ({"text": "x" * (1024 * 1024 + 1)}, "It is over 1 MB; please split it."),
    ],
)
def test_no_file_and_one_that_is_too_large_are_told_at_the_field(sent: dict[str, str], words: str) -> None:
    response = browser(stage()).post("/admin/people/import", data=sent, content_type="multipart/form-data")
    assert response.status_code == 400
    assert words in text_of(response)
    assert 'id="file-problem"' in response.text


def test_a_file_may_be_a_megabyte_here_and_the_form_of_the_rules_and_no_other() -> None:
    lines = "".join(f"p{number}@example.org,Person {number},UTC\n" for number in range(28_000))
    client = browser(on := stage())
    whole = "email,name,zone\n" + lines
    assert 950_000 < len(whole) < 1024 * 1024
    shown = client.post("/admin/people/import", data={"text": whole}, content_type="multipart/form-data")
    assert shown.status_code == 200
    carried = urlsafe_b64encode(whole.encode()).decode()
    client.post("/admin/people/import/apply", data={"content": carried, "seal": "a-seal"})
    assert on.asked == [("import_as_planned", whole.encode(), "a-seal")]
    assert client.post("/admin/people/import", data={"text": "x" * 3_000_000}).status_code == 413
    assert client.post("/admin/weekly-messages", data={"why": "x" * 100_000}).status_code == 413
    assert client.post("/admin/rules", data={"act": "x" * 100_000}).status_code != 413
    assert client.post("/admin/rules", data={"act": "x" * 2_000_000}).status_code == 413


def test_what_has_changed_since_is_shown_again_and_not_saved() -> None:
    on = stage()
    on.raises["import_as_planned"] = ChangedMeanwhile("the file")
    carried = urlsafe_b64encode(FILE.encode()).decode()
    response = browser(on).post("/admin/people/import/apply", data={"content": carried, "seal": "another"})
    assert response.status_code == 409
    assert "Nothing was saved: look again." in response.text
    assert f'value="{carried}"' in response.text


@pytest.mark.parametrize("content", [None, "a", "é", "====", urlsafe_b64encode(b"email\n").decode()])
def test_a_page_that_was_not_sent_whole_imports_nothing(content: str | None) -> None:
    on = stage()
    form = {"seal": "a-seal"} if content is None else {"seal": "a-seal", "content": content}
    assert browser(on).post("/admin/people/import/apply", data=form).status_code == 400
    assert on.asked == []


def test_a_name_in_a_file_is_text_never_markup() -> None:
    evil = "email,name,zone\njun,<script>alert(1)</script>,Mars\n"
    assert "<script>alert" not in browser(stage()).post("/admin/people/import", data={"text": evil}).text


# --- Rounds and review ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("starts", [True, False])
def test_a_round_is_asked_for_and_one_note_says_that_it_is_being_made(starts: bool) -> None:
    on = stage()
    on.pages |= {"starts": starts, "rounds": RoundsPage("Europe/Warsaw", being_made=True)}
    response = browser(on).post("/admin/rounds", follow_redirects=True)
    assert response.text.count('class="note') == response.text.count("A round is being made.") == 1
    assert on.asked == [("start_round",)]
    assert browser(stage()).get(f"/admin/rounds/{SOME_ROUND}").status_code == 200


@pytest.mark.parametrize("path", ["/admin/rounds", f"/admin/rounds/{SOME_ROUND}"])
def test_an_unfinished_round_asks_again_by_itself_until_it_is_finished(path: str) -> None:
    on = stage()
    on.pages |= {"rounds": RoundsPage("Europe/Warsaw", being_made=True), "round": replace(ROUND, finished=False)}
    client = browser(on)
    (asks,) = re.findall(r'hx-get="([^"]*)"', client.get(path).text)
    unfinished = client.get(asks)
    assert (unfinished.status_code, "is being made" in unfinished.text) == (200, True)
    on.pages |= {"rounds": RoundsPage("Europe/Warsaw"), "round": ROUND}
    finished = client.get(asks)
    assert (finished.status_code, text_of(finished)) == (286, "It is finished.")
    assert "hx-get" not in client.get(path).text


@pytest.mark.parametrize(
    ("decision", "chosen", "asked"),
    [
        ("release_all", [], ("release", {7: 1, 8: 2})),
        ("release_all", ["8.2"], ("release", {7: 1, 8: 2})),
        ("release", ["8.2"], ("release", {8: 2})),
        ("take_back", ["7.1"], ("take_back", {7: 1})),
    ],
)
def test_what_is_decided_is_passed_on_with_the_versions_that_were_shown(
    decision: str, chosen: list[str], asked: tuple[str, dict[int, int]]
) -> None:
    on = stage()
    on.pages["review"] = ReviewPage("Europe/Warsaw", Sending.REVIEW, waiting=WAITING)
    client = browser(on)
    shown = re.findall(r'name="shown" value="([^"]*)"', client.get("/admin/review").text)
    sent = {"decision": decision, "shown": shown, "chosen": chosen}
    assert client.post("/admin/review", data=sent).location == "/admin/review"
    assert on.asked == [asked]


@pytest.mark.parametrize("chosen", [[], ["7"], ["7."], ["x.y"], [f"{2**64}.1"], ["-7.1"]])
@pytest.mark.parametrize("decision", ["release", "take_back", ""])
def test_a_decision_about_nothing_decides_nothing(decision: str, chosen: list[str]) -> None:
    on = stage()
    form = {"decision": decision, "chosen": chosen, "shown": ["7.1", "8.2"]}
    response = browser(on).post("/admin/review", data=form, follow_redirects=True)
    assert "Tick at least one suggestion first." in response.text
    assert on.asked == []


def test_what_changed_meanwhile_is_named() -> None:
    on = stage()
    on.pages["reviewed"] = Reviewed(("Noa with Maya",), ("Tobi with Maya",))
    form = {"decision": "release", "chosen": ["7.1", "8.2"]}
    said = text_of(browser(on).post("/admin/review", data=form, follow_redirects=True))
    assert "One suggestion is released." in said
    assert "Left alone, because they changed meanwhile: Tobi with Maya." in said


# --- Mail -------------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_passed_on_whole() -> None:
    on = stage()
    assert browser(on).post("/admin/mail", data=MAILBOX).location == "/admin/mail"
    ((name, typed),) = on.asked
    assert (name, typed) == (
        "save_mailbox",
        Typed("Interlude", "interlude@example.org", "smtp.example.org", 587, Security.STARTTLS, "interlude", SECRET),
    )
    assert SECRET not in repr(typed)


@pytest.mark.parametrize("port", ["", "smtp", "-25", "25.0", "123456"])
def test_a_port_that_is_no_number_is_told_with_all_else(port: str) -> None:
    on = stage()
    browser(on).post("/admin/mail", data=MAILBOX | {"port": port})
    ((_, typed),) = on.asked
    assert typed.port == 0


def test_another_way_of_encryption_than_the_three_is_refused() -> None:
    on = stage()
    response = browser(on).post("/admin/mail", data=MAILBOX | {"security": "rot13"})
    assert response.status_code == 400
    assert 'id="security-problem"' in response.text
    assert on.asked == []


@pytest.mark.parametrize(
    ("error", "field", "status"),
    [
        (Reconnect("the mailbox does not let us in"), "secret", 400),
        (WrongServer("smtp.example.org has no valid certificate"), "host", 400),
        (Unencrypted("choose TLS or STARTTLS"), "security", 400),
        (BadInput.of("address", "is not a mail address"), "address", 400),
        (TryLater("smtp.example.org cannot be reached"), "", 503),
    ],
)
def test_a_mailbox_that_fails_says_where_and_never_shows_the_password(
    error: InterludeError, field: str, status: int
) -> None:
    on = stage()
    on.raises["save_mailbox"] = error
    response = browser(on).post("/admin/mail", data=MAILBOX)
    assert response.status_code == status
    assert (f'id="{field}-problem"' in response.text) == bool(field)
    assert response.text.count('class="field is-wrong"') == bool(field)
    assert all(f'value="{MAILBOX[name]}"' in response.text for name in ("name", "address", "host", "port", "username"))
    assert SECRET not in response.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, "The server took the mail for p3@example.org."),
        (Reconnect("the mailbox does not let us in"), "The test mail did not leave: the mailbox does not let us in."),
        (TryLater("it took too long"), "The test mail did not leave: it took too long."),
        (Refused("no such address"), "The test mail did not leave: no such address."),
        (Missing("mailbox"), "There is no mailbox yet."),
    ],
)
def test_what_came_of_a_test_mail_is_said(error: Exception | None, words: str) -> None:
    on = stage()
    if error:
        on.raises["try_mailbox"] = error
    assert words in text_of(browser(on).post("/admin/mail/test", follow_redirects=True))


@pytest.mark.parametrize("path", ["/admin/mail/test", "/admin/mail", "/admin/rounds"])
def test_what_reaches_out_is_slowed_down(path: str) -> None:
    client = browser(stage())
    answers = [client.post(path, data=MAILBOX).status_code for _ in range(12)]
    assert (answers[0], answers[-1]) == (302, 429)


def test_a_mailbox_is_removed_and_a_message_tried_again() -> None:
    on = stage()
    on.pages["mail"] = MAIL
    client = browser(on)
    client.post("/admin/mail/remove")
    assert client.post(f"/admin/mail/again/{SOME_MESSAGE}").location == "/admin/mail"
    assert client.post("/admin/mail/again/999").status_code == 404
    assert on.asked == [("forget_mailbox",), ("try_again", SOME_MESSAGE)]


# --- Getting about ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/admin", "Overview"),
        ("/admin/why", "Overview"),
        ("/admin/people", "People"),
        (f"/admin/people/{SOMEBODY}", "People"),
        ("/admin/people/import", "People"),
        ("/admin/rounds", "Rounds"),
        ("/admin/review", "Review"),
        ("/admin/mail", "Mail"),
        ("/admin/audit", "Audit"),
    ],
)
def test_each_page_says_where_one_is(path: str, here: str) -> None:
    text = browser(stage()).get(path).text
    marked = re.findall(r'<a href="[^"]*" aria-current="(?:page|true)">(\w+)</a>', text)
    assert here in marked
    assert "Admin" in marked
    assert set(marked) == {here, "Admin"}


INBOX = {
    "inbox_host": "imap.example.org",
    "inbox_port": "993",
    "inbox_security": "tls",
    "inbox_username": "interlude",
    "inbox_secret": SECRET,
}


def with_a_mailbox() -> Stage:
    on = stage()
    mailbox = Mailbox("Interlude", "interlude@example.org", "smtp.example.org", 587)
    on.pages["mail"] = MailPage("Europe/Warsaw", mailbox, datetime(2026, 11, 1, tzinfo=UTC))
    return on


def test_an_inbox_is_passed_on_whole_and_it_is_said_how_it_tells_of_mail() -> None:
    on = with_a_mailbox()
    client = browser(on)
    assert client.post("/admin/mail/inbox", data=INBOX).location == "/admin/mail"
    ((name, typed),) = on.asked
    assert (name, typed) == (
        "save_inbox",
        TypedInbox("imap.example.org", 993, Security.TLS, "interlude", SECRET),
    )
    assert SECRET not in repr(typed)
    assert "tells of new mail by itself" in client.get("/admin/mail").text


@pytest.mark.parametrize(
    ("error", "field", "status"),
    [
        (Reconnect("the mailbox does not let us in"), "inbox_secret", 400),
        (WrongServer("imap.example.org has no valid certificate"), "inbox_host", 400),
        (Unencrypted("choose TLS or STARTTLS"), "inbox-security", 400),
        (BadInput.of("port", "write a number"), "inbox_port", 400),
        (TryLater("imap.example.org cannot be reached"), "", 503),
    ],
)
def test_an_inbox_that_fails_says_where_and_never_shows_the_password(
    error: InterludeError, field: str, status: int
) -> None:
    on = with_a_mailbox()
    on.raises["save_inbox"] = error
    response = browser(on).post("/admin/mail/inbox", data=INBOX)
    assert response.status_code == status
    assert (f'id="{field}-problem"' in response.text) == bool(field)
    assert response.text.count('class="field is-wrong"') == bool(field)
    assert SECRET not in response.text
    assert 'value="imap.example.org"' in response.text


def test_the_button_tries_the_inbox_and_says_what_came_of_it() -> None:
    on = with_a_mailbox()
    client = browser(on)
    client.post("/admin/mail/inbox/try")
    assert "is asked for new mail once a minute" in client.get("/admin/mail").text
    on.raises["try_inbox"] = Reconnect("the mailbox does not let us in")
    client.post("/admin/mail/inbox/try")
    assert "Answers cannot be read: the mailbox does not let us in" in client.get("/admin/mail").text
    client.post("/admin/mail/inbox/remove")
    assert [each[0] for each in on.asked] == ["try_inbox", "try_inbox", "forget_inbox"]
