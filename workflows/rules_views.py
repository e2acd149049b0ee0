"""What the pages of the rules show admins: names, times, rules and numbers, never what anybody wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mentoring.intervals import Interval
from store.trials import Kind
from workflows.rule_words import ChangeLine, NumberWords
from workflows.views import PersonChoice


@dataclass(frozen=True)
class RuleRow:
    """One rule as it may be set. default, least, most: in words, empty for one that is only on or off. whose: whose
    department or group counts where it is set for some."""

    name: str
    meaning: str
    unit: str = ""
    default: str = ""
    least: str = ""
    most: str = ""
    step: str = ""
    always: bool = False
    is_weight: bool = False
    whose: str = ""


@dataclass(frozen=True)
class NumberRow:
    """One number of the organisation."""

    name: str
    words: NumberWords
    least: str
    most: str
    default: str


@dataclass(frozen=True)
class Signed:
    """A version: who published it, when, and why."""

    version: int
    author: str
    at: datetime | None
    reason: str


@dataclass(frozen=True)
class TrialLine:
    """A trial in one line. of_this: of the draft as it is now."""

    id: int
    kind: Kind
    asked_by: str
    asked_at: datetime
    finished: bool
    cancelled: bool = False
    problem: str = ""
    of_this: bool = False


@dataclass(frozen=True)
class DraftLine:
    """Who changed the draft last, and when."""

    author: str
    at: datetime


@dataclass(frozen=True)
class RulesPage:
    """fields: what the form shows. sealed: the policy that it shows. changes: of the draft against what is in force.

    meanwhile: what was published since the draft was begun.
    """

    zone: str
    in_force: Signed
    fields: Mapping[str, str]
    sealed: str
    rules: tuple[tuple[str, tuple[RuleRow, ...]], ...]
    numbers: tuple[tuple[str, tuple[NumberRow, ...]], ...]
    free: tuple[tuple[str, str], ...]
    revision: int = 0
    base_version: int = 1
    draft: DraftLine | None = None
    changes: tuple[ChangeLine, ...] = ()
    meanwhile: tuple[ChangeLine, ...] = ()
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    people: tuple[PersonChoice, ...] = ()
    trials: tuple[TrialLine, ...] = ()


@dataclass(frozen=True)
class RuleCause:
    """A rule that is behind a difference."""

    rule: str
    words: str


@dataclass(frozen=True)
class Suggested:
    """Somebody's mentor and time, by one of the two sets of rules."""

    mentor_id: int
    mentor: str
    interval: Interval


@dataclass(frozen=True)
class DifferenceLine:
    """was, now: None where nothing was, or would be, suggested."""

    mentee_id: int
    mentee: str
    was: Suggested | None
    now: Suggested | None
    because: tuple[RuleCause, ...]


@dataclass(frozen=True)
class GroupFigure:
    """A department or group, with rounded counts: of its people who would like help, of those by the rules in force,
    and by the draft."""

    name: str
    people: int
    before: int
    after: int


@dataclass(frozen=True)
class Bar:
    """One row of a plot and of its table."""

    label: str
    before: float
    after: float
    really: float | None = None


@dataclass(frozen=True)
class PreviewView:
    """untold: how many groups are too small to be told of."""

    before: int
    after: int
    same: int
    appear: tuple[DifferenceLine, ...] = ()
    vanish: tuple[DifferenceLine, ...] = ()
    change: tuple[DifferenceLine, ...] = ()
    behind: tuple[Bar, ...] = ()
    groups: tuple[GroupFigure, ...] = ()
    untold: int = 0


@dataclass(frozen=True)
class AcceptanceView:
    """plain: the share of yes among all answers there are. The rest as in suggestions.off_policy.Estimate; covered: how
    much of what the draft would suggest had a chance at the time."""

    plain: float | None
    share: float | None
    low: float | None
    high: float | None
    effective: float
    answers: int
    covered: float
    method: str
    refused: str = ""


@dataclass(frozen=True)
class BacktestView:
    """left_out: rounds whose record does not hold what they were judged by."""

    rounds: int
    left_out: int
    was: int
    before: int
    after: int
    acceptance: AcceptanceView
    volume: tuple[Bar, ...] = ()
    loads: tuple[Bar, ...] = ()
    mentors: int = 0
    gini_before: float | None = None
    gini_after: float | None = None
    groups: tuple[GroupFigure, ...] = ()
    untold: int = 0


@dataclass(frozen=True)
class TrialPage:
    """changes: what the draft that was tried changes of the version it was begun from. One of preview and backtest,
    where it ended well."""

    zone: str
    line: TrialLine
    base_version: int
    done: int
    of: int
    changes: tuple[ChangeLine, ...] = ()
    preview: PreviewView | None = None
    backtest: BacktestView | None = None


@dataclass(frozen=True)
class VersionsPage:
    """The latest first. one, other: those that are compared, with what differs."""

    zone: str
    versions: tuple[Signed, ...]
    one: int = 0
    other: int = 0
    changes: tuple[ChangeLine, ...] = ()


@dataclass(frozen=True)
class VersionPage:
    """changes: what restoring it would change of what is in force."""

    zone: str
    shown: Signed
    in_force: int
    changes: tuple[ChangeLine, ...] = ()


@dataclass(frozen=True)
class GroupLine:
    id: int
    name: str
    people: int


@dataclass(frozen=True)
class GroupsPage:
    groups: tuple[GroupLine, ...] = ()
    minimum: int = 5


@dataclass(frozen=True)
class GroupPage:
    """members: its people, by name. found: who was sought and is not in it. more: whether there are more of them."""

    id: int
    name: str
    members: tuple[PersonChoice, ...] = ()
    sought: str = ""
    found: tuple[PersonChoice, ...] = ()
    more: bool = False
    settings: tuple[str, ...] = field(default=())
