"""Every page in every state that somebody may meet it in, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from mentoring.intervals import Interval
from mentoring.policy import Sending
from mentoring.proposals import Partstat, State
from tests.webapp.stage import (
    ADMIN,
    GOOD_LINK,
    MEMBER,
    MENTOR,
    NOW,
    PEOPLE,
    THEIRS,
    Stage,
    asked_mentor,
    confirmed,
    stage,
    suggestion,
)
from workflows.views import (
    Absence,
    CalendarsPage,
    CalendarStatus,
    CalendarView,
    ChallengesPage,
    ConnectionView,
    Finding,
    HealthPage,
    HomePage,
    Mend,
    NoteView,
    PersonCard,
    PersonChoice,
    ProviderHealth,
    RoundPage,
    RoundProposal,
    RuleCount,
    ThemeView,
    UnknownPerson,
    WhyPage,
)

BERLIN, WARSAW = "Europe/Berlin", "Europe/Warsaw"


@dataclass(frozen=True)
class Shown:
    """A page as somebody sees it. post: what is sent to it instead of asking for it. opened: <details> are open."""

    path: str
    as_person: int | None = MEMBER
    pages: Mapping[str, Any] = field(default_factory=dict)
    view: Any = None
    post: Mapping[str, str] | None = None
    demo: bool = True
    opened: bool = False

    def stage(self) -> Stage:
        shown = stage(demo=self.demo)
        shown.pages.update(self.pages)
        if self.view is not None:
            shown.views = {(MEMBER, THEIRS): self.view, (MENTOR, THEIRS): self.view}
        return shown


def _at(days: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days, hours=hour, minutes=minute)


def _work(**changes: Any) -> CalendarView:
    plain = {"status": CalendarStatus.FRESH, "last_read_at": NOW - timedelta(minutes=4), "writable": True}
    return CalendarView(**{"id": THEIRS, "name": "Work", "zone": BERLIN, "takes_copies": True, **plain, **changes})


SHARED = CalendarView(8, "Team holidays", BERLIN, counts_as_busy=False, writable=True)
NEXTCLOUD = ConnectionView(THEIRS, "caldav", "cloud.example.org", "tobi", (_work(), SHARED))
BROKEN_FEED = ConnectionView(
    9,
    "ics",
    "feeds.example.org",
    calendars=(
        CalendarView(
            10,
            "Rota",
            status=CalendarStatus.TROUBLE,
            last_read_at=NOW - timedelta(hours=29),
            problem="the feed ends in the middle of an event",
            what_to_do="Open the feed in your calendar and publish it again; or disconnect it here",
        ),
    ),
)

LINA = PersonCard("Lina Haddad", "Lina", "Data", "Analyst", "Asia/Dubai")
FULL_HOME = HomePage(
    BERLIN,
    open=(suggestion(),),
    upcoming=(
        confirmed(id=11, other=LINA, topic="saying no to scope", interval=Interval.lasting(_at(1, 9), 20)),
        confirmed(id=12, topic="reading a query plan", interval=Interval.lasting(_at(8, 14, 20), 20)),
    ),
)
ABSENT = HomePage(
    BERLIN,
    absences=(
        Absence("calendar_unknown", "your calendar “Rota” could not be read since yesterday", Mend.CALENDARS),
        Absence("no_need", "nothing you wrote has come up on three different days yet", Mend.CHALLENGES),
        Absence("paused", "you paused until Monday 30 November"),
    ),
    next_round_at=_at(1, 5),
)

NOTES = tuple(
    NoteView(number, text, NOW - timedelta(days=3 * number))
    for number, text in enumerate(
        (
            "Took over the pager from Sam and had no idea what was still open from the night.",
            "Again no notes at the hand-over; found the flapping alert by accident.",
            "Said yes to two more projects in one meeting. How do others do this?",
            "Hand-over call took an hour and I still missed the disk ticket.",
        ),
        start=THEIRS,
    )
)
CHALLENGES = ChallengesPage(
    BERLIN,
    NOTES,
    (
        ThemeView("on-call, hand-over, pager", 4, (NOTES[0], NOTES[1], NOTES[3]), recurs=True, probability=0.81),
        ThemeView("saying yes", 1, NOTES[2:3], recurs=False),
    ),
)

ROUND = RoundPage(
    41,
    WARSAW,
    _at(0, 5),
    3.4,
    2,
    people=56,
    needs=38,
    pairs=412,
    gap=0.004,
    proposals=(
        RoundProposal(1, "Tobi Adeyemi", 2, "Maya Lindqvist", suggestion().interval, State.ASKED_MENTEE),
        RoundProposal(4, "Ines Duarte", 2, "Aleksander Brzęczyszczykiewicz", confirmed().interval, State.CONFIRMED),
        RoundProposal(5, "Noa Ben-David", 6, "Kenji Watanabe", suggestion().interval, State.DECLINED),
    ),
    in_the_way=(
        RuleCount("no_common_opening", "no twenty minutes that suit both within 14 days", 131),
        RuleCount("enough_for_this_week", "already has as many meetings as they want in a week", 48),
        RuleCount("calendar_unknown", "their time is unknown", 19),
        RuleCount("met_recently", "met within the last 21 days", 6),
    ),
)
HEALTH = HealthPage(
    WARSAW,
    people=58,
    known=56,
    providers=(ProviderHealth("caldav", 61, 60, 1, 0), ProviderHealth("ics", 5, 4, 0, 1)),
    unknown=(
        UnknownPerson(
            4,
            "Ines Duarte",
            "the feed ends in the middle of an event",
            "Rota",
            "She was told to publish it again",
            NOW - timedelta(hours=29),
        ),
        UnknownPerson(9, "Jun Park", "no calendar is connected yet"),
    ),
    sending=Sending.ON,
    waiting=2,
    oldest_waiting_at=_at(0, 7, 55),
    given_up=1,
)
STOPPED = HealthPage(WARSAW, people=0, known=0, sending=Sending.REVIEW, stopped=True)

PICKED = tuple(PersonChoice(each.id, each.name) for each in PEOPLE.values())
WHY = WhyPage(
    PICKED,
    PICKED[0],
    PICKED[1],
    (
        Finding("met_recently", "they met 9 days ago, and 21 days should lie between", veto=True),
        Finding("expertise", "what Maya offers is close to the theme", veto=False, points=0.62),
        Finding("same_manager", "both report to the same person", veto=False, points=-0.2),
    ),
)

OVER = suggestion(
    state=State.DECLINED,
    my_answer=Partstat.DECLINED,
    can_answer=False,
    can_move=False,
    ended_words="you said no on Tuesday; the time is free again",
)
WAITING = suggestion(my_answer=Partstat.ACCEPTED, state=State.ASKED_MENTOR, their_answer_words="Maya has been asked")

STATES: dict[str, Shown] = {
    "sign-in-demo": Shown("/sign-in", None),
    "sign-in": Shown("/sign-in", None, demo=False),
    "sign-in-link": Shown(f"/sign-in/{GOOD_LINK}", None, demo=False),
    "sign-in-link-used": Shown("/sign-in/used", None, demo=False),
    "home-suggestion": Shown("/", pages={"home": FULL_HOME}, opened=True),
    "home-waiting": Shown("/", pages={"home": HomePage(BERLIN, open=(WAITING,))}),
    "home-mentor": Shown("/", MENTOR, {"home": HomePage("America/New_York", asked_of_me=(asked_mentor(),))}),
    "home-absent": Shown("/", pages={"home": ABSENT}),
    "home-empty": Shown("/", pages={"home": HomePage(BERLIN, next_round_at=_at(1, 5))}),
    "suggestion": Shown(f"/suggestions/{THEIRS}"),
    "suggestion-confirmed": Shown(f"/suggestions/{THEIRS}", view=confirmed(), opened=True),
    "suggestion-over": Shown(f"/suggestions/{THEIRS}", view=OVER),
    "times": Shown(f"/suggestions/{THEIRS}/times"),
    "times-wrong": Shown(f"/suggestions/{THEIRS}/times", post={"start": "whenever"}),
    "times-none": Shown(f"/suggestions/{THEIRS}/times", pages={"other_times": ()}),
    "times-over": Shown(f"/suggestions/{THEIRS}/times", view=OVER),
    "calendars": Shown(
        "/calendars",
        pages={"calendars": CalendarsPage(BERLIN, (NEXTCLOUD, BROKEN_FEED), "“Rota” cannot be read")},
        opened=True,
    ),
    "calendars-waiting": Shown(
        "/calendars",
        pages={
            "calendars": CalendarsPage(
                BERLIN,
                (
                    ConnectionView(
                        THEIRS,
                        "caldav",
                        "cloud.example.org",
                        "tobi",
                        (
                            _work(status=CalendarStatus.WAITING, last_read_at=None),
                            _work(id=9, name="Old", status=CalendarStatus.STALE, takes_copies=False),
                        ),
                    ),
                ),
                "it is being read for the first time",
            )
        },
    ),
    "calendars-none": Shown("/calendars", pages={"calendars": CalendarsPage(BERLIN, (), "no calendar is connected")}),
    "connect-caldav": Shown("/calendars/connect/caldav"),
    "connect-caldav-wrong": Shown(
        "/calendars/connect/caldav", post={"address": "https://cloud.example.org", "username": "", "secret": ""}
    ),
    "connect-ics": Shown("/calendars/connect/ics"),
    "connect-ics-wrong": Shown("/calendars/connect/ics", post={"address": ""}),
    "choices": Shown(f"/calendars/{THEIRS}", pages={"calendars": CalendarsPage(BERLIN, (NEXTCLOUD,))}),
    "challenges": Shown("/challenges", pages={"challenges": CHALLENGES}, opened=True),
    "challenges-none": Shown("/challenges"),
    "challenges-wrong": Shown("/challenges", post={"text": "  "}),
    "admin": Shown("/admin", ADMIN, {"health": HEALTH, "round": ROUND}),
    "admin-stopped": Shown("/admin", ADMIN, {"health": STOPPED}),
    "admin-why": Shown("/admin/why?mentee=1&mentor=2", ADMIN, {"why": WHY}),
    "admin-why-nobody": Shown("/admin/why", ADMIN),
    "not-there": Shown("/suggestions/999"),
    "not-an-admin": Shown("/admin"),
}
