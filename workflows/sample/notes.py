"""Three months of notes a person: planted problems that recur in other words, and whatever else happens at work."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from mentoring.hours import local, zone
from workflows.sample.everyday import EVERYDAY
from workflows.sample.people import PEOPLE
from workflows.sample.person import SamplePerson
from workflows.sample.topics import TOPICS

SEED = 20
DAYS = 84
LEAST_RECURRING, MOST_RECURRING = 5, 7
LEAST_EVERYDAY, MOST_EVERYDAY = 3, 7
QUIET_EVERYDAY = 4
"""How many more of these somebody writes whom nothing troubles twice."""

DEPARTMENTS = {
    "Control Room": ("anyone", "operations"),
    "Customer Support": ("anyone", "operations"),
    "Platform": ("anyone", "making"),
    "Engineering": ("anyone", "making"),
}
ELSEWHERE = ("anyone", "business")


@dataclass(frozen=True)
class Note:
    """What somebody wrote, and when. topic: the planted problem, empty for what happened once."""

    person: str
    at: datetime
    text: str
    topic: str = ""


def notes(today: date) -> tuple[Note, ...]:
    """Everybody's notes of the twelve weeks before today, oldest first within a person; the same for the same day."""
    words = {topic: _turning(sentences) for topic, sentences in TOPICS.items()}
    smalltalk = {kind: _turning(_shuffled(kind, sentences)) for kind, sentences in EVERYDAY.items()}
    return tuple(note for person in PEOPLE for note in _notes_of(person, today, words, smalltalk))


def planted(every_note: Sequence[Note]) -> dict[tuple[str, str], tuple[int, ...]]:
    """(person, topic) → positions of the notes in which that problem recurs: what a good reader would find."""
    found: dict[tuple[str, str], list[int]] = {}
    recurring = {(person.name, topic) for person in PEOPLE for topic in person.recurring}
    for position, note in enumerate(every_note):
        if (note.person, note.topic) in recurring:
            found.setdefault((note.person, note.topic), []).append(position)
    return {key: tuple(positions) for key, positions in found.items()}


def _notes_of(
    person: SamplePerson, today: date, words: dict[str, Iterator[str]], smalltalk: dict[str, Iterator[str]]
) -> list[Note]:
    chance = random.Random(f"{SEED} {person.name}")
    written: list[Note] = []
    for topic in person.recurring:
        days = _spread(chance, person, today, chance.randint(LEAST_RECURRING, MOST_RECURRING))
        written += [Note(person.name, _moment(chance, person, day), next(words[topic]), topic) for day in days]
    for topic in person.once:
        (day,) = _spread(chance, person, today, 1)
        written.append(Note(person.name, _moment(chance, person, day), next(words[topic]), topic))
    kinds = DEPARTMENTS.get(person.department, ELSEWHERE)
    count = chance.randint(LEAST_EVERYDAY, MOST_EVERYDAY) + (0 if person.recurring else QUIET_EVERYDAY)
    for day in _spread(chance, person, today, count):
        kind = chance.choices(kinds, weights=(1, 3))[0]
        written.append(Note(person.name, _moment(chance, person, day), next(smalltalk[kind])))
    return sorted(written, key=lambda note: note.at)


def _turning(sentences: Sequence[str]) -> Iterator[str]:
    """One after the other, begun again only when all were used, so that people rarely share a sentence."""
    while True:
        yield from sentences


def _shuffled(kind: str, sentences: Sequence[str]) -> list[str]:
    return random.Random(f"{SEED} {kind}").sample(sentences, len(sentences))


def _spread(chance: random.Random, person: SamplePerson, today: date, count: int) -> list[date]:
    """So many distinct working days of the person, one in each stretch of the twelve weeks."""
    worked = [day for day in _days_before(today) if person.limits.hours.days[day.weekday()]]
    edges = [round(index * len(worked) / count) for index in range(count + 1)]
    return [chance.choice(worked[begin:end]) for begin, end in pairwise(edges)]


def _days_before(today: date) -> list[date]:
    """Up to the day before yesterday, which has ended everywhere."""
    return [today - timedelta(days=back) for back in range(DAYS + 1, 1, -1)]


def _moment(chance: random.Random, person: SamplePerson, day: date) -> datetime:
    hours = person.limits.hours.days[day.weekday()][0]
    return local(day, chance.randrange(hours.start, hours.end), zone(person.zone))
