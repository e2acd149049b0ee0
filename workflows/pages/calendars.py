"""How a person's calendars are."""

from __future__ import annotations

from datetime import datetime

from mentoring.availability import Unknown
from mentoring.policy import Policy
from store import calendars, people, policies, watches
from store.calendars import Calendar, Connection
from workflows import syncing
from workflows.bootstrap import Parts
from workflows.calendar_words import TELLERS, place
from workflows.knowing import time_of, why_unknown
from workflows.views import CalendarsPage, CalendarStatus, CalendarView, ConnectionView, Who

AGAIN = "Press Connect again: it takes you to where you allowed it."
RECONNECT = "Disconnect it and connect it again, with a new app password or address."
LOOK_AT_IT = (
    "Open its address in a browser: if that works, press Read now; if not, make a new address in your calendar's"
    " settings and connect that one."
)
WAIT = "We try again by ourselves; nothing is proposed to you until it can be read."


def calendars_page(parts: Parts, who: Who) -> CalendarsPage:
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        policy = policies.current(memory)
        connections = calendars.connections(memory, who.person_id)
        rows = calendars.calendars(memory, who.person_id)
        known = time_of(memory, (person,), policy, now).availability[person.id]
        told = watches.live_until(memory, [each.id for each in rows], now) if parts.settings.push_url else {}
        minutes = {each: syncing.minutes_between(memory, person.id, policy, now, told=each) for each in (True, False)}
    views = tuple(
        ConnectionView(
            id=each.id,
            provider=each.provider,
            place=place(each),
            username="" if each.subject else each.username,  # it is the place already
            calendars=tuple(
                _view(row, each, policy, now, minutes[row.id in told], told.get(row.id))
                for row in rows
                if row.connection_id == each.id
            ),
            by_consent=bool(each.subject),
            can_mend=_can_mend(parts, each),
        )
        for each in connections
    )
    return CalendarsPage(person.limits.zone, views, known.why if isinstance(known, Unknown) else "")


def _can_mend(parts: Parts, connection: Connection) -> bool:
    return connection.state == "reconnect" and bool(connection.subject) and connection.provider in parts.doors


def _view(
    calendar: Calendar, connection: Connection, policy: Policy, now: datetime, minutes: int, renewed_at: datetime | None
) -> CalendarView:
    return CalendarView(
        id=calendar.id,
        name=calendar.name or place(connection),
        zone=calendar.zone,
        counts_as_busy=calendar.counts_as_busy,
        takes_copies=calendar.holds_copies,
        writable=calendar.writable,
        status=status(calendar, policy, now),
        last_read_at=calendar.read_at,
        every_minutes=minutes,
        told_by=TELLERS.get(connection.provider, "") if renewed_at else "",
        renewed_at=renewed_at,
        problem=calendar.problem,
        what_to_do=what_to_do(calendar, connection),
    )


def status(calendar: Calendar, policy: Policy, now: datetime) -> CalendarStatus:
    if calendar.problem:
        return CalendarStatus.TROUBLE
    if calendar.read_at is None:
        return CalendarStatus.WAITING
    return CalendarStatus.STALE if why_unknown(calendar, policy, now) else CalendarStatus.FRESH


def what_to_do(calendar: Calendar, connection: Connection) -> str:
    """What mends it, in one sentence; empty when all is well."""
    if not calendar.problem:
        return ""
    if connection.state == "reconnect":
        return AGAIN if connection.subject else RECONNECT
    return LOOK_AT_IT if connection.provider == "ics" else WAIT
