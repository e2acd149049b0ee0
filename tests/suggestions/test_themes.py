"""What means the same becomes one theme, in any corpus, whatever the order of the notes."""

from __future__ import annotations

import random
from datetime import datetime

import numpy as np
import pytest

from mentoring.needs import Challenge
from suggestions.embedding import Embedder, load_embedder
from suggestions.needs import find_needs
from suggestions.themes import UNNAMED, Themes, find_themes, topic_line
from suggestions.vectors import Vectors
from tests.evaluation.corpus import Corpus, organisation
from tests.evaluation.scoring import score
from tests.suggestions.people import challenge

LOCKED = [
    "terraform state is locked again and nobody knows by whom",
    "had to force-unlock the terraform state before I could apply",
    "I keep fighting the state lock in the S3 backend",
]
TALKS = [
    "nervous before presenting to the board",
    "my voice shakes when presenting slides",
    "nervous again while presenting my slides",
]
OTHERS = ["the coffee machine is broken", "lunch with the design team was nice", "moved my desk to the window"]


@pytest.fixture(scope="module")
def model() -> Embedder:
    return load_embedder()


def notes(*texts: str, people: int = 1) -> list[Challenge]:
    return [challenge(number, 1 + number % people, text, number * 4) for number, text in enumerate(texts)]


def themes_of(model: Embedder, written: list[Challenge], **more: object) -> Themes:
    return find_themes(written, model.embed([each.text for each in written]), **more)  # type: ignore[arg-type]


def as_challenges(corpus: Corpus) -> tuple[list[Challenge], list[str]]:
    people = sorted({line["person"] for line in corpus.lines})
    written = [
        Challenge(at, people.index(line["person"]), line["text"], datetime.fromisoformat(line["at"]))
        for at, line in enumerate(corpus.lines)
    ]
    return written, people


def test_nine_notes_of_one_person_fall_into_their_topics(model: Embedder) -> None:
    written = notes(*LOCKED, *TALKS, *OTHERS)
    found = {theme.challenge_ids for theme in themes_of(model, written).themes}
    assert {(0, 1, 2), (3, 4, 5)} <= found
    assert len(find_needs(themes_of(model, written).themes, written, written[0].at)) == 2


def test_people_who_mean_the_same_share_a_theme(model: Embedder) -> None:
    written = notes(*LOCKED, *LOCKED, *TALKS, *OTHERS, people=3)
    shared = next(theme for theme in themes_of(model, written).themes if 0 in theme.challenge_ids)
    assert {written[each].person_id for each in shared.challenge_ids} == {1, 2, 3}


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_a_handful_of_notes_is_no_error(model: Embedder, number: int) -> None:
    assert len(themes_of(model, notes(*LOCKED[:number])).themes) <= 1


def test_notes_with_the_same_text_are_one_theme(model: Embedder) -> None:
    (theme,) = themes_of(model, notes("stuck", "stuck", "Stuck ", "stuck")).themes
    assert theme.challenge_ids == (0, 1, 2, 3)


def test_notes_and_vectors_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 challenges, 2 vectors"):
        find_themes(notes("one"), np.zeros((2, 3), np.float32))


def test_texts_of_which_nothing_is_known_stay_alone() -> None:
    assert find_themes(notes("…", "!", "?", "--"), np.zeros((4, 8), np.float32)).themes == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_notes_plays_no_part(model: Embedder, seed: int) -> None:
    written, _ = as_challenges(organisation(people=6, seed=3))
    shuffled = random.Random(seed).sample(written, len(written))
    assert themes_of(model, written).themes == themes_of(model, shuffled).themes


def test_every_note_is_in_one_theme_at_most_and_evidence_spans_its_days(model: Embedder) -> None:
    written, _ = as_challenges(organisation(people=12, seed=4))
    found = themes_of(model, written)
    members = [each for theme in found.themes for each in theme.challenge_ids]
    assert len(members) == len(set(members))
    by_id = {theme.id: theme for theme in found.themes}
    for need in find_needs(found.themes, written, max(each.at for each in written)):
        assert set(need.evidence) <= set(by_id[need.theme_id].challenge_ids)
        assert {written[each].person_id for each in need.evidence} == {need.person_id}
        assert need.days == len({written[each].at.date() for each in need.evidence}) >= 3
        assert 0 <= need.probability <= 1


def test_a_centroid_lies_nearest_to_its_own_themes_notes(model: Embedder) -> None:
    written = notes(*LOCKED, *TALKS, *OTHERS)
    vectors: Vectors = model.embed([each.text for each in written])
    found = find_themes(written, vectors)
    for theme in found.themes:
        inside = np.isin(np.arange(len(written)), theme.challenge_ids)
        cosines = (vectors - found.centre) @ found.centroids[theme.id]
        assert cosines[inside].mean() > cosines[~inside].mean()


def test_a_store_may_give_themes_other_ids(model: Embedder) -> None:
    found = themes_of(model, notes(*LOCKED, *TALKS))
    again = found.renumbered({theme.id: theme.id + 100 for theme in found.themes})
    assert [theme.id for theme in again.themes] == sorted(again.centroids)
    assert min(again.centroids) > 100


@pytest.mark.slow
@pytest.mark.parametrize(("people", "seed", "least"), [(40, 1, 0.55), (40, 2, 0.65), (12, 3, 0.55)])
def test_planted_recurrences_are_found_where_no_one_tuned_for_them(
    model: Embedder, people: int, seed: int, least: float
) -> None:
    corpus = organisation(people, seed)
    written, names = as_challenges(corpus)
    found = themes_of(model, written).themes
    needs = find_needs(found, written, max(each.at for each in written))
    assert score([(names[need.person_id], need.evidence) for need in needs], corpus.truth).f1 >= least


def test_a_label_is_made_of_words_the_notes_share(model: Embedder) -> None:
    written = notes(*LOCKED, *TALKS, *OTHERS)
    label = next(theme.label for theme in themes_of(model, written).themes if 0 in theme.challenge_ids)
    assert "state" in label


@pytest.mark.parametrize(
    "private", ["Priya", "priya@example.org", "https://example.org/x", "4711", "AB-1234", "+49 30 1234"]
)
def test_a_label_has_no_name_address_or_number(model: Embedder, private: str) -> None:
    written = notes(*(f"{private} {text} with {private}" for text in (*LOCKED, *TALKS)))
    for theme in themes_of(model, written, names=("Priya Nair",)).themes:
        assert not any(part.lower() in theme.label.lower() for part in private.split())


def test_a_word_written_like_a_name_is_left_out_even_if_nobody_told(model: Embedder) -> None:
    written = notes(*(f"asked Oluwaseun about it: {text}" for text in LOCKED), *TALKS, *OTHERS)
    assert not any("oluwaseun" in theme.label.lower() for theme in themes_of(model, written).themes)


def test_notes_without_a_telling_word_still_have_a_label(model: Embedder) -> None:
    (theme,) = themes_of(model, notes("why me", "why me", "why me")).themes
    assert theme.label == UNNAMED


def test_a_topic_line_is_the_label_as_a_title() -> None:
    assert topic_line("state lock, plan") == "State lock, plan"
