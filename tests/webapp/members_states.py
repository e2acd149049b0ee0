"""The pages of a member's own settings in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mentoring.attention import Attention, Kind
from mentoring.hours import WEEKDAYS
from mentoring.intervals import Interval
from mentoring.openings import Opening
from mentoring.people import Expertise
from tests.webapp.members_stage import EXPERTISE, OFF, TAKING_PART, THE_KEY, TYPED, VACATION, limits
from tests.webapp.shown import Shown
from tests.webapp.stage import ADMIN, MENTOR, THEIRS, suggestion
from workflows.member_views import ExpertisePage, SignInAccount
from workflows.views import PersonChoice

OVER_NOON = Interval.lasting(datetime(2026, 11, 26, 10, 50, tzinfo=UTC), 20)
OTHER_TIMES = tuple(
    Opening(Interval.lasting(OVER_NOON.start + timedelta(days=day, hours=hours), 20), 1 - hours)
    for day in (1, 4, 5)
    for hours in (0, 1, 2)
)
BACK_ON = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
ACCOUNTS = (SignInAccount(THEIRS, "google", OVER_NOON.start), SignInAccount(8, "outlook", OVER_NOON.start))
WRONG = {
    "zone": "Europe/Atlantis",
    "country": "XX",
    "clock": "24",
    "mon-1-from": "09:00",
    "mon-1-to": "13:00",
    "mon-2-from": "12:00",
    "mon-2-to": "17:00",
    "tue-1-from": "09:00",
    "tue-1-to": "",
    "wed-1-from": "nine",
    "wed-1-to": "17:00",
    "preferred-1-from": "10:00",
    "preferred-1-to": "10:00",
    "buffer_minutes": "300",
    "notice_hours": "",
    "per_day": "0",
    "per_week": "2",
    "per_month": "many",
}

MEMBERS_STATES: dict[str, Shown] = {
    "limits": Shown("/limits", pages={"limits": limits(never_with=(PersonChoice(4, "Ines Duarte"),), meetings=1)}),
    "limits-guessed": Shown("/limits", pages={"limits": limits(confirmed=False, form=replace(TYPED, zone="UTC"))}),
    "limits-country-guessed": Shown(
        "/limits",
        pages={"limits": limits(confirmed=False, form=replace(TYPED, country=""), guess="DE", country="", holidays=())},
    ),
    "limits-languages": Shown(
        "/limits",
        pages={"limits": limits(form=replace(TYPED, language="de", also=("en", "fr"), ways=("in_person", "video")))},
    ),
    "limits-languages-wrong": Shown("/limits", post=WRONG | {"language": "xx", "ways": "pigeon"}),
    "limits-quiet-days": Shown(
        "/limits/quiet-days", pages={"limits": limits(quiet=VACATION, quiet_weekdays=frozenset({2}), meetings=1)}
    ),
    "limits-quiet-days-none": Shown("/limits/quiet-days", pages={"limits": limits(country="", holidays=())}),
    "limits-quiet-days-wrong": Shown("/limits/quiet-days", post={"first": "", "last": "2026-12-24"}),
    "limits-quiet-week-wrong": Shown("/limits/quiet-days/weekly", post=dict.fromkeys(WEEKDAYS, "yes")),
    "limits-paused": Shown("/limits", pages={"limits": limits(paused_until=BACK_ON)}),
    "limits-twelve-hours": Shown(
        "/limits", pages={"limits": limits(form=replace(TYPED, clock="12"))}, twelve_hour=True
    ),
    "limits-no-day": Shown("/limits", pages={"limits": limits(form=replace(TYPED, days=(OFF,) * 7))}),
    "limits-wrong": Shown("/limits", post=WRONG),
    "limits-nine-to-five": Shown("/limits", post=WRONG | {"wed-1-from": "9", "wed-1-to": "5"}),
    "limits-pause": Shown("/limits/pause", pages={"limits": limits(meetings=1)}),
    "limits-pause-lasts": Shown("/limits/pause", pages={"limits": limits(paused_until=BACK_ON)}),
    "limits-pause-wrong": Shown("/limits/pause", post={"until": "2026-11-20"}),
    "limits-never-with": Shown(
        "/limits/never-with", pages={"limits": limits(never_with=(PersonChoice(4, "Ines Duarte"),))}
    ),
    "limits-never-with-wrong": Shown("/limits/never-with", post={"person": ""}),
    "keys": Shown("/keys", pages={"keys": (THE_KEY,)}),
    "keys-none": Shown("/keys"),
    "keys-wrong": Shown("/keys", post={"name": ""}),
    "expertise": Shown("/expertise", MENTOR, opened=True),
    "expertise-none": Shown("/expertise", pages={"expertise": ExpertisePage()}),
    "expertise-full": Shown(
        "/expertise",
        MENTOR,
        {"expertise": replace(EXPERTISE, mine=tuple(Expertise(f"Thing {number}", number) for number in range(12)))},
    ),
    "expertise-wrong": Shown("/expertise", post={"text": " "}),
    "expertise-change-wrong": Shown("/expertise/7", post={"text": " "}),
    "taking-part": Shown("/taking-part"),
    "taking-part-new": Shown("/taking-part", pages={"taking_part": replace(TAKING_PART, mentee=False)}),
    "taking-part-both": Shown(
        "/taking-part",
        MENTOR,
        {"taking_part": replace(TAKING_PART, mentor=True, open_as_mentor=2, meetings=2, expertise=0)},
    ),
    "taking-part-written-to": Shown(
        "/taking-part",
        pages={
            "taking_part": replace(
                TAKING_PART, attention=Attention(3, 1, 2), kinds=((Kind.SUGGESTION, 2), (Kind.REMINDER, 1))
            )
        },
    ),
    "taking-part-written-to-seldom": Shown(
        "/taking-part",
        pages={"taking_part": replace(TAKING_PART, attention=Attention(1, 0, 6), kinds=((Kind.SURVEY, 1),))},
    ),
    "taking-part-stopped": Shown("/taking-part", pages={"taking_part": replace(TAKING_PART, stopped=True)}),
    "taking-part-domains": Shown(
        "/taking-part", pages={"taking_part": replace(TAKING_PART, domains=("harbour.example", "eu.harbour.example"))}
    ),
    "taking-part-accounts": Shown("/taking-part", pages={"taking_part": replace(TAKING_PART, accounts=ACCOUNTS)}),
    "taking-part-no-accounts": Shown("/taking-part", pages={"doors": ()}),
    "taking-part-paused": Shown("/taking-part", pages={"taking_part": replace(TAKING_PART, paused_until=BACK_ON)}),
    "delete": Shown("/taking-part/delete", pages={"taking_part": replace(TAKING_PART, meetings=1)}),
    "delete-stands": Shown("/taking-part/delete", pages={"taking_part": replace(TAKING_PART, stands_at=("outlook",))}),
    "delete-wrong": Shown("/taking-part/delete", post={"address": "p2@example.org"}),
    "delete-only-admin": Shown("/taking-part/delete", ADMIN, {"taking_part": replace(TAKING_PART, only_admin=True)}),
    "menu": Shown("/limits", ADMIN, menu=True),
    "suggestion-twelve-hours": Shown("/suggestions/7", view=suggestion(interval=OVER_NOON), twelve_hour=True),
    "times-twelve-hours": Shown("/suggestions/7/times", pages={"other_times": OTHER_TIMES}, twelve_hour=True),
}
