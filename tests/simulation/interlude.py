"""Interlude in the simulated organisation: the product's own judgement, rules and assignment, on what is visible.

What a round would read from the store is put together from what the simulation shows; from there on it is the code of
a round. Themes come as the simulation gives them, because reading texts is measured by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from mentoring.attention import Asked, Kind
from mentoring.availability import Availability, Known
from mentoring.intervals import Interval, Intervals
from mentoring.needs import Challenge, Need, Theme
from mentoring.openings import Engagement, Pair
from mentoring.people import Expertise, Person, Role, Seniority
from mentoring.policy import Policy, Sending
from mentoring.proposals import Answer, Partstat, Party, Proposal, Reason, State
from mentoring.reviews import Helped, Review
from suggestions.candidates import TOO_FAR, Considered, _Round, consider
from suggestions.circumstances import Circumstances, Wish
from suggestions.circumstances import Said as SaidOf
from suggestions.needs import find_needs, outlook_of
from suggestions.outlook import Outlook
from suggestions.suitability import Suitabilities
from suggestions.themes import SMALLEST, Themes
from suggestions.tracks import Meeting
from suggestions.vectors import Vector
from tests.simulation.calendars import moment, slot_of, working
from tests.simulation.contenders import Facts, Outcome, Proposed, Seen
from tests.simulation.minds import Said
from workflows.judging import Seen as SeenByARound
from workflows.judging import weigh
from workflows.knowing import CAP_DAYS, Time
from workflows.planning import Drafted, choose

POLICY = Policy(session_minutes=30, step_minutes=30, lead_hours=36, sending=Sending.ON)
"""The policy Interlude starts with, but for the simulation's half hours and its two days for answering."""

ENOUGH = 12
RELEARNED_AFTER = timedelta(days=28)

LADDER = tuple(Seniority)
LANGUAGES = (1, "en"), (2, "fr")
ANSWER_HOURS = 48
REVIEW_LAPSES = timedelta(days=7)


class Interlude:
    """The product with the settings it starts with.

    enough: mentors looked at of each need; None for all pairs there are, which takes far longer.
    """

    name = "Interlude"

    def __init__(self, facts: Facts, seed: int, enough: int | None = ENOUGH) -> None:
        self._facts = facts
        self._enough = enough
        self._outcomes: dict[tuple[Proposed, int], Outcome] = {}
        self._reasons: dict[tuple[Proposed, int], tuple[Reason, ...]] = {}
        self._outlook: Outlook | None = None
        self._learned_at = moment(0)
        self._expertise = {
            _text(number): np.asarray(vector, np.float32) for texts in facts.expertise for number, vector in texts
        }

    def propose(self, seen: Seen) -> Sequence[Proposed]:
        round_ = self._as_a_round_sees(seen)
        looking = consider if self._enough is None else partial(consider_some, seen=seen, enough=self._enough)
        judged = weigh(round_, self._themes(seen), self._expertise, consider=looking, foresee=self._foresee)
        plan = choose(round_, judged)
        proposed = {_proposed(each): each.considered.reasons for each in plan.drafted}
        self._reasons.update({(one, seen.week): reasons for one, reasons in proposed.items()})
        return list(proposed)

    def _foresee(
        self,
        themes: Sequence[Theme],
        challenges: Sequence[Challenge],
        now: datetime,
        zones: Mapping[int, str],
        recurrence_days: int,
        meetings: Sequence[Meeting],
    ) -> tuple[Need, ...]:
        """As a round does, but for what the organisation teaches about coming back, which is learned every fourth."""
        if self._outlook is None or now - self._learned_at >= RELEARNED_AFTER:
            self._outlook = outlook_of(themes, challenges, now, zones, recurrence_days, meetings)
            self._learned_at = now
        return find_needs(themes, challenges, now, zones, recurrence_days, meetings, self._outlook)

    def told(self, outcomes: Sequence[Outcome]) -> None:
        """Remembers the latest of each."""
        self._outcomes.update({(each.proposed, each.week): each for each in outcomes})

    def _as_a_round_sees(self, seen: Seen) -> SeenByARound:
        people = [self._person(row, seen) for row in self._there(seen)]
        outcomes = list(self._outcomes.values())
        history = [
            proposal(number, each, self._reasons[each.proposed, each.week]) for number, each in enumerate(outcomes, 1)
        ]
        return SeenByARound(
            now=seen.now,
            policy=POLICY,
            people=tuple(people),
            challenges=tuple(Challenge(note.id + 1, note.person + 1, "", note.at) for note in seen.notes),
            known_themes=self._themes(seen).themes,
            history=tuple(history),
            said=tuple(said for each in outcomes for said in wishes(each)),
            objected=(),
            settled=settled(outcomes),
            time=Time(self._availability(people, seen), booked(people, history, seen.now)),
            vectors={},
            asked=asked_of(history, outcomes, seen.now),
            reviews=tuple(reviewed for number, each in enumerate(outcomes, 1) for reviewed in reviews(number, each)),
        )

    def _there(self, seen: Seen) -> list[int]:
        """Whoever may be asked in either role now; of the others a round would find that they may not."""
        return np.flatnonzero(seen.booked.may_be_mentored | seen.booked.may_mentor).tolist()

    def _person(self, row: int, seen: Seen) -> Person:
        people = self._facts.people
        may = ((Role.MENTEE, seen.booked.may_be_mentored), (Role.MENTOR, seen.booked.may_mentor))
        manager, never = int(people.manager[row]), int(people.never_with[row])
        return Person(
            id=row + 1,
            organisation_id=1,
            email=f"p{row}@example.org",
            name=f"{_first_name(row + 1)} Example",
            limits=self._facts.limits[row],
            roles=frozenset(role for role, whose in may if whose[row]),
            department=f"Department {people.department[row]}",
            seniority=LADDER[people.seniority[row]],
            manager_id=manager + 1 if manager >= 0 else None,
            expertise=tuple(Expertise(_text(number)) for number, _ in self._facts.expertise[row]),
            never_with=frozenset([never + 1]) if never >= 0 else frozenset(),
            languages=tuple(name for bit, name in LANGUAGES if people.languages[row] & bit),
        )

    def _themes(self, seen: Seen) -> Themes:
        written: dict[int, list[int]] = {}
        for note in seen.notes:
            if note.theme is not None:
                written.setdefault(note.theme, []).append(note.id + 1)
        themes = tuple(
            Theme(theme + 1, f"theme {theme}", tuple(ids))
            for theme, ids in sorted(written.items())
            if len(ids) >= SMALLEST
        )
        centroids: dict[int, Vector] = {
            each.id: np.asarray(self._facts.theme_vectors[each.id - 1], np.float32) for each in themes
        }
        return Themes(themes, centroids, np.zeros(self._facts.theme_vectors.shape[1], np.float32))

    def _availability(self, people: Iterable[Person], seen: Seen) -> dict[int, Availability]:
        """Read a moment ago, for the window that the simulation shows."""
        begins, ends = seen.window.begins, seen.window.ends
        covers = Interval(moment(begins), moment(ends))
        found: dict[int, Availability] = {}
        for person in people:
            within = working(person.limits.zone, ends)[begins:]
            found[person.id] = Known(busy_of(within & ~seen.free[person.id - 1], begins), covers, seen.now)
        return found


def consider_some(
    needs: Sequence[Need], people: Sequence[Person], fits: Suitabilities, now: Circumstances, *, seen: Seen, enough: int
) -> tuple[Considered, ...]:
    """As a round's `consider`, without most pairs of which nothing can come.

    Left out: mentees and mentors without room, needs that something stands in the way of whoever the mentor is, and
    mentors who suit a need less than `enough` others with whom it is possible. A round keeps ten for a mentee.
    """
    round_ = _Round({person.id: person for person in people}, fits, now)
    mentors = {person.id: person for person in people if seen.booked.has_room(person.id - 1)}
    found: list[Considered] = []
    for need in needs:
        if seen.booked.may_ask(need.person_id - 1):
            row = fits.scores[fits.theme_ids[need.theme_id]].tolist()
            order = sorted(mentors, key=lambda one: (-row[fits.person_ids[one]], one))
            found += _looked_at(round_, need, (mentors[one] for one in order if one != need.person_id), enough)
    return tuple(found)


def _looked_at(round_: _Round, need: Need, mentors: Iterable[Person], enough: int) -> Iterator[Considered]:
    """In the order given, until there are enough, the next are too far, or something is in the way of all."""
    possible = 0
    for mentor in mentors:
        one = round_._judged(need, mentor)
        yield one
        possible += one.possible
        if possible >= enough or TOO_FAR in one.stood_in_the_way or _in_the_way_of_any(one):
            return


def _in_the_way_of_any(considered: Considered) -> bool:
    """Whether a veto is about the mentee alone: it begins with their name, which here is nobody else's."""
    about = f"{_first_name(considered.need.person_id)} ", "The mentee "
    return any(each.veto and each.words.startswith(about) for each in considered.verdicts)


def _first_name(person_id: int) -> str:
    return f"P{person_id}"


def _text(number: int) -> str:
    return f"expertise {number}"


def busy_of(taken: np.ndarray, begins: int) -> Intervals:
    """Runs of half hours as intervals. taken: shape (half hours,), from that one on."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], taken.astype(np.int8), [0])))).reshape(-1, 2)
    return Intervals(tuple(Interval(moment(begins + since), moment(begins + until)) for since, until in edges.tolist()))


def _proposed(drafted: Drafted) -> Proposed:
    need, slot = drafted.considered.need, slot_of(drafted.opening.interval.start)
    return Proposed(need.person_id - 1, drafted.considered.mentor_id - 1, need.theme_id - 1, slot)


def proposal(number: int, outcome: Outcome, reasons: tuple[Reason, ...]) -> Proposal:
    """An outcome as the product would have kept it."""
    asked = moment(0) + timedelta(days=7 * outcome.week, hours=6)
    lapses = asked + timedelta(hours=ANSWER_HOURS)
    mentor_asked = lapses if outcome.mentor_said is not None else None
    answers = [
        Answer(ANSWERS[said], at) if said in ANSWERS and at else Answer()
        for said, at in ((outcome.mentee_said, lapses), (outcome.mentor_said, mentor_asked))
    ]
    state, because = _state(outcome)
    one = outcome.proposed
    return Proposal(
        id=number,
        organisation_id=1,
        uid=f"{number}@example.org",
        pair=Pair(one.mentee + 1, one.mentor + 1),
        theme_id=(one.theme or 0) + 1,
        topic="",
        interval=Interval(moment(one.slot), moment(one.slot + 1)),
        reasons=reasons,
        state=state,
        mentee_answer=answers[0],
        mentor_answer=answers[1],
        created_at=asked,
        mentee_asked_at=asked,
        mentor_asked_at=mentor_asked,
        expires_at=lapses,
        ended_because=because,
    )


ANSWERS = {Said.YES: Partstat.ACCEPTED, Said.NO: Partstat.DECLINED}


def _state(outcome: Outcome) -> tuple[State, str]:
    last = outcome.mentor_said or outcome.mentee_said
    by = Party.MENTEE if outcome.mentor_said is None else Party.MENTOR
    if last is Said.NO:
        return State.DECLINED, f"declined_by_{by}"
    if last is Said.NOTHING:
        return State.EXPIRED, f"no answer from the {by}"
    if outcome.held is None:
        return State.CONFIRMED, ""
    return (State.MET if outcome.held else State.MISSED), ""


def wishes(outcome: Outcome) -> Iterable[SaidOf]:
    """What either said with a no."""
    one = outcome.proposed
    for by, wish in ((one.mentee, outcome.mentee_wish), (one.mentor, outcome.mentor_wish)):
        if wish is not None:
            yield SaidOf(by + 1, Wish(wish.value), one.mentee + 1, one.mentor + 1, (one.theme or 0) + 1, outcome.at)


def reviews(number: int, outcome: Outcome) -> Iterable[Review]:
    """What the mentee said of the meeting: one that helped settled the topic, for now."""
    if outcome.helped is not None:
        said = Helped.YES if outcome.helped else Helped.NO
        yield Review(number, outcome.proposed.mentee + 1, Party.MENTEE, said, outcome.at, settled=outcome.helped)


def asked_of(history: Sequence[Proposal], outcomes: Sequence[Outcome], now: datetime) -> dict[int, tuple[Asked, ...]]:
    """What asked for everybody's attention: suggestions, and after a meeting how it was."""
    found: dict[int, list[Asked]] = {}
    for each, outcome in zip(history, outcomes, strict=True):
        for party in Party:
            at, answer = each.asked_at(party), each.answer(party)
            if at is not None:
                ignored_at = None if answer.given else each.expires_at
                one = Asked(each.person_id(party), Kind.SUGGESTION, at, each.id, answer.at, ignored_at)
                found.setdefault(one.person_id, []).append(one)
        if outcome.held:
            lapses = outcome.at + REVIEW_LAPSES
            answered_at = outcome.at if outcome.helped is not None else None
            ignored_at = lapses if answered_at is None and lapses <= now else None
            review = Asked(each.pair.mentee_id, Kind.REVIEW, outcome.at, each.id, answered_at, ignored_at)
            found.setdefault(review.person_id, []).append(review)
    return {person_id: tuple(messages) for person_id, messages in found.items()}


def settled(outcomes: Iterable[Outcome]) -> Mapping[tuple[int, int], datetime]:
    """Who says that a meeting helped says that it is no longer hard."""
    return {
        (each.proposed.mentee + 1, (each.proposed.theme or 0) + 1): each.at for each in outcomes if each.helped is True
    }


def booked(people: Iterable[Person], history: Iterable[Proposal], now: datetime) -> dict[int, tuple[Engagement, ...]]:
    """Meetings held, and those that both agreed to, around now."""
    found: dict[int, list[Engagement]] = {person.id: [] for person in people}
    for each in history:
        if each.state in (State.CONFIRMED, State.MET) and abs(now - each.interval.start) <= timedelta(days=CAP_DAYS):
            for party in Party:
                person_id = each.person_id(party)
                if person_id in found:
                    found[person_id].append(Engagement(person_id, each.interval, each.id))
    return {person_id: tuple(engagements) for person_id, engagements in found.items()}
