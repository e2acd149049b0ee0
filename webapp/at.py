"""Google and Microsoft in the addresses and words of pages, for the names that workflows know them by."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

NAMES = {"google": "Google", "outlook": "Microsoft"}
"""Who asks for the permission, as people know them."""

REMOVED_AT = {
    "google": "Remove Interlude there: myaccount.google.com/connections",
    "outlook": "Remove Interlude there: myapps.microsoft.com for an account at work, account.live.com/consent/Manage"
    " for a private one",
}
"""Where people end by themselves what they allowed Interlude."""

DOORS = {"google": "google", "microsoft": "outlook"}
"""By the word in the addresses that are registered there."""


class DoorConverter(BaseConverter):
    """/oauth/microsoft is about "outlook"."""

    regex = "|".join(DOORS)

    def to_python(self, value: str) -> str:
        return DOORS[value]

    def to_url(self, value: str) -> str:
        return next(word for word, provider in DOORS.items() if provider == value)


class WayConverter(BaseConverter):
    """/calendars/connect/outlook: as people call what they connect."""

    regex = "|".join(NAMES)
