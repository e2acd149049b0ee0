"""What a round looks at, and what the judgement makes of it. Read in one go, judged without touching the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mentoring.attention import Asked
from mentoring.needs import Challenge, Need, Theme, ThemeWish
from mentoring.people import Person, Role
from mentoring.policy import Policy
from mentoring.proposals import Objection, Party, Proposal
from mentoring.reviews import Review
from store import challenges, note_changes, people, policies, proposals, reviews, settled, themes, wishes
from store.memory import Memory
from suggestions.acceptance import learn
from suggestions.candidates import Considered, consider
from suggestions.circumstances import Circumstances, Said, Wish
from suggestions.embedding import embed_new, text_hash
from suggestions.languages import is_read, language_of
from suggestions.likelihood import Likelihood
from suggestions.objections import Objected
from suggestions.settling import carried
from suggestions.suitability import Experience, Suitabilities, suitabilities
from suggestions.themes import Themes
from suggestions.tracks import Meeting
from suggestions.vectors import Vector
from workflows import attention
from workflows.answers_so_far import answers_so_far, own_answers
from workflows.bootstrap import Parts
from workflows.clustering import themes_of
from workflows.counting import earlier, loads
from workflows.foreseeing import meetings_of, needs_at
from workflows.knowing import Time, time_of
from workflows.lessons import lessons

HISTORY_DAYS = 365

Foreseeing = Callable[
    [Sequence[Theme], Sequence[Challenge], datetime, Mapping[int, str], int, Sequence[Meeting]], tuple[Need, ...]
]
Considering = Callable[[Sequence[Need], Sequence[Person], Suitabilities, Circumstances], tuple[Considered, ...]]


@dataclass(frozen=True)
class Seen:
    """An organisation as a round finds it. asked: what asked for each person's attention lately."""

    now: datetime
    policy: Policy
    people: tuple[Person, ...]
    challenges: tuple[Challenge, ...]
    known_themes: tuple[Theme, ...]
    history: tuple[Proposal, ...]
    said: tuple[Said, ...]
    objected: tuple[Objected, ...]
    settled: Mapping[tuple[int, int], datetime]
    time: Time
    vectors: Mapping[str, bytes] = field(repr=False)
    reviews: tuple[Review, ...] = ()
    asked: Mapping[int, tuple[Asked, ...]] = field(default_factory=dict)
    wishes: tuple[ThemeWish, ...] = ()
    changes: Mapping[int, int] = field(default_factory=dict)
    """{person: how often their notes had changed}, as store.note_changes counts."""

    @property
    def zones(self) -> dict[int, str]:
        return {person.id: person.limits.zone for person in self.people}


@dataclass(frozen=True)
class Judged:
    """What keeps coming back, for whom, and who was considered for it. theme ids are the store's, new ones negative.

    settled: what would be needs, had the person not said that it is no longer hard for them.
    """

    themes: Themes
    needs: tuple[Need, ...]
    considered: tuple[Considered, ...]
    new_vectors: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    notice: str = ""
    settled: tuple[Need, ...] = ()
    languages: Mapping[int, str] = field(default_factory=dict, repr=False)
    """{challenge: the language it is in}, of those that nobody had looked at."""


def look(parts: Parts, organisation_id: int) -> Seen:
    """Everything that a round decides on, as it is now."""
    with parts.database.reading(organisation_id) as memory:
        return _seen(parts, memory, policies.current(memory))


def look_under(parts: Parts, organisation_id: int, *others: Policy) -> tuple[Seen, ...]:
    """The same moment under the policy in force and under each of the others: free time is read by a policy, too."""
    with parts.database.reading(organisation_id) as memory:
        now = parts.clock()
        return tuple(_seen(parts, memory, each, now) for each in (policies.current(memory), *others))


def _seen(parts: Parts, memory: Memory, policy: Policy, now: datetime | None = None) -> Seen:
    now = now or parts.clock()
    everyone = people.everyone(memory)
    written = challenges.everything(memory)
    history = proposals.since(memory, now - timedelta(days=HISTORY_DAYS))
    feedback, known = proposals.feedback(memory), {each.id: each for each in history}
    texts = {each.text for each in written} | {each.text for person in everyone for each in person.expertise}
    return Seen(
        now=now,
        policy=policy,
        people=everyone,
        challenges=written,
        known_themes=themes.all(memory),
        history=history,
        said=_said(feedback, known),
        objected=_objected(feedback, known),
        settled=settled.everyones(memory),
        time=time_of(memory, everyone, policy, now),
        vectors=challenges.vectors(memory, parts.embedder().name, [text_hash(text) for text in sorted(texts)]),
        reviews=reviews.everyones(memory, now - timedelta(days=HISTORY_DAYS)),
        asked=attention.of_everybody(memory, everyone, now),
        wishes=wishes.everyones(memory),
        changes=note_changes.everyones(memory),
    )


def _objected(feedback: Sequence[proposals.Feedback], known: Mapping[int, Proposal]) -> tuple[Objected, ...]:
    """What mentees answered to single reasons."""
    found = []
    for each in feedback:
        about = known.get(each.proposal_id)
        reasons = {reason.name: reason for reason in about.reasons} if about else {}
        if each.reason_name in reasons and each.about in set(Objection):
            pair = each.mentee_id, each.mentor_id, each.theme_id
            reason = reasons[each.reason_name]
            found.append(Objected(*pair, reason.name, reason.about, Objection(each.about), each.at))
    return tuple(found)


def _said(feedback: Sequence[proposals.Feedback], known: Mapping[int, Proposal]) -> tuple[Said, ...]:
    said = []
    for each in feedback:
        about = known.get(each.proposal_id)
        if about is not None and not each.reason_name and each.about in set(Wish):
            pair = about.pair
            said.append(Said(each.person_id, Wish(each.about), pair.mentee_id, pair.mentor_id, about.theme_id, each.at))
    return tuple(said)


@dataclass(frozen=True)
class Found:
    """What a look at all notes found. vectors: of each text of the people's expertise. new_vectors, languages: as in
    Judged."""

    themes: Themes
    vectors: Mapping[str, Vector] = field(repr=False)
    new_vectors: Mapping[str, bytes] = field(repr=False)
    languages: Mapping[int, str] = field(repr=False)


def judge(parts: Parts, seen: Seen, mentee_id: int | None = None) -> Judged:
    """Themes, needs, and everybody looked at for every need, or for every need of that mentee alone."""
    found = find(parts, seen)
    weighed = weigh(seen, found.themes, found.vectors, mentee_id)
    notice = parts.embedder().notice
    return replace(weighed, new_vectors=found.new_vectors, notice=notice, languages=found.languages)


def find(parts: Parts, seen: Seen) -> Found:
    """The themes of all that is written in a language that is read."""
    expertise = sorted({each.text for person in seen.people for each in person.expertise})
    languages = {each.id: language_of(each.text) for each in seen.challenges if not each.language}
    written = tuple(each for each in seen.challenges if is_read(languages.get(each.id, each.language)))
    vectors, made = embed_new(parts.embedder(), [each.text for each in written] + expertise, seen.vectors)
    number, policy = len(written), seen.policy
    names = {person.name for person in seen.people}
    found = themes_of(
        written, vectors[:number], seen.zones, policy.recurrence_days, names, seen.wishes, policy.minimum_group
    )
    found = found.renumbered(_identities(found.themes, seen.known_themes))
    return Found(found, dict(zip(expertise, vectors[number:], strict=True)), made, languages)


def weigh(
    seen: Seen,
    found: Themes,
    expertise: Mapping[str, Vector],
    mentee_id: int | None = None,
    consider: Considering = consider,
    foresee: Foreseeing = needs_at,
) -> Judged:
    """The same on themes that were found already. expertise: the vector of each text of the people's expertise.

    consider: looks at everybody for every need, unless told to look at fewer. foresee: finds the needs.
    """
    needs, at_rest = open_needs(seen, found, foresee)
    theme_ids = sorted({need.theme_id for need in needs})
    fits = suitabilities(found, theme_ids, seen.people, expertise, _experiences(seen, found))
    asked = [need for need in needs if mentee_id in (None, need.person_id)]
    considered = consider(asked, seen.people, fits, circumstances(seen))
    at_rest_of_asked = tuple(need for need in at_rest if mentee_id in (None, need.person_id))
    return Judged(found, needs, considered, settled=at_rest_of_asked)


def open_needs(seen: Seen, found: Themes, foresee: Foreseeing = needs_at) -> tuple[tuple[Need, ...], tuple[Need, ...]]:
    """(what comes back to whom, what would but is no longer hard), each under the label that its person sees."""
    meetings = meetings_of(seen.history, seen.reviews)
    recurring = foresee(found.themes, seen.challenges, seen.now, seen.zones, seen.policy.recurrence_days, meetings)
    named = [found.named(need) for need in recurring]
    said = carried(seen.settled, seen.known_themes, found.themes, seen.challenges)
    at_rest = {need for need in named if need.settled(said.get((need.person_id, need.theme_id)))}
    return tuple(need for need in named if need not in at_rest), tuple(need for need in named if need in at_rest)


def _identities(found: Sequence[Theme], known: Sequence[Theme]) -> dict[int, int]:
    """A theme keeps the id under which most of its challenges are known; a new one is negative until it is kept."""
    before = {each.id: frozenset(each.challenge_ids) for each in known}
    after = {each.id: frozenset(each.challenge_ids) for each in found}
    kept = themes.continued(before, after)
    return {each.id: kept.get(each.id, -each.id) for each in found}


def _experiences(seen: Seen, found: Themes) -> list[Experience]:
    labels = {theme.id: theme.group_label for theme in found.themes}
    own: dict[int, dict[int, str]] = defaultdict(dict)
    for (theme_id, person_id), label in found.own.items():
        own[theme_id][person_id] = label
    return [
        Experience(each.mentor_id, found.centroids[each.theme_id], labels[each.theme_id], each.outcome,
                   own[each.theme_id], each.counts)
        for each in lessons(seen.history, seen.reviews, seen.said, seen.now)
        if each.theme_id in found.centroids
    ]  # fmt: skip


def circumstances(seen: Seen) -> Circumstances:
    """The state of the organisation as the rules look at it."""
    answers = answers_so_far(seen.history, seen.people)
    return Circumstances(
        policy=seen.policy,
        now=seen.now,
        availability=seen.time.availability,
        loads=loads(seen.history, seen.people, seen.time.booked, seen.now, seen.asked),
        earlier=[earlier(each) for each in seen.history],
        said=seen.said,
        objected=seen.objected,
        written_at={each.id: each.at for each in seen.challenges},
        likelihood=Likelihood({party: learn(answers[party]) for party in Party}, own_answers(answers)),
    )


def taking_part(seen: Seen) -> int:
    """How many have opted in to a role."""
    return sum(person.opted_in(Role.MENTEE) or person.opted_in(Role.MENTOR) for person in seen.people)
