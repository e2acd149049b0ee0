"""How far the probabilities and days of needs can be believed, and how long before the next time a need is known.

At each cut needs are found in what was written by then; nothing later is looked at. Then each is held against what
came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log
from statistics import median
from typing import Protocol

from mentoring.needs import Challenge, Need, Theme
from suggestions.needs import find_needs
from suggestions.tracks import read
from suggestions.watching import AHEAD_DAYS
from tests.evaluation.histories import FIRST_DAY, SEASONS, Made, organisation
from tests.evaluation.scoring import brier, reliability
from tests.reference.decayed_poisson import chances

CUTS = (140, 280, 400, 520)
"""Days of each made organisation's history that are known."""

SEEDS = (1, 2, 3)


class Written(Protocol):
    """Themes, and all the challenges they are made of."""

    @property
    def themes(self) -> Sequence[Theme]: ...

    @property
    def challenges(self) -> Sequence[Challenge]: ...


@dataclass
class Said:
    """What was said, and what came. plain: what the plain way would have said, where it was asked."""

    said: list[tuple[float, bool]] = field(default_factory=list)
    plain: list[tuple[float, bool]] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    off: list[float] = field(default_factory=list)
    before: list[float] = field(default_factory=list)
    seasons: dict[str, list[int | None]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For the reader of `./run.sh eval`."""
        if not self.said:
            return ["  no need could be held against what came"]
        told = [f"  28 days ahead: {len(self.said)} needs, {_figures(self.said)}"]
        if self.plain:
            told.append(f"  the plain way (decayed Poisson):  {_figures(self.plain)}")
        for probability, share, number in reliability(self.said):
            told.append(f"    said {probability:.2f}, came true {share:.2f}, {number} needs")
        if self.inside:
            share = sum(self.inside) / len(self.inside)
            told.append(
                f"  next time, of those that came: {share:.0%} within the interval of four in five;"
                f" the day is off by {median(self.off):.0f} days (median)"
            )
        return told + self._lead()

    def _lead(self) -> list[str]:
        if not self.before:
            return []
        known = [each for each in self.before if each >= 0]
        return [
            f"  known before the next time: {len(known)} of {len(self.before)} came up again after their third day"
            + (f", known {median(known):.0f} days before that (median)" if known else "")
        ]


def hold(
    said: Said,
    needs: Sequence[Need],
    came: Callable[[Need], datetime | bool | None],
    at: datetime,
    plainly: Mapping[tuple[int, int], float],
) -> None:
    """Adds needs found at that moment. came: when it came up next, False for not again, None for one not to judge."""
    for need in needs:
        then = came(need)
        if then is None:
            continue
        soon = isinstance(then, datetime) and then <= at + timedelta(days=AHEAD_DAYS)
        said.said.append((need.probability, soon))
        said.plain.append((plainly[need.person_id, need.theme_id], soon))
        if isinstance(then, datetime) and need.next_at and need.next_from and need.next_until:
            said.inside.append(need.next_from <= then < need.next_until)
            said.off.append(abs((then - need.next_at) / timedelta(days=1)))


def known_before(said: Said, days: Sequence[datetime], recurrence_days: int = 3) -> None:
    """How many days lie between the day that made it a need and the next time; less than nothing for no next."""
    if len(days) >= recurrence_days:
        later = days[recurrence_days:]
        said.before.append((later[0] - days[recurrence_days - 1]) / timedelta(days=1) if later else -1.0)


def made_organisations() -> None:
    """Prints all of this for organisations whose seasons, ends and pauses are known."""
    said = Said()
    for seed in SEEDS:
        made = organisation(seed=seed)
        for days in CUTS:
            _cut(said, made, FIRST_DAY + timedelta(days=days, hours=10))
        for theirs in _days(made.themes, made.challenges).values():
            known_before(said, theirs)
    print(f"made histories, {len(SEEDS)} organisations at {len(CUTS)} dates each: themes given, seasons known")
    print("\n".join(said.lines()))
    for kind, found in said.seasons.items():
        right = sum(each is not None and abs(each - SEASONS.get(kind, -9)) < 1 for each in found)
        seen = sum(each is not None for each in found)
        print(
            f"  {kind}: {seen} of {len(found)} taken for a season" + (f", {right} rightly" if kind in SEASONS else "")
        )


def _cut(said: Said, made: Made, at: datetime) -> None:
    needs = find_needs(made.themes, made.challenges, at)
    days = _days(made.themes, made.challenges)
    hold(said, needs, lambda need: _next(days[need.person_id, need.theme_id], at), at, plain(made, at))
    for need in needs:
        said.seasons.setdefault(made.kinds[need.person_id, need.theme_id], []).append(need.season_days)


def plain(found: Written, at: datetime) -> dict[tuple[int, int], float]:
    """What the plain way says of each (person, theme)."""
    written = read(found.themes, found.challenges, at, {})
    said = chances([(track.days, written.days[track.person_id][0]) for track in written.tracks], at.toordinal())
    return {(track.person_id, track.theme_id): each for track, each in zip(written.tracks, said, strict=True)}


def _next(days: Sequence[datetime], at: datetime) -> datetime | bool:
    return next((each for each in days if each > at), False)


def _days(themes: Sequence[Theme], challenges: Sequence[Challenge]) -> dict[tuple[int, int], list[datetime]]:
    at = {each.id: each for each in challenges}
    found: dict[tuple[int, int], list[datetime]] = {}
    for theme in themes:
        for one in theme.challenge_ids:
            mine = found.setdefault((at[one].person_id, theme.id), [])
            if not mine or mine[-1].date() != at[one].at.date():
                mine.append(at[one].at)
    return found


def _figures(said: Sequence[tuple[float, bool]]) -> str:
    base = sum(came for _, came in said) / len(said)
    by_base = brier([(base, came) for _, came in said])
    skill = f"{1 - brier(said) / by_base:+.3f}" if by_base else "–"
    loss = -sum(log(max(p if came else 1 - p, 1e-9)) for p, came in said) / len(said)
    mean = sum(p for p, _ in said) / len(said)
    return (
        f"mean said {mean:.3f}, came true {base:.3f}, Brier {brier(said):.3f}, skill over the base rate {skill},"
        f" log loss {loss:.3f}"
    )
