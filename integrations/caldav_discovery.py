"""From an address, a name and a password to the calendars behind them (RFC 6764, RFC 4791 section 6, RFC 5397)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from integrations.guarded_addresses import split
from integrations.ical_text import calendars
from integrations.ical_zones import iana
from integrations.webdav import NothingHere, WebDav, link, same_resource
from integrations.webdav_xml import Resource, tag
from mentoring.errors import InterludeError, Refused
from mentoring.ports import FoundCalendar

WELL_KNOWN = "/.well-known/caldav"
_CALENDAR = (
    "d:resourcetype",
    "d:displayname",
    "c:supported-calendar-component-set",
    "c:calendar-timezone",
    "c:calendar-timezone-id",
    "d:current-user-privilege-set",
    "c:schedule-calendar-transp",
)
_WAYS_ON = ("d:current-user-principal", "c:calendar-home-set")
_WRITES = ("d:write", "d:all", "d:write-content")


def found_calendars(dav: WebDav, address: str) -> tuple[FoundCalendar, ...]:
    """The calendars at an address: a server's, a principal's, a home's, or one calendar itself.

    Raises Reconnect for a wrong name or password, Refused when there is no calendar.
    """
    problem: InterludeError | None = None
    for url in _beginnings(address):
        try:
            if found := tuple(_from(dav, url)):
                return found
        except (NothingHere, Refused) as wrong:
            problem = wrong
    host = split(_beginnings(address)[0]).hostname
    raise Refused(f"no calendars were found at {host} with this address") from problem


def _beginnings(address: str) -> list[str]:
    """Where to look, in order. A bare name means https; an e-mail address means its domain (RFC 6764 section 6)."""
    typed = address.strip()
    if "://" not in typed:
        typed = f"https://{typed.rpartition('@')[2]}"
    parts = split(typed)
    well_known = f"{parts.scheme}://{parts.netloc}{WELL_KNOWN}"
    return [well_known, typed] if parts.path in {"", "/"} else [typed, well_known]


def _from(dav: WebDav, url: str) -> Iterator[FoundCalendar]:
    base, resources = dav.properties(url, (*_CALENDAR, *_WAYS_ON))
    if not resources:
        return
    here = resources[0]
    if _is_calendar(here):
        yield _found(base, here)
        return
    seen: set[str] = set()
    for home in _homes(dav, base, here):
        for calendar in _inside(dav, home):
            if calendar.href not in seen:
                seen.add(calendar.href)
                yield calendar


def _homes(dav: WebDav, base: str, here: Resource) -> list[str]:
    """The collections that hold calendars, as the resource itself or its user's principal names them."""
    homes = [link(base, href) for href in here.hrefs("c:calendar-home-set")]
    if homes:
        return homes
    if any(_is_calendar(each) for each in _children(dav, base)):
        return [base]
    for href in here.hrefs("d:current-user-principal"):
        at, principals = dav.properties(link(base, href), ("c:calendar-home-set",))
        homes += [link(at, home) for each in principals for home in each.hrefs("c:calendar-home-set")]
    return homes


def _children(dav: WebDav, url: str) -> tuple[Resource, ...]:
    return dav.properties(url, ("d:resourcetype",), depth=1)[1]


def _inside(dav: WebDav, home: str) -> list[FoundCalendar]:
    base, resources = dav.properties(home, _CALENDAR, depth=1)
    return [_found(base, each) for each in resources if _is_calendar(each)]


def _is_calendar(resource: Resource) -> bool:
    """A calendar collection that takes events; without a component set it takes all (RFC 4791 section 5.2.3)."""
    if not resource.has("d:resourcetype", "c:calendar"):
        return False
    components = resource.found.get(tag("c:supported-calendar-component-set"))
    if components is None:
        return True
    return "VEVENT" in {each.get("name", "").upper() for each in components.iter(tag("c:comp"))}


def _found(base: str, resource: Resource) -> FoundCalendar:
    href = link(base, resource.href or base)
    if same_resource(href, base):
        href = base
    return FoundCalendar(
        href=href if href.endswith("/") else f"{href}/",
        name=resource.text("d:displayname") or unquote(href.rstrip("/").rpartition("/")[2]),
        zone=_zone(resource),
        writable=_writable(resource),
        # A calendar that its owner left out of free/busy (RFC 6638 section 9.1) does not count unless they say so.
        counts_as_busy=not resource.has("c:schedule-calendar-transp", "c:transparent"),
    )


def _writable(resource: Resource) -> bool:
    if tag("d:current-user-privilege-set") not in resource.found:
        return True
    return any(resource.has("d:current-user-privilege-set", each) for each in _WRITES)


def _zone(resource: Resource) -> str:
    """The calendar's own zone by an IANA name; the empty string when it has none or one of its own making."""
    stated = resource.text("c:calendar-timezone-id")
    names = [stated] if stated else []
    written = resource.text("c:calendar-timezone")
    if written:
        try:
            parts = calendars(written.encode())[0].parts("VTIMEZONE")
            names += [tzid.value.strip() for part in parts if (tzid := part.one("TZID"))]
        except Refused:
            return ""
    zones: list[ZoneInfo] = [zone for name in names if (zone := iana(name))]
    return zones[0].key if zones else ""
