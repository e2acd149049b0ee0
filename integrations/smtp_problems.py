"""What a mail server's answer means for who asked, told once for every stage of handing a mail over."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta

from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.mail import Mailbox, Security

GREYLISTED = timedelta(minutes=5)
"""How long servers that turn a first attempt away on purpose usually want to be waited for."""

BROKEN_OFF = timedelta(minutes=1)
_ASKS_FOR_SIGN_IN = 530
_BROKEN_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def problem_of(problem: OSError, mailbox: Mailbox, *, too_long: bool) -> InterludeError:
    """The error that it amounts to. It names the server and the address, and repeats nothing that the server said.

    too_long: the time for the whole exchange was up, whatever it broke with.
    """
    host = mailbox.host
    if too_long:
        return TryLater(f"{host} took too long to answer{_hint(mailbox)}", BROKEN_OFF)
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        ((address, (code, _)),) = problem.recipients.items()
        return _by_code(code, mailbox, Refused(f"the address {address} is not accepted by {host}"))
    if isinstance(problem, smtplib.SMTPResponseException):
        return _by_code(problem.smtp_code, mailbox, _for_good(problem, mailbox))
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return Refused(f"{host} takes no addresses with letters beyond a to z")
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Refused(f"{host} has no valid certificate")
    if isinstance(problem, ssl.SSLError) and not isinstance(problem, _BROKEN_TLS):
        return Refused(f"{host} does not speak TLS at port {mailbox.port}: another port, or STARTTLS, may be right")
    if isinstance(problem, smtplib.SMTPException) and not isinstance(problem, smtplib.SMTPServerDisconnected):
        return Refused(f"{host} offers no way to sign in that we know")
    return TryLater(f"{host} cannot be reached, or broke off{_hint(mailbox)}", BROKEN_OFF)


def _for_good(problem: smtplib.SMTPResponseException, mailbox: Mailbox) -> InterludeError:
    """What it means at its stage that the server says no and will not change its mind."""
    match problem:
        case smtplib.SMTPAuthenticationError():
            return Reconnect("the mailbox does not let us in: its name or password is wrong")
        case smtplib.SMTPSenderRefused():
            return Reconnect(f"{mailbox.host} does not let {mailbox.address} send")
        case smtplib.SMTPDataError():
            return Refused(f"{mailbox.host} does not accept this mail ({problem.smtp_code})")
        case _:
            return Refused(f"{mailbox.host} does not take mail from us ({problem.smtp_code})")


def _by_code(code: int, mailbox: Mailbox, for_good: InterludeError) -> InterludeError:
    """5xx is for good, and all else may pass (RFC 5321 section 4.2.1)."""
    host = mailbox.host
    if code == _ASKS_FOR_SIGN_IN:
        return Reconnect(f"the mailbox does not let us in: {host} asks for a name and a password")
    return for_good if 500 <= code < 600 else TryLater(f"{host} asks us to come back later ({code})", GREYLISTED)


def _hint(mailbox: Mailbox) -> str:
    """Port 465 waits for TLS while we wait for its greeting (RFC 8314 section 3.3): the commonest slip of all."""
    return ": port 465 wants TLS from the start" if mailbox.port == 465 and mailbox.security is not Security.TLS else ""
