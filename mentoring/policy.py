"""Everything an admin tunes, as one validated immutable value."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from mentoring.availability import Busyness
from mentoring.errors import BadInput, Problem
from mentoring.people import Person


class Sending(StrEnum):
    """Whether invites leave: not at all, after an admin released them, or by themselves."""

    OFF = "off"
    REVIEW = "review"
    ON = "on"


class ScopeKind(StrEnum):
    """For whom a rule is set; the later, the narrower."""

    ORGANISATION = "organisation"
    DEPARTMENT = "department"
    GROUP = "group"


@dataclass(frozen=True)
class Scope:
    """name: of the department or group; empty for the organisation."""

    kind: ScopeKind = ScopeKind.ORGANISATION
    name: str = ""


EVERYBODY = Scope()


def scopes_of(person: Person) -> frozenset[Scope]:
    """The narrower scopes somebody is in: their department and groups."""
    groups = {Scope(ScopeKind.GROUP, name) for name in person.groups}
    return frozenset(groups | {Scope(ScopeKind.DEPARTMENT, person.department)} if person.department else groups)


@dataclass(frozen=True)
class RuleSetting:
    """A rule as an admin set it, for everybody or for some. value: its weight or limit, None for that of the next wider
    scope, at last the rule's own."""

    rule: str
    scope: Scope = EVERYBODY
    on: bool = True
    value: float | None = None


RANGES: dict[str, tuple[float, float]] = {
    "session_minutes": (10, 60),
    "step_minutes": (5, 30),
    "horizon_days": (3, 28),
    "expiry_hours": (4, 168),
    "lead_hours": (0, 96),
    "mentor_silence_hours": (1, 80),
    "stale_minutes": (15, 2880),
    "sync_minutes": (5, 1440),
    "recurrence_days": (2, 10),
    "mentor_open_asks": (1, 10),
    "mentee_open_asks": (1, 3),
    "minimum_group": (2, 50),
    "cooldown_days": (0, 365),
    "declined_cooldown_days": (0, 365),
    "ignored_cooldown_days": (1, 365),
    "ignored_wait_days": (1, 56),
    "ignored_wait_most_days": (1, 365),
    "tried_days": (1, 90),
    "tried_withdrawals": (1, 10),
    "next_best_per_day": (0, 10),
    "weekly_messages": (1, 50),
    "survey_weeks": (0, 52),
    "minimum_suitability": (-1, 1),
    "repeat_first_days": (0, 365),
    "lead_days": (7, 365),
    "repeat_growth": (1, 5),
    "fairness_points": (0, 0.5),
    "exploration_share": (0, 0.3),
    "round_hour": (0, 23),
    "round_keep_days": (1, 35),
}
"""The least and the most that each number may be."""


@dataclass(frozen=True)
class Policy:
    """Units are in the names. Raises BadInput listing every value out of its range.

    lead_hours: how far beyond both people's notice an offered time lies, so that both have time to answer.
    mentor_silence_hours: the mentor's working hours. expiry_hours: clock hours after asking.
    stale_minutes: a reading older than this counts as unknown. minimum_suitability: cosine of expertise against a theme
    below which nobody is a mentor for it. cooldown_days: for the two after a meeting. ignored_cooldown_days: for the
    two after a suggestion nobody answered.
    ignored_wait_days: for whoever left one unanswered; twice as long for each further one in a row, up to
    ignored_wait_most_days. tried_days: how long a mentor who was tried in vain is not the next best, and how long
    tried_withdrawals suggestions taken back keep the same two apart. next_best_per_day: other suggestions a mentee is
    looked for in a day after one came to nothing. weekly_messages: suggestions, reminders and questions that one person
    gets in a week of theirs, in both roles together, at most: see mentoring.attention. survey_weeks: how many weeks lie
    at least between two times that somebody is asked what was hard; 0: nobody is. lead_days: how long before something
    is expected to come up again somebody is looked for at the earliest. repeat_first_days: how long a topic rests after
    a mentee's first meeting on it, repeat_growth times as long after each further one. fairness_points: by how much at
    most a share that was too small sets one person before another who suits better. exploration_share: how often, 0..1,
    a mentee's mentor is drawn among all that the rules let through and who have a time, so that rounds learn of more
    than they would choose by themselves. rules: where an admin set another weight or limit than the rule's own, or
    switched one off; one for each rule and scope. A limit that is one of the numbers here is set for everybody here,
    and in rules for some only. forbidden_pairs: two people who are never to meet by us.
    """

    session_minutes: int = 20
    step_minutes: int = 5
    horizon_days: int = 14
    expiry_hours: int = 48
    lead_hours: int = 24
    mentor_silence_hours: int = 24
    stale_minutes: int = 180
    sync_minutes: int = 15
    recurrence_days: int = 3
    mentor_open_asks: int = 2
    mentee_open_asks: int = 1
    minimum_group: int = 5
    cooldown_days: int = 21
    declined_cooldown_days: int = 28
    ignored_cooldown_days: int = 28
    ignored_wait_days: int = 7
    ignored_wait_most_days: int = 56
    tried_days: int = 14
    tried_withdrawals: int = 2
    next_best_per_day: int = 2
    weekly_messages: int = 5
    survey_weeks: int = 4
    minimum_suitability: float = 0.2
    repeat_first_days: int = 21
    lead_days: int = 28
    repeat_growth: float = 2.0
    fairness_points: float = 0.2
    exploration_share: float = 0.1
    round_hour: int = 6
    round_keep_days: int = 35
    sending: Sending = Sending.REVIEW
    free_kinds: frozenset[Busyness] = frozenset({Busyness.WORKING_ELSEWHERE})
    rules: tuple[RuleSetting, ...] = ()
    forbidden_pairs: frozenset[frozenset[int]] = frozenset()
    version: int = 1
    author: str = "Interlude"
    at: datetime | None = field(default=None, compare=False)
    reason: str = "The policy Interlude starts with"

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"write a number from {least:g} to {most:g}")
            for name, (least, most) in RANGES.items()
            if not least <= getattr(self, name) <= most
        ]
        if len({(each.rule, each.scope) for each in self.rules}) < len(self.rules):
            problems.append(Problem("rules", "a rule is set twice for the same people"))
        if self.session_minutes % self.step_minutes:
            problems.append(Problem("session_minutes", "it must be a whole number of steps"))
        if problems:
            raise BadInput(*problems)

    def setting(self, rule: str, scopes: Collection[Scope] = ()) -> RuleSetting:
        """How the rule is set for somebody of those scopes: the narrowest counts, of several groups the first by
        name."""
        return next(iter(self._settings(rule, scopes)), RuleSetting(rule))

    def weight(self, rule: str, otherwise: float, scopes: Collection[Scope] = ()) -> float:
        """The narrowest value that is set, for somebody of those scopes."""
        values = (each.value for each in self._settings(rule, scopes))
        return next((value for value in values if value is not None), otherwise)

    def _settings(self, rule: str, scopes: Collection[Scope]) -> list[RuleSetting]:
        theirs = {EVERYBODY, *scopes}
        return sorted((each for each in self.rules if each.rule == rule and each.scope in theirs), key=_narrowest)


def _narrowest(setting: RuleSetting) -> tuple[int, str]:
    return -list(ScopeKind).index(setting.scope.kind), setting.scope.name


POLICY_FIELDS = tuple(each.name for each in fields(Policy))
