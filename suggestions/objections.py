"""What people answer to the reasons that they are given: wrong, not now, never about this.

What a reason of the topic says is answered for the topic, what says that somebody knows it for that person and topic.
Any other reason is one that a rule gave points for: it no longer counts for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mentoring.proposals import Objection

NOT_NOW_DAYS = 14
"""How long "not now" lasts for the person who said it."""

ABOUT_TOPIC = frozenset({"topic", "reading"})
KNOWS_IT = frozenset({"suits", "went_well"})
"""Reasons that say that this person can help with this topic."""


OBJECTIONS = {Objection.WRONG: "“wrong”", Objection.NOT_NOW: "“not now”", Objection.NEVER: "“never”"}


@dataclass(frozen=True)
class Objected:
    """A mentee answered a reason of a suggestion. reason, about: as the suggestion named it."""

    mentee_id: int
    mentor_id: int
    theme_id: int
    reason: str
    about: str
    objection: Objection
    at: datetime

    @property
    def of_topic(self) -> bool:
        return self.about in ABOUT_TOPIC

    @property
    def of_person(self) -> bool:
        return self.reason in KNOWS_IT

    def recent(self, now: datetime) -> bool:
        """Whether a "not now" still holds."""
        return now - self.at < timedelta(days=NOT_NOW_DAYS)


def against_topic(said: Iterable[Objected], theme_id: int, last_at: datetime, now: datetime) -> Objected | None:
    """What keeps the mentee's topic back: never, not now, or wrong until they wrote of it again at last_at."""
    for each in said:
        holds = {
            Objection.NEVER: True,
            Objection.NOT_NOW: each.recent(now),
            Objection.WRONG: last_at <= each.at,
        }
        if each.of_topic and each.theme_id == theme_id and holds[each.objection]:
            return each
    return None


def against_person(said: Iterable[Objected], mentor_id: int, theme_id: int, now: datetime) -> Objected | None:
    """What keeps the mentor from the mentee: never, not now, or that they do not know this topic."""
    for each in said:
        holds = {
            Objection.NEVER: True,
            Objection.NOT_NOW: each.recent(now),
            Objection.WRONG: each.theme_id == theme_id,
        }
        if each.of_person and each.mentor_id == mentor_id and holds[each.objection]:
            return each
    return None


def not_counted(said: Sequence[Objected], mentor_id: int, now: datetime) -> dict[str, Objection]:
    """The other reasons that do not count for the mentee with that mentor, by name: wrong with this one, the rest with
    anybody."""
    found: dict[str, Objection] = {}
    for each in said:
        holds = {
            Objection.NEVER: True,
            Objection.NOT_NOW: each.recent(now),
            Objection.WRONG: each.mentor_id == mentor_id,
        }
        if not each.of_topic and not each.of_person and holds[each.objection]:
            found[each.reason] = each.objection
    return found
