"""A stage for the pages: it answers what it was told to, and remembers what was asked of it.

The pages lay out values, so each state of each page can be had by saying it. That the workflows give such values is
tested with the workflows, and end to end in the browser journey.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from mentoring.doors import Errand
from mentoring.errors import BadInput, BeginAgain, Missing
from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.openings import Opening, Preference
from mentoring.people import Limits, Person, Role
from mentoring.proposals import Objection, Partstat, Party, Reason, State
from mentoring.reviews import Helped
from mentoring.settings import Settings
from tests.webapp.admins_stage import AdminsStage
from tests.webapp.compiled import compiled_once
from tests.webapp.mails import MAILBOXES, sample_mail
from tests.webapp.members_stage import MembersStage
from tests.webapp.rules_stage import RulesStage
from webapp.app import create_app
from webapp.limits import limiter
from webapp.signed_in import begun
from workflows.after_views import AfterPage, LatelyPage
from workflows.door_views import (
    CameIn,
    Disconnected,
    LinkState,
    Returned,
    SetOut,
    StopPage,
    UnderWay,
)
from workflows.hearing import Notice
from workflows.views import (
    CalendarsPage,
    ChallengesPage,
    Heartbeat,
    HomePage,
    MeetingsPage,
    NoteView,
    PersonCard,
    SampleGroup,
    SampleMail,
    SampleMailbox,
    SamplePerson,
    SuggestionView,
    TopicPage,
    Who,
)
from workflows.welcoming import mail_address

NOW = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
MEMBER, MENTOR, ADMIN, STRANGER = 1, 2, 3, 4
GOOD_LINK, ASKED_LINK, INVITATION = "a-link-that-works-once", "a-link-that-a-browser-asked-for", "an-invitation"
GOOD_STOP, GOOD_ANSWER = "stops-everything-for-the-member", "answers-for-the-member"
CONSENT = "https://provider.example/consent?state=a-state"
THEIRS = 7
"""The proposal of MEMBER and MENTOR, and the id of the connection, calendar and challenge that are MEMBER's."""


def person(number: int, name: str, zone: str, *roles: Role) -> Person:
    hours = WeeklyHours.every(zone, [DayHours(9 * 60, 17 * 60)])
    return Person(number, 1, f"p{number}@example.org", name, Limits(hours), frozenset(roles))


PEOPLE = {
    each.id: each
    for each in (
        person(MEMBER, "Tobi Adeyemi", "Europe/Berlin", Role.MENTEE),
        person(MENTOR, "Maya Lindqvist", "America/New_York", Role.MENTOR),
        person(ADMIN, "Zofia Wójcik", "Europe/Warsaw", Role.ADMIN),
        person(STRANGER, "Ines Duarte", "Europe/Lisbon", Role.MENTEE),
    )
}

MAYA = PersonCard("Maya Lindqvist", "Maya", "Platform", "Staff engineer", "America/New_York")
TOBI = PersonCard("Tobi Adeyemi", "Tobi", "Payments", "", "Europe/Berlin")

REASONS = (
    Reason("topic", "recurs", "handing over on-call came up on 4 different days in the last six weeks"),
    Reason("person", "expertise", "Maya says she can help with “on-call rotations that people can live with”", 0.62),
    Reason("person", "department", "she works in another department, so nothing you say is about her own team", 0.1),
    Reason("time", "mid_hours", "it is well inside the working hours of you both", 0.3),
    Reason("time", "near_meetings", "it follows another meeting of yours, and leaves the free morning whole", 0.2),
    Reason("reading", "read", "your notes, and when you are busy in 2 calendars; nothing else of them"),
)


def suggestion(**changes: Any) -> SuggestionView:
    """One that waits for the mentee, in three days."""
    start = datetime(2026, 11, 26, 14, 40, tzinfo=UTC)
    return replace(
        SuggestionView(
            id=THEIRS,
            mine_as=Party.MENTEE,
            state=State.ASKED_MENTEE,
            topic="handing over on-call",
            other=MAYA,
            interval=Interval.lasting(start, 20),
            zone="Europe/Berlin",
            reasons=REASONS,
            expires_at=datetime(2026, 11, 25, 7, 0, tzinfo=UTC),
            their_answer_words="Maya has not been asked yet",
            can_answer=True,
            can_move=True,
            copy_in="Work",
        ),
        **changes,
    )


def asked_mentor(**changes: Any) -> SuggestionView:
    return suggestion(
        **{
            "mine_as": Party.MENTOR,
            "state": State.ASKED_MENTOR,
            "other": TOBI,
            "zone": "America/New_York",
            "reasons": REASONS[3:5],
            "their_answer_words": "Tobi said yes",
            **changes,
        }
    )


def confirmed(**changes: Any) -> SuggestionView:
    yes = {"state": State.CONFIRMED, "my_answer": Partstat.ACCEPTED, "their_answer_words": "Maya said yes too"}
    return suggestion(**{**yes, "expires_at": None, **changes})


def openings() -> tuple[Opening, ...]:
    """Nine over three days, the first three the best."""
    starts = [datetime(2026, 11, 24 + day, hour, 20, tzinfo=UTC) for day in range(3) for hour in (13, 14, 15)]
    why = (Preference("mid_hours", 0.3, "mid-hours of you both"), Preference("near", 0.2, "right after a meeting"))
    return tuple(Opening(Interval.lasting(start, 20), 1 - rank / 10, why) for rank, start in enumerate(starts))


AFTER = AfterPage(
    "Tobi",
    "Maya Lindqvist",
    "Maya",
    Party.MENTEE,
    "handing over on-call",
    Interval.lasting(datetime(2026, 11, 20, 14, 40, tzinfo=UTC), 20),
    "Europe/Berlin",
    can_say=True,
    can_miss=True,
)


@dataclass
class Stage(AdminsStage, RulesStage, MembersStage):
    """Set what it gives; read what it was asked in `asked`. raises: what a method raises, by its name."""

    settings: Settings
    pages: dict[str, Any] = field(default_factory=dict)
    views: dict[tuple[int, int], SuggestionView] = field(default_factory=dict)
    raises: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=lambda: dict(PEOPLE))

    def did(self, name: str, *arguments: Any) -> None:
        self.asked.append((name, *arguments))
        if name in self.raises:
            raise self.raises[name]

    def mine(self, who: Who, number: int) -> None:
        if (who.person_id, number) != (MEMBER, THEIRS):
            raise Missing(number)

    def holds(self, token: str, ours: str) -> None:
        if token != ours:
            raise Missing("a token that is not ours")

    def now(self) -> datetime:
        return NOW

    def person(self, who: Who) -> Person:
        if who.person_id not in self.people:
            raise Missing(who.person_id)
        return self.people[who.person_id]

    def ask_for_link(self, address: str, browser: str) -> None:
        mail_address(address)
        self.did("ask_for_link", address, browser)

    def peek(self, token: str, browser: str) -> LinkState:
        if token in {GOOD_LINK, INVITATION}:
            return LinkState.WORKS
        asked = {each[2] for each in self.asked if each[0] == "ask_for_link"}
        return (LinkState.WORKS if browser in asked else LinkState.ELSEWHERE) if token == ASKED_LINK else LinkState.GONE

    def by_link(self, token: str, browser: str) -> CameIn | None:
        self.did("by_link", token)
        works = self.peek(token, browser) is LinkState.WORKS
        return CameIn(Who(1, ADMIN), invited=token == INVITATION) if works else None

    def stop_page(self, token: str) -> StopPage:
        self.holds(token, GOOD_STOP)
        self.did("stop_page")
        return self.pages.get("stop", StopPage("Tobi", "Europe/Berlin"))

    def stop_by_token(self, token: str) -> int:
        self.holds(token, GOOD_STOP)
        self.did("stop_by_token")
        return 1

    def pause_by_token(self, token: str, weeks: int) -> int:
        self.holds(token, GOOD_STOP)
        self.did("pause_by_token", weeks)
        return 2

    def start_by_token(self, token: str) -> None:
        self.holds(token, GOOD_STOP)
        self.did("start_by_token")

    def after(self, token: str) -> AfterPage:
        self.holds(token, GOOD_ANSWER)
        return self.pages.get("after", AFTER)

    def say_after(self, token: str, helped: Helped | None, is_settled: bool) -> None:
        self.holds(token, GOOD_ANSWER)
        self.did("say_after", helped, is_settled)

    def lately(self, token: str) -> LatelyPage:
        self.holds(token, GOOD_STOP)
        return self.pages.get("lately", LatelyPage("Tobi"))

    def say_lately(self, token: str, text: str) -> None:
        self.holds(token, GOOD_STOP)
        self.did("say_lately", text)

    def say_how_it_was(self, who: Who, proposal_id: int, helped: Helped, is_settled: bool) -> int:
        self.suggestion(who, proposal_id)
        self.did("say_how_it_was", who.person_id, proposal_id, helped, is_settled)
        return 0

    def invite(self, token: str) -> SuggestionView:
        self.holds(token, GOOD_ANSWER)
        self.did("invite")
        return replace(self.views[MEMBER, THEIRS], reasons=(), copy_in="", can_name=False, can_miss=False)

    def answer_by_token(self, token: str, partstat: Partstat, feedback: Any, sequence: int) -> None:
        self.holds(token, GOOD_ANSWER)
        self.did("answer_by_token", partstat, feedback, sequence)

    def sample_people(self) -> tuple[SampleGroup, ...]:
        cards = tuple(SamplePerson(each.id, each.name, "Payments", each.limits.zone) for each in PEOPLE.values())
        return (
            SampleGroup("An admin", "how all calendars are doing, and what the last round decided", cards[2:3]),
            SampleGroup("A mentee with an open suggestion", "why this topic, this person, this time", cards[:1]),
            SampleGroup("A mentor being asked", "only the topic line, and the answers", cards[1:2]),
            SampleGroup("Somebody with a broken feed", "why nothing is suggested, and what to do", cards[3:]),
            SampleGroup("Everybody else", "whatever their notes and calendars gave", cards + cards + cards),
        )

    def sample_person(self, person_id: int) -> Who:
        if person_id not in self.people:
            raise Missing(person_id)
        return Who(1, person_id)

    def sample_mails(self) -> tuple[SampleMailbox, ...]:
        return self.pages.get("sample_mails", MAILBOXES)

    def sample_mail(self, address: str, key: str) -> SampleMail:
        mail: SampleMail = self.pages.get("sample_mail", sample_mail())
        if (address, key) != (mail.address, mail.line.key):
            raise Missing(key)
        return mail

    def answer_sample_mail(self, address: str, key: str, partstat: Partstat, start: datetime | None) -> None:
        self.did("answer_sample_mail", address, partstat, start)

    def hear(self, notices: Collection[Notice]) -> int:
        return 0

    def heartbeat(self) -> Heartbeat:
        return self.pages.get("heartbeat", Heartbeat(database=True, queue=True))

    def home(self, who: Who) -> HomePage:
        self.did("home")
        return self.pages.get("home", HomePage("Europe/Berlin"))

    def meetings(self, who: Who, page: int) -> MeetingsPage:
        return self.pages.get("meetings", MeetingsPage("Europe/Berlin", page=page))

    def say_missed(self, who: Who, proposal_id: int) -> None:
        self.suggestion(who, proposal_id)
        self.did("say_missed", who.person_id, proposal_id)

    def suggestion(self, who: Who, proposal_id: int) -> SuggestionView:
        if (who.person_id, proposal_id) not in self.views:
            raise Missing(proposal_id)
        return self.views[who.person_id, proposal_id]

    def other_times(self, who: Who, proposal_id: int) -> tuple[Opening, ...]:
        return self.pages.get("other_times", openings())

    def event_file(self, who: Who, proposal_id: int) -> str:
        view = self.suggestion(who, proposal_id)
        self.did("event_file")
        return f"BEGIN:VCALENDAR\r\nUID:{view.id}\r\nEND:VCALENDAR\r\n"

    def answer(self, who: Who, proposal_id: int, partstat: Partstat, feedback: Any, sequence: int) -> None:
        self.suggestion(who, proposal_id)
        self.did("answer", who.person_id, proposal_id, partstat, feedback, sequence)

    def answer_reason(self, who: Who, proposal_id: int, reason: str, objection: Objection | None) -> None:
        self.suggestion(who, proposal_id)
        self.did("answer_reason", proposal_id, reason, objection)

    def name_topic(self, who: Who, proposal_id: int, text: str) -> None:
        self.suggestion(who, proposal_id)
        self.did("name_topic", who.person_id, proposal_id, text)

    def move(self, who: Who, proposal_id: int, start: datetime, sequence: int) -> None:
        self.suggestion(who, proposal_id)
        self.did("move", who.person_id, proposal_id, start, sequence)

    def calendars(self, who: Who) -> CalendarsPage:
        page = self.pages.get("calendars", CalendarsPage("Europe/Berlin"))
        return page if who.person_id == MEMBER else CalendarsPage("Europe/Berlin")

    def connect(self, who: Who, provider: str, address: str, username: str, secret: str) -> int:
        self.did("connect", provider, address, username, secret)
        return THEIRS

    def choose(self, who: Who, connection_id: int, busy: list[int], copies: int | None) -> None:
        self.mine(who, connection_id)
        self.did("choose", connection_id, busy, copies)

    def disconnect(self, who: Who, connection_id: int) -> Disconnected:
        self.mine(who, connection_id)
        self.did("disconnect", connection_id)
        return self.pages.get("disconnected", Disconnected("caldav"))

    def doors(self) -> tuple[str, ...]:
        return self.pages.get("doors", ("google", "outlook"))

    def set_out(self, errand: Errand, provider: str, who: Who | None) -> SetOut:
        self.did("set_out", errand, provider, who.person_id if who else None)
        return SetOut(CONSENT, UnderWay(provider, errand, who, NOW, "a memo"))

    def set_out_to_mend(self, who: Who, connection_id: int) -> SetOut:
        self.mine(who, connection_id)
        self.did("set_out_to_mend", connection_id)
        return SetOut(CONSENT, UnderWay("google", Errand.CALENDARS, who, NOW, "a memo", connection_id))

    def come_back(self, kept: UnderWay | None, provider: str, who: Who | None, query: Mapping[str, str]) -> Returned:
        if kept is None and "come_back" not in self.raises:
            raise BeginAgain("this browser waits for no such answer")
        self.did("come_back", kept, provider, who.person_id if who else None, dict(query))
        return self.pages["came"]

    def read_now(self, who: Who, calendar_id: int) -> str:
        self.mine(who, calendar_id)
        self.did("read_now", calendar_id)
        return ""

    def challenges(self, who: Who) -> ChallengesPage:
        return self.pages.get("challenges", ChallengesPage("Europe/Berlin"))

    def write_down(self, who: Who, text: str) -> None:
        self.did("write_down", who.person_id, text)

    def note(self, who: Who, challenge_id: int) -> NoteView:
        self.mine(who, challenge_id)
        return NoteView(challenge_id, "Took over the pager and had no idea what was still open.", NOW)

    def change_words(self, who: Who, challenge_id: int, text: str) -> None:
        self.mine(who, challenge_id)
        self.did("change_words", challenge_id, text)

    def settle(self, who: Who, theme_id: int) -> int:
        self.mine(who, theme_id)
        self.did("settle", theme_id)
        return 1

    def topic_page(self, who: Who, theme_id: int) -> TopicPage:
        self.mine(who, theme_id)
        return self.pages["topic"]

    def rename_topic(self, who: Who, theme_id: int, name: str) -> None:
        self.mine(who, theme_id)
        if not name.strip():
            raise BadInput.of("name", "write what you call it")
        self.did("rename_topic", theme_id, name)

    def merge_topics(self, who: Who, theme_id: int, other_id: int) -> None:
        self.mine(who, theme_id)
        self.did("merge_topics", theme_id, other_id)

    def take_out(self, who: Who, theme_id: int, note_ids: Collection[int], to: int | None) -> None:
        self.mine(who, theme_id)
        if not note_ids:
            raise BadInput.of("notes", "choose the notes that do not belong here")
        self.did("take_out", theme_id, list(note_ids), to)

    def take_back_said(self, who: Who, said: int) -> None:
        self.mine(who, said)
        self.did("take_back_said", said)

    def say_english(self, who: Who, challenge_id: int) -> None:
        self.mine(who, challenge_id)
        self.did("say_english", challenge_id)

    def look_again(self, who: Who, theme_id: int) -> None:
        self.mine(who, theme_id)
        self.did("look_again", theme_id)

    def strike_out(self, who: Who, challenge_id: int) -> None:
        self.mine(who, challenge_id)
        self.did("strike_out", challenge_id)


def settings(**changes: Any) -> Settings:
    plain = Settings("sqlite://", "memory://", "s" * 40, ("k",), var=Path("var"), demo=True)
    return replace(plain, **changes)


def stage(**changes: Any) -> Stage:
    """One where MEMBER and MENTOR have a proposal between them."""
    shown = Stage(settings(**changes))
    shown.views = {(MEMBER, THEIRS): suggestion(), (MENTOR, THEIRS): asked_mentor()}
    return shown


_furnished: dict[tuple[Settings, bool], tuple[Flask, Any]] = {}
"""The latest application and what counts its requests: to make one takes longer than to ask it for ten pages."""


def application(on: Stage, csrf: bool = True) -> Flask:
    """The application over that stage, with nobody's requests counted yet. One at a time: the next takes it over."""
    kind = on.settings, csrf
    app, counts = _furnished.get(kind, (None, None))
    if app is None or counts is not limiter._storage:
        # Each application that is made takes over the counting, so that one made elsewhere has ended ours.
        app = create_app(on.settings, stage=on)  # type: ignore[arg-type]
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=csrf)
        _furnished.clear()
        _furnished[kind] = compiled_once(app), limiter._storage
    app.extensions["backstage"] = on
    limiter._storage_dead = False  # an application made elsewhere may have found its Redis away
    limiter.reset()
    return app


def as_person(app: Flask, person_id: int | None) -> FlaskClient:
    """A browser in which that person is signed in already."""
    client = app.test_client()
    if person_id is not None:
        with client.session_transaction() as session:
            session.update(begun(Who(1, person_id), app.extensions["backstage"].now()))
    return client
