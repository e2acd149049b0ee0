"""What a reading of a calendar leaves for the next one: the server's own marks, and what they stand for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.intervals import Interval
from mentoring.ports import Account, FoundCalendar

AHEAD = timedelta(days=1)
"""How much further than asked a reading goes, so that a window that rolls with the clock is still covered."""


@dataclass(frozen=True)
class Cursor:
    """marks: ETag, sync token and the like. about: of which account and settings. covers: what was read."""

    about: str
    covers: Interval
    marks: dict[str, str]

    def __str__(self) -> str:
        covers = [self.covers.start.isoformat(), self.covers.end.isoformat()]
        return json.dumps({"about": self.about, "covers": covers, "marks": self.marks}, sort_keys=True)

    @classmethod
    def usable(cls, text: str, about: str, window: Interval) -> Cursor | None:
        """The cursor, if it is one and "nothing changed since" would answer the question asked now."""
        held = cls.held(text, about)
        return held if held is not None and held.covers.contains(window) else None

    @classmethod
    def held(cls, text: str, about: str) -> Cursor | None:
        """The cursor, if it is one of the same account and settings, whatever window it was for."""
        try:
            held = json.loads(text) if text else {}
            start, end = (datetime.fromisoformat(each) for each in held["covers"])
            cursor = cls(held["about"], Interval(start, end), {str(k): str(v) for k, v in held["marks"].items()})
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return cursor if cursor.about == about else None


def about(account: Account, calendar: FoundCalendar) -> str:
    """A fingerprint of everything that changes what a reading means: another owner, another zone, another address."""
    said = [account.provider, account.address, account.username, account.zone, calendar.href, calendar.zone]
    return hashlib.sha256("\n".join([*said, *sorted(account.owners)]).encode()).hexdigest()[:16]


def ahead(window: Interval) -> Interval:
    return Interval(window.start, window.end + AHEAD)
