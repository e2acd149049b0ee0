"""A label is a topic line: a few of the people's own words, as a colleague would put them, that give nobody away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

import pytest

from mentoring.needs import Challenge, Theme
from suggestions.embedding import Embedder, load_embedder
from suggestions.needs import find_needs
from suggestions.themes import find_themes
from suggestions.words import FUNCTION_WORDS, VAGUE, key
from tests.evaluation.corpus import organisation
from tests.suggestions.people import challenge
from workflows.sample.notes import notes as sample_notes
from workflows.sample.people import PEOPLE

Written = tuple[list[Challenge], set[str]]


@pytest.fixture(scope="module")
def model() -> Embedder:
    return load_embedder()


def sample() -> Written:
    ids = {person.name: number for number, person in enumerate(PEOPLE)}
    written = sample_notes(date(2026, 11, 23))
    return [Challenge(at, ids[each.person], each.text, each.at) for at, each in enumerate(written)], set(ids)


def workplace(people: int, seed: int) -> Written:
    lines = organisation(people, seed).lines
    ids = {person: number for number, person in enumerate(sorted({line["person"] for line in lines}))}
    return [
        Challenge(at, ids[line["person"]], line["text"], datetime.fromisoformat(line["at"]))
        for at, line in enumerate(lines)
    ], set()


CORPORA = {"sample": sample(), "workplace": workplace(40, 1), "small": workplace(12, 3), "tiny": workplace(4, 4)}


def needed(model: Embedder, corpus: Written) -> list[Theme]:
    """The themes that are somebody's need."""
    written, names = corpus
    themes = find_themes(written, model.embed([each.text for each in written]), names=names).themes
    wanted = {need.theme_id for need in find_needs(themes, written, max(each.at for each in written))}
    return [theme for theme in themes if theme.id in wanted]


@pytest.fixture(scope="module", params=CORPORA)
def labelled(request: pytest.FixtureRequest, model: Embedder) -> tuple[Written, list[Theme]]:
    corpus = CORPORA[request.param]
    return corpus, needed(model, corpus)


def words(label: str) -> list[str]:
    return label.replace(",", "").split()


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w'/-]+", " ", text.replace("’", "'").replace("'s ", " ")).lower().split())


def test_most_have_two_to_four_words_and_none_more(labelled: tuple[Written, list[Theme]]) -> None:
    (written, _), themes = labelled
    share = 0.85 if len(written) > 100 else 0.5  # of few notes, few words are shared
    numbers = [len(words(theme.label)) for theme in themes]
    assert max(numbers) <= 4
    assert sum(number >= 2 for number in numbers) >= share * len(numbers)


def test_each_part_stands_in_a_note_of_the_theme_as_it_is_said_and_is_never_all_of_one(
    labelled: tuple[Written, list[Theme]],
) -> None:
    (written, _), themes = labelled
    texts = {each.id: plain(each.text) for each in written}
    for theme in themes:
        for part in theme.label.split(", "):
            assert any(f" {part.lower()} " in f" {texts[each]} " for each in theme.challenge_ids), theme.label
            assert plain(part) not in texts.values()


def test_no_word_is_empty_a_number_or_of_a_name(labelled: tuple[Written, list[Theme]]) -> None:
    (_, names), themes = labelled
    parts_of_names = {part.lower() for name in names for part in name.split()}
    for theme in themes:
        for word in words(theme.label):
            assert key(word), theme.label
            assert word.lower() not in FUNCTION_WORDS | parts_of_names


def test_no_label_is_vague_where_there_is_much_to_go_by(model: Embedder) -> None:
    for name in ("sample", "workplace"):
        for theme in needed(model, CORPORA[name]):
            assert not {key(word) for word in words(theme.label)} <= VAGUE, theme.label


@pytest.mark.parametrize("name", ["sample", "workplace"])
def test_words_of_one_persons_single_note_are_not_shown_to_others(model: Embedder, name: str) -> None:
    written, _ = CORPORA[name]
    by_id = {each.id: each for each in written}
    for theme in needed(model, CORPORA[name]):
        if len({by_id[each].person_id for each in theme.challenge_ids}) > 1:
            for word in words(theme.label):
                used = {each.id for each in written if key(word) in {key(one) for one in plain(each.text).split()}}
                assert len(used) > 1, (theme.label, word)


def test_what_the_sample_is_made_of_can_be_read_from_its_labels(model: Embedder) -> None:
    told = " / ".join(theme.label for theme in needed(model, CORPORA["sample"]))
    for expected in ("slow query", "Terraform state", "quarterly forecast", "purchase order", "screen reader"):
        assert expected in told


def label_of(model: Embedder, *texts: str) -> str:
    written: Sequence[Challenge] = [challenge(at, 1, text, at * 4) for at, text in enumerate(texts)]
    first, *_ = find_themes(written, model.embed([each.text for each in written])).themes
    return first.label


def test_ten_notes_are_enough_for_a_phrase(model: Embedder) -> None:
    label = label_of(
        model,
        "terraform state is locked again and nobody knows by whom",
        "had to force-unlock the terraform state before I could apply",
        "Terraform state drifted from what is deployed",
        "the coffee machine is broken",
        "lunch with the design team was nice",
    )
    assert "terraform state" in label


def test_acronyms_and_proper_names_of_things_keep_their_letters(model: Embedder) -> None:
    label = label_of(model, *(f"Stuck with the SQL index {why}" for why in ("again", "on Monday", "of orders", "here")))
    assert "SQL index" in label


def test_a_frequent_given_name_is_no_topic_even_if_it_is_written_small(model: Embedder) -> None:
    label = label_of(model, *(f"the roster with michael {why}" for why in ("again", "on Monday", "is late", "late")))
    assert "michael" not in label
