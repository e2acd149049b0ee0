"""DESIGN rule 10, by mail: an answer is understood whoever's program wrote it, and nothing else is taken for one."""

# ruff: noqa: E501 -- a table reads best with a case on a line

from __future__ import annotations

import random
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations import sample_mail_app
from integrations.mail_in import MOST_BYTES, read
from integrations.mail_text import as_message
from mentoring.errors import Refused
from mentoring.intervals import Interval
from mentoring.mail import Method, NoReply, Reply, SetAside
from mentoring.proposals import Partstat
from tests.integrations import replies
from tests.integrations.contract import copy, utc
from tests.integrations.replies import ANN, ORGANISER, UID, calendar, crlf, mail
from tests.integrations.test_mail_text import MAILBOX, letter

NEW = Interval(utc(27, 15), utc(27, 15, 20))
STAMP = utc(19, 9, 30)
OURS = as_message(letter(event=copy(), method=Method.REQUEST), MAILBOX, "Europe/Berlin").as_bytes()

PROGRAMS: list[tuple[str, bytes, Partstat, int, Interval | None]] = [
    ("Google Calendar", replies.GOOGLE, Partstat.ACCEPTED, 0, None),
    ("Google Calendar, another time", replies.GOOGLE_NEW_TIME, Partstat.TENTATIVE, 0, NEW),
    ("Outlook and Exchange", replies.OUTLOOK, Partstat.ACCEPTED, 2, None),
    ("Outlook and Exchange, another time", replies.OUTLOOK_NEW_TIME, Partstat.TENTATIVE, 2, NEW),
    ("Apple", replies.APPLE, Partstat.DECLINED, 0, None),
    ("Thunderbird", replies.THUNDERBIRD, Partstat.TENTATIVE, 0, None),
]


def answer(raw: bytes) -> Reply:
    content = read(raw).content
    assert isinstance(content, Reply), content
    return content


def why(raw: bytes) -> SetAside:
    content = read(raw).content
    assert isinstance(content, NoReply), content
    return content.why


def offered(*lines: str, zone: tuple[str, ...] = ()) -> bytes:
    return mail(calendar(*lines, method="COUNTER", zone=zone), method="COUNTER")


@pytest.mark.parametrize(
    ("raw", "partstat", "sequence", "counter"), [each[1:] for each in PROGRAMS], ids=[each[0] for each in PROGRAMS]
)
def test_the_answer_of_each_program_is_understood(
    raw: bytes, partstat: Partstat, sequence: int, counter: Interval | None
) -> None:
    said = answer(raw)
    assert (said.uid, said.sender, said.attendee) == (UID, ANN, ANN)
    assert (said.partstat, said.sequence, said.stamp, said.counter) == (partstat, sequence, STAMP, counter)
    assert read(raw).recipients == {ORGANISER}


WRITTEN: list[tuple[str, bytes]] = [
    ("base64", mail(calendar(), encoding="base64")),
    ("quoted-printable", mail(calendar(), encoding="quoted-printable")),
    ("line feeds only", mail(calendar()).replace(b"\r\n", b"\n")),
    ("lines folded in odd places", mail(calendar().replace(b"mailto:ann", b"mail\r\n to:a\r\n\tnn"))),
    ("MAILTO in upper case, a name in another", mail(calendar(attendee="ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Ann@Example.ORG"))),
    ("an address in hexadecimal letters", mail(calendar(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:%61nn@example.org"))),
    ("words in lower case", mail(calendar().lower())),
    ("UTF-16", mail(calendar().decode().encode("utf-16"), encoding="base64").replace(b'"UTF-8"', b"utf-16")),
    ("a charset that nobody knows", mail(calendar()).replace(b'"UTF-8"', b"klingon-1")),
    ("a byte order mark", mail(b"\xef\xbb\xbf" + calendar(), encoding="base64")),
    ("attached only", mail(calendar(), kind="application/ics")),
    ("no multipart at all", crlf(f"From: {ANN}", f"To: {ORGANISER}", "Content-Type: text/calendar; method=REPLY", "") + calendar()),
    ("no method beside the type", mail(calendar()).replace(b"; method=REPLY", b"")),
    ("no SEQUENCE", mail(calendar("SEQUENCE:"))),
    ("lines that nobody understands", mail(calendar("X-ODD", "what is this?"))),
    ("the first calendar part broken, the second not", mail(calendar()).replace(b"--b--", b"") + crlf("--b", "Content-Type: application/ics", "") + calendar() + crlf("--b--")),
    ("an mbox line above", b"From ann@example.org Mon Oct 19 09:30:00 2026\r\n" + mail(calendar())),
]  # fmt: skip


@pytest.mark.parametrize("raw", [each[1] for each in WRITTEN], ids=[each[0] for each in WRITTEN])
def test_however_it_is_written_it_says_the_same(raw: bytes) -> None:
    said = answer(raw)
    assert (said.uid.lower(), said.sender, said.attendee, said.partstat) == (UID, ANN, ANN, Partstat.ACCEPTED)
    assert (said.sequence, said.stamp) == (0, STAMP)


REPORT = crlf(
    "Return-Path: <>", "From: MAILER-DAEMON@example.org", f"To: {ORGANISER}", "Auto-Submitted: auto-replied",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="r"', "", "--r", "", "It did not arrive.",
    "--r", "Content-Type: message/delivery-status", "", "Action: failed", "--r", "Content-Type: message/rfc822", "",
) + OURS + crlf("--r--")  # fmt: skip
RECEIPT = crlf(
    f"From: {ANN}", f"To: {ORGANISER}", 'Content-Type: multipart/report; report-type=disposition-notification; boundary="r"',
    "", "--r", "", "It was shown.", "--r", "Content-Type: message/disposition-notification", "", "Disposition: x", "--r--",
)  # fmt: skip
PLAIN = crlf(f"From: {ANN}", f"To: {ORGANISER}", "Content-Type: text/plain", "", "Hello!")
WORDS = crlf("Content-Type: text/plain", "", "I am away until Monday.")
PASSED_ON = crlf(f"From: {ANN}", 'Content-Type: multipart/mixed; boundary="m"', "", "--m", "Content-Type: message/rfc822", "") + replies.GOOGLE + crlf("--m--")  # fmt: skip

ASIDE: list[tuple[str, bytes, SetAside]] = [
    ("our invite sent back", REPORT, SetAside.BOUNCE),
    ("our invite sent back by qmail", crlf("Return-Path: <>", "From: MAILER-DAEMON@x.example") + OURS.split(b"\r\n", 1)[1], SetAside.BOUNCE),
    ("an answer sent back", mail(calendar(), "Return-Path: <>"), SetAside.BOUNCE),
    ("a postmaster's report", REPORT.replace(b"MAILER-DAEMON", b"postmaster").replace(b"/report; report-type=delivery-status", b"/mixed"), SetAside.BOUNCE),
    ("exim's report", crlf("X-Failed-Recipients: ann@example.org") + PLAIN, SetAside.BOUNCE),
    ("a read receipt", RECEIPT, SetAside.AUTOMATIC),
    ("out of the office", crlf(f"From: {ANN}", "Auto-Submitted: auto-replied (vacation)") + WORDS, SetAside.AUTOMATIC),
    ("out of the office, as Exchange has it", crlf(f"From: {ANN}", "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All") + WORDS, SetAside.AUTOMATIC),
    ("out of the office, as Gmail has it", crlf(f"From: {ANN}", "Precedence: bulk", "X-Autoreply: yes") + WORDS, SetAside.AUTOMATIC),
    ("out of the office, with our invite", crlf("Auto-Submitted: auto-replied") + OURS, SetAside.AUTOMATIC),
    ("out of the office, with an answer", mail(calendar(), "Auto-Submitted: auto-replied"), SetAside.AUTOMATIC),
    ("an old program out of the office, with an answer", mail(calendar(), "Precedence: auto_reply"), SetAside.AUTOMATIC),
    ("a list's mail", crlf("Precedence: list") + PLAIN, SetAside.AUTOMATIC),
    ("a mail of a person", PLAIN, SetAside.NOT_AN_ANSWER),
    ("our own invite", OURS, SetAside.NOT_AN_ANSWER),
    ("an invite of somebody else", mail(calendar(method="REQUEST"), method="REQUEST"), SetAside.NOT_AN_ANSWER),
    ("a calendar that is published", mail(calendar(method="PUBLISH")), SetAside.NOT_AN_ANSWER),
    ("a calendar without a method", mail(calendar().replace(b"METHOD:REPLY\r\n", b"")), SetAside.NOT_AN_ANSWER),
    ("a question for the latest version", mail(calendar(method="REFRESH"), method="REFRESH"), SetAside.NOT_AN_ANSWER),
    ("an answer that was passed on in a mail", PASSED_ON, SetAside.NOT_AN_ANSWER),
    ("an answer for two", mail(calendar(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANN}", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org")), SetAside.NOT_AN_ANSWER),
    ("an answer for nobody", mail(calendar("ATTENDEE-X:1").replace(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANN}\r\n".encode(), b"")), SetAside.NOT_AN_ANSWER),
    ("an offer for two others", offered("DTSTART:20261027T150000Z", "DTEND:20261027T152000Z", "ATTENDEE:mailto:x@example.org", "ATTENDEE:mailto:y@example.org"), SetAside.NOT_AN_ANSWER),
    ("two events", mail(calendar().replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT\r\nEND:VCALENDAR")), SetAside.NOT_AN_ANSWER),
    ("one meeting of a series", mail(calendar("RECURRENCE-ID:20261021T120000Z")), SetAside.NOT_AN_ANSWER),
    ("a task", mail(calendar().replace(b"VEVENT", b"VTODO")), SetAside.NOT_AN_ANSWER),
    ("an answer handed to somebody else", mail(calendar(attendee=f"ATTENDEE;PARTSTAT=DELEGATED:mailto:{ANN}")), SetAside.NOT_AN_ANSWER),
    ("an answer of no kind that there is", mail(calendar(attendee=f"ATTENDEE;PARTSTAT=PERHAPS:mailto:{ANN}")), SetAside.UNREADABLE),
    ("no address", mail(calendar(attendee="ATTENDEE;PARTSTAT=ACCEPTED:/principals/1/")), SetAside.UNREADABLE),
    ("an address with a line in it", mail(calendar(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann%00@example.org")), SetAside.UNREADABLE),
    ("no UID", mail(calendar("UID:")), SetAside.UNREADABLE),
    ("a UID of control characters", mail(calendar("UID:a\0b")), SetAside.UNREADABLE),
    ("a UID without end", mail(calendar("UID:" + "a" * 600)), SetAside.UNREADABLE),
    ("two UIDs", mail(calendar("UID:a", "UID:b")), SetAside.UNREADABLE),
    ("no DTSTAMP", mail(calendar("DTSTAMP-X:1").replace(b"DTSTAMP:20261019T093000Z\r\n", b"")), SetAside.UNREADABLE),
    ("a DTSTAMP that is none", mail(calendar("DTSTAMP:yesterday")), SetAside.UNREADABLE),
    ("a SEQUENCE that is none", mail(calendar("SEQUENCE:-1")), SetAside.UNREADABLE),
    ("a SEQUENCE beyond all", mail(calendar("SEQUENCE:99999999999")), SetAside.UNREADABLE),
    ("a calendar that is cut off", mail(calendar()[:150]), SetAside.UNREADABLE),
    ("a calendar of other letters", mail(b"hello"), SetAside.UNREADABLE),
    ("an offer without a time", offered(), SetAside.UNREADABLE),
    ("an offer of a whole day", offered("DTSTART;VALUE=DATE:20261027"), SetAside.UNREADABLE),
    ("an offer at a time that floats", offered("DTSTART:20261027T160000", "DTEND:20261027T162000"), SetAside.UNREADABLE),
    ("an offer in a zone that nobody knows", offered("DTSTART;TZID=Nowhere:20261027T160000", "DURATION:PT20M"), SetAside.UNREADABLE),
    ("an offer that ends before it begins", offered("DTSTART:20261027T160000Z", "DTEND:20261027T150000Z"), SetAside.UNREADABLE),
    ("an offer of no time at all", offered("DTSTART:20261027T160000Z", "DTEND:20261027T160000Z"), SetAside.UNREADABLE),
    ("nothing", b"", SetAside.UNREADABLE),
    ("no mail", b"\x00\xff" * 50, SetAside.UNREADABLE),
    ("more parts than anybody sends", mail(calendar()) + crlf("Content-Type: text/plain") * 200, SetAside.UNREADABLE),
    ("more ends of parts than anybody sends", mail(calendar()) + crlf("--b") * 2000, SetAside.UNREADABLE),
    ("a mail beyond all bounds", mail(calendar()) + b"x" * MOST_BYTES, SetAside.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), [each[1:] for each in ASIDE], ids=[each[0] for each in ASIDE])
def test_what_is_no_answer_is_set_aside_and_says_why(raw: bytes, expected: SetAside) -> None:
    assert why(raw) is expected


TIMES: list[tuple[str, bytes]] = [
    ("in UTC", offered("DTSTART:20261027T150000Z", "DTEND:20261027T152000Z")),
    ("in a zone by its name", offered("DTSTART;TZID=Europe/Berlin:20261027T160000", "DTEND;TZID=Europe/Berlin:20261027T162000")),
    ("with a length", offered("DTSTART;TZID=America/New_York:20261027T110000", "DURATION:PT20M")),
    ("in a zone by its Windows name", offered("DTSTART;TZID=W. Europe Standard Time:20261027T160000", "DTEND;TZID=W. Europe Standard Time:20261027T162000")),
    ("in a zone of its own", offered("DTSTART;TZID=Ours:20261027T193000", "DTEND;TZID=Ours:20261027T195000", zone=("BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0430", "TZOFFSETTO:+0430", "END:STANDARD", "END:VTIMEZONE"))),
]  # fmt: skip


@pytest.mark.parametrize("raw", [each[1] for each in TIMES], ids=[each[0] for each in TIMES])
def test_another_time_is_understood_in_whatever_zone_it_is_offered(raw: bytes) -> None:
    assert answer(raw).counter == NEW


VERDICTS: list[tuple[str, bool]] = [
    ("mx.organisation.example; dmarc=fail (p=REJECT sp=REJECT dis=NONE) header.from=example.org", True),
    ("mx.organisation.example; spf=pass smtp.mailfrom=example.org;\r\n dmarc=fail header.from=example.org", True),
    ("spf=none; dkim=none; DMARC = Fail action=quarantine header.from=example.org;compauth=fail", True),
    ("mx.organisation.example; dmarc/1=fail", True),
    ("mx.organisation.example; dmarc=pass header.from=example.org", False),
    ("mx.organisation.example; dmarc=none", False),
    ("mx.organisation.example; dmarc=temperror", False),
    ("mx.organisation.example; spf=fail smtp.mailfrom=x.example; dkim=pass", False),
    ('mx.organisation.example; dmarc=pass (was; dmarc=fail) reason="; dmarc=fail (x"', False),
    ("mx.organisation.example; none", False),
]


@pytest.mark.parametrize(("said", "forged"), VERDICTS)
def test_who_is_not_the_sender_according_to_our_own_server_gives_no_answer(said: str, forged: bool) -> None:
    raw = mail(calendar(), f"Authentication-Results: {said}")
    assert isinstance(read(raw).content, NoReply if forged else Reply)
    assert not forged or why(raw) is SetAside.FORGED


def test_only_the_topmost_verdict_is_our_own_servers() -> None:
    ours, theirs = (
        "Authentication-Results: mx.organisation.example; dmarc=pass",
        "Authentication-Results: evil; dmarc=fail",
    )
    assert answer(mail(calendar(), ours, theirs))
    assert why(mail(calendar(), theirs, ours)) is SetAside.FORGED


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-generated", "Auto-Submitted: no", "Precedence: bulk", "X-Auto-Response-Suppress: All"],
)
def test_an_answer_that_a_calendar_sent_for_a_person_counts(header: str) -> None:
    """Google's calendar sends each answer with Auto-Submitted: auto-generated (see replies.GOOGLE)."""
    assert answer(mail(calendar(), header)).partstat is Partstat.ACCEPTED


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ("From: Ann <ANN@Example.org>", "ann@example.org"),
        ('From: "ann@example.org" <eve@evil.example>', "eve@evil.example"),
        ("From: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>", "joerg@example.org"),
        ("From: ann@example.org, eve@evil.example", ""),
        ("From: ann@example.org\r\nFrom: eve@evil.example", ""),
        ("From: nobody", ""),
        ("From: " + "(" * 3000 + "ann@example.org", ""),
        ("From: a\0nn@example.org", ""),
        ("X: y", ""),
    ],
)
def test_the_sender_is_the_one_address_in_from(headers: str, sender: str) -> None:
    assert read(crlf(headers, "", "Hello!")).content.sender == sender


def test_the_recipients_are_whoever_it_was_sent_and_delivered_to() -> None:
    top = (
        "Delivered-To: Answers@Organisation.example", "X-Original-To: other@organisation.example",
        "Cc: A <a@x.example>, B <b@x.example>", "Bcc: c@x.example",
    )  # fmt: skip
    assert read(mail(calendar(), *top)).recipients == {
        ORGANISER, "answers@organisation.example", "other@organisation.example", "a@x.example", "b@x.example",
    }  # fmt: skip
    assert read(mail(b"x" * MOST_BYTES)).recipients == {ORGANISER}


def test_each_delivery_of_an_answer_leaves_the_same_trace_and_another_answer_another() -> None:
    first = mail(calendar())
    again = mail(calendar(), "Received: by another way", encoding="base64").replace(b"m1@", b"m2@")
    assert answer(first).trace == answer(again).trace
    others = [
        mail(calendar("UID:other")),
        mail(calendar("SEQUENCE:1")),
        mail(calendar("DTSTAMP:20261019T093001Z")),
        mail(calendar(attendee=f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ANN}")),
        mail(calendar(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.org")),
        mail(calendar(), sender="eve@evil.example"),
        *(each[1] for each in TIMES[:1]),
        offered("DTSTART:20261027T150000Z", "DTEND:20261027T153000Z"),
    ]
    assert len({answer(raw).trace for raw in [first, *others]}) == len(others) + 1


def test_what_is_no_answer_leaves_a_trace_by_its_message_id_or_its_content() -> None:
    named = crlf("Message-ID: <x@y>") + PLAIN
    assert read(named).content.trace == read(crlf("Received: again") + named).content.trace != read(PLAIN).content.trace
    assert read(PLAIN).content.trace == read(PLAIN).content.trace != read(PLAIN + b"!").content.trace


def test_the_words_of_a_mail_go_nowhere() -> None:
    for raw in (replies.GOOGLE_NEW_TIME, replies.OUTLOOK_NEW_TIME, mail(calendar()), PLAIN):
        assert "planted" not in repr(read(raw)).lower()
    assert {each.name for each in fields(Reply)} == {
        "uid", "sender", "attendee", "partstat", "sequence", "stamp", "trace", "counter",
    }  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    assert isinstance(read(raw).content, NoReply)
    read(b"From: a@b\r\nContent-Type: text/calendar\r\n\r\n" + raw)
    read(b"From: " + raw)
    read(b"Content-Type: " + raw)


WHOLE = [*(each[1] for each in PROGRAMS), REPORT, RECEIPT, OURS, PASSED_ON]
ODD = [
    b"\0",
    b"\xff",
    b"(" * 3000,
    b"--b",
    b"\r\n",
    b"\r",
    b";",
    b"=",
    b'"',
    b":",
    b"*" + b"9" * 5000,
    b"BEGIN:VEVENT\r\n",
    b"=?x?q?",
    b"multipart/x",
]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(WHOLE), st.integers(), st.integers(1, 6))
def test_no_damage_to_a_mail_raises_or_makes_an_answer_of_another_kind(raw: bytes, seed: int, times: int) -> None:
    luck = random.Random(seed)
    for _ in range(times):
        at, length = luck.randrange(len(raw)), luck.choice((0, 0, 1, 5, 50))
        raw = raw[:at] + luck.choice([*ODD, raw[luck.randrange(len(raw)) :][:80]]) + raw[at + length :]
    content = read(raw).content
    if isinstance(content, Reply):
        assert content.stamp.tzinfo is UTC
        assert content.attendee == content.attendee.lower()
        assert content.uid.isprintable()


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: multipart/x; boundary*%s="a"; boundary="b"\r\n\r\n--b\r\n\r\nx' % (b"9" * 5000),
        b"Content-Type: text/calendar; charset*%s=a\r\n\r\nx" % (b"9" * 5000),
        b'Content-Type: text/plain; charset="a\0b"\r\n\r\n\xff',
        b"".join(b'Content-Type: multipart/x; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(20_000)),
        b'Content-Type: multipart/digest; boundary="a"\r\n\r\n' + b"--a\r\n\r\n" * 50_000,
        b"To: " + b"(" * 20_000 + b"a@b\r\n\r\n",
        b"To: " + b"a@b.example," * 50_000 + b"\r\n\r\n",
        b"Authentication-Results: " + b"(" * 30_000 + b"\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\nContent-Type: text/calendar\r\n\r\n" + b"=" * 500_000,
        b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" * 30_000,
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nX" + b";A=B" * 100_000,
    ],
)
def test_what_is_made_to_be_hard_to_read_is_read_in_a_moment(raw: bytes) -> None:
    began = datetime.now(UTC)
    assert isinstance(read(raw).content, NoReply)
    assert datetime.now(UTC) - began < timedelta(seconds=3)


@pytest.mark.parametrize("partstat", [Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE])
@pytest.mark.parametrize("at", [None, NEW])
def test_the_samples_mail_program_answers_as_others_do(partstat: Partstat, at: Interval | None) -> None:
    raw = sample_mail_app.reply(OURS, "ann@example.org", partstat, STAMP, at).as_bytes()
    said = answer(raw)
    assert (said.uid, said.sender, said.attendee, said.partstat) == (copy().uid, ANN, ANN, partstat)
    assert (said.sequence, said.stamp, said.counter) == (0, STAMP, at)
    assert read(raw).recipients == {copy().organiser_address}


def test_the_samples_mail_program_shows_what_it_was_asked() -> None:
    invite: Any = sample_mail_app.read_invite(OURS, "ann@example.org")
    assert (invite.method, invite.uid, invite.sequence, invite.partstat) == (
        "REQUEST",
        copy().uid,
        0,
        Partstat.NEEDS_ACTION,
    )
    assert (invite.interval, invite.summary) == (copy().interval, copy().summary)
    assert sample_mail_app.read_invite(OURS, "eve@evil.example").partstat is None
    for raw, owner in ((OURS, "eve@evil.example"), (PLAIN, ANN)):
        with pytest.raises(Refused):
            sample_mail_app.reply(raw, owner, Partstat.ACCEPTED, STAMP)
