"""Answers as the mail programs of the world send them: our words, in the shapes that are known of each."""

# ruff: noqa: E501 -- a mail is what it is

from __future__ import annotations

from base64 import b64encode
from quopri import encodestring

ANN, ORGANISER = "ann@example.org", "interlude@organisation.example"
UID = "p1@interlude.example"


def crlf(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def calendar(*lines: str, method: str = "REPLY", attendee: str = "", zone: tuple[str, ...] = ()) -> bytes:
    """lines: of the event, beside those that each has unless it states them itself."""
    stated = {line.partition(":")[0].partition(";")[0] for line in lines}
    usual = {"UID": f"UID:{UID}", "DTSTAMP": "DTSTAMP:20261019T093000Z", "SEQUENCE": "SEQUENCE:0"}
    named = attendee or f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANN}"
    body = [line for name, line in usual.items() if name not in stated]
    body += [] if "ATTENDEE" in stated else [named]
    return crlf(
        "BEGIN:VCALENDAR", "PRODID:-//x//y//EN", "VERSION:2.0", f"METHOD:{method}", *zone,
        "BEGIN:VEVENT", *body, *(line for line in lines if line), "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip


def mail(
    part: bytes,
    *headers: str,
    method: str = "REPLY",
    encoding: str = "7bit",
    kind: str = "text/calendar",
    sender: str = ANN,
) -> bytes:
    """A mail with that calendar among its alternatives."""
    encoders = {"base64": wrapped, "quoted-printable": encodestring}
    encoded = encoders[encoding](part) if encoding in encoders else part
    top = (
        *headers, f"From: Ann <{sender}>", f"To: Interlude <{ORGANISER}>", "Subject: Accepted: Twenty minutes",
        "Message-ID: <m1@example.org>", "MIME-Version: 1.0", 'Content-Type: multipart/alternative; boundary="b"',
    )  # fmt: skip
    text = ("--b", "Content-Type: text/plain; charset=utf-8", "", "Plantednote: I will be there.")
    there = (
        "--b",
        f'Content-Type: {kind}; charset="UTF-8"; method={method}',
        f"Content-Transfer-Encoding: {encoding}",
        "",
    )
    return crlf(*top, "", *text, *there) + encoded + crlf("--b--")


def wrapped(text: bytes) -> bytes:
    coded = b64encode(text)
    return b"".join(coded[at : at + 76] + b"\r\n" for at in range(0, len(coded), 76))


GOOGLE = crlf(
    "Return-Path: <ann@example.org>",
    "Authentication-Results: mx.organisation.example; dkim=pass header.i=@google.com; dmarc=pass (p=NONE) header.from=example.org",
    "MIME-Version: 1.0",
    "Reply-To: ann@example.org",
    "Sender: Google Calendar <calendar-notification@google.com>",
    "Auto-Submitted: auto-generated",
    "Message-ID: <calendar-1@google.com>",
    "Date: Mon, 19 Oct 2026 09:30:00 +0000",
    "Subject: =?UTF-8?Q?Accepted=3A_Twenty_minutes=3A_Ann_and_Bob?=",
    "From: ann@example.org",
    "To: interlude@organisation.example",
    'Content-Type: multipart/mixed; boundary="000b"',
    "",
    "--000b",
    'Content-Type: multipart/alternative; boundary="000a"',
    "",
    "--000a",
    'Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes',
    "Content-Transfer-Encoding: base64",
    "",
    "QW5uIGhhcyBhY2NlcHRlZC4=",
    "--000a",
    'Content-Type: text/calendar; charset="UTF-8"; method=REPLY',
    "Content-Transfer-Encoding: 7bit",
    "",
    "BEGIN:VCALENDAR",
    "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
    "VERSION:2.0",
    "CALSCALE:GREGORIAN",
    "METHOD:REPLY",
    "BEGIN:VEVENT",
    "DTSTART:20261021T120000Z",
    "DTEND:20261021T122000Z",
    "DTSTAMP:20261019T093000Z",
    "ORGANIZER;CN=Interlude:mailto:interlude@organisation.example",
    "UID:p1@interlude.example",
    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=ann@ex",
    " ample.org;X-NUM-GUESTS=0:mailto:ann@example.org",
    "CLASS:PRIVATE",
    "CREATED:20261019T080001Z",
    "LAST-MODIFIED:20261019T092959Z",
    "SEQUENCE:0",
    "STATUS:CONFIRMED",
    "SUMMARY:Twenty minutes: Ann and Bob",
    "TRANSP:OPAQUE",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
    "--000a--",
    "--000b",
    'Content-Type: application/ics; name="invite.ics"',
    'Content-Disposition: attachment; filename="invite.ics"',
    "Content-Transfer-Encoding: base64",
    "",
    "QkVHSU46VkNBTEVOREFS",
    "--000b--",
)

_WEST_EUROPE = (
    "BEGIN:VTIMEZONE",
    "TZID:W. Europe Standard Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)

_OUTLOOK_TEXT = (
    "UID:p1@interlude.example",
    "SUMMARY;LANGUAGE=de-DE:Angenommen: Twenty minutes: Ann and Bob",
    "DTSTART;TZID=W. Europe Standard Time:20261021T140000",
    "DTEND;TZID=W. Europe Standard Time:20261021T142000",
    "CLASS:PRIVATE",
    "PRIORITY:5",
    "DTSTAMP:20261019T093000Z",
    "TRANSP:OPAQUE",
    "STATUS:CONFIRMED",
    "SEQUENCE:2",
    "X-MICROSOFT-CDO-APPT-SEQUENCE:2",
    "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
    "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
)


def exchange(*lines: str, method: str, attendee: str) -> bytes:
    """Without ORGANIZER, as Exchange Online and outlook.com write it; the whole calendar in base64."""
    text = calendar(*lines, method=method, attendee=attendee, zone=_WEST_EUROPE)
    return mail(
        text,
        "Thread-Topic: Twenty minutes: Ann and Bob",
        "X-MS-Has-Attach:",
        "X-MS-TNEF-Correlator:",
        method=method,
        encoding="base64",
    )


OUTLOOK = exchange(*_OUTLOOK_TEXT, method="REPLY", attendee="ATTENDEE;PARTSTAT=ACCEPTED;CN=Ann:MAILTO:ann@example.org")
OUTLOOK_NEW_TIME = exchange(
    *(line for line in _OUTLOOK_TEXT if not line.startswith("DT") or "DTSTAMP" in line),
    "DTSTART;TZID=W. Europe Standard Time:20261027T160000",
    "DTEND;TZID=W. Europe Standard Time:20261027T162000",
    "X-MS-OLK-ORIGINALSTART;TZID=W. Europe Standard Time:20261021T140000",
    "X-MS-OLK-ORIGINALEND;TZID=W. Europe Standard Time:20261021T142000",
    "COMMENT;LANGUAGE=de-DE:Plantednote\\n",
    method="COUNTER",
    attendee="ATTENDEE;PARTSTAT=TENTATIVE;CN=Ann:MAILTO:ann@example.org",
)

APPLE = mail(
    calendar(
        "CREATED:20261019T080001Z",
        "ORGANIZER;CN=Interlude;EMAIL=interlude@organisation.example:mailto:interlude@organisation.example",
        "ATTENDEE;CN=Ann;CUTYPE=INDIVIDUAL;EMAIL=ann@example.org;PARTSTAT=DECLINED:/principals/users/1234/",
        "DTSTART;TZID=Europe/Berlin:20261021T140000",
        "DTEND;TZID=Europe/Berlin:20261021T142000",
    ),
    "X-Mailer: Apple Mail (2.3774.600.62)",
    encoding="quoted-printable",
)

THUNDERBIRD = mail(
    calendar(
        "ORGANIZER;CN=Interlude:mailto:interlude@organisation.example",
        "ATTENDEE;CN=Ann;PARTSTAT=TENTATIVE;ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:mailto:ann@example.org",
        "LAST-MODIFIED:20261019T093000Z",
        "X-MOZ-RECEIVED-SEQUENCE:0",
        "X-MOZ-RECEIVED-DTSTAMP:20261019T080000Z",
        "SUMMARY:Zwölf\\, dreizehn",
    ),
    "User-Agent: Mozilla Thunderbird",
    encoding="8bit",
)

GOOGLE_NEW_TIME = mail(
    calendar(
        "DTSTART:20261027T150000Z",
        "DTEND:20261027T152000Z",
        "ORGANIZER;CN=Interlude:mailto:interlude@organisation.example",
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:mailto:bob@example.org",
        "ATTENDEE;PARTSTAT=TENTATIVE;CN=Ann:mailto:ann@example.org",
        "COMMENT:Plantednote",
        method="COUNTER",
    ),
    "Sender: Google Calendar <calendar-notification@google.com>",
    "Auto-Submitted: auto-generated",
    method="COUNTER",
)
