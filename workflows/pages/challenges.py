"""What a person wrote down, and what of it comes back."""

from __future__ import annotations

from store import challenges, needs, people, policies, themes
from workflows.bootstrap import Parts
from workflows.views import ChallengesPage, NoteView, ThemeView, Who

MOST_NOTES = 100


def challenges_page(parts: Parts, who: Who) -> ChallengesPage:
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        notes = {each.id: NoteView(each.id, each.text, each.at) for each in challenges.of_person(memory, who.person_id)}
        found = needs.of_person(memory, who.person_id)
        labels = {each.id: each.label for each in themes.all(memory)}
        recurrence_days = policies.current(memory).recurrence_days
    views = tuple(
        ThemeView(
            label=labels.get(need.theme_id, need.label),
            days=need.days,
            notes=tuple(notes[each] for each in need.evidence if each in notes),
            recurs=need.days >= recurrence_days,
            probability=need.probability,
        )
        for need in sorted(found, key=lambda each: (-each.probability, each.theme_id))
    )
    newest = sorted(notes.values(), key=lambda each: (each.at, each.id), reverse=True)
    return ChallengesPage(person.limits.zone, tuple(newest[:MOST_NOTES]), views, recurrence_days)
