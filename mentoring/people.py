"""People, what they allow, and what they offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mentoring.days import NO_QUIET_DAYS, QuietDays
from mentoring.hours import DayHours, WeeklyHours


class Role(StrEnum):
    """What a person may do. Mentee and mentor are opted into by the person; admin is given by another admin."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    ADMIN = "admin"


class Seniority(StrEnum):
    """Told to a reader, never a condition: juniors mentor seniors where they know more."""

    JUNIOR = "junior"
    MIDDLE = "middle"
    SENIOR = "senior"
    LEAD = "lead"


class Way(StrEnum):
    """How people like to meet."""

    VIDEO = "video"
    PHONE = "phone"
    IN_PERSON = "in_person"
    CHAT = "chat"


@dataclass(frozen=True)
class Limits:
    """What a person sets for themselves. Every cap counts all that Interlude booked for them, in either role.

    hours: when a meeting may lie, in their zone. buffer_minutes: free time kept before and after each busy event.
    notice_hours: how soon at the earliest. per_day (local date of the start), per_week (ISO week), per_month: caps.
    preferred: times of day they like best, empty for none. paused_until: nothing is proposed before then.
    country, subdivision: where they keep their public holidays, as the two parts of an ISO 3166-2 code such as DE-BY;
    empty for unknown, and for the whole country. quiet: days on which they want to be left in peace besides.
    confirmed: they have looked at all this themselves; until then it is what was imported or guessed.
    """

    hours: WeeklyHours
    buffer_minutes: int = 5
    notice_hours: int = 12
    per_day: int = 1
    per_week: int = 2
    per_month: int = 4
    preferred: tuple[DayHours, ...] = ()
    paused_until: datetime | None = None
    country: str = ""
    subdivision: str = ""
    quiet: QuietDays = NO_QUIET_DAYS
    confirmed: bool = False

    @property
    def zone(self) -> str:
        return self.hours.zone


@dataclass(frozen=True)
class Expertise:
    """What somebody can help with, in their own words."""

    text: str
    id: int = 0


@dataclass(frozen=True)
class Person:
    """Somebody of an organisation. id and organisation_id are the store's.

    twelve_hour: they read 2:40 pm rather than 14:40. invited_at: when they were asked to join, once; joined_at: when
    they first came in. signed_out_at: sessions that began earlier have ended. leaving_at: when they asked for all about
    them to be deleted; it goes as soon as their invites are taken back. languages: ISO 639-1, the best first, empty for
    unknown. ways: how they like to meet, empty for any. groups: the admins' fixed groups that they are in.
    """

    id: int
    organisation_id: int
    email: str
    name: str
    limits: Limits
    roles: frozenset[Role] = frozenset()
    department: str = ""
    title: str = ""
    seniority: Seniority = Seniority.MIDDLE
    manager_id: int | None = None
    expertise: tuple[Expertise, ...] = ()
    never_with: frozenset[int] = field(default=frozenset(), repr=False)
    stopped: bool = False
    twelve_hour: bool = False
    invited_at: datetime | None = None
    joined_at: datetime | None = None
    signed_out_at: datetime | None = None
    leaving_at: datetime | None = None
    languages: tuple[str, ...] = ()
    ways: frozenset[Way] = frozenset()
    groups: frozenset[str] = frozenset()

    def opted_in(self, role: Role) -> bool:
        """Nobody is proposed in a role before opting in to it, nor after stopping everything."""
        return role in self.roles and not self.stopped

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]
