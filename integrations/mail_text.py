"""A mail as it travels: its words twice, its event twice, and the header lines that programs go by.

multipart/mixed{ multipart/alternative{ text/plain, text/html, text/calendar; method=… }, invite.ics }, as Google and
Exchange write it: some programs look for the calendar among the alternatives, some among the attachments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, Policy
from hashlib import sha256

from integrations.imip import message
from integrations.mail_blocks import as_html, as_text, one_line
from integrations.mail_headers import as_address
from mentoring.errors import Refused
from mentoring.mail import Mail, Mailbox

NO_ANSWERS_BY_MACHINES = "DR, RN, NRN, OOF, AutoReply"
"""All that Exchange would answer by itself but NDR: that an address does not exist should come back
([MS-OXCMAIL] 2.1.3.2.20)."""


class _Unbroken(UnstructuredHeader):
    """A header line that is never folded: the standard library would break a long address into encoded words."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Unbroken)  # type: ignore[arg-type]
POLICY = SMTP.clone(header_factory=_HEADERS)


def as_message(mail: Mail, mailbox: Mailbox, zone: str) -> EmailMessage:
    """The mail from that mailbox, its event with times in that zone: the same bytes for the same mail.

    Raises Refused for an address that no mail can be sent to.
    """
    written = EmailMessage(policy=POLICY)
    written["From"] = _address(mailbox.name, mailbox.address)
    written["To"] = _address(mail.to_name, mail.to_address)
    written["Subject"] = one_line(mail.subject)
    written["Date"] = mail.at.astimezone(UTC)
    written["Message-ID"] = f"<{mail.message_id}>"
    written["MIME-Version"] = "1.0"
    for name, value in _for_machines(mail):
        written[name] = value
    parts = [_words(as_text(mail.blocks), "plain"), _words(as_html(mail.blocks, mail.subject), "html")]
    if mail.event is None or mail.method is None:
        _fill(written, "alternative", mail, parts)
        return written
    calendar = message(mail.event, mail.method, zone)
    alternatives = MIMEPart(policy=POLICY)
    _fill(alternatives, "alternative", mail, [*parts, _calendar(calendar, mail.method.value)])
    _fill(written, "mixed", mail, [alternatives, _attached(calendar)])
    return written


def _for_machines(mail: Mail) -> Iterable[tuple[str, str]]:
    if mail.event is None:
        # RFC 3834 section 5. Not on invites: what takes those in by itself may pass over mail that says so, as Xandikos
        # does (xandikos.imip.is_auto_submitted); Google does not say it of its invites either.
        yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", NO_ANSWERS_BY_MACHINES
    if mail.stop_url:
        yield "List-Unsubscribe", f"<{_url(mail.stop_url)}>"
        if mail.stop_url.startswith("https://"):
            # One click is for https only (RFC 8058 section 3.1).
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _address(name: str, mailbox: str) -> Address:
    """With a domain that every server knows (RFC 5891); a name before the @ that few do is left to the server."""
    local, _, domain = mailbox.strip().rpartition("@")
    try:
        if not as_address(mailbox):
            raise Refused("this is not an address that mail can be sent to")
        return Address(one_line(name), local, domain.encode("idna").decode())
    except UnicodeError as problem:
        raise Refused("this is not an address that mail can be sent to") from problem


def _url(url: str) -> str:
    """Without what would end the angle brackets, or the line."""
    return "".join(letter for letter in url if "!" <= letter <= "~" and letter not in "<>")


def _words(text: str, kind: str) -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    part.set_content(text, subtype=kind, charset="utf-8", cte="quoted-printable")
    return part


def _calendar(calendar: bytes, method: str) -> MIMEPart:
    """In base64, as Exchange does: no server on the way breaks a line of it or its last."""
    part = MIMEPart(policy=POLICY)
    part.set_content(calendar.decode(), subtype="calendar", charset="utf-8", cte="base64", params={"method": method})
    return part


def _attached(calendar: bytes) -> MIMEPart:
    part = MIMEPart(policy=POLICY)
    name = "invite.ics"
    part.set_content(
        calendar, "application", "ics", cte="base64", disposition="attachment", filename=name, params={"name": name}
    )
    return part


def _fill(whole: MIMEPart, kind: str, mail: Mail, parts: Iterable[MIMEPart]) -> None:
    """The boundary is of the mail: a random one would make each repeat another mail."""
    mark = sha256(f"{kind} {mail.message_id}".encode()).hexdigest()[:32]
    # Neither quoted-printable nor base64 can hold "=_" (RFC 2045 section 6.7).
    whole["Content-Type"] = f'multipart/{kind}; boundary="=_{mark}"'
    for part in parts:
        whole.attach(part)
