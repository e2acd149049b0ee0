"""What a mail server's answer means for who asked, told once for every stage of handing a mail over."""

from __future__ import annotations

import smtplib
import ssl
from datetime import timedelta

from mentoring.errors import InterludeError, Reconnect, Refused, TryLater, Unreachable, WrongServer
from mentoring.mail import Mailbox, Security

GREYLISTED = timedelta(minutes=5)
"""How long servers that turn a first attempt away on purpose usually want to be waited for."""

BROKEN_OFF = timedelta(minutes=1)
_ASKS_FOR_SIGN_IN = 530
_IS_CLOSING = 421
_BROKEN_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


def problem_of(problem: OSError, mailbox: Mailbox, *, too_long: bool) -> InterludeError:
    """The error that it amounts to. It names the server, and neither whom the mail is to nor what the server said.

    Only an answer to RCPT or DATA can be about this one mail. too_long: the time for the whole exchange was up,
    whatever it broke with.
    """
    host = mailbox.host
    if too_long:
        return Unreachable(f"{host} took too long to answer{_hint(mailbox)}", BROKEN_OFF)
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        ((code, _),) = problem.recipients.values()
        return _by_code(code, mailbox, Refused(f"{host} does not accept the address that it is to ({code})"), TryLater)
    if isinstance(problem, smtplib.SMTPResponseException):
        for_now = TryLater if isinstance(problem, smtplib.SMTPDataError) else Unreachable
        return _by_code(problem.smtp_code, mailbox, _for_good(problem, mailbox), for_now)
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        whose = Refused if mailbox.address.isascii() else WrongServer
        return whose(f"{host} takes no addresses with letters beyond a to z")
    if isinstance(problem, ssl.SSLCertVerificationError):
        return WrongServer(f"{host} has no valid certificate")
    if isinstance(problem, ssl.SSLError) and not isinstance(problem, _BROKEN_TLS):
        return WrongServer(f"{host} does not speak TLS at port {mailbox.port}: another port, or STARTTLS, may be right")
    if isinstance(problem, smtplib.SMTPException) and not isinstance(problem, smtplib.SMTPServerDisconnected):
        return WrongServer(f"{host} offers no way to sign in that we know")
    return Unreachable(f"{host} cannot be reached, or broke off{_hint(mailbox)}", BROKEN_OFF)


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
            return WrongServer(f"{mailbox.host} does not take mail from us ({problem.smtp_code})")


def _by_code(code: int, mailbox: Mailbox, for_good: InterludeError, for_now: type[TryLater]) -> InterludeError:
    """5xx is for good, and all else may pass (RFC 5321 section 4.2.1); 421 and 530 are never about one mail."""
    host = mailbox.host
    if code == _ASKS_FOR_SIGN_IN:
        return Reconnect(f"the mailbox does not let us in: {host} asks for a name and a password")
    if 500 <= code < 600:
        return for_good
    kind = Unreachable if code == _IS_CLOSING else for_now
    return kind(f"{host} asks us to come back later ({code})", GREYLISTED)


def says_no(code: int) -> bool:
    """Whether an answer means that what was handed over is not taken, be it for now."""
    return 400 <= code < 600


def _hint(mailbox: Mailbox) -> str:
    """Port 465 waits for TLS while we wait for its greeting (RFC 8314 section 3.3): the commonest slip of all."""
    return ": port 465 wants TLS from the start" if mailbox.port == 465 and mailbox.security is not Security.TLS else ""
