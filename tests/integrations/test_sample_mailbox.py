"""The sample's mailboxes, read as a mail program reads them: whatever came, in plain letters, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from integrations import sample_mailbox
from mentoring.errors import Missing, Refused
from mentoring.intervals import Interval

ADA, BEN = "ada@quayline.example", "ben@quayline.example"
START, END = datetime(2026, 11, 26, 14, 40, tzinfo=UTC), datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


OUR = {"ORGANIZER": "mailto:interlude@quayline.example", "ATTENDEE;PARTSTAT=NEEDS-ACTION": f"mailto:{ADA}"}


def calendar(method: str = "REQUEST", uid: str = "one@interlude", sequence: int = 0, **lines: str) -> str:
    said = {
        "DTSTART": "20261126T144000Z",
        "DTEND": "20261126T150000Z",
        "SUMMARY": "Twenty minutes\\, A and B",
        **OUR,
        **lines,
    }
    event = "".join(f"{name}:{value}\r\n" for name, value in said.items())
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
        f"DTSTAMP:20261123T080000Z\r\nSEQUENCE:{sequence}\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def mail(subject: str = "Zwanzig Minuten für dich", invite: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Interlude at Quayline <interlude@quayline.example>",
        ADA,
        subject,
    )
    message.set_content("Überlegt, was dir hilft.")
    message.add_alternative("<p>Überlegt, was dir <b>hilft</b>.</p>", subtype="html")
    if invite:
        message.add_alternative(invite, subtype="calendar", params={"method": "REQUEST"})
        message.add_attachment(b"another", maintype="text", subtype="plain", filename="notes.txt")
    return message


def keep(folder: Path, *mails: EmailMessage | bytes) -> None:
    for each in mails:
        sample_mailbox.keep(folder, ADA, each if isinstance(each, bytes) else bytes(each))


def only(folder: Path) -> sample_mailbox.Opened:
    (line,) = sample_mailbox.listed(folder, ADA, 10)
    return sample_mailbox.opened(folder, ADA, line.key)


def test_a_mail_is_shown_with_all_its_parts(tmp_path: Path) -> None:
    keep(tmp_path, mail(invite=calendar(sequence=2)))
    seen = only(tmp_path)
    assert (seen.line.subject, seen.line.to) == ("Zwanzig Minuten für dich", ADA)
    assert seen.line.sender == "Interlude at Quayline <interlude@quayline.example>"
    assert seen.text.strip() == "Überlegt, was dir hilft."
    assert seen.html.strip() == "<p>Überlegt, was dir <b>hilft</b>.</p>"
    assert seen.invite is not None
    assert (seen.invite.method, seen.invite.uid, seen.invite.sequence) == ("REQUEST", "one@interlude", 2)
    assert (seen.invite.summary, seen.invite.interval) == ("Twenty minutes, A and B", Interval(START, END))


def test_a_letter_without_an_invite_has_none(tmp_path: Path) -> None:
    keep(tmp_path, mail())
    assert only(tmp_path).invite is None


def test_the_newest_comes_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    keep(tmp_path, *(mail(f"Number {number}") for number in range(12)))
    assert [line.subject for line in sample_mailbox.listed(tmp_path, ADA, 3)] == ["Number 11", "Number 10", "Number 9"]


def test_when_it_came_is_known(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    keep(tmp_path, mail())
    assert before <= only(tmp_path).line.at <= datetime.now(UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: =?no-such-charset?B?w7w=?=\r\nFrom: =?utf-8?B?broken\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=no-such-charset\r\n\r\n\xc3\xbc",
        b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nhalf of",
        b"Content-Type: multipart/mixed; boundary=never\r\n\r\nno part follows",
        b"Content-Type: text/calendar\r\n\r\n" + calendar(DTSTART="20261126", DTEND="20261127").encode(),
        b"Content-Type: text/calendar\r\n\r\n" + calendar(DTSTART="20261126T150000", DTEND="20261126T140000").encode(),
        b"Content-Type: text/calendar\r\n\r\n" + calendar(SEQUENCE="many").encode(),
    ],
)
def test_a_mail_that_cannot_be_read_is_still_shown(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, content)
    assert only(tmp_path).invite is None


def test_who_has_no_mail_has_an_empty_list(tmp_path: Path) -> None:
    assert sample_mailbox.listed(tmp_path, ADA, 10) == ()
    assert sample_mailbox.asking(tmp_path, ADA, "one@interlude") is None


def test_nobody_reads_anothers_mail_nor_any_other_file(tmp_path: Path) -> None:
    keep(tmp_path, mail())
    (tmp_path / "secrets.env").write_text("KEY=1")
    key = sample_mailbox.listed(tmp_path, ADA, 1)[0].key
    for address, name in [(BEN, key), (ADA, "../../secrets.env"), ("..", "secrets.env"), (f"{BEN}/../{ADA}", key)]:
        with pytest.raises(Missing):
            sample_mailbox.opened(tmp_path, address, name)


def test_what_is_no_address_has_no_mailbox(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        sample_mailbox.keep(tmp_path, "..", b"")
    assert list(tmp_path.iterdir()) == []


def test_the_mail_that_asks_is_the_newest_of_that_event_which_asks(tmp_path: Path) -> None:
    keep(
        tmp_path,
        mail("older", calendar(sequence=0)),
        mail("newer", calendar(sequence=1)),
        mail("cancelled", calendar("CANCEL", sequence=2)),
        mail("another", calendar(uid="two@interlude")),
    )
    found = sample_mailbox.asking(tmp_path, ADA, "one@interlude")
    assert found is not None
    assert b"newer" in found
