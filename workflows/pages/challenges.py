"""What a person wrote down, what of it comes back, and what they say is settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from mentoring.errors import Missing
from mentoring.needs import Need, Theme
from mentoring.recurrence_in_words import how_often, when_next
from store import challenges, needs, people, policies, settled, themes
from workflows.bootstrap import Parts
from workflows.views import ChallengesPage, NoteView, SettledView, ThemeView, Who

MOST_NOTES = 100


def challenges_page(parts: Parts, who: Who) -> ChallengesPage:
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        notes = {each.id: NoteView(each.id, each.text, each.at) for each in challenges.of_person(memory, who.person_id)}
        found = needs.of_person(memory, who.person_id)
        mine = {each.id: each for each in themes.of_person(memory, who.person_id)}
        said = settled.of_person(memory, who.person_id)
        recurrence_days = policies.current(memory).recurrence_days
    open_ones = [need for need in found if not need.settled(said.get(need.theme_id))]
    coming_back = [_theme(need, mine, notes, person.limits.zone, recurrence_days, parts.clock()) for need in open_ones]
    at_rest = _at_rest(said, mine.values(), notes, {need.theme_id for need in open_ones})
    newest = sorted(notes.values(), key=lambda each: (each.at, each.id), reverse=True)
    return ChallengesPage(
        person.limits.zone, tuple(newest[:MOST_NOTES]), tuple(coming_back), recurrence_days, tuple(at_rest)
    )


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
