"""The rules, in one list. Each is a named function: a veto, or points with their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mentoring.policy import Policy
from suggestions import preferences, vetoes
from suggestions.circumstances import PairContext


@dataclass(frozen=True)
class Verdict:
    """What one rule says of one pair. about: topic, person, time or reading."""

    rule: str
    veto: bool
    points: float
    words: str
    about: str = "person"


@dataclass(frozen=True)
class Veto:
    """says: the words of what stands in the way, "" for nothing. always: no policy switches it off."""

    says: Callable[[PairContext], str]
    about: str = "person"
    always: bool = False

    @property
    def name(self) -> str:
        return self.says.__name__

    def judge(self, pair: PairContext) -> Verdict | None:
        words = self.says(pair)
        return Verdict(self.name, True, 0.0, words, self.about) if words else None


@dataclass(frozen=True)
class Points:
    """says: how far it holds, -1..1, and the words. weight: points for 1, unless the policy has its own. shown: to
    people."""

    says: Callable[[PairContext], tuple[float, str]]
    weight: float
    about: str = "person"
    shown: bool = True
    always = False

    @property
    def name(self) -> str:
        return self.says.__name__

    def judge(self, pair: PairContext) -> Verdict | None:
        extent, words = self.says(pair)
        if not extent:
            return None
        points = extent * pair.policy.weight(self.name, self.weight)
        return Verdict(self.name, False, points, words, self.about) if points else None


Rule = Veto | Points

RULES: tuple[Rule, ...] = (
    Veto(vetoes.mentee_opted_in, always=True),
    Veto(vetoes.mentor_opted_in, always=True),
    Veto(vetoes.neither_paused, "time", always=True),
    Veto(vetoes.mentee_time_known, "time", always=True),
    Veto(vetoes.mentor_time_known, "time", always=True),
    Veto(vetoes.pair_possible, always=True),
    Veto(vetoes.no_reporting_line),
    Veto(vetoes.minimum_suitability),
    Veto(vetoes.topic_wanted, "topic", always=True),
    Veto(vetoes.not_just_refused, "time"),
    Veto(vetoes.pair_cooldown),
    Veto(vetoes.declined_cooldown),
    Veto(vetoes.ignored_cooldown, "time", always=True),
    Veto(vetoes.withdrawn_cooldown),
    Veto(vetoes.topic_cooldown, "topic"),
    Veto(vetoes.mentor_has_room, "time"),
    Veto(vetoes.mentee_has_room, "time", always=True),
    Veto(vetoes.monthly_caps_left, "time", always=True),
    Veto(vetoes.weekly_messages_left, "time", always=True),
    Points(preferences.suits, 1.0),
    Points(preferences.likely_again, 0.15, "topic"),
    Points(preferences.fresh, 0.05, "topic"),
    Points(preferences.another_department, 0.05),
    Points(preferences.zone_overlap, 0.1, "time"),
    Points(preferences.knows_more_though_junior, 0.03),
    Points(preferences.rarely_asked, 0.06, shown=False),
    Points(preferences.rarely_offered, 0.04, shown=False),
    Points(preferences.recently_ignored, 0.15, shown=False),
)
"""Every rule there is, in the order in which what stands in the way is told."""

BY_NAME = {rule.name: rule for rule in RULES}


def meaning(name: str) -> str:
    """A rule's meaning in one sentence. Raises KeyError for one that does not exist."""
    return (BY_NAME[name].says.__doc__ or "").strip().splitlines()[0]


def in_force(policy: Policy) -> tuple[Rule, ...]:
    """The rules less those the policy switches off. What people decided for themselves cannot be switched off."""
    return tuple(rule for rule in RULES if rule.always or policy.setting(rule.name).on)


def judge(pair: PairContext, rules: Sequence[Rule] | None = None) -> tuple[Verdict, ...]:
    """What every rule says of the pair; those that have nothing to say are left out. rules: those in force by
    default."""
    verdicts = (rule.judge(pair) for rule in (in_force(pair.policy) if rules is None else rules))
    return tuple(verdict for verdict in verdicts if verdict)
