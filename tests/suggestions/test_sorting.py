"""One note at a time goes, mostly, where a look at all notes would have put it."""

from __future__ import annotations

from suggestions.embedding import load_embedder
from suggestions.sorting import sorted_in
from suggestions.themes import find_themes
from tests.evaluation.corpus import organisation
from tests.suggestions.test_themes import as_challenges

AGREED = 0.7
"""Of the last tenth of the notes: alone in both, or with mostly the same notes of their writer."""


def test_placing_agrees_with_the_full_look_on_most_notes_and_loses_none() -> None:
    written, _ = as_challenges(organisation(people=60, seed=3))
    vectors = load_embedder().embed([each.text for each in written])
    order = sorted(range(len(written)), key=lambda row: written[row].at)
    known, new = order[: -len(order) // 10], order[-len(order) // 10 :]
    then = find_themes([written[row] for row in known], vectors[known])
    now = find_themes(written, vectors)
    theme_then = {one: each.id for each in then.themes for one in each.challenge_ids}
    theme_now = {one: each.id for each in now.themes for one in each.challenge_ids}
    agreed = 0
    for row in new:
        mine = [each for each in known if written[each].person_id == written[row].person_id]
        rows = [*mine, row]
        topics = sorted_in(
            [written[each] for each in rows],
            vectors[rows],
            theme_then,
            {written[each].id for each in mine},
            then.ground,
        )
        placed = next((set(each.challenge_ids) for each in topics if written[row].id in each.challenge_ids), set())
        with_ = placed - {written[row].id}
        full = {
            written[each].id for each in mine if theme_now.get(written[each].id, -1) == theme_now.get(written[row].id)
        }
        agreed += with_ == full == set() or 2 * len(with_ & full) >= max(len(with_ | full), 1)
    assert agreed >= AGREED * len(new)
