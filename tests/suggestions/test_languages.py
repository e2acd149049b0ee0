"""English is hardly ever taken for something else, and other languages are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from suggestions.languages import ENGLISH, NAMES, UNKNOWN, is_read, language_of
from tests.evaluation.corpus import one_offs, phrases

OTHERS = [
    tuple(line.split("\t")) for line in Path(__file__).with_name("other_languages.txt").read_text("utf-8").splitlines()
]


def test_practically_no_english_sentence_is_taken_for_another_language() -> None:
    written = [*one_offs(), *(text for texts in phrases().values() for text in texts)]
    assert len(written) > 300
    assert [text for text in written if language_of(text) != ENGLISH] == []


@pytest.mark.parametrize("language", sorted({language for language, _ in OTHERS}))
def test_sentences_in_another_language_are_found(language: str) -> None:
    theirs = [text for each, text in OTHERS if each == language]
    found = [language_of(text) for text in theirs]
    assert sum(not is_read(each) for each in found) >= 0.8 * len(theirs)


def test_nine_in_ten_are_found_and_named_rightly() -> None:
    assert sum(language_of(text) == language for language, text in OTHERS) >= 0.9 * len(OTHERS)


@pytest.mark.parametrize(
    "text",
    [
        "gdpr",
        "ok",
        "hello",
        "Kubernetes",
        "spell aaron",
        "terraform state",
        "CI/CD pipeline",
        "la carte",
        "1:1 mit Max",
    ],
)
def test_a_word_or_two_are_read_as_english(text: str) -> None:
    assert is_read(language_of(text))


@pytest.mark.parametrize("text", ["", "   ", "12:30", "???", "🎉🎉"])
def test_without_letters_nobody_can_tell(text: str) -> None:
    assert language_of(text) == UNKNOWN


def test_a_lone_surrogate_is_no_error() -> None:
    assert is_read(language_of("the build \ud800 is broken"))


def test_every_language_that_is_told_apart_has_a_name() -> None:
    assert {language for language, _ in OTHERS} <= set(NAMES)
