"""Somebody of the sample organisation, before there is a database to know them by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mentoring.hours import DayHours, WeeklyHours, parse_weekdays
from mentoring.people import Expertise, Limits, Role, Seniority
from workflows.places import country_of

DOMAIN = "quayline.example"

WEEKDAYS = "mon,tue,wed,thu,fri"
EARLY_WEEK = "fri,sat,sun,mon,tue"
LATE_WEEK = "wed,thu,fri,sat,sun"
"""The two crews of a control room: each works the weekends, and one of them every other day."""


@dataclass(frozen=True)
class Offer:
    """A topic that a mentor helps with, and how they say so themselves."""

    topic: str
    text: str


@dataclass(frozen=True)
class SamplePerson:
    """One of them.

    recurring: planted topics that come back to them. once: topics that they noted a single time. via: how their
    calendar reaches us: "caldav", "ics" or "broken". paused_days: how long they paused for, counted from today.
    """

    name: str
    title: str
    department: str
    seniority: Seniority
    limits: Limits
    roles: frozenset[Role]
    recurring: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    manager: str = ""
    never_with: tuple[str, ...] = ()
    via: str = "caldav"
    paused_days: int = 0

    @property
    def user(self) -> str:
        """Their user name, also the part before the @ of their address."""
        plain = self.name.lower().replace(" ", ".").replace("'", "")
        return plain.translate(str.maketrans("áãçéíóöúüø", "aaceioouuo"))

    @property
    def email(self) -> str:
        return f"{self.user}@{DOMAIN}"

    @property
    def zone(self) -> str:
        return self.limits.zone

    @property
    def expertise(self) -> tuple[Expertise, ...]:
        return tuple(Expertise(offer.text) for offer in self.offers)

    def limits_on(self, now: datetime) -> Limits:
        """Their limits, which they have looked at, with a pause that began before now and ends after it."""
        until = now + timedelta(days=self.paused_days) if self.paused_days else None
        return replace(self.limits, paused_until=until, confirmed=True)


ROLES = {
    "none": frozenset[Role](),
    "mentee": frozenset({Role.MENTEE}),
    "mentor": frozenset({Role.MENTOR}),
    "both": frozenset({Role.MENTEE, Role.MENTOR}),
    "admin": frozenset({Role.MENTEE, Role.MENTOR, Role.ADMIN}),
}


def limits(
    zone: str,
    hours: str = "09:00-17:30",
    weekdays: str = WEEKDAYS,
    buffer: int = 5,
    notice: int = 12,
    week: int = 2,
    preferred: str = "",
) -> Limits:
    """Limits as a person would fill them in. Who works in shifts keeps no public holidays, nor does a control room."""
    weekly = WeeklyHours.every(zone, [DayHours.parse(hours)], parse_weekdays(weekdays))
    liked = (DayHours.parse(preferred),) if preferred else ()
    country = country_of(zone) if weekdays == WEEKDAYS else ""
    caps = 1, week, week * 2
    return Limits(weekly, buffer, notice, *caps, preferred=liked, country=country)
