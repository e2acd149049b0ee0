"""Writing down what is hard, saying it better, and saying that it no longer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

from mentoring.errors import BadInput, Missing
from mentoring.needs import Challenge
from mentoring.proposals import Party, Proposal
from store import challenges, needs, settled
from store.memory import Memory
from suggestions.languages import ENGLISH
from workflows.bootstrap import Parts
from workflows.taking_back import take_back
from workflows.views import Who

NOTE, QUESTION, SURVEY = "note", "question", "survey"
"""Where a note comes from, apart from what programs and files say of their own."""

LONGEST = 2000
NEITHER_WRITTEN_NOR_READ = {"Cc", "Cs"}
"""Control characters, and halves of characters: no database keeps all of them."""

NO_LONGER_HARD = "it is no longer hard for whoever asked"


@dataclass(frozen=True)
class Noted:
    """One thing that was hard, as somebody or a program of theirs says it. at: None for now."""

    text: str
    at: datetime | None = None
    source: str = NOTE


def write_down(parts: Parts, who: Who, text: str, source: str = "") -> int:
    """Keeps a note of the person, or a question, which ends as one. Returns its id.

    Raises BadInput when it is empty, longer than 2,000 characters, or holds signs that nobody reads.
    """
    words = checked(text)
    noted = Noted(words, source=source or (QUESTION if words.endswith("?") else NOTE))
    with parts.database.writing(who.organisation_id) as memory:
        (new,) = keep(memory, who, [noted], parts.clock())
    to_sort(parts, who)
    return new


def keep(memory: Memory, who: Who, notes: Sequence[Noted], now: datetime) -> list[int]:
    """Keeps notes of the person, checked before, wherever they come from. Returns their ids; after the commit to_sort
    has them looked at."""
    return [
        challenges.add(memory, Challenge(0, who.person_id, each.text, each.at or now, each.source)).id for each in notes
    ]


def not_there_yet(memory: Memory, who: Who, notes: Sequence[Noted]) -> list[Noted]:
    """Those that the person has not got already, of that moment and in those words."""
    known = {(each.text, each.at) for each in challenges.of_person(memory, who.person_id)}
    return [each for each in dict.fromkeys(notes) if (each.text, each.at) not in known]


def change(parts: Parts, who: Who, challenge_id: int, text: str) -> None:
    """Other words for a note, which keeps its day; the next round judges anew what it belongs to.

    Raises KeyError for one that is not theirs, BadInput as write_down does.
    """
    with parts.database.reading(who.organisation_id) as memory:
        before = _theirs(memory, who, challenge_id)
    words = checked(text)
    if words == before.text:
        return
    with parts.database.writing(who.organisation_id) as memory:
        _theirs(memory, who, challenge_id)
        challenges.change(memory, challenge_id, words)
    to_sort(parts, who)


def strike_out(parts: Parts, who: Who, challenge_id: int) -> None:
    """Removes a note. Raises KeyError for one that is not theirs."""
    with parts.database.writing(who.organisation_id) as memory:
        _theirs(memory, who, challenge_id)
        challenges.remove(memory, challenge_id)
    to_sort(parts, who)


def say_english(parts: Parts, who: Who, challenge_id: int) -> None:
    """Their note is in English, whatever it was taken for. Raises KeyError for one that is not theirs."""
    with parts.database.writing(who.organisation_id) as memory:
        _theirs(memory, who, challenge_id)
        challenges.say_language(memory, challenge_id, ENGLISH)
    to_sort(parts, who)


def to_sort(parts: Parts, who: Who) -> None:
    """After the commit that changed notes of theirs: a worker sorts them at once, else the sweep has it done."""
    parts.nudge("sort_notes", who.organisation_id, who.person_id)


def settle(parts: Parts, who: Who, theme_id: int) -> int:
    """It is no longer hard for them: what they wrote so far is no need, until they write of it again.

    Returns how many open suggestions on it were taken back. Raises KeyError for a theme that does not come back to
    them.
    """
    with parts.database.writing(who.organisation_id) as memory:
        if theme_id not in {each.theme_id for each in needs.of_person(memory, who.person_id)}:
            raise Missing(theme_id)
        settled.add(memory, who.person_id, theme_id, parts.clock())

    def on_it(proposal: Proposal) -> bool:
        return proposal.theme_id == theme_id and proposal.party(who.person_id) is Party.MENTEE

    return take_back(parts, who.organisation_id, who.person_id, on_it, NO_LONGER_HARD)


def unsettle(parts: Parts, who: Who, theme_id: int) -> None:
    """They take that back: it came back, and the next round looks at it again. Raises KeyError where they never said
    it."""
    with parts.database.writing(who.organisation_id) as memory:
        if theme_id not in settled.of_person(memory, who.person_id):
            raise Missing(theme_id)
        settled.remove(memory, who.person_id, theme_id)


def checked(text: str) -> str:
    """The words of a note, each gap one space. Raises BadInput as write_down does."""
    words = " ".join(text.split())
    if not words:
        raise BadInput.of("text", "write a few words about what is hard")
    if len(words) > LONGEST:
        raise BadInput.of("text", f"keep it under {LONGEST:,} characters, this has {len(words):,}")
    if any(category(each) in NEITHER_WRITTEN_NOR_READ for each in words):
        raise BadInput.of("text", "it holds signs that nobody can read, such as a zero byte; leave them out")
    return words


def _theirs(memory: Memory, who: Who, challenge_id: int) -> Challenge:
    found = (each for each in challenges.of_person(memory, who.person_id) if each.id == challenge_id)
    note = next(found, None)
    if note is None:
        raise Missing(challenge_id)
    return note
