"""Everything beside the need itself that the rules look at, as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from mentoring.attention import NOTHING_ASKED, Attention
from mentoring.availability import Availability, Unknown
from mentoring.needs import Need
from mentoring.people import Person
from mentoring.policy import Policy
from mentoring.proposals import Party
from suggestions.likelihood import Likelihood
from suggestions.objections import Objected
from suggestions.suitability import Suitability


class Ending(StrEnum):
    """How an earlier proposal ended, as far as later ones care. Ignored, withdrawn: after somebody was asked."""

    OPEN = "open"
    MET = "met"
    DECLINED = "declined"
    IGNORED = "ignored"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class Wish(StrEnum):
    """What a person may say instead of taking part."""

    NOT_NOW = "not_now"
    NOT_THIS_TOPIC = "not_this_topic"
    NOT_THIS_PERSON = "not_this_person"


@dataclass(frozen=True)
class Earlier:
    """A proposal of the past. at: when it ended, or was made if it is open."""

    mentee_id: int
    mentor_id: int
    theme_id: int
    ending: Ending
    at: datetime

    @property
    def both(self) -> frozenset[int]:
        return frozenset((self.mentee_id, self.mentor_id))


@dataclass(frozen=True)
class Said:
    """A person, one of the two of a proposal, said a wish about it."""

    by: int
    wish: Wish
    mentee_id: int
    mentor_id: int
    theme_id: int
    at: datetime

    @property
    def as_party(self) -> Party:
        return Party.MENTEE if self.by == self.mentee_id else Party.MENTOR

    @property
    def both(self) -> frozenset[int]:
        return frozenset((self.mentee_id, self.mentor_id))


@dataclass(frozen=True)
class Silence:
    """How many proposals in a row somebody left without a yes or a no in one role, and when the last of them lapsed."""

    times: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True)
class Load:
    """What Interlude already asks of a person.

    open_as_mentee, open_as_mentor: proposals that wait for an answer or a meeting. booked_this_month: meetings in the
    person's local month, in either role. asked_lately, ignored_lately: proposals of the last 28 days, and those left
    unanswered. attention: messages of every kind, of which a week has only so many. silent_as_mentee, silent_as_mentor:
    since they last answered in that role. mentored_lately: meetings as a mentor in the last 28 days, held or agreed.
    refused_in_a_row: requests as a mentor that they declined or left unanswered, since the last yes. share_as_mentee,
    share_as_mentor: what they were offered in that role, as a multiple of what people in it are offered on average;
    None while nobody is offered anything.
    """

    open_as_mentee: int = 0
    open_as_mentor: int = 0
    booked_this_month: int = 0
    asked_lately: int = 0
    ignored_lately: int = 0
    attention: Attention = NOTHING_ASKED
    silent_as_mentee: Silence = Silence()
    silent_as_mentor: Silence = Silence()
    mentored_lately: int = 0
    refused_in_a_row: int = 0
    share_as_mentee: float | None = None
    share_as_mentor: float | None = None


@dataclass(frozen=True)
class PairContext:
    """One need and one person who might help with it, with all that the rules look at.

    earlier: proposals of the mentee, or of the two in either order. said: wishes by either of the two. objected: what
    the mentee answered to reasons they were given, whoever they were to meet. mentee_knows: the mentee's own
    suitability for the topic. likelier: by how much the chance that both say yes is above that of an ordinary
    suggestion, -1..1.
    """

    need: Need
    mentee: Person
    mentor: Person
    suitability: Suitability
    policy: Policy
    now: datetime
    mentee_availability: Availability
    mentor_availability: Availability
    mentee_load: Load = Load()
    mentor_load: Load = Load()
    earlier: tuple[Earlier, ...] = ()
    said: tuple[Said, ...] = ()
    objected: tuple[Objected, ...] = ()
    mentee_knows: float = 0.0
    likelier: float = 0.0

    @cached_property
    def both(self) -> frozenset[int]:
        return frozenset((self.mentee.id, self.mentor.id))

    def in_that_role(self, said: Said) -> bool:
        """Whether the one of the two who said it is in the same role now."""
        return said.by == (self.mentee.id if said.as_party is Party.MENTEE else self.mentor.id)


UNREAD = Unknown("no calendar of theirs has been read")


@dataclass(frozen=True)
class Circumstances:
    """The state of an organisation at the time of a round.

    availability: who is left out is unknown. loads: who is left out has none. written_at: challenge id → when, for
    reasons. likelihood: what is learned of answers, None for nothing.
    """

    policy: Policy
    now: datetime
    availability: Mapping[int, Availability] = field(default_factory=dict)
    loads: Mapping[int, Load] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()
    said: Sequence[Said] = ()
    objected: Sequence[Objected] = ()
    written_at: Mapping[int, datetime] = field(default_factory=dict)
    likelihood: Likelihood | None = None


class Histories:
    """The past by person, so that a pair's part of it is found without looking through all."""

    def __init__(self, circumstances: Circumstances) -> None:
        self._earlier: dict[int, list[Earlier]] = defaultdict(list)
        self._said: dict[int, list[Said]] = defaultdict(list)
        for each in circumstances.earlier:
            self._earlier[each.mentee_id].append(each)
        for said in circumstances.said:
            self._said[said.by].append(said)
        self._objected: dict[int, list[Objected]] = defaultdict(list)
        for objected in circumstances.objected:
            self._objected[objected.mentee_id].append(objected)

    def earlier(self, mentee_id: int, mentor_id: int) -> tuple[Earlier, ...]:
        other_way = (each for each in self._earlier.get(mentor_id, ()) if each.mentor_id == mentee_id)
        return (*self._earlier.get(mentee_id, ()), *other_way)

    def objected(self, mentee_id: int) -> tuple[Objected, ...]:
        return tuple(self._objected.get(mentee_id, ()))

    def said(self, mentee_id: int, mentor_id: int) -> tuple[Said, ...]:
        return (*self._said.get(mentee_id, ()), *self._said.get(mentor_id, ()))
