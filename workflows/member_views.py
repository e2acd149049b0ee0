"""What the pages of a member's own settings show: limits, expertise, taking part. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mentoring.attention import NOTHING_ASKED, Attention, Kind
from mentoring.days import Days
from mentoring.people import Expertise
from workflows.views import PersonChoice

Stretch = tuple[str, str]
"""From and to, like ("09:00", "17:00"); two empty texts for none."""


class ClockHabit(StrEnum):
    """How somebody reads the time of day."""

    TWENTY_FOUR = "24"
    TWELVE = "12"


@dataclass(frozen=True)
class LimitsForm:
    """Limits as the form has them: texts as they were typed, so that a wrong one comes back as it was.

    days: for each weekday, Monday first, its stretches. preferred: times of day that suit best. country: a code, or
    empty. subdivision: of it, like "DE-BY", or empty. language: the code of the one they speak best, or empty; also:
    those of others. ways: how they like to meet.
    """

    zone: str
    country: str
    clock: str
    days: tuple[tuple[Stretch, ...], ...]
    preferred: tuple[Stretch, ...]
    buffer_minutes: str
    notice_hours: str
    per_day: str
    per_week: str
    per_month: str
    subdivision: str = ""
    language: str = ""
    also: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


@dataclass(frozen=True)
class LimitsPage:
    """zone: the person's. confirmed: they have looked at all this before; until then it was guessed or imported.

    zones: by region. countries: (code, name). guess: the code of the country that the zone lies in, where none was
    ever chosen. subdivisions: of their country, (code, name). country: by name. holidays: the next ones there. today:
    on their own clock. quiet: what of their quiet days is not over; quiet_weekdays: Monday is 0. pause_from,
    pause_until: the days to which a pause may last.
    never_with, others: people who are, and could be, never suggested to them. meetings: how many are agreed on.
    """

    zone: str
    form: LimitsForm
    confirmed: bool
    zones: tuple[tuple[str, tuple[str, ...]], ...]
    countries: tuple[tuple[str, str], ...]
    pause_from: date
    pause_until: date
    paused_until: datetime | None = None
    never_with: tuple[PersonChoice, ...] = ()
    others: tuple[PersonChoice, ...] = ()
    meetings: int = 0
    guess: str = ""
    subdivisions: tuple[tuple[str, str], ...] = ()
    country: str = ""
    holidays: tuple[tuple[date, str], ...] = ()
    today: date | None = None
    quiet: tuple[Days, ...] = ()
    quiet_weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Saved:
    """What saving limits led to. taken_back: open suggestions that no longer fit. meetings: agreed ones, which stay."""

    taken_back: int = 0
    meetings: int = 0


@dataclass(frozen=True)
class ExpertisePage:
    """What the reader can help with. is_mentor: they have opted in to it. most: how many there may be."""

    mine: tuple[Expertise, ...] = ()
    is_mentor: bool = False
    most: int = 12
    longest: int = 300


@dataclass(frozen=True)
class SignInAccount:
    """An account at Google or Microsoft that signs the reader in."""

    id: int
    provider: str
    since: datetime


@dataclass(frozen=True)
class TakingPartPage:
    """mentee, mentor: opted in. meetings: agreed ones to come. open_as_mentee, open_as_mentor: suggestions that leaving
    the role takes back. session_minutes, open_asks, weekly_messages: of the policy. per_week, per_month: of their
    limits. only_admin: nobody else could run Interlude. address: what to type to have everything deleted.
    domains: the only ones whose accounts sign anybody in; none for any. stands_at: the providers at which only they can
    end what they allowed us. attention: how much of the week's messages they have had; kinds: of which kinds, counted.
    """

    zone: str
    mentee: bool
    mentor: bool
    stopped: bool = False
    paused_until: datetime | None = None
    meetings: int = 0
    open_as_mentee: int = 0
    open_as_mentor: int = 0
    session_minutes: int = 20
    mentee_asks: int = 1
    mentor_asks: int = 2
    weekly_messages: int = 5
    per_week: int = 2
    per_month: int = 4
    expertise: int = 0
    only_admin: bool = False
    address: str = ""
    accounts: tuple[SignInAccount, ...] = ()
    domains: tuple[str, ...] = ()
    stands_at: tuple[str, ...] = ()
    attention: Attention = NOTHING_ASKED
    kinds: tuple[tuple[Kind, int], ...] = ()
