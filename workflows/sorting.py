"""Notes go to their themes as soon as they are written.

One person's notes are sorted at a time, by what is kept of the last look at all notes: where the themes lie, and how
near is near enough. The round looks at all of them anew. Who changes notes counts that in the same transaction, so that
nothing is lost when a worker dies: the sweep finds whose count is ahead of what was sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mentoring.errors import ChangedMeanwhile
from mentoring.needs import Challenge, Need, Theme, ThemeWish
from mentoring.policy import Policy
from store import (
    challenges,
    looks,
    note_changes,
    organisations,
    people,
    policies,
    proposals,
    reviews,
    settled,
    themes,
    wishes,
)
from store.memory import Memory
from suggestions.embedding import embed_new, text_hash
from suggestions.labels import Namer
from suggestions.languages import is_read, language_of
from suggestions.needs import find_needs, outlook_of
from suggestions.settling import carried
from suggestions.sorting import Ground, Topic, sorted_in
from suggestions.themes import UNNAMED
from suggestions.tracks import Meeting
from suggestions.vectors import Vectors, centred, from_bytes
from suggestions.wishes import names_given
from workflows.bootstrap import Parts
from workflows.foreseeing import meetings_of
from workflows.judging import HISTORY_DAYS, find, look, open_needs
from workflows.keeping_looks import keep_look, without

MOST_TRIES = 3
GROWN = 2
"""A look counts until there are so many times as many notes as it saw."""
FEW = 50
"""Among fewer notes than that, looking at all of them takes no time."""


@dataclass(frozen=True)
class Desk:
    """One person's notes, and what it takes to sort them. changes: how often they had changed. everything: the
    organisation's notes and themes, by which probabilities go."""

    changes: int
    look: looks.Look | None
    policy: Policy
    notes: tuple[Challenge, ...]
    placed: frozenset[int]
    topics: tuple[Theme, ...]
    wishes: tuple[ThemeWish, ...]
    everything: tuple[Challenge, ...]
    all_themes: tuple[Theme, ...]
    names: frozenset[str]
    zones: Mapping[int, str]
    said: Mapping[int, datetime]
    meetings: tuple[Meeting, ...]
    vectors: Mapping[str, bytes] = field(repr=False)


def sort_person(parts: Parts, organisation_id: int, person_id: int) -> str:
    """Sorts what the person wrote since it was last done. Running it again changes nothing.

    Raises ChangedMeanwhile when they do not stop writing: the sweep comes back to it.
    """
    for _ in range(MOST_TRIES):
        with parts.database.reading(organisation_id) as memory:
            changes, done = note_changes.of_person(memory, person_id)
            if changes == done:
                return "sorted already"
            desk = _desk(parts, memory, person_id, changes)
        try:
            if desk.look is None:
                _look_at_everything(parts, organisation_id)
            else:
                _sort(parts, organisation_id, person_id, desk, desk.look)
        except ChangedMeanwhile:
            continue
        return "sorted"
    raise ChangedMeanwhile("these notes change faster than they can be sorted")


def _desk(parts: Parts, memory: Memory, person_id: int, changes: int) -> Desk:
    embedder, everybody = parts.embedder(), people.everyone(memory)
    since = parts.clock() - timedelta(days=HISTORY_DAYS)
    everything, kept = challenges.everything(memory), looks.latest(memory)
    notes = tuple(each for each in everything if each.person_id == person_id)
    fits = kept and kept.model == embedder.name and len(everything) <= max(GROWN * kept.notes, FEW)
    return Desk(
        changes=changes,
        look=kept if fits else None,
        policy=policies.current(memory),
        notes=notes,
        placed=challenges.placed(memory, person_id),
        topics=themes.of_person(memory, person_id),
        wishes=wishes.of_person(memory, person_id),
        everything=everything,
        all_themes=themes.all(memory),
        names=frozenset(each.name for each in everybody),
        zones={each.id: each.limits.zone for each in everybody},
        said=settled.of_person(memory, person_id),
        meetings=meetings_of(proposals.since(memory, since), reviews.everyones(memory, since)),
        vectors=challenges.vectors(memory, embedder.name, [text_hash(each.text) for each in notes]),
    )


def _look_at_everything(parts: Parts, organisation_id: int) -> None:
    """Where no look is kept, or the notes have outgrown it."""
    seen = look(parts, organisation_id)
    found = find(parts, seen)
    needs, _ = open_needs(seen, found.themes)
    model = parts.embedder().name
    with parts.database.writing(organisation_id) as memory:
        challenges.save_vectors(memory, model, found.new_vectors)
        keep_look(memory, seen, found.themes, found.languages, needs, model)


def _sort(parts: Parts, organisation_id: int, person_id: int, desk: Desk, by: looks.Look) -> None:
    embedder, now = parts.embedder(), parts.clock()
    languages = {each.id: language_of(each.text) for each in desk.notes if not each.language}
    read = [each for each in desk.notes if is_read(languages.get(each.id, each.language))]
    vectors, made = embed_new(embedder, [each.text for each in read], desk.vectors)
    ground = _ground(by, embedder.dimensions, {each.id for each in desk.all_themes})
    in_themes = {one: each.id for each in desk.topics for one in each.challenge_ids}
    topics = sorted_in(read, vectors, in_themes, desk.placed, ground, desk.wishes)
    labels = _labels(desk, read, vectors, topics, ground)
    found = [Theme(at, label, each.challenge_ids) for at, (each, label) in enumerate(zip(topics, labels, strict=True))]
    before = {(person_id, each): at for each, at in desk.said.items()}
    said = carried(before, desk.topics, found, read)
    recurring = _needs(desk, found, now)
    needs = [need for need in recurring if not need.settled(said.get((person_id, need.theme_id)))]
    with parts.database.writing(organisation_id) as memory:
        _nothing_changed(memory, person_id, desk.changes, by)
        challenges.save_vectors(memory, embedder.name, made)
        challenges.set_languages(memory, languages)
        challenges.set_placed(memory, [each.id for each in desk.notes])
        pairs = zip(topics, labels, strict=True)
        kept = [themes.Sorted(each.theme_id, each.challenge_ids, label) for each, label in pairs]
        ids = themes.sort(memory, person_id, kept, needs, now)
        settled.replace(memory, {(person_id, ids[place]): at for (_, place), at in said.items()}, person_id)
        note_changes.note_sorted(memory, {person_id: desk.changes})


def _nothing_changed(memory: Memory, person_id: int, changes: int, by: looks.Look) -> None:
    """Else what was found is about notes or themes that are no longer there. Nothing changes until this transaction
    ends."""
    organisations.hold(memory)
    if looks.latest_id(memory) != by.id or note_changes.held(memory, person_id) != changes:
        raise ChangedMeanwhile("notes or themes changed while this was sorted")


def _ground(by: looks.Look, dimensions: int, there: Collection[int]) -> Ground:
    """there: the themes of now. One of the look's that somebody has since made part of another takes no more notes."""
    centre, *centroids = from_bytes([by.centre, *by.centroids.values()], dimensions)
    placed = zip(by.centroids, centroids, strict=True)
    return Ground(centre, {each: where for each, where in placed if each in there}, by.nearness)


def _labels(
    desk: Desk, read: Sequence[Challenge], vectors: Vectors, topics: Sequence[Topic], ground: Ground
) -> list[str]:
    """A topic is called what its person calls it, or as before, or by words of its notes."""
    before = {each.id: each.label for each in desk.topics}
    given = names_given(desk.wishes, [Theme(at, "", each.challenge_ids) for at, each in enumerate(topics)], read)
    named = {place: name for (place, _), name in given.items()}
    renamed = {wish.name for wish in desk.wishes}
    namer = Namer(read, centred(vectors, ground.centre), desk.names)
    row = {each.id: at for at, each in enumerate(read)}
    found = []
    for place, each in enumerate(topics):
        label = named.get(place) or before.get(each.theme_id or 0, "")
        if place not in named and label in renamed | {"", UNNAMED}:
            label = namer.label([row[one] for one in each.challenge_ids]) or UNNAMED
        found.append(label)
    return found


def _needs(desk: Desk, found: Sequence[Theme], now: datetime) -> list[Need]:
    """The person's in these themes, as likely as they would be in a round that found them."""
    mine = {each.id for each in desk.notes}
    others = [without(theme, mine) for theme in desk.all_themes]
    ours = [replace(theme, id=-1 - place) for place, theme in enumerate(found)]
    policy, themes_now = desk.policy, [*others, *ours]
    asked = desk.zones, policy.recurrence_days, desk.meetings
    outlook = outlook_of(themes_now, desk.everything, now, *asked)
    recurring = find_needs(ours, desk.notes, now, *asked, outlook)
    return [replace(need, theme_id=-1 - need.theme_id) for need in recurring]
