"""What a rule is: a veto with a yes or no, a limit on something that is counted, or points.

What a rule looks at is measured once and kept as a plain fact; a policy's value is laid on it afterwards. So what a
round kept can be judged again under another policy, without anybody's notes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from mentoring.people import Person
from mentoring.policy import RANGES, Policy, Scope
from suggestions.circumstances import PairContext

Numbers = tuple[float | None, ...]
"""What a limit counted; None for what there is none of."""

Fact = bool | float | Numbers
"""Of a veto whether it holds, of points how far, of a limit what it counted."""

Values = tuple[float | None, ...]
"""A policy's value for the pair, None where it is switched off; of a limit on both: the mentee's, then the mentor's."""

NOTHING: Numbers = (None,) * 8
"""However much a limit looks for."""

DECIMALS = 4
"""Of everything that is measured. A day is right to some seconds then, and what is kept is what was judged."""


class Kind(StrEnum):
    """What an admin sets of a rule besides on and off: a weight, a limit, nothing."""

    POINTS = "points"
    LIMIT = "limit"
    YES_OR_NO = "yes or no"


class Whose(StrEnum):
    """Whose department and groups count where a rule is set for some: of one of the two, or each their own."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    BOTH = "both"


class Heading(StrEnum):
    """Under which a page for admins lists a rule, in this order."""

    OWN = "What people decided themselves"
    WHO = "Who may meet whom"
    PAUSES = "Time in between"
    LOAD = "How much is asked of people"
    FOR = "What speaks for a suggestion"
    SHARE = "Everybody's share"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule makes of a fact under a policy. side: which of its values stood in the way."""

    rule: str
    veto: bool
    points: float
    side: int = 0


@dataclass(frozen=True)
class Spec:
    """What a page for admins needs to know of a rule, beside its name and meaning.

    default: the value that it has while nobody sets another, None for a yes or no; least, most: what it may be, in
    steps of `step`. field: the number of the policy that is its value for the whole organisation, "" where a setting
    is; also: further numbers of the policy, for everybody, that it works with. always: no policy switches it off.
    about: of what its reason tells: topic, person, time or reading. shown: to people. bound: the number of the policy
    that is the most by which it may set one person before another, "" for none; from −1 to 1 that is twice its value.
    """

    kind: Kind
    heading: Heading
    default: float | None = None
    least: float = 0.0
    most: float = 1.0
    step: float = 1.0
    unit: str = ""
    whose: Whose = Whose.MENTEE
    always: bool = False
    about: str = "person"
    field: str = ""
    also: tuple[str, ...] = ()
    shown: bool = True
    bound: str = ""

    def own(self, policy: Policy) -> float:
        """Its value for the whole organisation where no setting has another. 1 for a yes or no."""
        if self.field:
            return float(getattr(policy, self.field))
        return 1.0 if self.default is None else self.default

    def value(self, name: str, policy: Policy, scopes: Iterable[Scope]) -> float | None:
        """For somebody of those scopes; None where it is switched off for them."""
        theirs = frozenset(scopes)
        if not self.always and not policy.setting(name, theirs).on:
            return None
        value = policy.weight(name, self.own(policy), theirs)
        return min(value, getattr(policy, self.bound) / 2) if self.bound else value


@dataclass(frozen=True)
class Rule(ABC):
    """says: the named function whose first line says what the rule means."""

    says: Callable[[PairContext], object]
    spec: Spec

    @cached_property
    def name(self) -> str:
        return self.says.__name__

    @property
    def meaning(self) -> str:
        """In one sentence."""
        return (self.says.__doc__ or "").strip().splitlines()[0]

    def values(self, policy: Policy, mentee: frozenset[Scope], mentor: frozenset[Scope]) -> Values:
        """What the policy sets for a pair of those scopes."""
        whose = self.spec.whose
        theirs = {Whose.MENTEE: (mentee,), Whose.MENTOR: (mentor,), Whose.BOTH: (mentee, mentor)}[whose]
        return tuple(self.spec.value(self.name, policy, scopes) for scopes in theirs)

    @abstractmethod
    def measure(self, pair: PairContext) -> tuple[Fact | None, str]:
        """The fact, None for nothing worth keeping, and words that are at hand with it."""

    @abstractmethod
    def outcome(self, fact: Fact, values: Values, policy: Policy) -> Outcome | None:
        """What that fact comes to."""

    def words(self, pair: PairContext, fact: Fact, at_hand: str, values: Values, outcome: Outcome) -> str:
        """What is told of it."""
        return at_hand


@dataclass(frozen=True)
class YesOrNo(Rule):
    """says: what stands in the way, "" for nothing."""

    says: Callable[[PairContext], str]

    def measure(self, pair: PairContext) -> tuple[Fact | None, str]:
        words = self.says(pair)
        return (True if words else None), words

    def outcome(self, fact: Fact, values: Values, policy: Policy) -> Outcome | None:
        return Outcome(self.name, True, 0.0) if fact and values[0] is not None else None


Keeps = Callable[[Numbers, float, Policy], bool]
"""Whether what was counted keeps to the limit."""

Told = Callable[[PairContext, Person, Numbers, float], str]
"""What stands in the way, from what was counted of that person and their limit."""


@dataclass(frozen=True)
class Limited(Rule):
    """says: what it counts; of a limit on both, as many numbers of the mentor after those of the mentee."""

    says: Callable[[PairContext], Numbers]
    keeps: Keeps
    told: Told

    def measure(self, pair: PairContext) -> tuple[Fact | None, str]:
        counted = self.says(pair)
        if counted == NOTHING[: len(counted)]:
            return None, ""
        return tuple([None if each is None else round(each, DECIMALS) for each in counted]), ""

    def outcome(self, fact: Fact, values: Values, policy: Policy) -> Outcome | None:
        for side, value in enumerate(values):
            if value is not None and not self.keeps(_part(fact, side, len(values)), value, policy):
                return Outcome(self.name, True, 0.0, side)
        return None

    def words(self, pair: PairContext, fact: Fact, at_hand: str, values: Values, outcome: Outcome) -> str:
        side, value = outcome.side, values[outcome.side]
        mentors = self.spec.whose is Whose.MENTOR or side == 1
        person = pair.mentor if mentors else pair.mentee
        return self.told(pair, person, _part(fact, side, len(values)), 0.0 if value is None else value)


def _part(fact: Fact, side: int, sides: int) -> Numbers:
    assert isinstance(fact, tuple)
    length = len(fact) // sides
    return fact[side * length : (side + 1) * length]


@dataclass(frozen=True)
class Pointed(Rule):
    """says: how far it holds, -1..1, and the words."""

    says: Callable[[PairContext], tuple[float, str]]

    def measure(self, pair: PairContext) -> tuple[Fact | None, str]:
        extent, words = self.says(pair)
        return round(extent, DECIMALS) or None, words

    def outcome(self, fact: Fact, values: Values, policy: Policy) -> Outcome | None:
        assert isinstance(fact, (int, float))
        points = fact * (values[0] or 0.0)
        return Outcome(self.name, False, points) if points else None


def veto(says: Callable[[PairContext], str], heading: Heading, about: str = "person", *, always: bool = False) -> Rule:
    """A veto that has no limit: it holds or it does not."""
    return YesOrNo(says, Spec(Kind.YES_OR_NO, heading, always=always, about=about))


def points(
    says: Callable[[PairContext], tuple[float, str]],
    weight: float,
    about: str = "person",
    *,
    heading: Heading = Heading.FOR,
    least: float = 0.0,
    most: float = 1.0,
    whose: Whose = Whose.MENTEE,
    shown: bool = True,
    bound: str = "",
) -> Rule:
    """weight: points where it holds altogether. bound: see Spec."""
    spec = Spec(Kind.POINTS, heading, weight, least, most, 0.01, "points", whose, about=about, shown=shown, bound=bound)
    return Pointed(says, spec)


def limit(
    says: Callable[[PairContext], Numbers],
    told: Told,
    keeps: Keeps,
    heading: Heading,
    unit: str,
    about: str = "person",
    *,
    field: str = "",
    default: float = 0.0,
    least: float = 0.0,
    most: float = 365.0,
    whose: Whose = Whose.MENTEE,
    always: bool = False,
    also: tuple[str, ...] = (),
) -> Rule:
    """field: the policy's number that is its limit; without one, default, least and most say what it is and may be."""
    step = 1.0
    if field:
        own = getattr(Policy(), field)
        default, (least, most) = float(own), RANGES[field]
        step = 1.0 if isinstance(own, int) else 0.01
    spec = Spec(Kind.LIMIT, heading, default, least, most, step, unit, whose, always, about, field, also)
    return Limited(says, spec, keeps, told)


def at_least(numbers: Numbers, value: float, _policy: Policy) -> bool:
    """What was counted has come to the limit, or there is nothing to count."""
    return numbers[0] is None or numbers[0] >= value


def below(numbers: Numbers, value: float, _policy: Policy) -> bool:
    """What was counted has not come to the limit."""
    return numbers[0] is None or numbers[0] < value
