"""Names for themes: two to four telling words of the notes, as a colleague would put them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mentoring.needs import Challenge
from suggestions.phrases import ENOUGH_PEOPLE, Lexicon, Phrase, read
from suggestions.vectors import Vector, Vectors, unit
from suggestions.words import VAGUE, key

MOST_WORDS = 4
SECOND_BEST, SECOND_TO_A_WORD = 0.22, 0.1
"""A second phrase joins the label when it scores at least this much of the first, or that where the first is a word."""
SHARED = 2
"""A word of one note alone is not shown, unless so many others use it elsewhere that it gives nothing away."""
SAID_ONCE, SAID_OFTEN = 0.9, 1.5
"""What a phrase of several words is worth when it stands in one note only, and in three or more."""
STEM = 4
ABOUT_AS_MUCH = 0.85
FAR = 0.01
SURELY = 0.45
UNLIKELY = 0.2
"""What a phrase is worth less for ending in a word that names nothing by itself, unless it is said again."""
TYPICAL = 3
"""How many of the notes nearest the middle are looked at where the notes share no word."""


@dataclass(frozen=True)
class _Group:
    """The notes of a theme. scores: of its words. counted: in how many notes each phrase stands. written: how."""

    scores: Mapping[str, float]
    counted: Mapping[Phrase, int]
    written: Mapping[Phrase, str]


def labels(
    challenges: Sequence[Challenge], groups: Sequence[Sequence[int]], vectors: Vectors, names: Collection[str]
) -> list[str]:
    """One label a group, "" where no note in it has a word that names anything.

    groups: rows of challenges. vectors: the challenges' places, to tell which are the most typical. names: of people;
    no word of them is used, nor one that looks like a name, an address or a number.
    """
    namer = Namer(challenges, vectors, names)
    return [namer.label(rows) for rows in groups]


class Namer:
    """What is read of an organisation's words once, to name any of its groups. Arguments as of `labels`."""

    def __init__(self, challenges: Sequence[Challenge], vectors: Vectors, names: Collection[str]) -> None:
        self._challenges = challenges
        self._lexicon = read([each.text for each in challenges], [each.person_id for each in challenges], names)
        self._near = _Nearness(self._lexicon, vectors)

    def label(self, rows: Sequence[int]) -> str:
        """Of words that stand in these notes, "" where none names anything."""
        alone = len({self._challenges[row].person_id for row in rows}) == 1
        return _label(_different(rows, self._challenges), self._near, self._lexicon, alone)

    def group_label(self, rows: Sequence[int], least_people: int) -> str:
        """For others to read: only of words that so many different people used in these notes, "" where there is
        none."""
        users: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            for word in {word for word, _ in self._lexicon.notes[row]}:
                users[word].add(self._challenges[row].person_id)
        shown = {word for word, theirs in users.items() if len(theirs) >= least_people and word in self._lexicon.weight}
        if not shown:
            return ""
        different = _different(rows, self._challenges)
        return _of(_group(different, self._near, self._near.middle(different), self._lexicon, shown), self._lexicon)


def _different(rows: Sequence[int], challenges: Sequence[Challenge]) -> list[int]:
    """The rows without those whose text has stood before: saying the same twice makes no word shared."""
    return list({challenges[row].text: row for row in reversed(rows)}.values())[::-1]


class _Nearness:
    """How near the notes with a word, all over the organisation, lie to the middle of a group: 0..1."""

    def __init__(self, lexicon: Lexicon, vectors: Vectors) -> None:
        self.vectors = vectors
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, note in enumerate(lexicon.notes):
            for word in {word for word, _ in note}:
                self._rows[word].append(row)
        self._places: dict[str, Vector] = {}

    def middle(self, rows: Sequence[int]) -> Vector:
        return np.asarray(unit(self.vectors[list(rows)].mean(axis=0, keepdims=True))[0], dtype=np.float32)

    def of(self, word: str, middle: Vector) -> float:
        if word not in self._places:
            self._places[word] = self.middle(self._rows[word])
        return max(float(self._places[word] @ middle), FAR)


def _label(rows: Sequence[int], near: _Nearness, lexicon: Lexicon, alone: bool) -> str:
    """Of words that are shared; where these are too few, of a typical note's, unless they are several people's."""
    middle = near.middle(rows)
    label = _of(_group(rows, near, middle, lexicon, _shown(rows, lexicon, ENOUGH_PEOPLE)), lexicon)
    if not _enough(label):
        label = _of(_group(rows, near, middle, lexicon, _shown(rows, lexicon, SHARED)), lexicon) or label
    if _vague(label) or (alone and not _enough(label)):
        typical = _typical(rows, near, middle)
        label = _of(_group(typical, near, middle, lexicon, set(lexicon.weight)), lexicon) or label
    return label


def _of(group: _Group, lexicon: Lexicon) -> str:
    return ", ".join(group.written[phrase] for phrase in _chosen(group, lexicon))


def _enough(label: str) -> bool:
    return " " in label and not _vague(label)


def _vague(label: str) -> bool:
    """It has no word that names a topic by itself."""
    return {key(word) for word in label.replace(",", "").split()} <= VAGUE


def _shown(rows: Sequence[int], lexicon: Lexicon, users: int) -> set[str]:
    here = Counter(word for row in rows for word in {word for word, _ in lexicon.notes[row]})
    return {
        word
        for word, number in here.items()
        if word in lexicon.weight and (number >= SHARED or lexicon.users[word] >= users)
    }


def _group(rows: Sequence[int], near: _Nearness, middle: Vector, lexicon: Lexicon, shown: Collection[str]) -> _Group:
    notes = Counter(word for row in rows for word in {word for word, _ in lexicon.notes[row]})
    counted: Counter[Phrase] = Counter()
    forms: dict[Phrase, Counter[str]] = defaultdict(Counter)
    for row in rows:
        mine = [(phrase, form) for phrase, form in lexicon.phrases(row) if all(word in shown for word in phrase)]
        counted.update({phrase for phrase, _ in mine})
        for phrase, form in mine:
            forms[phrase][form] += 1
    scores = {
        word: notes[word] / len(rows) * lexicon.weight[word] * near.of(word, middle) for word in notes if word in shown
    }
    return _Group(scores, counted, {each: max(sorted(forms[each]), key=forms[each].__getitem__) for each in forms})


def _chosen(group: _Group, lexicon: Lexicon) -> list[Phrase]:
    """The best phrase and, where there is room and one nearly as telling, a second without its words."""
    scores = {phrase: _score(phrase, group, lexicon) for phrase in group.counted}
    ranked = sorted((each for each in scores if scores[each] > 0), key=lambda each: (-scores[each], each))
    if not ranked:
        return []
    first = _extended(ranked, scores)
    least = scores[first] * (SECOND_TO_A_WORD if len(first) == 1 else SECOND_BEST)
    used = {_stem(word) for word in first}
    for second in ranked[1:]:
        fits = len(first) + len(second) <= MOST_WORDS and not used & {_stem(word) for word in second}
        if fits and scores[second] >= least and not (len(second) == 1 and second[0] in VAGUE):
            return [first, second]
    return [first]


def _extended(ranked: Sequence[Phrase], scores: Mapping[Phrase, float]) -> Phrase:
    """The best, or where that is a single word the best phrase with it that tells about as much."""
    best = ranked[0]
    longer = (each for each in ranked[1:] if best[0] in each and scores[each] >= ABOUT_AS_MUCH * scores[best])
    return best if len(best) > 1 else next(longer, best)


def _stem(word: str) -> str:
    """Roughly what the forms of a word begin with, so that no label says a thing twice."""
    return word.replace("-", "")[:STEM]


def _score(phrase: Phrase, group: _Group, lexicon: Lexicon) -> float:
    """How much of the group it tells of, and how well it stands as a name: it ends in a thing."""
    stands = lexicon.thing[phrase[-1]]
    if len(phrase) == 1:
        stands *= UNLIKELY if phrase[0] in VAGUE or stands < SURELY else 1
    elif phrase[-1] in VAGUE and group.counted[phrase] < SHARED:
        stands *= UNLIKELY
    told = sum(group.scores[word] * (0.5 if word in VAGUE else 1) for word in phrase)
    share = min(group.counted[phrase] - 1, 2) / 2
    again = SAID_ONCE + (SAID_OFTEN - SAID_ONCE) * share if len(phrase) > 1 else 1
    return told * again * stands


def _typical(rows: Sequence[int], near: _Nearness, middle: Vector) -> list[int]:
    """The notes nearest the group's middle."""
    cosines = near.vectors[list(rows)] @ middle
    return [rows[at] for at in sorted(range(len(rows)), key=lambda at: (-float(cosines[at]), at))[:TYPICAL]]
