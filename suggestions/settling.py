"""What people say is no longer hard for them, as themes come and go from round to round.

They say it of a theme, and mean what they had written of it. So it goes along with those challenges, into whichever
themes they are found in next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from mentoring.needs import Challenge, Theme

Said = Mapping[tuple[int, int], datetime]
"""{(person, theme): when they said that it is no longer hard}."""


def carried(
    said: Said, before: Iterable[Theme], after: Iterable[Theme], challenges: Iterable[Challenge]
) -> dict[tuple[int, int], datetime]:
    """What was said of the themes as they were, for the themes as they are.

    It holds for a theme when it was said of most of what the person had written of that by then. What they write later
    plays no part.
    """
    if not said:
        return {}
    known = {each.id: each for each in challenges}
    about = _said_of_each(said, before, known)
    found: dict[tuple[int, int], datetime] = {}
    for theme in after:
        for person_id, mine in _by_person(theme, known).items():
            at = max((about[each.id] for each in mine if each.id in about), default=None)
            by_then = [each for each in mine if at is not None and each.at <= at]
            if at is not None and 2 * sum(each.id in about for each in by_then) > len(by_then):
                found[person_id, theme.id] = at
    return found


def _said_of_each(said: Said, before: Iterable[Theme], known: Mapping[int, Challenge]) -> dict[int, datetime]:
    """When it was said of each challenge that had been written by then."""
    about: dict[int, datetime] = {}
    for theme in before:
        for each in (known[one] for one in theme.challenge_ids if one in known):
            at = said.get((each.person_id, theme.id))
            if at is not None and each.at <= at:
                about[each.id] = at
    return about


def _by_person(theme: Theme, known: Mapping[int, Challenge]) -> dict[int, list[Challenge]]:
    mine: dict[int, list[Challenge]] = defaultdict(list)
    for each in (known[one] for one in theme.challenge_ids if one in known):
        mine[each.person_id].append(each)
    return mine
