"""A made organisation whose people write notes with planted recurrences, and the truth of what was planted."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY = datetime(2026, 8, 3, tzinfo=UTC)
DAYS = 84


@dataclass(frozen=True)
class Corpus:
    """lines: one {"person", "at", "text"} each, in the order of the file. truth: person → topic → line numbers from
    0."""

    lines: tuple[dict[str, str], ...]
    truth: dict[str, dict[str, list[int]]]


def phrases(name: str = "workplace_phrases.txt") -> dict[str, list[str]]:
    """Topic → ways of saying it. Lines after a "# topic" line belong to that topic."""
    topics: dict[str, list[str]] = {}
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            topics[line[2:]] = []
        elif line:
            topics[list(topics)[-1]].append(line)
    return topics


def one_offs() -> list[str]:
    """Notes about nothing that recurs."""
    return (HERE / "one_offs.txt").read_text(encoding="utf-8").splitlines()


def organisation(people: int = 40, seed: int = 1) -> Corpus:
    """The same corpus for the same arguments: each person has none to three recurrences of three to five days, among
    other notes."""
    chance = random.Random(seed)
    topics, others = phrases(), one_offs()
    lines: list[dict[str, str]] = []
    truth: dict[str, dict[str, list[int]]] = {}
    for number in range(people):
        person = f"w{number:03}@example.org"
        planted = {
            topic: chance.sample(topics[topic], chance.choice((3, 3, 4, 5)))
            for topic in chance.sample(list(topics), chance.choice((0, 1, 2, 2, 3)))
        }
        rest = [topic for topic in topics if topic not in planted]
        noise = [chance.choice(topics[topic]) for topic in chance.sample(rest, 6)] + chance.sample(others, 4)
        written = [(text, topic) for topic, texts in planted.items() for text in texts] + [(text, "") for text in noise]
        days = sorted(chance.sample(range(DAYS), len(written)))
        chance.shuffle(written)
        for day, (text, topic) in zip(days, written, strict=True):
            if topic:
                truth.setdefault(person, {}).setdefault(topic, []).append(len(lines))
            at = FIRST_DAY + timedelta(days=day, hours=chance.randint(8, 16), minutes=chance.randint(0, 59))
            lines.append({"person": person, "at": at.isoformat(), "text": text})
    return Corpus(tuple(lines), truth)
