"""What people make of being asked, and what a meeting truly does. Hidden from every contender."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from math import exp

from tests.simulation.calendars import A_DAY, CLOSES, OPENS, Booked, offset
from tests.simulation.chance import normal, uniform
from tests.simulation.occurrences import Need
from tests.simulation.world import World

RECOVERS_DAYS = 28.0
FORGOTTEN_DAYS = 14.0
FATIGUE_DAYS = 28
SAYS_WHY = 0.35
OTHER_LANGUAGE = -2.0


class Said(StrEnum):
    YES = "yes"
    NO = "no"
    NOTHING = "nothing"


class Wish(StrEnum):
    """What somebody may say with a no."""

    NOT_NOW = "not_now"
    NOT_THIS_TOPIC = "not_this_topic"
    NOT_THIS_PERSON = "not_this_person"


@dataclass(frozen=True)
class Offer:
    """Two people, what about (None for nothing), and when: asked in that week."""

    mentee: int
    mentor: int
    topic: int | None
    slot: int
    week: int

    @property
    def asked_on(self) -> int:
        return self.week * 7


@dataclass
class Standing:
    """How one person's need stands. last: the day it last came up while nothing settled it, None for never."""

    need: Need
    last: int | None = None
    settled_until: float = -1e9
    helped_on: int | None = None
    helped_times: int = 0


class Minds:
    """Everybody's attention, fatigue and troubles as the weeks go by."""

    def __init__(self, world: World, booked: Booked) -> None:
        self.world = world
        self.standing = {(each.person, each.topic): Standing(each) for each in world.needs if each.recurs}
        self.of_person: dict[int, list[Standing]] = defaultdict(list)
        for each in self.standing.values():
            self.of_person[each.need.person].append(each)
        self._booked = booked
        self._passing: dict[tuple[int, int], int] = {}
        self._worn: dict[int, tuple[float, int]] = {}
        self._mentored: dict[int, list[int]] = defaultdict(list)
        self._met_on: Counter[tuple[int, int, int]] = Counter()
        self._refused: set[tuple[int, int]] = set()
        self._offsets = [offset(zone) for zone in world.nature.zones]

    def came_up(self, need: Need, day: int) -> None:
        """Something is hard today."""
        standing = self.standing.get((need.person, need.topic))
        if standing is None:
            self._passing[need.person, need.topic] = day
        elif standing.settled_until < day:
            standing.last = day

    def felt(self, person: int, topic: int, day: int) -> float:
        """How much somebody minds, 0..1: as much as it is fresh, and nothing while it is settled."""
        standing = self.standing.get((person, topic))
        last = standing.last if standing else self._passing.get((person, topic))
        if last is None or (standing is not None and standing.settled_until >= day):
            return 0.0
        return float(2 ** (-(day - last) / FORGOTTEN_DAYS))

    def attention(self, person: int, day: int) -> float:
        """The share of messages they read: worn by unwelcome ones, coming back over weeks."""
        worn, since = self._worn.get(person, (0.0, day))
        return float(self.world.people.answers[person]) * (1 - worn * 2 ** (-(day - since) / RECOVERS_DAYS))

    def mentee_says(self, offer: Offer) -> tuple[Said, Wish | None]:
        """The mentee's answer to being asked."""
        person, other = offer.mentee, offer.mentor
        topic = self._topic_to_mentee(offer)
        liking = self._liking(person, other, offer)
        people = self.world.people
        odds = 0.2 + people.willing[person] + topic + 0.35 * (liking + people.known[other])
        odds += people.by_rank[person] * (people.seniority[other] - people.seniority[person])
        odds += people.by_department[person] * (1 if people.department[other] != people.department[person] else -1)
        odds -= 1.5 * ((person, other) in self._refused)
        return self._says(person, other, offer, float(odds), liking, topic)

    def mentor_says(self, offer: Offer) -> tuple[Said, Wish | None]:
        """The mentor's, once the mentee has said yes."""
        person, other = offer.mentor, offer.mentee
        topic = self._topic_to_mentor(offer)
        liking = self._liking(person, other, offer)
        tired = self._lately(person, offer.asked_on) / float(self.world.people.appetite[person])
        odds = self.world.people.generous[person] + topic + 0.25 * liking - 0.4 * tired - 1.2 * max(0.0, tired - 1)
        return self._says(person, other, offer, float(odds), liking, topic)

    def helps(self, mentee: int, mentor: int, topic: int, day: int, by_the_way: bool = False) -> float:
        """The chance that the two, meeting on that topic, truly settle something."""
        people, nature = self.world.people, self.world.nature
        week = min(max(day // 7, 0), self.world.weeks - 1)
        liking = (self._affinity(mentee, mentor, week) + self._affinity(mentor, mentee, week)) / 2
        rapport = 0.6 * liking + 0.8 * normal(self.world.seed, 11, min(mentee, mentor), max(mentee, mentor))
        odds = -1.6 + nature.expertise_helps * (people.knows[mentor, topic] - people.knows[mentee, topic])
        odds += nature.rapport_helps * rapport
        odds += self.world.subjects.by_seniors[topic] * (people.seniority[mentor] - people.seniority[mentee])
        odds -= 0.5 * self._met_on[mentee, mentor, topic] + 0.3 * by_the_way
        odds -= 0.3 * max(0.0, self._lately(mentor, day) - people.appetite[mentor])
        return _share(float(odds) + self._language(mentee, mentor))

    def meet(self, mentee: int, mentor: int, topic: int | None, day: int) -> bool:
        """They meet. Returns whether it helped somebody with a need of theirs."""
        self._mentored[mentor].append(day)
        if topic is not None:
            return self._met_about(mentee, mentor, topic, day, False)
        both = ((mentee, mentor), (mentor, mentee))
        return sum(self._by_the_way(one, other, day) for one, other in both) > 0

    def _by_the_way(self, person: int, other: int, day: int) -> bool:
        """Without a topic somebody may still come to speak of what they mind most."""
        troubles = [(self.felt(person, each.need.topic, day), each.need.topic) for each in self.of_person[person]]
        felt, topic = max(troubles, default=(0.0, 0))
        speaks = felt > 0.25 and uniform(self.world.seed, 12, person, other, day) < 0.5
        return speaks and self._met_about(person, other, topic, day, True)

    def _met_about(self, mentee: int, mentor: int, topic: int, day: int, by_the_way: bool) -> bool:
        chance = self.helps(mentee, mentor, topic, day, by_the_way)
        self._met_on[mentee, mentor, topic] += 1
        helped = uniform(self.world.seed, 13, mentee, mentor, topic, day // 7) < chance
        standing = self.standing.get((mentee, topic))
        if not helped or standing is None:
            return False
        self._settle(standing, day)
        worn, since = self._worn.get(mentee, (0.0, day))
        self._worn[mentee] = 0.6 * worn * 2 ** (-(day - since) / RECOVERS_DAYS), day
        return True

    def _settle(self, standing: Standing, day: int) -> None:
        """A repeat too soon after the last adds nothing to how long it lasts."""
        growth = self.world.nature.lasting_growth
        spaced = standing.helped_on is None or day - standing.helped_on > 0.3 * standing.need.lasts
        lasts = standing.need.lasts * growth ** min(standing.helped_times, 4)
        standing.settled_until = max(standing.settled_until, day + lasts)
        standing.helped_times += spaced
        standing.helped_on = day

    def _says(
        self, person: int, other: int, offer: Offer, odds: float, liking: float, topic: float
    ) -> tuple[Said, Wish | None]:
        seed, key = self.world.seed, (person, other, offer.week, -1 if offer.topic is None else offer.topic)
        yes = _share(odds + self._time(person, offer) + self._language(person, other))
        reads = self.attention(person, offer.asked_on) * (1 + self.world.nature.silence_tells * (yes - 0.5))
        if uniform(seed, 21, *key) >= reads:
            self._wear(person, offer.asked_on, 1.0)
            return Said.NOTHING, None
        if uniform(seed, 22, *key) < yes:
            return Said.YES, None
        self._wear(person, offer.asked_on, 0.7)
        self._refused.add((person, other))
        says_why = uniform(seed, 23, *key) < SAYS_WHY
        return Said.NO, _wish(offer, liking, topic) if says_why else None

    def _topic_to_mentee(self, offer: Offer) -> float:
        people, person, topic = self.world.people, offer.mentee, offer.topic
        if topic is None:
            return float(people.sociable[person])
        seems_to_know = 0.5 if people.declared[offer.mentor, topic] else -0.3
        felt = -0.9 + 1.9 * self.felt(person, topic, offer.asked_on)
        return felt + seems_to_know - 2.5 * bool(people.averse[person, topic])

    def _topic_to_mentor(self, offer: Offer) -> float:
        people, person, topic = self.world.people, offer.mentor, offer.topic
        if topic is None:
            return float(people.sociable[person])
        confident = 0.5 * people.knows[person, topic] + 0.5 * people.declared[person, topic]
        return float(2.5 * (confident - 0.35) - 2.5 * people.averse[person, topic])

    def _time(self, person: int, offer: Offer) -> float:
        people = self.world.people
        local = (offer.slot + self._offsets[people.zone[person]]) % A_DAY
        early = people.early[person] * (1 - 2 * (local - OPENS) / (CLOSES - OPENS))
        days_ahead = offer.slot / A_DAY - offer.asked_on
        ahead = people.ahead[person] * (days_ahead - 7) / 4
        return float(early + ahead - people.by_load[person] * (2 * self._booked.busy_now(person, offer.slot) - 0.9))

    def _liking(self, person: int, other: int, offer: Offer) -> float:
        return self._affinity(person, other, min(offer.week, self.world.weeks - 1))

    def _affinity(self, person: int, other: int, week: int) -> float:
        return float(self.world.likes[week, person] @ self.world.people.likeable[other]) / 2

    def _language(self, one: int, other: int) -> float:
        spoken = self.world.people.languages
        return 0.0 if spoken[one] & spoken[other] else OTHER_LANGUAGE

    def _lately(self, mentor: int, day: int) -> int:
        return sum(day - each < FATIGUE_DAYS for each in self._mentored[mentor])

    def _wear(self, person: int, day: int, how_much: float) -> None:
        worn, since = self._worn.get(person, (0.0, day))
        left = worn * 2 ** (-(day - since) / RECOVERS_DAYS)
        self._worn[person] = left + (1 - left) * min(how_much * float(self.world.people.wears[person]), 0.9), day


def _wish(offer: Offer, liking: float, topic: float) -> Wish:
    """What weighed most."""
    if offer.topic is not None and topic < -1.5:
        return Wish.NOT_THIS_TOPIC
    return Wish.NOT_THIS_PERSON if liking < -1.2 else Wish.NOT_NOW


def _share(odds: float) -> float:
    return 1 / (1 + exp(-odds))
