"""Streams of one field say what was planted in them, and nothing of another field."""

from __future__ import annotations

from tests.evaluation.corpus import Corpus, phrases
from tests.evaluation.fields import fields, in_fields, planted, stream
from tests.evaluation.scoring import Score

TOPICS = dict(list(phrases().items())[:8])


def test_what_is_planted_is_about_its_topic_on_as_many_days() -> None:
    made = stream(TOPICS, people=20, seed=1)
    assert made.truth
    for person, recurrences in made.truth.items():
        for topic, numbers in recurrences.items():
            lines = [made.lines[number] for number in numbers]
            assert {line["person"] for line in lines} == {person}
            assert {line["text"] for line in lines} <= set(TOPICS[topic])
            assert len({line["at"][:10] for line in lines}) == len(lines) >= 3


def test_the_rest_of_a_persons_notes_is_about_other_topics() -> None:
    made = stream(TOPICS, people=20, seed=2)
    about = {text: topic for topic, texts in TOPICS.items() for text in texts}
    told = {number for recurrences in made.truth.values() for numbers in recurrences.values() for number in numbers}
    for number, line in enumerate(made.lines):
        assert number in told or about[line["text"]] not in made.truth.get(line["person"], {})


def test_the_same_seed_makes_the_same_stream() -> None:
    assert stream(TOPICS, 5, 3) == stream(TOPICS, 5, 3)
    assert stream(TOPICS, 5, 3) != stream(TOPICS, 5, 4)


def test_only_fields_whose_topics_were_planted_are_made() -> None:
    (field, names), *_ = fields().items()
    texts = [f"{name} said in way {way}" for name in names[:3] for way in range(5)]
    lines = tuple({"person": "p", "at": "2026-08-03T09:00:00+00:00", "text": text} for text in texts)
    corpus = Corpus(lines, {"p": {name: list(range(5 * at, 5 * at + 5)) for at, name in enumerate(names[:3])}})
    assert list(planted(corpus)) == names[:3]
    assert [found for found, _ in in_fields(corpus)] == [field]


def test_scores_of_several_streams_are_added_up() -> None:
    assert Score(4, 5, 2) + Score(6, 5, 4) == Score(10, 10, 6)
