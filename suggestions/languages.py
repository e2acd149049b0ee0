"""In which language a text is written. English is what is served, so a text is taken for another only where that is
clear.

py3langid (naive Bayes over byte n-grams, https://github.com/adbar/py3langid) is asked among languages that people write
at work; short texts look like anything to it. So the other language must be likelier than English by a margin, which
grows with the share of English function words, and is larger still where there are hardly any words to go by.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from suggestions.words import FUNCTION_WORDS

ENGLISH, UNKNOWN = "en", "und"
READ = frozenset({"", ENGLISH, UNKNOWN})
"""Languages, as a challenge names them, whose texts are analysed: what nobody could tell is read as English."""

NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip
"""ISO 639-1 → what it is called, of the languages that are told apart."""

MARGIN = 3.5
"""How much likelier than English another language must be, as the logarithm of the ratio."""
MARGIN_OF_FUNCTION_WORDS = 4.0
"""What is added to it where all words are English function words; less by their share."""
MARGIN_OF_A_WORD = 8.0
"""The margin for one word or two: a name or a term of art, as a rule."""
FEW_WORDS = 2
LEAST = 1e-9

WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """ISO 639-1; UNKNOWN for a text without letters."""
    words = WORD.findall(text.lower())
    if not words:
        return UNKNOWN
    likely: dict[str, float] = dict(_identifier().rank(text))
    other = max((each for each in likely if each != ENGLISH), key=lambda each: (likely[each], each))
    beyond = log(max(likely[other], LEAST)) - log(max(likely[ENGLISH], LEAST))
    return other if beyond > _margin(words) else ENGLISH


def is_read(language: str) -> bool:
    """Whether what is written in it is analysed."""
    return language in READ


def _margin(words: list[str]) -> float:
    least = MARGIN if len(words) > FEW_WORDS else MARGIN_OF_A_WORD
    return least + MARGIN_OF_FUNCTION_WORDS * sum(word in FUNCTION_WORDS for word in words) / len(words)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    identifier: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # type: ignore[no-untyped-call]
    identifier.set_languages(list(NAMES))
    return identifier
