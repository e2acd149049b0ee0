"""What the pages show: values that workflows.pages builds and the web only lays out.

Times are UTC; each page says in which zone to read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from mentoring.intervals import Interval
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, Reason, State
from mentoring.reviews import Review


@dataclass(frozen=True)
class Who:
    """Somebody who is signed in. Every workflow looks only inside their organisation."""

    organisation_id: int
    person_id: int


@dataclass(frozen=True)
class PersonCard:
    """As much of somebody as the other of the two may see, once asked."""

    name: str
    first_name: str
    department: str
    title: str
    zone: str


class Feedback(StrEnum):
    """What a decline may say. The next round shows it."""

    NOT_NOW = "not_now"
    NOT_THIS_TOPIC = "not_this_topic"
    NOT_THIS_PERSON = "not_this_person"


@dataclass(frozen=True)
class Note:
    """What the reader wrote, and when."""

    at: datetime
    text: str


@dataclass(frozen=True)
class SuggestionView:
    """One proposal as one of its two sees it. can_name: the topic line is still the reader's to word.
    twelve_hour: how the reader reads the clock.

    zone: the reader's. their_answer_words: a sentence like "Ada has not been asked yet." ended_words: why it is over,
    empty while it is not. copy_in: the name of the reader's calendar that holds the event, empty when none does.
    can_miss: it is over, and may still be said not to have taken place. can_review: it may still be said how it was;
    review: what the reader said of it. objections: by reason, what the reader answered
    to it. evidence: the reader's own notes that it rests on.
    """

    id: int
    mine_as: Party
    state: State
    topic: str
    other: PersonCard
    interval: Interval
    zone: str
    reasons: tuple[Reason, ...] = ()
    expires_at: datetime | None = None
    my_answer: Partstat = Partstat.NEEDS_ACTION
    their_answer_words: str = ""
    can_answer: bool = False
    can_move: bool = False
    can_name: bool = False
    twelve_hour: bool = False
    sequence: int = 0
    ended_words: str = ""
    copy_in: str = ""
    can_miss: bool = False
    can_review: bool = False
    review: Review | None = None
    objections: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Note, ...] = ()


class Mend(StrEnum):
    """Where the reader can do something about it."""

    NOTHING = "nothing"
    CALENDARS = "calendars"
    CHALLENGES = "challenges"
    LIMITS = "limits"
    """Where a pause is ended."""
    TAKING_PART = "taking_part"


@dataclass(frozen=True)
class Absence:
    """One thing that stood in the way of a suggestion, in words for that person. rule: its name, as admins see it."""

    rule: str
    words: str
    mend: Mend = Mend.NOTHING


class Step(StrEnum):
    """What somebody does once, so that something can be suggested to them."""

    TAKING_PART = "taking_part"
    CALENDAR = "calendar"
    LIMITS = "limits"
    NOTE = "note"


@dataclass(frozen=True)
class Start:
    """A step of getting started, and whether it is done."""

    step: Step
    done: bool


@dataclass(frozen=True)
class HomePage:
    """open: asked of me as mentee, or waiting for the other. asked_of_me: as mentor. absences: why `open` is empty.

    starts: the steps of getting started while one is missing, else none.
    """

    zone: str
    open: tuple[SuggestionView, ...] = ()
    asked_of_me: tuple[SuggestionView, ...] = ()
    upcoming: tuple[SuggestionView, ...] = ()
    absences: tuple[Absence, ...] = ()
    next_round_at: datetime | None = None
    starts: tuple[Start, ...] = ()


@dataclass(frozen=True)
class MeetingsPage:
    """What the reader was asked about, in either role. upcoming: agreed by both. waiting: for an answer. past: over,
    or come to nothing; the latest first, page by page. more: there are older ones.
    """

    zone: str
    upcoming: tuple[SuggestionView, ...] = ()
    waiting: tuple[SuggestionView, ...] = ()
    past: tuple[SuggestionView, ...] = ()
    page: int = 1
    more: bool = False


class CalendarStatus(StrEnum):
    """WAITING: connected and not read yet. STALE: read once, too long ago to count. TROUBLE: see `problem`."""

    WAITING = "waiting"
    FRESH = "fresh"
    STALE = "stale"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class CalendarView:
    """One calendar of a connection. every_minutes: how often it is read. told_by: who tells of changes besides, empty
    when nobody does; renewed_at: when that is to be renewed.

    problem and what_to_do: sentences, empty when all is well.
    """

    id: int
    name: str
    zone: str = ""
    counts_as_busy: bool = True
    takes_copies: bool = False
    writable: bool = False
    status: CalendarStatus = CalendarStatus.WAITING
    last_read_at: datetime | None = None
    every_minutes: int = 15
    told_by: str = ""
    renewed_at: datetime | None = None
    problem: str = ""
    what_to_do: str = ""


@dataclass(frozen=True)
class ConnectionView:
    """place: what may be shown of the address; of a feed only its host, since whoever has the address can read it.

    by_consent: its owner gave a permission at Google or Microsoft. can_mend: it is broken, and giving it anew mends it.
    """

    id: int
    provider: str
    place: str
    username: str = ""
    calendars: tuple[CalendarView, ...] = ()
    by_consent: bool = False
    can_mend: bool = False


@dataclass(frozen=True)
class CalendarsPage:
    """unknown_why: why the reader's time counts as unknown at the moment, empty when it is known."""

    zone: str
    connections: tuple[ConnectionView, ...] = ()
    unknown_why: str = ""


@dataclass(frozen=True)
class NoteView:
    """One thing the reader wrote down. topic: what it went to, empty for nothing yet. language: what it seems to be in,
    where that is not read."""

    id: int
    text: str
    at: datetime
    topic: str = ""
    language: str = ""


@dataclass(frozen=True)
class ThemeView:
    """Notes of the reader that mean the same. recurs: on enough distinct days to be looked for a mentor for.

    how_often, when_next: in words, "" where there is nothing to say.
    """

    theme_id: int
    label: str
    days: int
    notes: tuple[NoteView, ...]
    recurs: bool
    probability: float = 0.0
    how_often: str = ""
    when_next: str = ""


@dataclass(frozen=True)
class SettledView:
    """A theme that the reader said, at that time, is no longer hard for them."""

    theme_id: int
    label: str
    at: datetime
    notes: tuple[NoteView, ...] = ()


@dataclass(frozen=True)
class SaidView:
    """Something that the reader said of the grouping of their notes. key: what it is taken back by."""

    key: int
    words: str
    at: datetime


@dataclass(frozen=True)
class ChallengesPage:
    """Newest first. recurrence_days: on how many days something must come up before a mentor is looked for.

    said: what the reader put right. sorting: notes are being placed just now.
    """

    zone: str
    notes: tuple[NoteView, ...] = ()
    themes: tuple[ThemeView, ...] = ()
    recurrence_days: int = 3
    settled: tuple[SettledView, ...] = ()
    said: tuple[SaidView, ...] = ()
    sorting: bool = False


@dataclass(frozen=True)
class TopicPage:
    """One topic of the reader's, to put right. others: (id, label) of their other topics."""

    zone: str
    topic: ThemeView
    others: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class PersonChoice:
    """A person to pick from a list."""

    person_id: int
    name: str


@dataclass(frozen=True)
class UnknownPerson:
    """Somebody to whom nothing is proposed because their time is unknown. account: of the calendar to blame, its
    kind and where it is; empty when none is."""

    person_id: int
    name: str
    why: str
    account: str = ""
    what_to_do: str = ""
    last_read_at: datetime | None = None


@dataclass(frozen=True)
class ProviderHealth:
    """The calendars of one provider, counted."""

    provider: str
    calendars: int
    fresh: int
    stale: int
    trouble: int


@dataclass(frozen=True)
class HealthPage:
    """people: everybody who opted in to a role. waiting: invites that have not left yet, the oldest since when.

    given_up: those that did not get through in the last week, which nobody tries any more. to_review: suggestions that
    wait for an admin to release them. mail_problem: why no mail leaves. answers_problem: why answers by mail are not
    read. organiser_problem: the same for an account that
    invites, or is still in the middle of meetings. invites_by_account: whether one does. weekly_messages: the policy's
    cap on messages of all kinds.
    """

    zone: str
    people: int
    known: int
    unknown: tuple[UnknownPerson, ...] = ()
    providers: tuple[ProviderHealth, ...] = ()
    sending: Sending = Sending.REVIEW
    stopped: bool = False
    waiting: int = 0
    oldest_waiting_at: datetime | None = None
    given_up: int = 0
    to_review: int = 0
    has_mailbox: bool = True
    mail_problem: str = ""
    answers_problem: str = ""
    organiser_problem: str = ""
    invites_by_account: bool = False
    weekly_messages: int = 5


@dataclass(frozen=True)
class RuleCount:
    """How often a rule stood in the way in a round. words: what it means, for an admin."""

    rule: str
    words: str
    count: int


@dataclass(frozen=True)
class RoundProposal:
    """What a round proposed: names and state, never the topic."""

    mentee_id: int
    mentee: str
    mentor_id: int
    mentor: str
    interval: Interval
    state: State


@dataclass(frozen=True)
class RoundAbsence:
    """Somebody with a need to whom a round proposed nothing, and the rules nearest to having let something through."""

    person: PersonChoice
    rules: tuple[str, ...]


@dataclass(frozen=True)
class GuessBin:
    """Guesses of about the same height: on average, how many of them came true, 0..1, and how many there were."""

    guessed: float
    came_true: float
    answers: int


@dataclass(frozen=True)
class Guesses:
    """How good guesses of a yes are in a role. rate: how many said yes, 0..1. off, off_by_rate: the mean squared error
    of the guesses, and of always telling the rate; None while there are too few answers to guess by."""

    who: str
    answers: int
    rate: float
    off: float | None = None
    off_by_rate: float | None = None
    bins: tuple[GuessBin, ...] = ()


@dataclass(frozen=True)
class RoundPage:
    """One round. gap: how far at most the assignment is from the best possible, 0.02 for 2 %; None when not computed.

    replayable: no person it decided on has been deleted since. for_whom: the one mentee's name, empty for everybody.
    policy_reason, policy_author: of the version it went by. finished: False while it is being made. guesses: how good
    those of a yes were. explored: for how many the mentor was drawn; None where that was not kept.
    """

    id: int
    zone: str
    at: datetime
    seconds: float
    policy_version: int
    people: int
    needs: int
    pairs: int
    proposals: tuple[RoundProposal, ...] = ()
    in_the_way: tuple[RuleCount, ...] = ()
    gap: float | None = None
    replayable: bool = True
    for_whom: str = ""
    absent: tuple[RoundAbsence, ...] = ()
    policy_author: str = ""
    policy_reason: str = ""
    finished: bool = True
    guesses: tuple[Guesses, ...] = ()
    explored: int | None = None


@dataclass(frozen=True)
class Finding:
    """What one rule says of a person or pair. veto: it stands in the way; otherwise it only adds or takes points."""

    rule: str
    words: str
    veto: bool
    points: float = 0.0


@dataclass(frozen=True)
class HourLine:
    """A stretch of a day: whose time it was not, and why, or that it is free. starts: sessions that may begin in it."""

    interval: Interval
    words: str
    free: bool
    starts: int = 0


@dataclass(frozen=True)
class WhyPage:
    """What stood in the way of a mentee, or of one pair. mentee is None until the admin picked somebody.

    days: hour by hour, a moment of each day of the reader's zone with its stretches.
    """

    people: tuple[PersonChoice, ...]
    mentee: PersonChoice | None = None
    mentor: PersonChoice | None = None
    findings: tuple[Finding, ...] = ()
    proposed: bool = False
    zone: str = "UTC"
    days: tuple[tuple[datetime, tuple[HourLine, ...]], ...] = ()


@dataclass(frozen=True)
class SamplePerson:
    """One of the sample organisation, to sign in as."""

    person_id: int
    name: str
    department: str
    zone: str


@dataclass(frozen=True)
class SampleGroup:
    """Sample people by what one will see as them."""

    title: str
    sees: str
    people: tuple[SamplePerson, ...]


@dataclass(frozen=True)
class SampleMailLine:
    """A mail as a list shows it. key: its name in the mailbox. at: when it came."""

    key: str
    sender: str
    to: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class SampleMailbox:
    """The mailbox of one of the sample organisation, the newest mail first."""

    name: str
    address: str
    zone: str
    mails: tuple[SampleMailLine, ...]


@dataclass(frozen=True)
class SampleInvite:
    """The calendar part of a mail. method: what it asks of a calendar. text: as it was sent."""

    method: str
    summary: str
    interval: Interval
    sequence: int
    text: str


@dataclass(frozen=True)
class SampleMail:
    """One mail, opened by whose it is. text and html: the same in two forms, either may be empty."""

    person_id: int
    name: str
    address: str
    zone: str
    line: SampleMailLine
    text: str
    html: str = ""
    invite: SampleInvite | None = None

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def can_answer(self) -> bool:
        return self.invite is not None and self.invite.method == "REQUEST"


@dataclass(frozen=True)
class Heartbeat:
    """Whether the parts that the pages stand on answer."""

    database: bool
    queue: bool
