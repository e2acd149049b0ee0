"""Writing down what is hard."""

from __future__ import annotations

from mentoring.errors import BadInput, Missing
from mentoring.needs import Challenge
from store import challenges
from workflows.bootstrap import Parts
from workflows.views import Who

LONGEST = 2000


def write_down(parts: Parts, who: Who, text: str) -> int:
    """Keeps a note of the person. Returns its id. Raises BadInput when it is empty or longer than 2,000 characters."""
    words = " ".join(text.split())
    if not words:
        raise BadInput.of("text", "write a few words about what is hard")
    if len(words) > LONGEST:
        raise BadInput.of("text", f"keep it under {LONGEST:,} characters, this has {len(words):,}")
    with parts.database.writing(who.organisation_id) as memory:
        return challenges.add(memory, Challenge(0, who.person_id, words, parts.clock())).id


def strike_out(parts: Parts, who: Who, challenge_id: int) -> None:
    """Removes a note. Raises KeyError for one that is not theirs."""
    with parts.database.writing(who.organisation_id) as memory:
        if challenge_id not in {each.id for each in challenges.of_person(memory, who.person_id)}:
            raise Missing(challenge_id)
        challenges.remove(memory, challenge_id)
