"""Every page in every state that somebody may meet it in, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mentoring.errors import BeginAgain, ConnectedBySomebody, InterludeError, NotGiven, NotLetIn, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, State
from mentoring.reviews import Helped, Review
from tests.webapp.admins_states import ADMINS_STATES
from tests.webapp.mails import CANCELLED_MAIL, LETTER_MAIL, MAIL_PATH
from tests.webapp.members_states import MEMBERS_STATES
from tests.webapp.rules_states import RULES_STATES
from tests.webapp.shown import Shown
from tests.webapp.stage import (
    ADMIN,
    AFTER,
    ASKED_LINK,
    GOOD_ANSWER,
    GOOD_LINK,
    GOOD_STOP,
    MEMBER,
    MENTOR,
    NOW,
    PEOPLE,
    THEIRS,
    TOBI,
    asked_mentor,
    confirmed,
    suggestion,
)
from workflows.after_views import LatelyPage
from workflows.door_views import StopPage
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
    HourLine,
    MeetingsPage,
    Mend,
    Note,
    NoteView,
    PersonCard,
    PersonChoice,
    ProviderHealth,
    RoundPage,
    RoundProposal,
    RuleCount,
    SaidView,
    SettledView,
    Start,
    Step,
    SuggestionView,
    ThemeView,
    TopicPage,
    UnknownPerson,
    WhyPage,
)

BERLIN, WARSAW = "Europe/Berlin", "Europe/Warsaw"


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
            "Calendar feed, feeds.example.org",
            status=CalendarStatus.TROUBLE,
            last_read_at=NOW - timedelta(hours=29),
            problem="the feed ends in the middle of an event",
            what_to_do="Open the feed in your calendar and publish it again; or disconnect it here",
        ),
    ),
)

AT_GOOGLE = ConnectionView(
    THEIRS,
    "google",
    "tobi@harbour.example",
    calendars=(_work(writable=False, takes_copies=False), replace(SHARED, writable=False)),
    by_consent=True,
)
BROKEN_OUTLOOK = ConnectionView(
    9,
    "outlook",
    "tobi.adeyemi@outlook.example",
    calendars=(
        CalendarView(
            10,
            "Calendar",
            status=CalendarStatus.TROUBLE,
            last_read_at=NOW - timedelta(hours=29),
            problem="Microsoft says that you no longer let Interlude in",
            what_to_do="Press Connect again: it takes you to where you allowed it",
        ),
    ),
    by_consent=True,
    can_mend=True,
)
NOBODY = "nobody here has the address tobi@harbour.example; whoever runs Interlude where you work can add you"


def left_standing(error: InterludeError) -> InterludeError:
    error.left_standing = True
    return error


WENT_WRONG = (
    ("begin-again", MEMBER, BeginAgain("it took longer than ten minutes, so the answer does not count any more")),
    ("refused", MEMBER, NotGiven("you pressed Cancel at Google")),
    ("partly", MEMBER, NotGiven("not everything", ("seeing when you are busy", "seeing which calendars you have"))),
    ("somebody-elses", MEMBER, ConnectedBySomebody("somebody else here has connected this account already")),
    ("not-let-in", None, NotLetIn(NOBODY)),
    ("will-not-do", MEMBER, Refused("there is no calendar in this account")),
    ("later", MEMBER, TryLater("Google does not answer just now")),
    ("left-standing", MEMBER, left_standing(NotGiven("not everything", ("seeing when you are busy",)))),
)
"""What may come back from there, by name, and to whom."""

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
        Absence("paused", "you paused until Monday 30 November", Mend.LIMITS),
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
        ThemeView(
            THEIRS,
            "on-call, hand-over, pager",
            4,
            (NOTES[0], NOTES[1], NOTES[3]),
            recurs=True,
            probability=0.81,
            how_often="about twice a month, and more often lately",
            when_next="between 3 and 10 December",
        ),
        ThemeView(8, "saying yes", 1, NOTES[2:3], recurs=False),
    ),
)
PUT_RIGHT = replace(
    CHALLENGES,
    notes=(
        replace(NOTES[0], topic="on-call, hand-over, pager"),
        NoteView(20, "Die Übergabe war schon wieder unvollständig.", NOW, language="German"),
        *NOTES[2:],
    ),
    said=(
        SaidView(7, "You named a topic “On-call”", NOW),
        SaidView(8, "You said that 5 notes are about the same", NOW),
    ),
)
TOPIC = TopicPage(BERLIN, CHALLENGES.themes[0], ((8, "saying yes"), (9, "query plans")))
SETTLED = ChallengesPage(
    BERLIN, NOTES, settled=(SettledView(THEIRS, "on-call, hand-over, pager", NOW - timedelta(days=2), NOTES[:2]),)
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
            "Calendar feed, feeds.example.org",
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
    zone=BERLIN,
    days=tuple(
        (
            NOW.replace(hour=8, minute=0) + timedelta(days=away),
            tuple(
                HourLine(Interval.lasting(NOW.replace(hour=hour, minute=0) + timedelta(days=away), minutes), *told)
                for hour, minutes, *told in (
                    (8, 60, "Tobi: they are busy; Maya: sooner than the notice they want", False),
                    (9, 120, "Maya: their calendar is not known then", False),
                    (11, 15, "Free for both, but too short", True),
                    (14, 60, "Free for both", True, 9),
                )
            ),
        )
        for away in (1, 2)
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


def _past(number: int, state: State, **changes: Any) -> SuggestionView:
    """A meeting that was, some days ago."""
    interval = Interval.lasting(_at(-3 * number, 13, 40), 20)
    plain = {"id": 100 + number, "can_answer": False, "can_move": False, "expires_at": None}
    return suggestion(**{**plain, "state": state, "interval": interval, **changes})


HELPED = Review(5, 1, Party.MENTOR, Helped.PARTLY, _at(-1, 9))
MEETINGS = MeetingsPage(
    BERLIN,
    upcoming=(
        confirmed(id=11, other=LINA, topic="saying no to scope", interval=Interval.lasting(_at(1, 9), 20)),
        confirmed(id=12, mine_as=Party.MENTOR, other=TOBI, topic="reading a query plan"),
    ),
    waiting=(
        suggestion(),
        suggestion(id=13, other=LINA, my_answer=Partstat.ACCEPTED, their_answer_words="Lina has not answered yet"),
    ),
    past=(
        _past(1, State.MET, can_miss=True, can_review=True),
        _past(2, State.MISSED, other=LINA, topic="saying no to scope", ended_words="It did not take place."),
        _past(3, State.DECLINED, ended_words="You said no. The time is yours again."),
        _past(5, State.REVIEWED, mine_as=Party.MENTOR, other=TOBI, can_review=True, review=HELPED),
        _past(6, State.EXPIRED, ended_words="It was not answered in time. The time is yours again."),
        _past(7, State.WITHDRAWN, other=LINA, ended_words="Interlude took it back: a calendar changed."),
    ),
)
PAST_PAGED = MeetingsPage(BERLIN, past=tuple(_past(20 + number, State.MET) for number in range(20)), page=2, more=True)
MET = _past(1, State.MET, id=THEIRS, my_answer=Partstat.ACCEPTED, their_answer_words="Maya said yes.", can_miss=True)
NOT_ASKED = Absence("opted_in", "You take part as a mentor only", Mend.TAKING_PART)
SAID_NO = Absence("latest", "You said no to Maya.")
NEW = HomePage(
    BERLIN,
    starts=(
        Start(Step.TAKING_PART, done=True),
        Start(Step.CALENDAR, done=False),
        Start(Step.LIMITS, done=False),
        Start(Step.NOTE, done=False),
    ),
    next_round_at=_at(1, 5),
)

STATES: dict[str, Shown] = {
    "sign-in-demo": Shown("/sign-in", None),
    "sign-in": Shown("/sign-in", None, demo=False),
    "sign-in-wrong": Shown("/sign-in", None, demo=False, post={"email": "tobi at work"}),
    "sign-in-asked": Shown("/sign-in/asked", None, demo=False),
    "sign-in-elsewhere": Shown(f"/sign-in/{ASKED_LINK}", None, demo=False),
    "stop": Shown(f"/stop/{GOOD_STOP}", None, demo=False),
    "stop-paused": Shown(f"/stop/{GOOD_STOP}", None, {"stop": StopPage("Tobi", BERLIN, paused_until=_at(14, 0))}),
    "stop-stopped": Shown(f"/stop/{GOOD_STOP}", None, {"stop": StopPage("Tobi", BERLIN, stopped=True)}),
    "stop-taken-back": Shown(
        f"/stop/{GOOD_STOP}?taken_back=1", None, {"stop": StopPage("Tobi", BERLIN, paused_until=_at(14, 0))}
    ),
    "stop-forged": Shown("/stop/1.2.forged", None),
    "answer": Shown(f"/answer/{GOOD_ANSWER}", None, opened=True),
    "answer-yes": Shown(f"/answer/{GOOD_ANSWER}", None, view=WAITING),
    "answer-mentor": Shown(f"/answer/{GOOD_ANSWER}", None, view=asked_mentor()),
    "answer-confirmed": Shown(f"/answer/{GOOD_ANSWER}", None, view=confirmed()),
    "answer-over": Shown(f"/answer/{GOOD_ANSWER}", None, view=OVER),
    "after": Shown(f"/after/{GOOD_ANSWER}", None, demo=False),
    "after-mentor": Shown(f"/after/{GOOD_ANSWER}", None, {"after": replace(AFTER, mine_as=Party.MENTOR)}),
    "after-said": Shown(
        f"/after/{GOOD_ANSWER}", None, {"after": replace(AFTER, said=Helped.YES, settled=True, can_miss=False)}
    ),
    "after-missed": Shown(f"/after/{GOOD_ANSWER}", None, {"after": replace(AFTER, missed=True)}),
    "after-too-late": Shown(f"/after/{GOOD_ANSWER}", None, {"after": replace(AFTER, can_say=False)}),
    "after-wrong": Shown(f"/after/{GOOD_ANSWER}", None, post={"helped": "perhaps"}),
    "lately": Shown(f"/lately/{GOOD_STOP}", None, demo=False),
    "lately-said": Shown(f"/lately/{GOOD_STOP}?said=yes", None),
    "lately-closed": Shown(f"/lately/{GOOD_STOP}", None, {"lately": LatelyPage("Tobi", open=False)}),
    "lately-wrong": Shown(f"/lately/{GOOD_STOP}", None, post={"text": " "}),
    "answer-wrong": Shown(f"/answer/{GOOD_ANSWER}", None, post={"answer": "perhaps"}),
    "sign-in-link": Shown(f"/sign-in/{GOOD_LINK}", None, demo=False),
    "sign-in-link-used": Shown("/sign-in/used", None, demo=False),
    "mails": Shown("/demo/mails", opened=True),
    "mails-none": Shown("/demo/mails", None, {"sample_mails": ()}),
    "mail": Shown(MAIL_PATH, opened=True),
    "mail-cancelled": Shown(MAIL_PATH, None, {"sample_mail": CANCELLED_MAIL}),
    "mail-letter": Shown(MAIL_PATH, pages={"sample_mail": LETTER_MAIL}),
    "mail-wrong": Shown(MAIL_PATH, post={"answer": "other", "start": "2026-11-20T10:00"}),
    "home-suggestion": Shown("/", pages={"home": FULL_HOME}, opened=True),
    "home-waiting": Shown("/", pages={"home": HomePage(BERLIN, open=(WAITING,))}),
    "home-mentor": Shown("/", MENTOR, {"home": HomePage("America/New_York", asked_of_me=(asked_mentor(),))}),
    "home-absent": Shown("/", pages={"home": ABSENT}),
    "home-after-a-no": Shown("/", pages={"home": HomePage(BERLIN, absences=(SAID_NO,), next_round_at=_at(1, 5))}),
    "home-not-taking-part": Shown("/", pages={"home": HomePage(BERLIN, absences=(NOT_ASKED,))}),
    "suggestion-met": Shown(f"/suggestions/{THEIRS}", view=MET, opened=True),
    "home-new": Shown("/", pages={"home": NEW}),
    "home-new-suggestion": Shown("/", pages={"home": replace(FULL_HOME, starts=NEW.starts)}),
    "home-empty": Shown("/", pages={"home": HomePage(BERLIN, next_round_at=_at(1, 5))}),
    "suggestion": Shown(f"/suggestions/{THEIRS}"),
    "suggestion-reasons-answered": Shown(
        f"/suggestions/{THEIRS}",
        view=suggestion(
            objections={"recurs": "wrong", "department": "never"},
            evidence=(
                Note(NOW - timedelta(days=20), "handing over on-call went wrong, nobody knew about the migration"),
                Note(NOW - timedelta(days=6), "forgot half of the hand-over"),
            ),
        ),
        opened=True,
    ),
    "suggestion-wording": Shown(f"/suggestions/{THEIRS}", view=suggestion(can_name=True), opened=True),
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
    "calendars-told": Shown(
        "/calendars",
        pages={
            "calendars": CalendarsPage(
                BERLIN,
                (
                    replace(
                        AT_GOOGLE,
                        calendars=(_work(every_minutes=60, told_by="Google", renewed_at=NOW + timedelta(days=5)),),
                    ),
                ),
            )
        },
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
    "sign-in-by-mail-only": Shown("/sign-in", None, {"doors": ()}, demo=False),
    "sign-in-demo-by-mail-only": Shown("/sign-in", None, {"doors": ()}),
    "leaving": Shown("/calendars/connect/google", post={}),
    "connect-google": Shown("/calendars/connect/google"),
    "connect-outlook": Shown("/calendars/connect/outlook"),
    "connect-not-set-up": Shown("/calendars/connect/outlook", pages={"doors": ("google",)}),
    "choices-google": Shown(f"/calendars/{THEIRS}", pages={"calendars": CalendarsPage(BERLIN, (AT_GOOGLE,))}),
    "calendars-google": Shown(
        "/calendars",
        pages={"calendars": CalendarsPage(BERLIN, (AT_GOOGLE, BROKEN_OUTLOOK), "“Work” lets us in no more")},
        opened=True,
    ),
    **{f"consent-{name}": Shown("/oauth/google", who, raises={"come_back": error}) for name, who, error in WENT_WRONG},
    "calendars-none": Shown("/calendars", pages={"calendars": CalendarsPage(BERLIN, (), "no calendar is connected")}),
    "calendars-not-set-up": Shown(
        "/calendars", ADMIN, {"calendars": CalendarsPage(BERLIN, (), "no calendar is connected"), "doors": ()}
    ),
    "home-new-not-set-up": Shown("/", pages={"home": NEW, "doors": ()}),
    "connect-caldav": Shown("/calendars/connect/caldav"),
    "connect-caldav-wrong": Shown(
        "/calendars/connect/caldav", post={"address": "https://cloud.example.org", "username": "", "secret": ""}
    ),
    "connect-ics": Shown("/calendars/connect/ics"),
    "connect-ics-wrong": Shown("/calendars/connect/ics", post={"address": ""}),
    "choices": Shown(f"/calendars/{THEIRS}", pages={"calendars": CalendarsPage(BERLIN, (NEXTCLOUD,))}),
    "challenges": Shown("/challenges", pages={"challenges": CHALLENGES}, opened=True),
    "challenges-settled": Shown("/challenges", pages={"challenges": SETTLED}, opened=True),
    "challenges-put-right": Shown("/challenges", pages={"challenges": PUT_RIGHT}, opened=True),
    "challenges-sorting": Shown("/challenges", pages={"challenges": replace(CHALLENGES, sorting=True)}),
    "topic": Shown("/challenges/themes/7", pages={"topic": TOPIC}),
    "topic-only": Shown("/challenges/themes/7", pages={"topic": replace(TOPIC, others=())}),
    "topic-wrong": Shown("/challenges/themes/7/rename", pages={"topic": TOPIC}, post={"name": " "}),
    "topic-nothing-chosen": Shown("/challenges/themes/7/take-out", pages={"topic": TOPIC}, post={"to": "8"}),
    "challenges-none": Shown("/challenges"),
    "change-note": Shown(f"/challenges/{THEIRS}/change"),
    "change-note-wrong": Shown(f"/challenges/{THEIRS}/change", post={"text": " "}),
    "meetings": Shown("/meetings", pages={"meetings": MEETINGS}, opened=True),
    "meetings-none": Shown("/meetings"),
    "meetings-past": Shown("/meetings?page=2", pages={"meetings": PAST_PAGED}),
    "challenges-wrong": Shown("/challenges", post={"text": "  "}),
    "admin": Shown("/admin", ADMIN, {"health": HEALTH, "round": ROUND}),
    "admin-stopped": Shown("/admin", ADMIN, {"health": STOPPED}),
    "admin-why": Shown("/admin/why?mentee=1&mentor=2", ADMIN, {"why": WHY}),
    "admin-why-one": Shown("/admin/why?mentee=1", ADMIN, {"why": replace(WHY, mentor=None)}),
    "admin-why-nobody": Shown("/admin/why", ADMIN),
    "not-there": Shown("/suggestions/999"),
    "not-an-admin": Shown("/admin"),
    **MEMBERS_STATES,
    **ADMINS_STATES,
    **RULES_STATES,
}
