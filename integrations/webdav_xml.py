"""The XML of WebDAV and CalDAV: what is asked, and multistatus answers as values (RFC 4918 section 13)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mentoring.errors import Refused, TryLater

DAV, CALDAV, CALSERVER = "DAV:", "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/"
PREFIXES = {"d": DAV, "c": CALDAV, "cs": CALSERVER}


_STATUS = re.compile("[1-5][0-9]{2}")


def tag(name: str) -> str:
    """ "c:calendar" as ElementTree names it."""
    prefix, local = name.split(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


@dataclass(frozen=True)
class Resource:
    """One response of a multistatus.

    status: of the whole resource, 200 unless said otherwise. found: the properties with 200. failed: the
    worst status of a property that is neither found nor simply absent (404); 0 for none.
    """

    href: str
    status: int
    found: dict[str, Any] = field(default_factory=dict, repr=False)
    failed: int = 0

    def text(self, name: str) -> str:
        """The text of a property, or the empty string when it is absent."""
        element = self.found.get(tag(name))
        return (element.text or "").strip() if element is not None else ""

    def hrefs(self, name: str) -> list[str]:
        element = self.found.get(tag(name))
        inside = element.iter(tag("d:href")) if element is not None else ()
        return [each.text.strip() for each in inside if each.text]

    def has(self, name: str, child: str) -> bool:
        """Whether that property contains that element."""
        element = self.found.get(tag(name))
        return element is not None and element.find(f".//{tag(child)}") is not None


@dataclass(frozen=True)
class Multistatus:
    resources: tuple[Resource, ...]
    sync_token: str = ""


def multistatus(body: bytes) -> Multistatus:
    """Raises TryLater for an answer that is cut off or no XML, Refused for one that is no multistatus or an attack."""
    root = _parsed(body)
    if root.tag != tag("d:multistatus"):
        raise Refused("this server does not answer like a calendar server")
    token = root.find(tag("d:sync-token"))
    resources = tuple(_resource(each) for each in root.findall(tag("d:response")))
    return Multistatus(resources, (token.text or "").strip() if token is not None else "")


def conditions(body: bytes) -> frozenset[str]:
    """The preconditions that an error names (RFC 4918 section 16), as local names; none for another body."""
    try:
        root = _parsed(body)
    except (Refused, TryLater):
        return frozenset()
    if root.tag != tag("d:error"):
        return frozenset()
    return frozenset(each.tag.rpartition("}")[2] for each in root.iter() if isinstance(each.tag, str))


def _parsed(body: bytes) -> Any:
    try:
        return fromstring(body, forbid_dtd=True)
    except DefusedXmlException as problem:
        raise Refused("this server's answer defines entities, which no calendar server does") from problem
    except (ParseError, ValueError, LookupError) as problem:
        raise TryLater("the server's answer is damaged or cut off") from problem


def _resource(response: Any) -> Resource:
    href = response.find(tag("d:href"))
    found: dict[str, Any] = {}
    failed = 0
    for propstat in response.findall(tag("d:propstat")):
        status, prop = _status(propstat, 200), propstat.find(tag("d:prop"))
        if 200 <= status < 300:
            found.update({each.tag: each for each in (prop if prop is not None else ())})
        elif status != 404:
            failed = max(failed, status)
    return Resource(
        href=(href.text or "").strip() if href is not None else "",
        status=_status(response, 200),
        found=found,
        failed=failed,
    )


def _status(element: Any, otherwise: int) -> int:
    """A status line such as "HTTP/1.1 200 OK"; one that cannot be read is a server's fault, not a success."""
    stated = element.find(tag("d:status"))
    if stated is None:
        return otherwise
    words = (stated.text or "").split()
    return int(words[1]) if len(words) > 1 and _STATUS.fullmatch(words[1]) else 500


def _document(name: str, inside: str) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    return f'<?xml version="1.0" encoding="utf-8"?><{name} {spaces}>{inside}</{name}>'.encode()


def _props(names: Iterable[str]) -> str:
    return "<d:prop>" + "".join(f"<{name}/>" for name in names) + "</d:prop>"


def propfind(names: Iterable[str]) -> bytes:
    return _document("d:propfind", _props(names))


def sync_collection(token: str) -> bytes:
    """What changed since the token (RFC 6578)."""
    inside = f"<d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>{_props(['d:getetag'])}"
    return _document("d:sync-collection", inside)


_TIMES = (
    "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP",
    "STATUS", "TRANSP", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS",
)  # fmt: skip

# What tells a time and no more (RFC 4791 section 9.6): titles and places stay with a server that can leave them out.
_TIMES_ONLY = (
    '<c:calendar-data><c:comp name="VCALENDAR"><c:prop name="VERSION"/><c:prop name="X-WR-TIMEZONE"/>'
    '<c:comp name="VEVENT">' + "".join(f'<c:prop name="{name}"/>' for name in _TIMES) + "</c:comp>"
    '<c:comp name="VTIMEZONE"><c:allprop/><c:allcomp/></c:comp></c:comp></c:calendar-data>'
)


def multiget(hrefs: Iterable[str], times_only: bool) -> bytes:
    """The objects of those names (RFC 4791 section 7.9), with what tells their times or with everything."""
    wanted = _TIMES_ONLY if times_only else "<c:calendar-data/>"
    named = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return _document("c:calendar-multiget", f"<d:prop><d:getetag/>{wanted}</d:prop>{named}")


def query_uid(uid: str) -> bytes:
    """The events whose UID contains that text; the match is a substring one (RFC 4791 section 9.7.5)."""
    match = f'<c:text-match collation="i;octet">{escape(uid)}</c:text-match>'
    filtered = (
        '<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
        f'<c:prop-filter name="UID">{match}</c:prop-filter></c:comp-filter></c:comp-filter>'
    )
    inside = f"<d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter>{filtered}</c:filter>"
    return _document("c:calendar-query", inside)
