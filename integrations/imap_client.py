"""IMAPClient as we use it: over lines of our own, each exchange bounded, its errors told in ours, its logging off."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from imapclient import IMAPClient, SocketTimeout

from integrations.deadlines import Deadline
from integrations.guarded_addresses import Gate
from integrations.imap_lines import MOST_TOLD, Lines
from integrations.imap_problems import Stage, problem_of
from integrations.trust import trusting
from mentoring.errors import Refused, TryLater, Unencrypted, Unreachable, WrongServer
from mentoring.mail import Inbox, Security

T = TypeVar("T")


@dataclass(frozen=True)
class Seconds:
    """How long to connect to one address, to wait for one answer, and for one exchange in all."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 25.0


class Client:
    """A connection that is signed in. Every method raises Unreachable when the server is away, slow or confused."""

    def __init__(self, connection: Connection, inbox: Inbox, seconds: Seconds) -> None:
        self._connection, self._inbox, self._seconds = connection, inbox, seconds

    def examine(self) -> dict[bytes, Any]:
        """Opens INBOX so that nothing there can be changed; what the server tells of it. Raises WrongServer."""
        return self._ask(lambda: self._connection.select_folder("INBOX", readonly=True), Stage.OPENING)  # type: ignore[no-untyped-call]

    def idles(self) -> bool:
        return bool(self._ask(lambda: self._connection.has_capability("IDLE")))  # type: ignore[no-untyped-call]

    def search(self, *criteria: Any) -> list[int]:
        """The UIDs that fit, lowest first."""
        return sorted(self._ask(lambda: self._connection.search(list(criteria))))  # type: ignore[no-untyped-call]

    def fetch(self, uids: Sequence[int], part: str, most: int = MOST_TOLD) -> dict[int, dict[bytes, Any]]:
        """By UID. Lacks those that are there no more."""
        return self._ask(lambda: self._connection.fetch(uids, [part]), most=most)  # type: ignore[no-untyped-call]

    @contextmanager
    def listening(self, idles: bool) -> Iterator[Callable[[float], bool]]:
        """Within, the server may tell of new mail, where it does. Yields what to ask whether anything was told within
        so many seconds."""
        if idles:
            self._ask(self._connection.idle)
        yield self._connection.lines.heard
        self._ask(self._connection.idle_done if idles else self._connection.noop)

    def close(self) -> None:
        with suppress(Unreachable, OSError):
            self._ask(self._connection.logout)
        self._connection.hang_up()

    def hang_up(self) -> None:
        self._connection.hang_up()

    def _ask(self, ask: Callable[[], T], stage: Stage = Stage.READING, most: int = MOST_TOLD) -> T:
        return self._connection.ask(ask, self._inbox, stage, self._seconds, most)


class Connection(IMAPClient):
    """At DEBUG imaplib tells every line, mails included: that is off."""

    def __init__(self, inbox: Inbox, gate: Gate, context: ssl.SSLContext, seconds: Seconds) -> None:
        self._gate, self._seconds = gate, seconds
        super().__init__(
            inbox.host.strip("[]"),
            inbox.port,
            ssl=inbox.security is Security.TLS,
            ssl_context=context,
            timeout=SocketTimeout(seconds.connect, seconds.read),  # type: ignore[arg-type]
        )
        self.lines.debug = 0

    @property
    def lines(self) -> Lines:
        lines: Lines = self._imap
        return lines

    def _create_IMAP4(self) -> Lines:  # noqa: N802 (the package's name)
        context = self.ssl_context if self.ssl else None
        return Lines(self.host, self.port, self._gate, context, self._seconds.connect, self._seconds.read)

    def ask(self, ask: Callable[[], T], inbox: Inbox, stage: Stage, seconds: Seconds, most: int) -> T:
        """One exchange."""
        self.lines.may_tell = most
        with _translated(inbox, stage, seconds) as deadline:
            deadline.watch(self.lines.sock)
            return ask()

    def hang_up(self) -> None:
        with suppress(OSError):
            self.shutdown()

    def sign_in(self, inbox: Inbox) -> None:
        """SASL PLAIN where offered: it takes letters of every kind (RFC 4616). LOGIN takes those from a to z."""
        offered = self.capabilities()  # type: ignore[no-untyped-call]
        if b"AUTH=PLAIN" in offered:
            self.plain_login(inbox.username, inbox.secret)  # type: ignore[no-untyped-call]
        elif b"LOGINDISABLED" in offered:
            raise WrongServer(f"{inbox.host} takes no password at port {inbox.port}")
        elif f"{inbox.username}{inbox.secret}".isascii():
            self.login(_quoted(inbox.username), inbox.secret)
        else:
            raise WrongServer(f"{inbox.host} takes no names or passwords with letters beyond a to z")


def _quoted(text: str) -> str:
    """imaplib quotes the password, and not the name."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@contextmanager
def _translated(inbox: Inbox, stage: Stage, seconds: Seconds) -> Iterator[Deadline]:
    """Foreign errors become ours here, once. Their own words are left behind: they may repeat the name or a mail."""
    with Deadline(seconds.total) as deadline:
        try:
            yield deadline
        except (OSError, imaplib.IMAP4.error, ValueError) as problem:
            kind = ConnectionError(type(problem).__name__)
            raise problem_of(problem, inbox, stage, too_long=deadline.passed) from kind


def signed_in(inbox: Inbox, gate: Gate, ca_bundle: str, seconds: Seconds) -> Client:
    """Raises Reconnect when the server does not let us in, WrongServer when there is none, or none where we may go
    safely, Unencrypted where nothing would be encrypted on the way, and Unreachable for what may pass."""
    if inbox.security is Security.NONE and not gate.allowed_by_name(inbox.host, inbox.port):
        raise Unencrypted(
            f"without encryption mail is read only from a server that whoever runs Interlude has allowed, and"
            f" {inbox.host}:{inbox.port} is none; choose TLS or STARTTLS"
        )
    context = trusting(ca_bundle)
    connection = _greeted(inbox, gate, context, seconds)
    try:
        if inbox.security is Security.STARTTLS:
            connection.ask(lambda: connection.starttls(context), inbox, Stage.ENCRYPTING, seconds, MOST_TOLD)
        connection.ask(lambda: connection.sign_in(inbox), inbox, Stage.SIGNING_IN, seconds, MOST_TOLD)
    except BaseException:
        # As in imap.opened: no connection is left behind, and what went wrong goes on.
        connection.hang_up()
        raise
    return Client(connection, inbox, seconds)


def _greeted(inbox: Inbox, gate: Gate, context: ssl.SSLContext, seconds: Seconds) -> Connection:
    try:
        with _translated(inbox, Stage.CONNECTING, seconds):
            return Connection(inbox, gate, context, seconds)
    except Refused as problem:
        raise WrongServer(str(problem)) from problem
    except TryLater as problem:
        raise problem if isinstance(problem, Unreachable) else Unreachable(str(problem), problem.after) from problem
