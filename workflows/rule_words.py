"""What an admin reads of the rules: each number in plain words, and each change in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mentoring.availability import Busyness
from mentoring.policy import EVERYBODY, RuleSetting, Scope
from mentoring.policy_changes import Change
from suggestions.kinds import Kind
from suggestions.rules import BY_NAME
from workflows.rules_form import plain

SOMEBODY_GONE = "somebody who left"


@dataclass(frozen=True)
class NumberWords:
    """heading: under which it stands. unit: after the number. meaning: in one sentence."""

    heading: str
    label: str
    meaning: str
    unit: str = ""


SESSIONS, ROUNDS, ASKING, CALENDARS = "Sessions", "Rounds and needs", "Asking", "Calendars and what is kept"

NUMBERS: dict[str, NumberWords] = {
    "session_minutes": NumberWords(SESSIONS, "Length", "How long the two meet.", "minutes"),
    "step_minutes": NumberWords(SESSIONS, "Grid", "Sessions begin at multiples of this.", "minutes"),
    "horizon_days": NumberWords(SESSIONS, "How far ahead", "A session lies within so many days.", "days"),
    "lead_hours": NumberWords(
        SESSIONS, "Time to answer", "A session lies so much later than both people's notice asks.", "hours"
    ),
    "round_hour": NumberWords(ROUNDS, "Hour of the round", "When the daily round is made, in your zone.", "o'clock"),
    "recurrence_days": NumberWords(
        ROUNDS, "Days until it recurs", "On so many different days something has to come up to be a need.", "days"
    ),
    "minimum_group": NumberWords(
        ROUNDS, "Smallest group", "Nothing is told of fewer people than this together.", "people"
    ),
    "next_best_per_day": NumberWords(
        ROUNDS, "Other suggestions a day", "So often another is looked for after one came to nothing.", "a day"
    ),
    "exploration_share": NumberWords(
        ROUNDS,
        "Left to chance",
        "So often somebody’s mentor is drawn among all who may, so that rounds learn of more; 0 is never.",
        "of 1",
    ),
    "fairness_points": NumberWords(
        ROUNDS,
        "Share for everybody",
        "By so much at most a share that was too small sets one person before another who suits better.",
        "points",
    ),
    "repeat_growth": NumberWords(
        ROUNDS, "Growing by", "A topic rests so many times as long after each further meeting on it.", "times"
    ),
    "expiry_hours": NumberWords(ASKING, "Open for", "A suggestion that nobody answers ends after this.", "hours"),
    "mentor_silence_hours": NumberWords(
        ASKING, "A mentor's silence", "After so many of their working hours the next best is asked.", "working hours"
    ),
    "survey_weeks": NumberWords(
        ASKING, "What was hard", "So many weeks lie between two times that somebody is asked; 0 is never.", "weeks"
    ),
    "stale_minutes": NumberWords(
        CALENDARS, "Too old", "A calendar read longer ago than this counts as unknown.", "minutes"
    ),
    "sync_minutes": NumberWords(CALENDARS, "Read every", "Calendars that tell of no changes.", "minutes"),
    "round_keep_days": NumberWords(
        CALENDARS, "Rounds are kept", "What each round decided on; the backtest needs it.", "days"
    ),
    "ignored_wait_most_days": NumberWords(
        ASKING, "Longest wait", "Whoever leaves suggestions unanswered is left in peace so long at most.", "days"
    ),
    "tried_days": NumberWords(
        ASKING, "Tried in vain", "For so long a mentor who was tried in vain is not the next best.", "days"
    ),
}

FREE_WORDS = {
    Busyness.TENTATIVE: "Tentative",
    Busyness.UNANSWERED: "Invited and not answered",
    Busyness.WORKING_ELSEWHERE: "Working elsewhere",
}


def number_words(name: str) -> NumberWords:
    """Of a number that has none of its own: its name."""
    return NUMBERS.get(name) or NumberWords(ASKING, name.replace("_", " ").capitalize(), "")


@dataclass(frozen=True)
class ChangeLine:
    """A change in words. key: the part's, for a form."""

    key: str
    what: str
    before: str
    after: str


def in_words(change: Change, names: Mapping[int, str]) -> ChangeLine:
    """names: of the people, by id."""
    part = change.part
    if part.kind == "pair":
        two = " and ".join(names.get(each, SOMEBODY_GONE) for each in part.pair)
        words = {True: "never meet", None: "may meet"}
        return ChangeLine(part.key, two, words[change.before or None], words[change.after or None])
    if part.kind == "rule":
        what = rule_label(part.name) + ("" if part.scope == EVERYBODY else f", {for_whom(part.scope)}")
        return ChangeLine(
            part.key, what, _set(part.name, part.scope, change.before), _set(part.name, part.scope, change.after)
        )
    return ChangeLine(
        part.key, _number_label(part.name), _said(part.name, change.before), _said(part.name, change.after)
    )


def rule_label(name: str) -> str:
    """A rule's meaning, or its name where there is no such rule any more."""
    return BY_NAME[name].meaning.rstrip(".") if name in BY_NAME else name


def for_whom(scope: Scope) -> str:
    return f"for {scope.name}" if scope.name else "for everybody"


def _number_label(name: str) -> str:
    if name == "free_kinds":
        return "What counts as free"
    at = next((each for each in BY_NAME.values() if each.spec.field == name), None)
    return at.meaning.rstrip(".") if at else f"{number_words(name).label}: {number_words(name).meaning}".rstrip(". :")


def _said(name: str, value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(FREE_WORDS.get(each, str(each)).lower() for each in value)) or "nothing"
    if isinstance(value, (int, float)):
        at = next((each for each in BY_NAME.values() if each.spec.field == name), None)
        return f"{plain(value)} {at.spec.unit if at else number_words(name).unit}".strip()
    return "as it comes" if value is None else str(value)


def _set(name: str, scope: Scope, setting: RuleSetting | None) -> str:
    if setting is None:
        rule = BY_NAME.get(name)
        if scope != EVERYBODY or rule is None or rule.spec.default is None or rule.spec.field:
            return "as for everybody" if scope != EVERYBODY else "on"
        return f"{plain(rule.spec.default)} {rule.spec.unit}"
    if not setting.on:
        return "off"
    if setting.value is not None:
        return f"{plain(setting.value)} {BY_NAME[name].spec.unit if name in BY_NAME else ''}".strip()
    rule = BY_NAME.get(name)
    return "on" if rule is None or rule.spec.kind is Kind.YES_OR_NO else "on, with the number for everybody"
