"""What a calendar app does for one of the sample's people: fills their calendar, and answers an invite in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from icalendar import Calendar, Event

from integrations.guarded_http import GuardedHttp
from integrations.statuses import problem_of
from integrations.webdav import CALENDAR, WebDav, checked, link
from integrations.webdav_xml import query_uid
from mentoring.errors import ChangedMeanwhile, Refused
from mentoring.ports import Account
from mentoring.proposals import Partstat


@dataclass(frozen=True)
class Invite:
    """An invite as the app holds it: where it lies, which version, and its text."""

    href: str
    etag: str
    text: str


def publish(http: GuardedHttp, account: Account, calendar_url: str, text: bytes) -> bool:
    """Makes the calendar with those events, all at once, unless it is there already. Returns whether it was made."""
    answer = WebDav(http, account).send("PUT", calendar_url, CALENDAR | {"If-None-Match": "*"}, text)
    if answer.status == 412:
        return False
    if answer.status >= 300:
        raise problem_of(answer)
    return True


def exists(http: GuardedHttp, account: Account, calendar_url: str) -> bool:
    """Whether there is a calendar at that address."""
    answer = WebDav(http, account).send("PROPFIND", calendar_url, {"Depth": "0"})
    if answer.status == 404:
        return False
    if answer.status != 207:
        raise problem_of(answer)
    return True


def answer(
    http: GuardedHttp, account: Account, calendar_url: str, uid: str, owner: str, partstat: Partstat, now: datetime
) -> None:
    """Answers the invite of that UID as its owner's app does: reads it, changes their PARTSTAT, writes it back.

    Raises Refused when there is no such invite or the owner is not among its guests, ChangedMeanwhile when it was
    changed between the two.
    """
    dav = WebDav(http, account)
    invite = _invite(dav, calendar_url, uid)
    changed = CALENDAR | {"If-Match": invite.etag}
    written = dav.send("PUT", invite.href, changed, _answered(invite.text, owner, partstat, now))
    if written.status == 412:
        raise ChangedMeanwhile("the invite was changed between reading and answering it")
    if written.status >= 300:
        raise problem_of(written)


def _invite(dav: WebDav, calendar_url: str, uid: str) -> Invite:
    found = checked(dav.answered(dav.report(calendar_url, query_uid(uid))))
    for resource in found.resources:
        text = resource.text("c:calendar-data")
        if any(str(event["UID"]) == uid for event in _events(Calendar.from_ical(text))):
            return Invite(link(calendar_url, resource.href), resource.text("d:getetag"), text)
    raise Refused("there is no such invite in the calendar")


def _answered(text: str, owner: str, partstat: Partstat, now: datetime) -> bytes:
    vcalendar = Calendar.from_ical(text)
    for event in _events(vcalendar):
        guests = event.get("ATTENDEE", [])
        mine = [guest for guest in (guests if isinstance(guests, list) else [guests]) if _is(guest, owner)]
        if not mine:
            raise Refused("the owner is not among the guests of the invite")
        for guest in mine:
            guest.params["PARTSTAT"] = str(partstat)
            guest.params.pop("RSVP", None)
        event.pop("LAST-MODIFIED", None)
        event.add("LAST-MODIFIED", now)
    return bytes(vcalendar.to_ical())


def _events(vcalendar: Calendar) -> list[Event]:
    return cast("list[Event]", vcalendar.walk("VEVENT"))


def _is(guest: str, owner: str) -> bool:
    return guest.lower().removeprefix("mailto:") == owner.lower()
