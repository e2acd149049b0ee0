"""What a person wrote down, what of it comes back, and what they say is settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mentoring.errors import Missing
from mentoring.needs import Challenge, Need, Theme, ThemeWish, WishKind
from mentoring.recurrence_in_words import how_often, when_next
from store import challenges, needs, note_changes, people, policies, settled, themes, wishes
from suggestions.languages import NAMES, is_read
from suggestions.themes import UNNAMED
from workflows.bootstrap import Parts
from workflows.regrouping import key_of
from workflows.views import ChallengesPage, NoteView, SaidView, SettledView, ThemeView, TopicPage, Who

MOST_NOTES = 100


def challenges_page(parts: Parts, who: Who) -> ChallengesPage:
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        written = challenges.of_person(memory, who.person_id)
        found = needs.of_person(memory, who.person_id)
        mine = {each.id: _shown(each) for each in themes.of_person(memory, who.person_id)}
        put_right = _said(wishes.of_person(memory, who.person_id), {each.id: each.text for each in written})
        changes, done = note_changes.of_person(memory, who.person_id)
        said = settled.of_person(memory, who.person_id)
        recurrence_days = policies.current(memory).recurrence_days
    notes = _notes(written, mine.values())
    open_ones = [need for need in found if not need.settled(said.get(need.theme_id))]
    coming_back = [_theme(need, mine, notes, person.limits.zone, recurrence_days, parts.clock()) for need in open_ones]
    coming_back += _not_yet(mine.values(), {*said, *(need.theme_id for need in found)}, notes, person.limits.zone)
    at_rest = _at_rest(said, mine.values(), notes, {need.theme_id for need in open_ones})
    newest = sorted(notes.values(), key=lambda each: (each.at, each.id), reverse=True)
    return ChallengesPage(
        person.limits.zone,
        tuple(newest[:MOST_NOTES]),
        tuple(coming_back),
        recurrence_days,
        tuple(at_rest),
        tuple(put_right),
        sorting=changes != done,
    )


def topic_page(parts: Parts, who: Who, theme_id: int) -> TopicPage:
    """Raises KeyError for one that is not theirs."""
    with parts.database.reading(who.organisation_id) as memory:
        zone = people.get(memory, who.person_id).limits.zone
        mine = {each.id: _shown(each) for each in themes.of_person(memory, who.person_id)}
        written = challenges.of_person(memory, who.person_id)
    if theme_id not in mine:
        raise Missing(theme_id)
    notes = _notes(written, mine.values())
    (topic,) = _not_yet([mine[theme_id]], (), notes, zone, least=1)
    return TopicPage(zone, topic, tuple((each.id, each.label) for each in mine.values() if each.id != theme_id))


def note(parts: Parts, who: Who, challenge_id: int) -> NoteView:
    """Raises KeyError for one that is not theirs."""
    with parts.database.reading(who.organisation_id) as memory:
        for each in challenges.of_person(memory, who.person_id):
            if each.id == challenge_id:
                return NoteView(each.id, each.text, each.at)
    raise Missing(challenge_id)


def _theme(
    need: Need, mine: Mapping[int, Theme], notes: Mapping[int, NoteView], zone: str, recurrence_days: int, now: datetime
) -> ThemeView:
    """As it is now: what was taken back since the last round, or written anew, no longer counts for it."""
    evidence = tuple(notes[each] for each in need.evidence if each in notes)
    days = len({each.at.astimezone(ZoneInfo(zone)).date() for each in evidence})
    return ThemeView(
        theme_id=need.theme_id,
        label=mine[need.theme_id].label if need.theme_id in mine else need.label,
        days=days,
        notes=evidence,
        recurs=days >= recurrence_days,
        probability=need.probability,
        how_often=how_often(need),
        when_next=when_next(need, now, zone),
    )


def _at_rest(
    said: Mapping[int, datetime], mine: Iterable[Theme], notes: Mapping[int, NoteView], coming_back: Collection[int]
) -> list[SettledView]:
    """The latest said first."""
    resting = [each for each in mine if each.id in said and each.id not in coming_back]
    return [
        SettledView(each.id, each.label, said[each.id], tuple(notes[one] for one in each.challenge_ids if one in notes))
        for each in sorted(resting, key=lambda each: (said[each.id], each.id), reverse=True)
    ]


def _shown(theme: Theme) -> Theme:
    return replace(theme, label=theme.label or UNNAMED)


def _notes(written: Iterable[Challenge], mine: Iterable[Theme]) -> dict[int, NoteView]:
    topic = {one: each.label for each in mine for one in each.challenge_ids}
    return {
        each.id: NoteView(
            each.id,
            each.text,
            each.at,
            topic.get(each.id, ""),
            "" if is_read(each.language) else NAMES.get(each.language, "another language"),
        )
        for each in written
    }


def _not_yet(
    mine: Iterable[Theme], elsewhere: Collection[int], notes: Mapping[int, NoteView], zone: str, least: int = 2
) -> list[ThemeView]:
    """Topics that do not come back often enough, of so many notes at least; the latest first."""
    found = []
    for each in mine:
        theirs = tuple(notes[one] for one in each.challenge_ids if one in notes)
        if each.id not in elsewhere and len(theirs) >= least:
            days = len({note.at.astimezone(ZoneInfo(zone)).date() for note in theirs})
            found.append(ThemeView(each.id, each.label, days, theirs, recurs=False))
    return sorted(found, key=lambda topic: max(note.at for note in topic.notes), reverse=True)


def _said(wished: Iterable[ThemeWish], texts: Mapping[int, str]) -> list[SaidView]:
    """What the person put right, the latest first."""
    at_once: dict[datetime, list[ThemeWish]] = defaultdict(list)
    for each in wished:
        at_once[each.at].append(each)
    return [SaidView(key_of(at), _in_words(them, texts), at) for at, them in sorted(at_once.items(), reverse=True)]


def _in_words(said: Sequence[ThemeWish], texts: Mapping[int, str]) -> str:
    kinds = {each.kind for each in said}
    if WishKind.NAMED in kinds:
        return f"You named a topic “{said[0].name}”"
    if WishKind.APART in kinds:
        out = sorted({each.challenge_id for each in said if each.kind is WishKind.APART})
        more = f" and {len(out) - 1} more" if len(out) > 1 else ""
        return f"You took “{_short(texts.get(out[0], ''))}”{more} out of a topic"
    about = {one for each in said for one in (each.challenge_id, each.with_id)}
    return f"You said that {len(about)} notes are about the same"


def _short(text: str, longest: int = 50) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
