"""A calendar published as a file: read only, asked for again only when it changed (RFC 9110 section 13)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

from integrations.cursors import Cursor, about, ahead
from integrations.guarded_http import Answer, Credentials, GuardedHttp
from integrations.ical import busy_events
from integrations.ical_text import calendars
from integrations.ical_zones import iana
from integrations.statuses import problem_of
from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.ports import NOTHING_OF_OURS, Account, Capability, FoundCalendar, KeyOf, Own

THE_ONLY_ONE = "feed"
"""The name of a feed's one calendar. Not its address: a private feed's address is its password."""


class IcsFeed:
    """Reads an ICS feed at account.address; username and secret are sent if they are set."""

    name = "ics"
    capabilities = frozenset({Capability.READ})

    def __init__(self, http: GuardedHttp) -> None:
        self._http = http

    def discover(self, account: Account) -> tuple[FoundCalendar, ...]:
        """The feed as one calendar, after reading all of it once."""
        answer = self._asked(account, {})
        if answer.status != 200:
            raise problem_of(answer)
        # Any window will do: every event is read before it is known whether it lies inside.
        some_day = Interval.lasting(datetime(2026, 1, 1, tzinfo=UTC), 1)
        busy_events(answer.body, some_day, zone=account.zone, owners=account.owners, key_of=str)
        first = calendars(answer.body)[0]
        title, zone = first.one("X-WR-CALNAME"), first.one("X-WR-TIMEZONE")
        name = title.value.strip() if title else ""
        return (
            FoundCalendar(
                href=THE_ONLY_ONE,
                name=name or urlsplit(answer.url).hostname or "",
                zone=found.key if zone and (found := iana(zone.value.strip())) else "",
            ),
        )

    def read(
        self,
        account: Account,
        calendar: FoundCalendar,
        window: Interval,
        key_of: KeyOf,
        cursor: str,
        now: datetime,
        own: Own = NOTHING_OF_OURS,
    ) -> Reading | None:
        """See ReadsCalendars. A feed that sends the same again counts as unchanged, whatever its headers say."""
        fingerprint = about(account, calendar)
        held = Cursor.usable(cursor, fingerprint, window)
        answer = self._asked(account, _conditions(held))
        if held is not None and answer.status == 304:
            return None
        if answer.status != 200:
            raise problem_of(answer)
        marks = _marks(answer)
        if held is not None and held.marks.get("sha256") == marks["sha256"]:
            return None
        covers = ahead(window)
        zone = calendar.zone or account.zone
        events = busy_events(answer.body, covers, zone=zone, owners=account.owners, key_of=key_of)
        return Reading(events, covers, str(Cursor(fingerprint, covers, marks)))

    def _asked(self, account: Account, headers: dict[str, str]) -> Answer:
        credentials = Credentials(account.username, account.secret) if account.username else None
        accept = {"Accept": "text/calendar, */*;q=0.1"}
        return self._http.request(
            "GET", web_address(account.address), credentials=credentials, headers=accept | headers
        )


def web_address(address: str) -> str:
    """The address as calendars publish it, with webcal: as https:."""
    scheme, colon, rest = address.strip().partition(":")
    return f"https:{rest}" if colon and scheme.lower() in {"webcal", "webcals"} else address.strip()


def _conditions(held: Cursor | None) -> dict[str, str]:
    if held is None:
        return {}
    if etag := held.marks.get("etag"):
        return {"If-None-Match": etag}
    modified = held.marks.get("modified")
    return {"If-Modified-Since": modified} if modified else {}


def _marks(answer: Answer) -> dict[str, str]:
    marks = {"sha256": hashlib.sha256(answer.body).hexdigest()}
    if etag := answer.headers.get("ETag"):
        marks["etag"] = etag
    if modified := answer.headers.get("Last-Modified"):
        marks["modified"] = modified
    return marks
