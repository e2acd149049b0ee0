"""What a corpus tells of its words: how telling each is, how it is written, whether it can name a thing, and the
phrases it stands in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from suggestions.words import AFTER_A_DOING, EMPTY, GIVEN_NAMES, LEADS_A_DOING, LEADS_A_THING, content_words

LONGEST_PHRASE = 3
ENOUGH_PEOPLE = 3
"""A word that is never written small may be somebody's name, unless so many people use it."""

THING_ENDINGS = ("tion", "ment", "ness", "ity", "ship", "ance", "ence", "ist", "ism", "sis", "ure", "age")
DOING_ENDINGS = ("ed", "ly")
HALF_DOING_ENDINGS = ("ing", "ful", "able", "ible", "ous", "less")

Word = tuple[str, str]
"""(key, form), as content_words gives it."""

Phrase = tuple[str, ...]
"""Keys of words that stand side by side."""


@dataclass(frozen=True)
class Lexicon:
    """notes: the words of each note. weight: how telling a word is, by key; words that must not be shown have none.

    form: how it is best written. thing: how surely it names something, 0..1. users: how many people use it.
    """

    notes: Sequence[Sequence[Word]]
    weight: Mapping[str, float]
    form: Mapping[str, str]
    thing: Mapping[str, float]
    users: Mapping[str, int]

    def phrases(self, row: int, longest: int = LONGEST_PHRASE) -> Iterator[tuple[Phrase, str]]:
        """Each run of showable words of the note, with its written form; a phrase that is all of the note is not."""
        note = self.notes[row]
        spoken = sum(form != "" for _, form in note)
        for start in range(len(note)):
            for end in range(start + 1, min(start + longest, len(note)) + 1):
                phrase = tuple(word for word, _ in note[start:end])
                if phrase[-1] not in self.weight or (end > start + 1 and _owned(note[end - 2][1])):
                    break
                if len(set(phrase)) == len(phrase) and (len(phrase) == 1 or len(phrase) < spoken):
                    yield phrase, " ".join(self._written(note, at) for at in range(start, end))

    def _written(self, note: Sequence[Word], at: int) -> str:
        form = note[at][1].removesuffix("'s")
        return _small(form, _opens(note, at), self.form[note[at][0]])


def read(texts: Sequence[str], people: Sequence[int], names: Collection[str]) -> Lexicon:
    """names: of people; no word of them is shown, nor one that looks like a name, an address or a number."""
    notes = [content_words(text) for text in texts]
    barred = {part.lower() for name in names for part in name.split()}
    number = Counter(word for note in notes for word in {word for word, _ in note})
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    users: dict[str, set[int]] = defaultdict(set)
    for note, person in zip(notes, people, strict=True):
        for at, (word, form) in enumerate(note):
            users[word].add(person)
            plain = form.removesuffix("'s")
            forms[word][plain.lower() if _opens(note, at) and not form[1:].isupper() else plain] += 1
    usable = [
        word
        for word in number
        if word
        and word not in EMPTY | GIVEN_NAMES
        and not _looks_barred(forms[word], barred)
        and not _maybe_name(forms[word], len(users[word]))
    ]
    return Lexicon(
        notes,
        {word: 1 + log(len(notes) / number[word]) for word in usable},
        {word: max(sorted(forms[word]), key=forms[word].__getitem__) for word in usable},
        _things(notes),
        {word: len(users[word]) for word in usable},
    )


def _things(notes: Sequence[Sequence[Word]]) -> dict[str, float]:
    """How surely each word names something: from what it stands after, and before, and how it ends."""
    thing: Counter[str] = Counter()
    doing: Counter[str] = Counter()
    for note in notes:
        for at, (word, _) in enumerate(note):
            if word:
                before, after = note[at - 1] if at else ("", ""), note[at + 1] if at + 1 < len(note) else ("", "")
                led = before[1].lower()
                does = after[1].lower() in AFTER_A_DOING
                last = not after[0] and not does
                follows = bool(before[0]) and last and not word.endswith(DOING_ENDINGS)
                thing[word] += (led in LEADS_A_THING) * (1 + last) + follows
                doing[word] += 2 * (led in LEADS_A_DOING) + 2 * does
    return {
        word: (thing[word] + 2 * _by_ending(word)) / (thing[word] + doing[word] + 2)
        for word in {word for note in notes for word, _ in note if word}
    }


def _by_ending(word: str) -> float:
    if word.endswith(THING_ENDINGS):
        return 0.9
    if word.endswith(DOING_ENDINGS):
        return 0.1
    return 0.35 if word.endswith(HALF_DOING_ENDINGS) else 0.6


def _opens(note: Sequence[Word], at: int) -> bool:
    return at == 0 or note[at - 1][1] == ""


def _small(form: str, opens: bool, usual: str) -> str:
    """A word that opens a sentence is written large for that alone, unless it is so elsewhere."""
    return form.lower() if opens and not form[1:].isupper() and usual.islower() else form


def _owned(form: str) -> bool:
    return form.endswith("'s")


def _looks_barred(forms: Counter[str], barred: set[str]) -> bool:
    return any(form.lower().removesuffix("'s") in barred for form in forms)


def _maybe_name(forms: Counter[str], people: int) -> bool:
    return people < ENOUGH_PEOPLE and all(form[:1].isupper() and not form.isupper() for form in forms)
