"""How a connected account is called, to its owner and to admins: what it is, and where."""

from __future__ import annotations

from urllib.parse import urlsplit

from mentoring.domains import domain_of
from store.calendars import Connection

KINDS = {
    "caldav": "CalDAV",
    "ics": "Calendar feed",
    "google": "Google Calendar",
    "outlook": "Outlook",
}

TELLERS = {"google": "Google", "outlook": "Microsoft"}
"""Who tells of changes by itself."""


def kind(provider: str) -> str:
    return KINDS.get(provider, provider)


def place(connection: Connection) -> str:
    """What its owner is shown of an address: whoever has a feed's address can read it, so only its host."""
    if connection.provider == "ics":
        return _host(connection)
    return f"{_host(connection)}{urlsplit(connection.address).path}"


def for_admins(connection: Connection, email: str) -> str:
    """What admins are told of an account: its kind, and where it is, never whose name it goes by there.

    email: its owner's. An account by consent is its address, so only the domain is said, and only one that admins know
    the owner by anyway: any other is private.
    """
    where = _host(connection)
    if connection.subject:
        domain = domain_of(connection.username)
        where = domain if domain == domain_of(email) else ""
    return f"{kind(connection.provider)}, {where}" if where else kind(connection.provider)


def _host(connection: Connection) -> str:
    return urlsplit(connection.address).netloc.rpartition("@")[2]
