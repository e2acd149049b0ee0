"""Where the replies to the mailbox are read by IMAP: tried first, saved only when its server lets us in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations import imap
from mentoring.errors import BadInput, InterludeError, Missing, Problem
from mentoring.mail import Cursor, Inbox, Security
from store import audit, inboxes, mailboxes
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.mailboxes import LONGEST, PORTS
from workflows.steering import admin
from workflows.views import Who

SAY_AGAIN = "fill it in: it goes to the server and for the user name that it was given for, and to no other"


@dataclass(frozen=True)
class TypedInbox:
    """An inbox as an admin types it. secret: empty for the one that is kept."""

    host: str
    port: int
    security: Security
    username: str
    secret: str = field(default="", repr=False)


def save(parts: Parts, who: Who, typed: TypedInbox) -> bool:
    """Keeps it, its password encrypted, once its server has let us in. What lies there already is not read, unless it
    came since the same inbox was read last. Returns whether the server tells of new mail by itself.

    Raises BadInput naming every field that is wrong, and as `imap.opened` does; then nothing is saved.
    """
    with parts.database.reading(who.organisation_id) as memory:
        admin(memory, who)
        inbox, before = _checked(memory, typed), inboxes.kept(memory)
    with imap.opened(inbox, parts.settings.allow_hosts) as session:
        idles, cursor = session.idles, _begin(session, inbox, before)
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        inboxes.save(memory, inbox, cursor, now)
        audit.note(memory, person.name, "had replies read by IMAP", inbox.host, now)
    return idles


def _begin(session: imap.Session, inbox: Inbox, before: inboxes.Kept | None) -> Cursor:
    """Where reading goes on, or else begins: an old mailbox holds years of mail."""
    if before is not None and before.cursor is not None and session.continues(before.cursor):
        same = (before.inbox.host, before.inbox.username) == (inbox.host, inbox.username)
        return before.cursor if same else session.now()
    return session.now()


def _checked(memory: Memory, typed: TypedInbox) -> Inbox:
    problems = [*_wrong(typed)]
    if mailboxes.kept(memory) is None:
        problems.append(Problem("", "first there must be a mailbox that invites come from: fill it in above"))
    secret = typed.secret or _kept_secret(memory, typed)
    if typed.username and not secret:
        problems.append(Problem("secret", SAY_AGAIN))
    if problems:
        raise BadInput(*problems)
    return Inbox(typed.host, typed.port, typed.security, typed.username, secret)


def _wrong(typed: TypedInbox) -> Iterator[Problem]:
    for name in ("host", "username"):
        text = getattr(typed, name)
        if not text:
            yield Problem(name, "it is missing")
        elif len(text) > LONGEST:
            yield Problem(name, f"it is over {LONGEST} characters; please shorten it")
        elif not text.isprintable():
            yield Problem(name, "it holds a character that is not text")
    if not typed.secret.isprintable():
        yield Problem("secret", "it holds a character that is not text")
    if typed.port not in PORTS:
        yield Problem("port", f"write a number from {PORTS[0]} to {PORTS[-1]}")


def _kept_secret(memory: Memory, typed: TypedInbox) -> str:
    """The password that is kept for that very server and user name, be it for sending: sent anywhere else, it would be
    given away. Raises Reconnect when no key opens it."""
    kept = inboxes.opened(memory)
    same = ("host", "port", "security", "username")
    if kept and all(getattr(kept, name) == getattr(typed, name) for name in same):
        return kept.secret
    sending = mailboxes.opened(memory)
    encrypted = Security.NONE not in (typed.security, sending.security if sending else Security.NONE)
    if sending and encrypted and (sending.host, sending.username) == (typed.host, typed.username):
        return sending.secret
    return ""


def forget(parts: Parts, who: Who) -> None:
    """From now on nobody reads replies there; what lies there stays."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person, kept = admin(memory, who), inboxes.kept(memory)
        inboxes.forget(memory)
        if kept is not None:
            audit.note(memory, person.name, "had replies no longer read by IMAP", kept.inbox.host, now)


def try_again(parts: Parts, who: Who) -> bool:
    """Signs in there now; whoever waits to try it again then does so. Returns whether the server tells of new mail.

    Raises Missing where there is no inbox, and as `imap.opened` does; then what is wrong is noted.
    """
    with parts.database.reading(who.organisation_id) as memory:
        admin(memory, who)
        inbox = inboxes.opened(memory)
    if inbox is None:
        raise Missing("inbox")
    try:
        with imap.opened(inbox, parts.settings.allow_hosts) as session:
            idles = session.idles
    except InterludeError as problem:
        _note(parts, who, inbox, str(problem))
        raise
    _note(parts, who, inbox, "")
    return idles


def _note(parts: Parts, who: Who, inbox: Inbox, words: str) -> None:
    with parts.database.writing(who.organisation_id) as memory:
        inboxes.note_problem(memory, inbox, words)
