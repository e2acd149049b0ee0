"""Calibration of needs that are found in texts: what was planted says whether they came back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from mentoring.needs import Challenge, Need, Theme
from suggestions.needs import find_needs
from suggestions.themes import find_themes
from suggestions.vectors import Vectors
from tests.evaluation.calibration import Said, hold, known_before, plain
from tests.evaluation.corpus import Corpus
from tests.evaluation.scoring import OVERLAP

CUT_WEEKS = (4, 5, 6)
"""Before the end; later ones would not see four weeks ahead."""


@dataclass(frozen=True)
class Known:
    """What was written by a cut, and the themes that were found in it."""

    themes: tuple[Theme, ...]
    challenges: tuple[Challenge, ...]


def text_calibration(corpus: Corpus, people: list[str], written: list[Challenge], vectors: Vectors) -> Iterator[str]:
    """In lines: the needs that were planted, at each cut and at all; then every need that was found."""
    end = max(each.at for each in written)
    planted, every = Said(), Said()
    for weeks in CUT_WEEKS:
        at = end - timedelta(weeks=weeks)
        rows = [row for row, each in enumerate(written) if each.at <= at]
        if not rows:
            continue
        then, here = _known(written, vectors, rows), Said()
        needs, plainly = find_needs(then.themes, then.challenges, at), plain(then, at)
        came = partial(_came_again, people=people, corpus=corpus, written=written, at=at)
        for said in (here, planted):
            hold(said, needs, came, at, plainly)
        hold(every, needs, partial(_or_never, came), at, plainly)
        yield f"  cut {weeks} weeks before the end:"
        yield from here.lines()[:2]
    for theirs in corpus.truth.values():
        for lines in theirs.values():
            known_before(planted, [written[line].at for line in lines])
    yield "  all cuts, needs that were planted:"
    yield from planted.lines()
    yield "  all cuts, every need; one that was not planted counts as not coming back:"
    yield from every.lines()


def _known(written: list[Challenge], vectors: Vectors, rows: list[int]) -> Known:
    challenges = tuple(written[row] for row in rows)
    return Known(find_themes(challenges, vectors[rows]).themes, challenges)


def _came_again(
    need: Need, people: list[str], corpus: Corpus, written: list[Challenge], at: datetime
) -> datetime | bool | None:
    """When the recurrence that the need is about has its next line after the cut; None for a need about none."""
    for lines in corpus.truth.get(people[need.person_id], {}).values():
        before = {line for line in lines if written[line].at <= at}
        if before and len(before & set(need.evidence)) / len(before | set(need.evidence)) >= OVERLAP:
            return min((written[line].at for line in lines if line not in before), default=False)
    return None


def _or_never(came: partial[datetime | bool | None], need: Need) -> datetime | bool:
    return came(need) or False
