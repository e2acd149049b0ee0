"""Names for themes: a short distinctive phrase out of the words that its challenges share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from mentoring.needs import Challenge
from suggestions.vectors import Vectors
from suggestions.words import content_words

LONGEST_PHRASE = 3
MOST_WORDS = 4
SECOND_BEST = 0.55
"""A second phrase joins the label when it scores at least this much of the first."""
ENOUGH_PEOPLE = 3
"""A word that is never written small may be somebody's name, unless so many people use it."""

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """What a corpus tells of its words. weight: how telling each is, by key. form: how each is best written."""

    weight: Mapping[str, float]
    form: Mapping[str, str]


def labels(
    challenges: Sequence[Challenge], groups: Sequence[Sequence[int]], vectors: Vectors, names: frozenset[str]
) -> list[str]:
    """One label a group, "" where no note in it has a word that names anything.

    groups: rows of challenges. vectors: the challenges' places, to tell which is the most typical. names: of people; no
    word of them is used, nor one that looks like a name, an address or a number.
    """
    notes = [content_words(each.text) for each in challenges]
    barred = {part.lower() for name in names for part in name.split()}
    lexicon = _lexicon(notes, [each.person_id for each in challenges], barred)
    alone = [_different(rows, challenges) for rows in groups]
    return [_label([notes[row] for row in rows], vectors[rows], lexicon) for rows in alone]


def _different(rows: Sequence[int], challenges: Sequence[Challenge]) -> list[int]:
    """The rows without those whose text has stood before: saying the same twice makes no word shared."""
    return list({challenges[row].text: row for row in reversed(rows)}.values())[::-1]


def _label(notes: Sequence[Sequence[tuple[str, str]]], vectors: Vectors, lexicon: Lexicon) -> str:
    shared = Counter(phrase for note in notes for phrase in set(_phrases(note, lexicon)))
    scores = {
        phrase: number / len(notes) * sum(lexicon.weight[word] for word in phrase)
        for phrase, number in shared.items()
        if number >= 2
    }
    ranked = sorted(scores, key=lambda phrase: (-scores[phrase], phrase))
    chosen = _without_overlap(ranked, scores) or [_most_typical(notes, vectors, lexicon)]
    return ", ".join(" ".join(lexicon.form[word] for word in phrase) for phrase in chosen if phrase)


def _without_overlap(ranked: Sequence[Phrase], scores: Mapping[Phrase, float]) -> list[Phrase]:
    chosen: list[Phrase] = []
    for phrase in ranked:
        used = {word for each in chosen for word in each}
        if chosen and scores[phrase] < SECOND_BEST * scores[chosen[0]]:
            break
        if not used & set(phrase) and len(used) + len(phrase) <= MOST_WORDS:
            chosen.append(phrase)
    return chosen[:2]


def _most_typical(notes: Sequence[Sequence[tuple[str, str]]], vectors: Vectors, lexicon: Lexicon) -> Phrase:
    """The most telling words of the note nearest the group's middle, in its order."""
    nearest = int((vectors @ vectors.mean(axis=0)).argmax())
    words = [word for (word,) in _phrases(notes[nearest], lexicon, 1)]
    telling = sorted(set(words), key=lambda word: (-lexicon.weight[word], word))[:LONGEST_PHRASE]
    return tuple(dict.fromkeys(word for word in words if word in telling))


def _phrases(note: Sequence[tuple[str, str]], lexicon: Lexicon, longest: int = LONGEST_PHRASE) -> Iterable[Phrase]:
    for start in range(len(note)):
        for end in range(start + 1, min(start + longest, len(note)) + 1):
            phrase = tuple(word for word, _ in note[start:end])
            if not all(word in lexicon.weight for word in phrase):
                break
            if len(set(phrase)) == len(phrase):
                yield phrase


def _lexicon(notes: Sequence[Sequence[tuple[str, str]]], people: Sequence[int], barred: set[str]) -> Lexicon:
    number = Counter(word for note in notes for word in {word for word, _ in note})
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    users: dict[str, set[int]] = defaultdict(set)
    for note, person in zip(notes, people, strict=True):
        for at, (word, form) in enumerate(note):
            users[word].add(person)
            forms[word][_written(form, starts=at == 0 or note[at - 1][1] == "")] += 1
    usable = [
        word
        for word in number
        if word and not _looks_barred(forms[word], barred) and not _maybe_name(forms[word], len(users[word]))
    ]
    weight = {word: 1 + log(len(notes) / number[word]) for word in usable}
    return Lexicon(weight, {word: max(sorted(forms[word]), key=forms[word].__getitem__) for word in usable})


def _written(form: str, starts: bool) -> str:
    """A word that opens a sentence is written large for that alone, unless it is an acronym."""
    return form.lower() if starts and not form[1:].isupper() else form


def _looks_barred(forms: Counter[str], barred: set[str]) -> bool:
    return any(form.lower().removesuffix("'s") in barred for form in forms)


def _maybe_name(forms: Counter[str], people: int) -> bool:
    return people < ENOUGH_PEOPLE and all(form[:1].isupper() and not form.isupper() for form in forms)
