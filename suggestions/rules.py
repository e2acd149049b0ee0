"""The rules, in one list. Each is a named function: a veto, a limit on what it counts, or points with their words.

To add one: the function (its first line is what it means), and its line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mentoring.people import Person
from mentoring.policy import Policy, Scope, scopes_of
from mentoring.proposals import Objection
from suggestions import limits, preferences, sharing, vetoes
from suggestions.circumstances import PairContext
from suggestions.kinds import Fact, Heading, Outcome, Rule, Values, Whose, at_least, below, limit, points, veto
from suggestions.objections import OBJECTIONS, not_counted

OWN, WHO, PAUSES, LOAD, SHARE = Heading.OWN, Heading.WHO, Heading.PAUSES, Heading.LOAD, Heading.SHARE
FAIRNESS = "fairness_points"

RULES: tuple[Rule, ...] = (
    veto(vetoes.mentee_opted_in, OWN, always=True),
    veto(vetoes.mentor_opted_in, OWN, always=True),
    veto(vetoes.neither_paused, OWN, "time", always=True),
    veto(vetoes.mentee_time_known, OWN, "time", always=True),
    veto(vetoes.mentor_time_known, OWN, "time", always=True),
    veto(vetoes.pair_possible, OWN, always=True),
    veto(vetoes.forbidden_pair, WHO, always=True),
    veto(vetoes.no_reporting_line, WHO),
    veto(vetoes.common_language, WHO),
    veto(vetoes.shared_way, WHO),
    limit(
        limits.minimum_suitability, limits.too_far_from_topic, at_least, WHO, "suitability from −1 to 1",
        field="minimum_suitability",
    ),
    veto(vetoes.topic_wanted, OWN, "topic", always=True),
    veto(vetoes.topic_as_answered, OWN, "topic", always=True),
    veto(vetoes.person_as_answered, OWN, always=True),
    limit(
        limits.not_just_refused, limits.said_not_now, at_least, PAUSES, "days", "time",
        default=14, most=90, whose=Whose.BOTH,
    ),
    limit(limits.pair_cooldown, limits.met_lately, at_least, PAUSES, "days", field="cooldown_days"),
    limit(limits.declined_cooldown, limits.declined_lately, at_least, PAUSES, "days", field="declined_cooldown_days"),
    limit(
        limits.ignored_cooldown, limits.ignored_lately, at_least, PAUSES, "days", "time",
        field="ignored_cooldown_days", always=True,
    ),
    limit(
        limits.left_in_peace, limits.left_unanswered, limits.waited, PAUSES, "days after the first", "time",
        field="ignored_wait_days", whose=Whose.BOTH, always=True, also=("ignored_wait_most_days",),
    ),
    limit(
        limits.withdrawn_cooldown, limits.often_withdrawn, limits.seldom_withdrawn, PAUSES, "suggestions taken back",
        field="tried_withdrawals", also=("tried_days",),
    ),
    limit(
        limits.topic_cooldown, limits.met_on_topic, limits.has_settled, PAUSES, "days after the first meeting", "topic",
        field="repeat_first_days", also=("repeat_growth",),
    ),
    limit(limits.not_yet, limits.is_far_off, limits.is_near, PAUSES, "days before", "time", field="lead_days"),
    limit(
        limits.mentor_has_room, limits.has_open_requests, below, LOAD, "open requests", "time",
        field="mentor_open_asks", whose=Whose.MENTOR, always=True,
    ),
    limit(
        limits.mentee_has_room, limits.has_an_open_suggestion, below, LOAD, "open suggestions", "time",
        field="mentee_open_asks", always=True,
    ),
    veto(vetoes.monthly_caps_left, OWN, "time", always=True),
    limit(
        limits.weekly_messages_left, limits.asked_enough, below, LOAD, "messages a week", "time",
        field="weekly_messages", whose=Whose.BOTH, always=True,
    ),
    points(preferences.suits, 1.0, most=3.0),
    points(preferences.likely_again, 0.15, "topic"),
    points(preferences.in_time, 0.1, "time"),
    points(preferences.fresh, 0.05, "topic"),
    points(preferences.another_department, 0.05, least=-1.0),
    points(preferences.zone_overlap, 0.1, "time"),
    points(preferences.first_language, 0.03),
    points(preferences.knows_more_though_junior, 0.03),
    points(preferences.far_apart_in_seniority, 0.04, shown=False),
    points(preferences.likely_accepted, 0.4, shown=False),
    points(sharing.met_before, 0.1, heading=SHARE, shown=False),
    points(sharing.same_mentor_again, 0.1, heading=SHARE, shown=False),
    points(sharing.rarely_asked, 0.1, heading=SHARE, whose=Whose.MENTOR, shown=False, bound=FAIRNESS),
    points(sharing.rarely_offered, 0.06, heading=SHARE, shown=False, bound=FAIRNESS),
    points(sharing.mentor_has_done_much, 0.06, heading=LOAD, whose=Whose.MENTOR, shown=False),
    points(sharing.mentor_is_weary, 0.08, heading=LOAD, whose=Whose.MENTOR, shown=False),
    points(preferences.recently_ignored, 0.15, heading=LOAD, shown=False),
)  # fmt: skip
"""Every rule there is, in the order in which what stands in the way is told."""

BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one pair. about: topic, person, time or reading."""

    rule: str
    veto: bool
    points: float
    words: str
    about: str = "person"


Facts = Mapping[str, Fact]
"""What each rule measured of a pair, by name; without those that found nothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What every rule says of a pair. facts: what was measured, of rules that are switched off, too."""

    verdicts: tuple[Verdict, ...]
    facts: Facts = field(repr=False)


class Terms:
    """What a policy asks of each rule, looked up once for people of the same scopes."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._set_for = frozenset(each.scope for each in policy.rules)
        self._known: dict[tuple[frozenset[Scope], frozenset[Scope]], dict[str, Values]] = {}

    def of(self, mentee: Iterable[Scope], mentor: Iterable[Scope]) -> Mapping[str, Values]:
        """{rule: its values} for a pair of those scopes, in the order of RULES."""
        key = self._set_for.intersection(mentee), self._set_for.intersection(mentor)
        if key not in self._known:
            self._known[key] = {rule.name: rule.values(self.policy, *key) for rule in RULES}
        return self._known[key]

    def outcomes(self, facts: Facts, values: Mapping[str, Values]) -> list[Outcome]:
        """What the facts come to, in their order; rules that have nothing to say are left out."""
        found = (BY_NAME[name].outcome(fact, values[name], self.policy) for name, fact in facts.items())
        return [each for each in found if each]


def meaning(name: str) -> str:
    """A rule's meaning in one sentence. Raises KeyError for one that does not exist."""
    return BY_NAME[name].meaning


def value_for(name: str, policy: Policy, person: Person | None = None) -> float | None:
    """A rule's weight or limit for that person, or for nobody in particular; None where it is switched off."""
    return BY_NAME[name].spec.value(name, policy, scopes_of(person) if person else ())


def score(outcomes: Sequence[Outcome | Verdict]) -> float:
    """The points together; 0 where something stands in the way."""
    return 0.0 if any(each.veto for each in outcomes) else round(sum(each.points for each in outcomes), 6)


def judge(pair: PairContext, terms: Terms | None = None, values: Mapping[str, Values] | None = None) -> Judgement:
    """Each rule measures once; what the policy makes of the facts is told. terms: those of the pair's policy. values:
    of the two people's scopes."""
    terms = terms or Terms(pair.policy)
    values = values or terms.of(scopes_of(pair.mentee), scopes_of(pair.mentor))
    facts: dict[str, Fact] = {}
    told: list[Verdict] = []
    left_out = not_counted(pair.objected, pair.mentor.id, pair.now)
    for name, rule in BY_NAME.items():
        if name in left_out:
            continue
        fact, at_hand = rule.measure(pair)
        if fact is None:
            continue
        facts[name] = fact
        outcome = rule.outcome(fact, values[name], terms.policy)
        if outcome is not None:
            words = rule.words(pair, fact, at_hand, values[name], outcome)
            told.append(Verdict(name, outcome.veto, outcome.points, words, rule.spec.about))
    return Judgement((*told, *_as_answered(pair, left_out)), facts)


def _as_answered(pair: PairContext, left_out: Mapping[str, Objection]) -> Iterator[Verdict]:
    """Rules that the mentee does not want to count."""
    for name, objection in left_out.items():
        if name in BY_NAME:
            words = f"Not counted: {pair.mentee.first_name} said {OBJECTIONS[objection]} of this reason"
            yield Verdict(name, False, 0.0, words, BY_NAME[name].spec.about)
