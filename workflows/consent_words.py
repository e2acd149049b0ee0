"""What each permission at Google or Microsoft would let Interlude see, and what Interlude asks for, in people's words.

A test holds this against what is really asked: a scope without a paragraph here, or a field without words, fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mentoring.doors import Errand


@dataclass(frozen=True)
class Permission:
    """One that is asked for. scopes: what the provider calls it. says: for each field that is asked for under it, by
    its name there, the words that tell of it."""

    title: str
    words: str
    scopes: tuple[str, ...]
    says: Mapping[str, str] = field(default_factory=dict)


_LASTING = "So that nobody has to sign in each time, until it is ended."

PERMISSIONS: Mapping[tuple[str, Errand], tuple[Permission, ...]] = {
    ("google", Errand.CALENDARS): (
        Permission(
            "See when you are busy",
            "It would let us see that in every calendar that you can see. In those that you choose, we ask Google for"
            " the start and end of what makes you busy, and whether anything has changed. Where a meeting from"
            " Interlude lies in that time, we ask about the events from two hours before it to two hours after: an id"
            " to know our own by, start and end, whether it still stands, whether it leaves you free, and whether you"
            " accepted. Google keeps titles, notes, places and guests from us.",
            ("https://www.googleapis.com/auth/calendar.events.freebusy",),
            {
                "id": "an id to know our own by",
                "iCalUID": "an id to know our own by",
                "status": "whether it still stands",
                "transparency": "whether it leaves you free",
                "start": "start and end",
                "end": "start and end",
                "attendees": "whether you accepted",
                "self": "whether you accepted",
                "responseStatus": "whether you accepted",
            },
        ),
        Permission(
            "See which calendars you have",
            "It would let us see their descriptions and colours as well. We ask for their ids, names and time zones,"
            " which one is your first, which are yours to write in and which you have on display, so that you can"
            " choose the ones that count. The first one’s name is your address at Google: by it the page of your"
            " calendars names the account.",
            ("https://www.googleapis.com/auth/calendar.calendarlist.readonly",),
            {
                "id": "their ids",
                "summary": "names",
                "summaryOverride": "names",
                "timeZone": "time zones",
                "primary": "which one is your first",
                "accessRole": "which are yours to write in",
                "selected": "which you have on display",
            },
        ),
    ),
    ("outlook", Errand.CALENDARS): (
        Permission(
            "Read basic details of your calendars",
            "It would let us see titles, places and guests as well, since Microsoft offers nothing narrower. Of your"
            " calendars we ask for ids, names and owners, which is the default and which you may change, so that you"
            " can choose the ones that count. Of what is in those, we ask for an id to know our own meetings by, start"
            " and end, whether it lasts all day, is one of a series or is cancelled, whether it shows you as free,"
            " busy or away, and whether you accepted. Nothing else is asked for, so the rest never leaves Microsoft.",
            ("Calendars.ReadBasic",),
            {
                "id": "an id to know our own meetings by",
                "iCalUId": "an id to know our own meetings by",
                "start": "start and end",
                "end": "start and end",
                "isAllDay": "lasts all day",
                "type": "is one of a series",
                "isCancelled": "is cancelled",
                "showAs": "free, busy or away",
                "responseStatus": "whether you accepted",
                "name": "names",
                "owner": "owners",
                "isDefaultCalendar": "which is the default",
                "canEdit": "which you may change",
            },
        ),
        Permission(
            "Read your mailbox settings",
            "It would let us see your language and automatic replies as well. We ask for your time zone only, so that"
            " a day off is the whole of your day.",
            ("MailboxSettings.Read",),
            {"timeZone": "your time zone only"},
        ),
        Permission(
            "See who you are",
            "Your name and address there. The page of your calendars names the account by the address.",
            ("openid", "profile"),
        ),
        Permission("Keep the access you have given", _LASTING, ("offline_access",)),
    ),
    ("google", Errand.ORGANISER): (
        Permission("See its address", "It is the one that invites come from.", ("openid", "email")),
        Permission(
            "See, create, change and delete events in calendars that it owns",
            "Nothing of it is read but the events that Interlude made: id and version, whether it still stands, when"
            " it last changed, start and end, and each guest’s address and answer.",
            ("https://www.googleapis.com/auth/calendar.events.owned",),
            {
                "id": "id and version",
                "iCalUID": "id and version",
                "etag": "id and version",
                "status": "whether it still stands",
                "updated": "when it last changed",
                "start": "start and end",
                "end": "start and end",
                "attendees": "each guest’s address and answer",
                "email": "address",
                "responseStatus": "answer",
            },
        ),
    ),
    ("outlook", Errand.ORGANISER): (
        Permission("See who it is", "Its name and address: invites come from them.", ("openid", "profile")),
        Permission(
            "Have full access to its calendars",
            "Microsoft knows nothing smaller for making events, so give Interlude an account that has nothing else in"
            " its calendar. Nothing of it is read but the events that Interlude made: id, whether it is cancelled, when"
            " it last changed, start and end, the guests and their answers, and right before it is changed its title"
            " and text as well.",
            ("Calendars.ReadWrite",),
            {
                "id": "id",
                "iCalUId": "id",
                "isCancelled": "whether it is cancelled",
                "lastModifiedDateTime": "when it last changed",
                "start": "start and end",
                "end": "start and end",
                "attendees": "the guests and their answers",
                "subject": "its title",
                "body": "text",
            },
        ),
        Permission("Keep the access it has given", _LASTING, ("offline_access",)),
    ),
}


def permissions(provider: str, errand: Errand) -> tuple[Permission, ...]:
    """What is asked of whom that provider asks to agree, in the order that it is shown in."""
    return PERMISSIONS[provider, errand]
