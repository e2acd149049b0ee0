"""What Interlude asks for at Google, and no more: https://developers.google.com/workspace/calendar/api/auth"""

from __future__ import annotations

from collections.abc import Iterable

from mentoring.doors import Errand

_AUTH = "https://www.googleapis.com/auth/"
OPENID, EMAIL = "openid", "email"
AVAILABILITY = f"{_AUTH}calendar.events.freebusy"
NAMES_OF_CALENDARS = f"{_AUTH}calendar.calendarlist.readonly"
OWN_EVENTS = f"{_AUTH}calendar.events.owned"

SCOPES: dict[Errand, tuple[str, ...]] = {
    Errand.SIGN_IN: (OPENID, EMAIL),
    Errand.CALENDARS: (AVAILABILITY, NAMES_OF_CALENDARS),
    Errand.ORGANISER: (OPENID, EMAIL, OWN_EVENTS),
}
_IN_WORDS = {
    OPENID: "knowing who signs in",
    EMAIL: "knowing your address",
    AVAILABILITY: "seeing when you are busy",
    NAMES_OF_CALENDARS: "seeing which calendars you have",
    OWN_EVENTS: "making events in your own calendar",
}
_LONG_NAMES = {f"{_AUTH}userinfo.email": EMAIL}


def granted(told: Iterable[str]) -> frozenset[str]:
    """The scopes that Google says were given, by the names that they are asked for with."""
    return frozenset(_LONG_NAMES.get(each, each) for each in told)


def missing(errand: Errand, given: frozenset[str]) -> tuple[str, ...]:
    """What was asked for and not given, in words: people can untick a permission each."""
    return tuple(_IN_WORDS[each] for each in SCOPES[errand] if each not in given)
