"""What came of a trial, from its JSON to what a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mentoring.intervals import Interval
from workflows.rules_views import (
    AcceptanceView,
    BacktestView,
    Bar,
    DifferenceLine,
    GroupFigure,
    PreviewView,
    RuleCause,
    Suggested,
)

Meaning = Callable[[str], str]
Told = Mapping[str, Any]


def preview_view(result: Told, meaning: Meaning) -> PreviewView:
    """meaning: of a rule, by name."""

    def lines(kind: str) -> tuple[DifferenceLine, ...]:
        return tuple(_difference(each, meaning) for each in result[kind])

    return PreviewView(
        before=result["counts"]["before"],
        after=result["counts"]["after"],
        same=result["counts"]["same"],
        appear=lines("appear"),
        vanish=lines("vanish"),
        change=lines("change"),
        behind=tuple(Bar(meaning(each["rule"]), 0, each["count"]) for each in result["rules"]),
        groups=_groups(result["groups"], "before", "after"),
        untold=result["untold"],
    )


def _difference(told: Told, meaning: Meaning) -> DifferenceLine:
    return DifferenceLine(
        mentee_id=told["mentee_id"],
        mentee=told["mentee"],
        was=_suggested(told.get("was")),
        now=_suggested(told.get("now")),
        because=tuple(RuleCause(rule, meaning(rule)) for rule in told["rules"]),
    )


def _suggested(told: Told | None) -> Suggested | None:
    if told is None:
        return None
    interval = Interval(datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["end"]))
    return Suggested(told["mentor_id"], told["mentor"], interval)


def _groups(told: Sequence[Told], before: str, after: str) -> tuple[GroupFigure, ...]:
    return tuple(GroupFigure(each["name"], each["people"], each[before], each[after]) for each in told)


def backtest_view(result: Told, zone: str) -> BacktestView:
    """zone: in which a round's day is told."""
    rounds, totals, found = result["rounds"], result["totals"], result["acceptance"]
    names = ("plain", "share", "low", "high", "effective", "answers", "covered", "method", "refused")
    return BacktestView(
        rounds=len(rounds),
        left_out=result["left_out"],
        was=totals["was"],
        before=totals["in_force"],
        after=totals["draft"],
        acceptance=AcceptanceView(**{name: found[name] for name in names}),
        volume=tuple(Bar(_day(each["at"], zone), each["in_force"], each["draft"], each["was"]) for each in rounds),
        loads=tuple(Bar(_range(each["from"], each["to"]), each["in_force"], each["draft"]) for each in result["loads"]),
        mentors=result["mentors"],
        gini_before=result["gini"]["in_force"],
        gini_after=result["gini"]["draft"],
        groups=_groups(result["groups"], "in_force", "draft"),
        untold=result["untold"],
    )


def _day(at: str, zone: str) -> str:
    local = datetime.fromisoformat(at).astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b}"


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} and more"
    return "none" if most == 0 else f"{least} to {most}"
