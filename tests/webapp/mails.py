"""Mails as the demo's mail program shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mentoring.intervals import Interval
from workflows.views import SampleInvite, SampleMail, SampleMailbox, SampleMailLine

CAME = datetime(2026, 11, 23, 7, 58, tzinfo=UTC)
MAIL_KEY = "1795421400.M1P1Q1.mail"
INVITE = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:4a1f@interlude
SEQUENCE:0
DTSTART:20261126T144000Z
END:VEVENT
END:VCALENDAR
"""


def _when() -> Interval:
    return Interval.lasting(datetime(2026, 11, 26, 14, 40, tzinfo=UTC), 20)


def sample_mail(**changes: Any) -> SampleMail:
    """Tobi's, with an invite."""
    line = SampleMailLine(
        MAIL_KEY,
        "Interlude at Quayline <interlude@quayline.example>",
        "Tobi Adeyemi <p1@example.org>",
        "Twenty minutes: Tobi Adeyemi and Maya Lindqvist",
        CAME,
    )
    invite = SampleInvite("REQUEST", line.subject, _when(), 0, INVITE)
    html = "<html><body style='font: 16px sans-serif'><h1>Twenty minutes with Maya</h1><p>On on-call.</p></body></html>"
    return replace(
        SampleMail(
            1, "Tobi Adeyemi", "p1@example.org", "Europe/Berlin", line, "Twenty minutes with Maya", html, invite
        ),
        **changes,
    )


def mailbox(name: str, address: str, *subjects: str) -> SampleMailbox:
    def line(number: int, subject: str) -> SampleMailLine:
        key = MAIL_KEY if number == 0 else f"1.M{number}P"
        return SampleMailLine(key, "Interlude", name, subject, CAME - timedelta(hours=7 * number))

    return SampleMailbox(name, address, "Europe/Berlin", tuple(line(*each) for each in enumerate(subjects)))


MAILBOXES = (
    mailbox(
        "Tobi Adeyemi",
        "p1@example.org",
        "Twenty minutes: Tobi Adeyemi and Maya Lindqvist",
        "Your sign-in link",
        "Called off: twenty minutes with somebody whose name is as long as a name may well be",
        "Twenty minutes: Tobi Adeyemi and Lina Haddad",
        "Welcome to Interlude",
    ),
    mailbox("Maya Lindqvist", "p2@example.org", "Another time: Tobi Adeyemi and Maya Lindqvist"),
)

MAIL_PATH = f"/demo/mails/p1@example.org/{MAIL_KEY}"
CANCELLED_MAIL = sample_mail(
    invite=SampleInvite("CANCEL", "Twenty minutes: Tobi Adeyemi and Maya Lindqvist", _when(), 1, INVITE)
)
LETTER_MAIL = sample_mail(html="", text="Here is your link:\n\nhttps://interlude.example/sign-in/abc\n", invite=None)
