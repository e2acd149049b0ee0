"""What organisations may be like beneath what can be seen: three of them, with what each takes for granted.

Nothing here is told to a contender. All were written before the rules that are judged by them, from what organisations
are like; they are changed only where they are wrong in themselves, never because somebody does badly in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Nature:
    """Shares lie in 0..1, times are in days, and weights are in log-odds where nothing else is said.

    mentors, mentees: who opted in to the role. zones: share of people by zone. needs: mean number a mentee has.
    kinds: share of needs by how they come: "steady" (at random, at a rate), "fading" (the same, dying away), "monthly"
    and "quarterly" (around a date), "bursts" (several days together, then nothing for long, often for good).
    gap_days: median days between two occurrences of a steady need.
    popularity: spread of how well mentors are known, which makes people say yes and declare more.
    declaring: how far what people declare follows what they know, 1 wholly, 0 not at all.
    expertise_helps: log-odds of helping by what the mentor knows more than the mentee. rapport_helps: by how the two
    get on, which nobody sees. lasting_days: median days that a meeting which helped settles a need for; grows by
    lasting_growth with each further one.
    drift: how far tastes walk in a week. silence_tells: how far somebody who would say no is more likely to say
    nothing. wear: how much of their attention an unwelcome message costs somebody.
    writing: share of occurrences about which a note is written. unnamed, misplaced: share of notes that are put in no
    theme and in a wrong one.
    """

    name: str
    mentors: float = 0.35
    mentees: float = 0.5
    zones: dict[str, float] = field(default_factory=lambda: {"Africa/Lagos": 0.85, "Africa/Accra": 0.15})
    needs: float = 3.0
    kinds: dict[str, float] = field(default_factory=dict)
    gap_days: float = 21.0
    popularity: float = 0.3
    declaring: float = 1.0
    expertise_helps: float = 4.5
    rapport_helps: float = 0.6
    lasting_days: float = 42.0
    lasting_growth: float = 1.6
    drift: float = 0.0
    silence_tells: float = 0.5
    wear: float = 0.12
    writing: float = 0.6
    unnamed: float = 0.09
    misplaced: float = 0.09


def plain() -> Nature:
    """Needs recur roughly as one would suppose.

    Most come at random at a rate of their own, some die away, some come with the month or the quarter. A third of all
    people mentor. What people declare is a noisy and incomplete view of what they know; who knows more helps more; what
    helped keeps a need quiet for about six weeks, and longer the next time. Nearly everybody works in one zone.
    """
    return Nature("plain", kinds={"steady": 0.55, "fading": 0.2, "monthly": 0.15, "quarterly": 0.1})


def lopsided() -> Nature:
    """Seasons, and few mentors, a handful of whom everybody knows.

    More than half of all needs come with the quarter's end or the month's and are quiet between. One in seven mentors;
    how well they are known is heavy-tailed, and people say yes to those they know. People are spread over four zones
    whose hours hardly meet. Meetings and messages tire people sooner.
    """
    return Nature(
        "seasonal and lopsided",
        mentors=0.14,
        zones={"Africa/Accra": 0.4, "America/Bogota": 0.25, "Asia/Kolkata": 0.25, "Asia/Singapore": 0.1},
        kinds={"quarterly": 0.4, "monthly": 0.25, "steady": 0.25, "fading": 0.1},
        popularity=1.2,
        wear=0.18,
    )


def contrary() -> Nature:
    """All that one would like to suppose is wrong.

    Needs come in bursts that tell nothing of the next one (all but one in seven). What people declare has nothing to do
    with what they know, the well known declare most, and knowing a topic hardly helps: how the two get on does, and
    nobody sees it. What helped does not last longer the second time. Tastes drift from week to week. Who says nothing
    would rather have said yes than who answers: silence is a full inbox. Half as many notes are written, and one in
    four is misread.
    """
    return Nature(
        "contrary",
        kinds={"bursts": 0.85, "steady": 0.15},
        declaring=0.0,
        popularity=0.8,
        expertise_helps=0.8,
        rapport_helps=1.6,
        lasting_growth=1.0,
        drift=0.25,
        silence_tells=-0.5,
        writing=0.35,
        unnamed=0.12,
        misplaced=0.12,
    )


WORLDS = {"plain": plain, "lopsided": lopsided, "contrary": contrary}
