"""A look at all notes is kept: its themes, the needs in them, and what it takes to place one more note by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from mentoring.needs import Need, Theme
from store import challenges, looks, note_changes, organisations, settled, themes
from store.memory import Memory
from suggestions.settling import carried
from suggestions.themes import Themes
from suggestions.vectors import as_bytes
from workflows.judging import Seen


def keep_look(
    memory: Memory, seen: Seen, found: Themes, languages: Mapping[int, str], needs: Sequence[Need], model: str
) -> dict[int, int]:
    """These are the themes and needs now. Returns {theme as found: theme in the store}. model: whose vectors they are.

    What people said is no longer hard for them goes along. What they wrote, or said of their notes, since it was looked
    is to be sorted after it.
    """
    organisations.hold(memory)
    everybody = note_changes.hold(memory)
    as_seen = {each.id: each.text for each in seen.challenges}
    later = {each.id for each in challenges.everything(memory) if as_seen.get(each.id) != each.text}
    before, said = themes.all(memory), settled.everyones(memory)
    ids = themes.replace(memory, [without(each, later) for each in found.themes], needs, seen.now, found.own)
    settled.replace(memory, carried(said, before, themes.all(memory), seen.challenges))
    challenges.set_languages(memory, {each: name for each, name in languages.items() if each not in later})
    challenges.set_placed(memory, as_seen.keys() - later)
    challenges.set_unplaced(memory, later)
    note_changes.note_sorted(memory, {person: seen.changes.get(person, 0) for person in everybody})
    places = dict(zip((ids[each] for each in found.centroids), as_bytes(list(found.centroids.values())), strict=True))
    looks.save(
        memory,
        looks.Look(
            model=model,
            at=seen.now,
            notes=len(seen.challenges),
            nearness=found.nearness,
            centre=as_bytes([found.centre])[0],
            centroids=places,
        ),
    )
    return ids


def without(theme: Theme, gone: Collection[int]) -> Theme:
    return replace(theme, challenge_ids=tuple(each for each in theme.challenge_ids if each not in gone))
