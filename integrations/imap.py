"""Reading what comes in to an organisation's mailbox by IMAP (RFC 9051), guarded as every address that a user gave.

Nothing there is changed: INBOX is opened with EXAMINE, and mails are fetched with BODY.PEEK.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date

from integrations.guarded_addresses import Gate, Resolver, resolve
from integrations.imap_client import Client, Seconds, signed_in
from integrations.imap_lines import MOST_TOLD
from integrations.mail_in import HEADER_BYTES, MOST_BYTES
from mentoring.mail import Cursor, Inbox

BATCH = 50
"""How many mails' sizes are asked for at a time. The mails themselves come one by one."""


@dataclass(frozen=True)
class Fetched:
    """One mail as it came. at: how far the inbox is read once this one is kept. whole: False for one beyond 1 MiB, of
    which only header lines were fetched."""

    at: Cursor
    raw: bytes = field(repr=False)
    whole: bool = True


class Session:
    """The inbox, open. idles: whether the server tells of new mail by itself (IDLE, RFC 2177).

    Every method raises Unreachable when the server is away, slow or confused; then the session is over.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        told = client.examine()
        self._validity, self._next = int(told.get(b"UIDVALIDITY", 0)), int(told.get(b"UIDNEXT", 0))
        self.idles = client.idles()

    def now(self) -> Cursor:
        """After everything that was there when the session began."""
        if self._next:
            return Cursor(self._validity, self._next - 1)
        return Cursor(self._validity, max(self._client.search("UID", "1:*"), default=0))  # RFC 3501 section 7.1

    def continues(self, cursor: Cursor) -> bool:
        """Whether its UIDs still mean what they did."""
        return cursor.validity == self._validity

    def news(self, cursor: Cursor, since: date) -> Iterator[Fetched]:
        """What came after the cursor, in that order; where that means nothing any more, what came since that day."""
        uids = self._uids(cursor, since)
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            sizes = self._client.fetch(batch, "RFC822.SIZE")
            for uid in batch:
                fetched = self._fetched(uid, int(sizes[uid].get(b"RFC822.SIZE", 0))) if uid in sizes else None
                if fetched is not None:  # somebody else may have deleted it meanwhile
                    yield fetched

    def _uids(self, cursor: Cursor, since: date) -> Sequence[int]:
        if not self.continues(cursor):
            return self._client.search("SINCE", since)
        # "n:*" always holds the last mail, whatever its UID (RFC 9051 section 9, seq-range).
        return [uid for uid in self._client.search("UID", f"{cursor.last + 1}:*") if uid > cursor.last]

    def _fetched(self, uid: int, size: int) -> Fetched | None:
        whole = size <= MOST_BYTES
        part = "BODY.PEEK[]" if whole else f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"
        told = self._client.fetch([uid], part, most=MOST_BYTES + MOST_TOLD).get(uid, {})
        raw = next((value for name, value in told.items() if name.startswith(b"BODY[")), None)
        return None if raw is None else Fetched(Cursor(self._validity, uid), raw, whole)

    def listening(self) -> AbstractContextManager[Callable[[float], bool]]:
        """Within, the server may tell of new mail. Yields what to ask whether it told anything in so many seconds."""
        return self._client.listening(self.idles)


@contextmanager
def opened(
    inbox: Inbox,
    allow_hosts: frozenset[str],
    *,
    resolver: Resolver = resolve,
    ca_bundle: str = "",
    seconds: Seconds | None = None,
) -> Iterator[Session]:
    """The inbox, while entered.

    Raises Reconnect when the server does not let us in, WrongServer when there is none, or none where we may go safely,
    Unencrypted where nothing would be encrypted on the way, and Unreachable for what may pass.
    """
    client = signed_in(inbox, Gate(allow_hosts, resolver), ca_bundle, seconds or Seconds())
    try:
        yield Session(client)
    except BaseException:
        # Whatever ends the session early, an interrupt too: the connection goes with it, and what ended it goes on.
        client.hang_up()
        raise
    client.close()


__all__ = ["Fetched", "Seconds", "Session", "opened"]
