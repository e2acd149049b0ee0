"""How good the guesses of a yes are, kept with each round and told to admins. Of all people together, never of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from mentoring.proposals import Party
from suggestions.acceptance import calibrated
from workflows.answers_so_far import answers_so_far
from workflows.judging import Seen
from workflows.views import GuessBin, Guesses

WHO = {Party.MENTEE: "Mentees", Party.MENTOR: "Mentors"}


def how_good(seen: Seen) -> dict[str, Any]:
    """As plain JSON, by role."""
    answers = answers_so_far(seen.history, seen.people)
    return {party.value: asdict(calibrated(answers[party])) for party in Party}


def read(kept: Mapping[str, Any]) -> tuple[Guesses, ...]:
    """As a page shows it. Nothing for a round that kept none."""
    return tuple(_guesses(WHO[party], kept[party.value]) for party in Party if party.value in kept)


def _guesses(who: str, kept: Mapping[str, Any]) -> Guesses:
    return Guesses(
        who=who,
        answers=kept["answers"],
        rate=kept["rate"],
        off=kept["brier"],
        off_by_rate=kept["brier_of_rate"],
        bins=tuple(GuessBin(each["guessed"], each["came_true"], each["number"]) for each in kept["bins"]),
    )
