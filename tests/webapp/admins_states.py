"""The admins' pages in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mentoring.mail import Inbox, Mailbox, Security, SetAside
from mentoring.people import Role
from mentoring.policy import Sending
from tests.webapp.admins_stage import CHOICES, JOINED, PERSON, PLAN, ROUND, SOME_MESSAGE, TOBI, WARSAW, at
from tests.webapp.shown import Shown
from tests.webapp.stage import ADMIN, NOW, confirmed, suggestion
from workflows.admin_views import (
    AccountCalendar,
    AllCalendarsPage,
    AuditLine,
    AuditPage,
    Because,
    CalendarLine,
    FieldChange,
    GivenUp,
    ImportLine,
    ImportPlan,
    InboxView,
    MailPage,
    NotCounted,
    OrganiserLine,
    OrganiserPage,
    Part,
    PeoplePage,
    PersonLine,
    ProviderFigures,
    ReviewPage,
    RoundLine,
    RoundsPage,
    SignInPage,
    ToReview,
)
from workflows.gaps import Gap, Gaps, Why
from workflows.views import (
    CalendarStatus,
    GuessBin,
    Guesses,
    HealthPage,
    PersonChoice,
    RoundAbsence,
    RoundProposal,
    RuleCount,
    State,
)

LONG = "Aleksandra Brzęczyszczykiewicz-Wojciechowska"
PEOPLE = PeoplePage(
    WARSAW,
    (
        TOBI,
        replace(TOBI, id=2, name="Maya Lindqvist", email="maya@example.org", roles=(Role.MENTOR,), unknown_why="stale"),
        PersonLine(3, "Zofia Wójcik", "zofia@example.org", "", (Role.ADMIN, Role.MENTEE), joined_at=JOINED),
        PersonLine(4, LONG, "aleksandra.brzeczyszczykiewicz-wojciechowska@engineering.example.org", invited_at=JOINED),
        PersonLine(5, "Jun Park", "jun@example.org", unknown_why="no calendar is connected"),
        replace(TOBI, id=6, name="Noa Ben-David", email="noa@example.org", paused_until=NOW + timedelta(days=9)),
        replace(TOBI, id=7, name="Kenji Watanabe", email="kenji@example.org", stopped=True),
        replace(TOBI, id=8, name="Ines Duarte", email="ines@example.org", roles=(), stopped=True, leaving=True),
    ),
    part=Part(2, 123),
    to_invite=17,
)
CALENDARS = (
    CalendarLine("CalDAV, calendars.example.org", CalendarStatus.FRESH, NOW - timedelta(minutes=4)),
    CalendarLine(
        "Calendar feed, feeds.example.org",
        CalendarStatus.TROUBLE,
        NOW - timedelta(hours=29),
        "the feed ends in the middle",
    ),
    CalendarLine("Google Calendar", CalendarStatus.WAITING),
)
EVERYBODYS = AllCalendarsPage(
    WARSAW,
    (
        AccountCalendar(
            1,
            "Tobi Adeyemi",
            "Google Calendar, example.org",
            CalendarStatus.TROUBLE,
            NOW - timedelta(hours=29),
            problem="Google says that you no longer let Interlude in",
            what_to_do="They have been told by mail. Only they can mend it.",
        ),
        AccountCalendar(
            4,
            LONG,
            "CalDAV, remote-calendars.for-everybody.engineering.example.org:8443",
            CalendarStatus.TROUBLE,
            problem="the calendar server took too long to answer",
            what_to_do="It is tried again by itself. If it lasts, ask them to look at their calendars page.",
        ),
        AccountCalendar(5, "Jun Park", "Outlook", CalendarStatus.WAITING),
        AccountCalendar(
            2,
            "Maya Lindqvist",
            "Google Calendar",
            CalendarStatus.FRESH,
            NOW - timedelta(minutes=4),
            told_by="Google",
            renewed_at=NOW + timedelta(days=5),
        ),
        AccountCalendar(3, "Zofia Wójcik", "Calendar feed, feeds.example.org", CalendarStatus.FRESH, NOW),
    ),
    (
        ProviderFigures("CalDAV", 1, {CalendarStatus.TROUBLE: 1}),
        ProviderFigures("Google Calendar", 121, {CalendarStatus.TROUBLE: 1, CalendarStatus.FRESH: 120}, told=119),
    ),
    {CalendarStatus.TROUBLE: 2, CalendarStatus.WAITING: 1, CalendarStatus.FRESH: 120},
    part=Part(2, 123),
    push=True,
)
UNKNOWN = replace(PERSON, line=replace(TOBI, unknown_why="the feed ends in the middle"), calendars=CALENDARS)
NEW = replace(PERSON, line=PersonLine(1, "Tobi Adeyemi", "p1@example.org"), expertise=(), manager_id=None)
INVITED = replace(NEW, line=replace(NEW.line, invited_at=JOINED), signed_out_at=NOW)
ME = replace(PERSON, line=replace(TOBI, roles=(Role.ADMIN,)), mine=True)
LEAVING = replace(PERSON, line=replace(TOBI, stopped=True, leaving=True, roles=()))

LINES = (
    RoundLine(41, NOW - timedelta(hours=3), True, 3.4, "", 56, 38, 412, 11, "They have met lately.", 2, 0.004),
    RoundLine(40, NOW - timedelta(hours=9), True, 0.4, "Tobi Adeyemi", 56, 38, 9, 0, "No time suits both.", 2, None),
    RoundLine(39, NOW - timedelta(days=1), False, 0.0, "", 0, 0, 0, 0, "", 1, None),
)
GUESSES = (
    Guesses(
        "Mentees", 240, 0.62, 0.214, 0.236, tuple(GuessBin(0.3 + 0.15 * at, 0.27 + 0.16 * at, 48) for at in range(5))
    ),
    Guesses("Mentors", 120, 0.7, 0.213, 0.21, tuple(GuessBin(0.5 + 0.1 * at, 0.6 + 0.05 * at, 24) for at in range(5))),
)
WHOLE_ROUND = replace(
    ROUND,
    gap=0.004,
    replayable=False,
    policy_author="Zofia Wójcik",
    policy_reason="changed sending from review to on",
    proposals=(
        RoundProposal(1, "Tobi Adeyemi", 2, "Maya Lindqvist", suggestion().interval, State.ASKED_MENTEE),
        RoundProposal(4, "Ines Duarte", 2, LONG, confirmed().interval, State.CONFIRMED),
    ),
    in_the_way=(
        RuleCount("no_opening", "No time before the horizon suits both.", 131),
        RuleCount("pair_cooldown", "After two have met, they are not proposed to each other again for some time.", 6),
    ),
    absent=(
        RoundAbsence(CHOICES[0], ("No time before the horizon suits both.", "Unknown is never free")),
        RoundAbsence(PersonChoice(9, LONG), ("Nobody is proposed as a mentor before opting in to it.",)),
    ),
)
BECAUSE = (
    Because("recurs", "What it is about has come up on several days.", 0.0),
    Because("suits", "How well what they offer fits.", 0.62),
    Because("is_mid_hours", "The time is well inside both working days.", 0.3),
)
THIRTY = tuple(ToReview(each, 1, CHOICES[each % 2], CHOICES[2], at(3, each % 24), BECAUSE) for each in range(30))
WAITING = (
    ToReview(7, 1, CHOICES[0], CHOICES[1], at(3, 9), BECAUSE),
    ToReview(8, 2, PersonChoice(4, LONG), CHOICES[1], at(3, 11), BECAUSE[:2]),
)
IN_FORCE = OrganiserLine(3, "google", "Interlude at Example", "interlude@example.org", JOINED, 12)
INVITES = OrganiserPage(
    WARSAW,
    IN_FORCE,
    "mail@example.org",
    by_mailbox=1,
    earlier=(
        OrganiserLine(
            2, "outlook", LONG, f"{'invites-' * 5}@engineering.example.org", JOINED, 3, NOW, "it lets us in no more"
        ),
        OrganiserLine(1, "google", "Interlude", "old@example.org", JOINED, 0, JOINED),
    ),
)
MAILBOX = Mailbox("Interlude at Example", "interlude@example.org", "smtp.example.org", 587, username="interlude")
INBOX = Inbox("imap.example.org", 993, Security.TLS, "interlude")
MAIL = MailPage(
    WARSAW,
    MAILBOX,
    JOINED,
    problem="smtp.example.org does not let this name and password in",
    waiting=3,
    inbox=InboxView(INBOX, NOW - timedelta(minutes=4)),
    given_up=(
        GivenUp(SOME_MESSAGE, 1, "Tobi Adeyemi", "the invite", f"{LONG} and Tobi Adeyemi", "no such mailbox", NOW),
        GivenUp(10, 2, "Maya Lindqvist", "the invitation to join", "", "the calendar can only be read", NOW),
    ),
    not_counted=tuple(
        NotCounted(NOW - timedelta(hours=number), why, "Maya Lindqvist" if number % 2 else "", "Tobi and Maya")
        for number, why in enumerate(SetAside)
    ),
)
BAD_FILE = "email,name,zone,hours\nann,Ann,Mars,9-5\nben@example.org,,UTC,\n"
GOOD_FILE = "email,name,zone\njun@example.org,Jun Park,Asia/Seoul\n"
LOG = tuple(
    AuditLine(who, what, subject, NOW - timedelta(hours=7 * number))
    for number, (who, what, subject) in enumerate(
        (
            ("Zofia Wójcik", "released the suggestion", "Tobi Adeyemi with Maya Lindqvist"),
            ("Zofia Wójcik", "changed suggestions a week from 5 to 3", "each person"),
            (LONG, "changed department, manager", LONG),
            ("command line", "imported 58 people", "people"),
        )
    )
)

GAPS = Gaps(
    (
        Gap("query plans, slow reports", 15, NOW, Why.NOBODY_KNOWS, ("Reading logs", "Postgres upgrades")),
        Gap("on-call, hand-over", 10, NOW, Why.ALL_FULL),
    ),
    smaller=7,
    others=15,
    at=NOW,
)

ADMINS_STATES: dict[str, Shown] = {
    "gaps": Shown("/admin/gaps", ADMIN, {"gaps": GAPS}),
    "gaps-none": Shown("/admin/gaps", ADMIN),
    "gaps-small": Shown("/admin/gaps", ADMIN, {"gaps": replace(GAPS, gaps=(), others=0)}),
    "admin-to-do": Shown(
        "/admin",
        ADMIN,
        {"health": HealthPage(WARSAW, 58, 58, to_review=2, has_mailbox=False, given_up=1)},
        opened=True,
    ),
    "admin-invites-do-not-leave": Shown(
        "/admin",
        ADMIN,
        {
            "health": HealthPage(
                WARSAW,
                58,
                58,
                has_mailbox=False,
                invites_by_account=True,
                organiser_problem="interlude@example.org: Google lets us in no more",
            )
        },
    ),
    "admin-mail-problem": Shown(
        "/admin",
        ADMIN,
        {
            "health": HealthPage(
                WARSAW,
                58,
                58,
                to_review=1,
                mail_problem="the server is not there",
                answers_problem="the mailbox does not let us in",
            )
        },
    ),
    "admin-weekly-wrong": Shown("/admin/weekly-messages", ADMIN, post={"weekly_messages": "many"}),
    "admin-people": Shown("/admin/people?page=2", ADMIN, {"people": PEOPLE}),
    "admin-people-found": Shown(
        "/admin/people?q=tobi", ADMIN, {"people": PeoplePage(WARSAW, (TOBI,), "tobi", to_invite=1, has_mailbox=False)}
    ),
    "admin-people-no-mailbox": Shown(
        "/admin/people", ADMIN, {"people": replace(PEOPLE, part=Part(1, 8), to_invite=1, has_mailbox=False)}
    ),
    "admin-people-nobody": Shown("/admin/people?q=xyz", ADMIN, {"people": PeoplePage(WARSAW, (), "xyz")}),
    "admin-people-empty": Shown("/admin/people", ADMIN, {"people": PeoplePage(WARSAW)}),
    "admin-invite": Shown("/admin/people/invite", ADMIN, {"people": PEOPLE}),
    "admin-invite-no-mailbox": Shown("/admin/people/invite", ADMIN, {"people": replace(PEOPLE, has_mailbox=False)}),
    "admin-invite-nobody": Shown("/admin/people/invite", ADMIN, {"people": PeoplePage(WARSAW)}),
    "admin-person": Shown("/admin/people/1", ADMIN, {"person": UNKNOWN}, opened=True),
    "admin-person-new": Shown("/admin/people/1", ADMIN, {"person": NEW}),
    "admin-person-no-mailbox": Shown("/admin/people/1", ADMIN, {"person": replace(NEW, has_mailbox=False)}),
    "admin-person-accounts": Shown("/admin/people/1", ADMIN, {"person": replace(INVITED, accounts=2)}),
    "admin-person-invited": Shown("/admin/people/1", ADMIN, {"person": INVITED}),
    "admin-person-me": Shown("/admin/people/1", ADMIN, {"person": ME}),
    "admin-person-leaving": Shown("/admin/people/1", ADMIN, {"person": LEAVING}),
    "admin-person-wrong": Shown(
        "/admin/people/1", ADMIN, {"person": PERSON}, post={"name": "Tobi", "seniority": "wizard", "manager_id": "x"}
    ),
    "admin-person-delete-wrong": Shown("/admin/people/1/delete", ADMIN, post={"address": "somebody@example.org"}),
    "admin-import": Shown("/admin/people/import", ADMIN, opened=True),
    "admin-import-empty": Shown("/admin/people/import", ADMIN, post={"text": " "}),
    "admin-import-wrong": Shown("/admin/people/import", ADMIN, post={"text": BAD_FILE}),
    "admin-import-preview": Shown("/admin/people/import", ADMIN, {"plan": PLAN}, post={"text": GOOD_FILE}),
    "admin-import-preview-long": Shown(
        "/admin/people/import",
        ADMIN,
        {
            "plan": ImportPlan(
                tuple(ImportLine(f"p{each}@example.org", f"Person {each}") for each in range(205)),
                tuple(
                    ImportLine(f"q{each}@example.org", LONG, (FieldChange("zone", "UTC", "x"),)) for each in range(201)
                ),
                0,
                "seal",
            )
        },
        post={"text": GOOD_FILE},
    ),
    "admin-import-nothing": Shown(
        "/admin/people/import", ADMIN, {"plan": ImportPlan((), (), 57, "seal")}, post={"text": GOOD_FILE}
    ),
    "admin-calendars": Shown("/admin/calendars", ADMIN, {"all_calendars": EVERYBODYS}),
    "admin-calendars-in-trouble": Shown(
        "/admin/calendars?state=trouble",
        ADMIN,
        {
            "all_calendars": replace(
                EVERYBODYS, state=CalendarStatus.TROUBLE, lines=EVERYBODYS.lines[:2], part=Part(1, 2)
            )
        },
    ),
    "admin-calendars-polled": Shown("/admin/calendars", ADMIN, {"all_calendars": replace(EVERYBODYS, push=False)}),
    "admin-calendars-none": Shown("/admin/calendars", ADMIN),
    "admin-calendars-none-like-that": Shown(
        "/admin/calendars?state=stale",
        ADMIN,
        {"all_calendars": replace(EVERYBODYS, state=CalendarStatus.STALE, lines=())},
    ),
    "admin-rounds": Shown("/admin/rounds", ADMIN, {"rounds": RoundsPage(WARSAW, LINES, Part(1, 60), being_made=True)}),
    "admin-rounds-none": Shown("/admin/rounds", ADMIN),
    "admin-round": Shown("/admin/rounds/41", ADMIN, {"round": WHOLE_ROUND}),
    "admin-round-for-one": Shown("/admin/rounds/41", ADMIN, {"round": replace(ROUND, for_whom="Tobi Adeyemi")}),
    "admin-round-guessed": Shown("/admin/rounds/41", ADMIN, {"round": replace(ROUND, guesses=GUESSES, explored=3)}),
    "admin-round-too-few-answers": Shown(
        "/admin/rounds/41", ADMIN, {"round": replace(ROUND, guesses=(Guesses("Mentees", 1, 0.5),), explored=0)}
    ),
    "admin-round-unfinished": Shown("/admin/rounds/41", ADMIN, {"round": replace(ROUND, finished=False)}),
    "admin-review": Shown("/admin/review", ADMIN, {"review": ReviewPage(WARSAW, Sending.REVIEW, waiting=WAITING)}),
    "admin-review-one": Shown(
        "/admin/review", ADMIN, {"review": ReviewPage(WARSAW, Sending.REVIEW, stopped=True, waiting=WAITING[:1])}
    ),
    "admin-review-many": Shown(
        "/admin/review", ADMIN, {"review": ReviewPage(WARSAW, Sending.REVIEW, waiting=THIRTY, part=Part(1, 80))}
    ),
    "admin-turn-on": Shown("/admin/sending", ADMIN, {"number_waiting": 24}, post={"sending": "on"}),
    "admin-turn-on-changed": Shown(
        "/admin/sending",
        ADMIN,
        {"number_waiting": 1, "health": HealthPage(WARSAW, 4, 4, stopped=True)},
        post={"sending": "on", "expected": "24"},
    ),
    "admin-review-none": Shown("/admin/review", ADMIN),
    "admin-review-on": Shown("/admin/review", ADMIN, {"review": ReviewPage(WARSAW, Sending.ON)}),
    "admin-review-off": Shown("/admin/review", ADMIN, {"review": ReviewPage(WARSAW, Sending.OFF)}),
    "admin-invites": Shown("/admin/invites", ADMIN, {"organiser": INVITES}, opened=True),
    "admin-invites-none": Shown("/admin/invites", ADMIN),
    "admin-invites-mailbox": Shown(
        "/admin/invites", ADMIN, {"organiser": OrganiserPage(WARSAW, None, "mail@example.org", 1)}
    ),
    "admin-invites-problem": Shown(
        "/admin/invites",
        ADMIN,
        {"organiser": replace(INVITES, in_force=replace(IN_FORCE, problem="Google lets us in no more"), earlier=())},
    ),
    "admin-mail": Shown("/admin/mail", ADMIN, {"mail": MAIL}, opened=True),
    "admin-mail-none": Shown("/admin/mail", ADMIN),
    "admin-mail-unsafe": Shown(
        "/admin/mail", ADMIN, {"mail": MailPage(WARSAW, replace(MAILBOX, security=Security.NONE, username=""), JOINED)}
    ),
    "admin-mail-not-read": Shown(
        "/admin/mail",
        ADMIN,
        {
            "mail": replace(
                MAIL,
                problem="",
                given_up=(),
                not_counted=(),
                inbox=InboxView(
                    Inbox("imap.example.org", 993), None, "the mailbox does not let us in", listening=False
                ),
            )
        },
        opened=True,
    ),
    "admin-mail-nobody-listens": Shown(
        "/admin/mail", ADMIN, {"mail": MailPage(WARSAW, MAILBOX, JOINED, inbox=InboxView(INBOX, NOW, listening=False))}
    ),
    "admin-mail-handed-over": Shown("/admin/mail", ADMIN, {"mail": MailPage(WARSAW, MAILBOX, JOINED, came_at=NOW)}),
    "admin-mail-inbox-wrong": Shown(
        "/admin/mail/inbox",
        ADMIN,
        {"mail": MailPage(WARSAW, MAILBOX, JOINED)},
        post={"inbox_host": "imap.example.org", "inbox_security": "none of them"},
    ),
    "admin-mail-wrong": Shown("/admin/mail", ADMIN, post={"name": "Interlude", "security": "none of them"}),
    "admin-sign-in": Shown("/admin/sign-in", ADMIN, {"sign_in": SignInPage(("harbour.example", "eu.harbour.example"))}),
    "admin-sign-in-any": Shown("/admin/sign-in", ADMIN, {"doors": ()}),
    "admin-sign-in-shut-out": Shown(
        "/admin/sign-in", ADMIN, {"sign_in": SignInPage(("harbour.example",), shut_out="example.org")}
    ),
    "admin-sign-in-microsoft": Shown(
        "/admin/sign-in", ADMIN, {"sign_in": SignInPage(("harbour.example",), microsoft_vouches_for_few=True)}
    ),
    "admin-sign-in-wrong": Shown(
        "/admin/sign-in", ADMIN, post={"domains": "harbour.example\nharbour\nmaya@harbour.example"}
    ),
    "admin-audit": Shown("/admin/audit", ADMIN, {"audit": AuditPage(WARSAW, LOG, 2, more=True)}),
    "admin-audit-none": Shown("/admin/audit", ADMIN),
}

ANSWERED = {
    "admin-import-preview": 200,
    "admin-import-preview-long": 200,
    "admin-import-nothing": 200,
    "admin-turn-on": 200,
    "admin-turn-on-changed": 409,
}
"""What is sent to these is no mistake: what it would do is shown first, and nothing is saved."""
