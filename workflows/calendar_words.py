"""How a connected account is called, to people: what it is, and where, without what only its owner may know."""

from __future__ import annotations

from urllib.parse import urlsplit

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
    """What may be shown of an address: whoever has a feed's address can read it, so only its host."""
    parsed = urlsplit(connection.address)
    host = parsed.netloc.rpartition("@")[2]
    return host if connection.provider == "ics" else f"{host}{parsed.path}"
