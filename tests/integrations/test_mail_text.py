"""A mail on its way: the parts that programs look for, header lines that nobody can break, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.imip import message
from integrations.mail_text import as_message
from mentoring.errors import Refused
from mentoring.mail import Block, Heading, Link, Mail, Mailbox, Method, Points, Words
from tests.integrations.contract import copy

BERLIN = "Europe/Berlin"
MAILBOX = Mailbox("Interlude", "interlude@organisation.example", "mail.organisation.example", 587)
BLOCKS: tuple[Block, ...] = (
    Heading("Twenty minutes with Bob"),
    Words("It is about <Plantedtopic> & more.\nSee you there."),
    Link("Answer: yes or no", "https://interlude.example/a?x=1&y=2"),
    Heading("Why"),
    Points(("You wrote of it “twice”", "Bob knows it")),
    Words("Only you got this mail.", quiet=True),
    Link("Pause", "https://interlude.example/stop/1", main=False),
)


def letter(**changes: object) -> Mail:
    made = Mail(
        message_id="a1b2c3@organisation.example",
        to_name="Ann",
        to_address="ann@example.org",
        subject="Your link",
        blocks=BLOCKS,
        at=datetime(2026, 10, 19, 8, tzinfo=UTC),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def invite(method: Method = Method.REQUEST, **changes: object) -> Mail:
    stop = "https://interlude.example/stop/" + "x" * 200
    return letter(event=copy(), method=method, stop_url=stop, **changes)


def sent(mail: Mail) -> EmailMessage:
    """As it arrives."""
    raw = as_message(mail, MAILBOX, BERLIN).as_bytes()
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def shape(part: Any) -> Any:
    kind = part.get_content_type()
    return (kind, [shape(each) for each in part.iter_parts()]) if part.is_multipart() else kind


def part(mail: Mail, kind: str) -> Any:
    return next(each for each in sent(mail).walk() if each.get_content_type() == kind)


def said(mail: Mail, kind: str) -> str:
    return str(part(mail, kind).get_content()).replace("\r\n", "\n")


class Shown(HTMLParser):
    """The words and addresses of a page, and whether its tags are closed in turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def said(self) -> list[str]:
        return "\n".join(self.words).split()


@pytest.mark.parametrize("method", Method)
def test_an_invite_has_the_parts_that_programs_look_for(method: Method) -> None:
    alternatives = ["text/plain", "text/html", "text/calendar"]
    assert shape(sent(invite(method))) == (
        "multipart/mixed",
        [("multipart/alternative", alternatives), "application/ics"],
    )
    calendar = part(invite(method), "text/calendar")
    attached = part(invite(method), "application/ics")
    assert calendar.get_param("method") == method.value
    assert calendar.get_content_charset() == "utf-8"
    assert calendar.get_payload(decode=True) == message(copy(), method, BERLIN) == attached.get_payload(decode=True)
    assert f"METHOD:{method.value}\r\n".encode() in calendar.get_payload(decode=True)
    assert (attached.get_filename(), attached.get_content_disposition()) == ("invite.ics", "attachment")
    assert calendar.get_content_disposition() is None


def test_a_letter_is_text_and_html() -> None:
    assert shape(sent(letter())) == ("multipart/alternative", ["text/plain", "text/html"])


def test_text_and_html_say_the_same() -> None:
    text, page = said(letter(), "text/plain"), Shown(said(letter(), "text/html"))
    plain = [word.removeprefix("-") for word in text.split() if not word.startswith("https://")]
    assert page.said == [word for word in plain if word]
    assert page.links == [block.url for block in BLOCKS if isinstance(block, Link)]
    assert all(f"\n{url}\n" in text for url in page.links)
    assert page.open == []


@settings(deadline=None, max_examples=60)
@given(st.text(), st.text(), st.lists(st.text(), max_size=3))
def test_whatever_the_words_are_they_are_shown_as_letters(heading: str, words: str, points: list[str]) -> None:
    blocks = (Heading(heading), Words(words), Points(tuple(points)), Link(words, "https://x.example/?a=1&b=<2>"))
    page = Shown(said(letter(blocks=blocks), "text/html"))
    assert page.open == []
    assert page.links == ["https://x.example/?a=1&b=<2>"]


def test_the_page_is_in_english_and_for_light_and_dark() -> None:
    page = said(letter(), "text/html")
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "prefers-color-scheme: dark" in page
    assert page.count("<h1 ") == 1


def test_the_header_lines() -> None:
    headers = sent(invite())
    assert {name: str(headers[name]) for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version")} == {
        "From": "Interlude <interlude@organisation.example>",
        "To": "Ann <ann@example.org>",
        "Subject": "Your link",
        "Date": "Mon, 19 Oct 2026 08:00:00 +0000",
        "Message-ID": "<a1b2c3@organisation.example>",
        "MIME-Version": "1.0",
    }


def test_a_program_that_answers_by_itself_is_asked_not_to_but_bounces_come_back() -> None:
    asked = {each.strip() for each in sent(invite())["X-Auto-Response-Suppress"].split(",")}
    assert asked == {"DR", "RN", "NRN", "OOF", "AutoReply"}
    assert sent(letter())["Auto-Submitted"] == "auto-generated"


def test_an_invite_does_not_say_that_a_machine_wrote_it() -> None:
    """Calendars that take invites in by themselves pass over mail that says so: see test_xandikos_imip.py."""
    assert "Auto-Submitted" not in sent(invite())


@pytest.mark.parametrize(
    ("url", "unsubscribe", "post"),
    [
        ("", None, None),
        ("https://x.example/stop", "<https://x.example/stop>", "List-Unsubscribe=One-Click"),
        ("http://x.example/stop", "<http://x.example/stop>", None),
        ("https://x.example/stop>\r\nX: y", "<https://x.example/stopX:y>", "List-Unsubscribe=One-Click"),
    ],
)
def test_one_click_stops_all_mail_over_https(url: str, unsubscribe: str | None, post: str | None) -> None:
    headers = sent(letter(stop_url=url))
    assert (headers["List-Unsubscribe"], headers["List-Unsubscribe-Post"]) == (unsubscribe, post)


def test_a_long_address_to_stop_at_is_neither_folded_nor_encoded() -> None:
    raw = as_message(invite(), MAILBOX, BERLIN).as_bytes()
    assert f"\r\nList-Unsubscribe: <{invite().stop_url}>\r\n".encode() in raw


@pytest.mark.parametrize(
    "text",
    [
        "Zwanzig Minuten: Jörg und Zoë", "漢字" * 60, 'Ann "the, boss" <x@y>; (z)', 'Müller, Jörg "J" <x@y>', "a" * 900,
        "x\r\nBcc: eve@evil.example", "x\nSubject: y\n\nbody", "x\r\n\r\n<html>", "\x00x\x0b\x85", "🦉", "",
    ],
)  # fmt: skip
def test_no_name_or_subject_breaks_the_header(text: str) -> None:
    read = sent(letter(subject=text, to_name=text))
    assert read.keys() == sent(letter()).keys()
    assert read["To"].addresses[0].addr_spec == "ann@example.org"
    assert len(read["To"].addresses) == 1
    wanted = " ".join(text.replace("\x00", "").split())
    assert str(read["Subject"]) == wanted
    # The standard library puts blanks between the encoded words of a long name when it reads them.
    assert read["To"].addresses[0].display_name.replace(" ", "") == wanted.replace(" ", "")
    assert all(len(line) <= 998 for line in as_message(letter(subject=text), MAILBOX, BERLIN).as_bytes().split(b"\r\n"))


@pytest.mark.parametrize(
    "address", ["", "ann", "ann@example.org\r\nBcc: eve@evil.example", "a b@c", "a@b, c@d", "<a@b>"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="not an address"):
        as_message(letter(to_address=address), MAILBOX, BERLIN)


def test_it_travels_over_servers_that_know_seven_bits_only() -> None:
    raw = as_message(invite(subject="Zoë", blocks=(Words("ü" * 2000),)), MAILBOX, BERLIN).as_bytes()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_repeat_is_the_same_to_the_letter() -> None:
    first, again = (as_message(invite(), MAILBOX, BERLIN).as_bytes() for _ in range(2))
    assert first == again
    assert as_message(invite(message_id="other@x.example"), MAILBOX, BERLIN).get_boundary() not in first.decode()


def test_what_the_mail_is_about_stands_in_its_words_and_its_description_only() -> None:
    about = replace(copy(), description="Plantedtopic")
    raw = as_message(letter(event=about, method=Method.REQUEST), MAILBOX, BERLIN)
    assert "plantedtopic" not in str(raw.items()).lower()
    calendar = message(about, Method.REQUEST, BERLIN).decode().replace("\r\n ", "")
    assert [line for line in calendar.split("\r\n") if "Plantedtopic" in line] == ["DESCRIPTION:Plantedtopic"]
