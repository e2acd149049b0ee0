"""Streams whose topics all lie in one field, made of the sentences that were planted in a corpus of many.

Near topics are the hard case: in a stream of banking alone, what sets a topic apart from the others is little.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from tests.evaluation.corpus import DAYS, FIRST_DAY, HERE, Corpus

PEOPLE = 30
SEEDS = (101, 102, 103)
ENOUGH = 5
"""Sentences of a topic, for it to recur; those of which there are fewer are background."""

Topics = Mapping[str, Sequence[str]]
"""Topic → the different sentences about it."""


def in_fields(corpus: Corpus) -> Iterator[tuple[str, list[Corpus]]]:
    """(field, streams) for each field of which the corpus has topics that can recur."""
    said = planted(corpus)
    for field, names in fields().items():
        topics = {name: said[name] for name in names if name in said}
        if sum(len(each) >= ENOUGH for each in topics.values()) >= 3:
            yield field, [stream(topics, PEOPLE, seed) for seed in SEEDS]


def fields() -> dict[str, list[str]]:
    """Field → its topics' names, as fields.txt has them."""
    found: dict[str, list[str]] = {}
    for line in (HERE / "fields.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            found[line[2:]] = []
        else:
            found[list(found)[-1]] += line.split()
    return found


def planted(corpus: Corpus) -> dict[str, list[str]]:
    """Topic → the different sentences planted about it, in the order of the people."""
    found: dict[str, dict[str, None]] = {}
    for recurrences in corpus.truth.values():
        for topic, lines in recurrences.items():
            found.setdefault(topic, {}).update((corpus.lines[line]["text"], None) for line in lines)
    return {topic: list(texts) for topic, texts in found.items()}


def stream(topics: Topics, people: int, seed: int) -> Corpus:
    """The same for the same arguments: each person has none to three recurrences of three to five days, among notes
    about other topics of the field, one or two of each."""
    chance = random.Random(seed)
    lines: list[dict[str, str]] = []
    truth: dict[str, dict[str, list[int]]] = {}
    for number in range(people):
        person = f"f{number:03}@example.org"
        written = _written(topics, chance)
        for day, (text, topic) in zip(sorted(chance.sample(range(DAYS), len(written))), written, strict=True):
            if topic:
                truth.setdefault(person, {}).setdefault(topic, []).append(len(lines))
            lines.append({"person": person, "at": (FIRST_DAY + timedelta(days=day, hours=9)).isoformat(), "text": text})
    return Corpus(tuple(lines), truth)


def _written(topics: Topics, chance: random.Random) -> list[tuple[str, str]]:
    """(text, topic that recurs or "") of one person, in the order of writing."""
    may_recur = [topic for topic, texts in topics.items() if len(texts) >= ENOUGH]
    recurring = chance.sample(may_recur, min(chance.choice((0, 0, 1, 1, 2, 2, 3)), len(may_recur)))
    written = [
        (text, topic) for topic in recurring for text in chance.sample(topics[topic], chance.choice((3, 3, 4, 5)))
    ]
    rest = [topic for topic in topics if topic not in recurring]
    for topic in chance.sample(rest, min(chance.randint(4, 7), len(rest))):
        written += [
            (text, "") for text in chance.sample(topics[topic], min(chance.choice((1, 1, 1, 2)), len(topics[topic])))
        ]
    chance.shuffle(written)
    return written
