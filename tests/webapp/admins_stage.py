"""The stage for the admins' pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mentoring.domains import domains
from mentoring.errors import BadInput, ChangedMeanwhile, Missing
from mentoring.intervals import Interval
from mentoring.people import Role
from workflows import people_file
from workflows.admin_views import (
    AllCalendarsPage,
    AuditPage,
    FieldChange,
    ImportLine,
    ImportPlan,
    MailPage,
    OrganiserPage,
    PeoplePage,
    PersonLine,
    PersonPage,
    ReviewPage,
    RoundsPage,
    SignInPage,
)
from workflows.gaps import Gaps
from workflows.importing import Imported
from workflows.inboxes import TypedInbox
from workflows.mailboxes import Typed
from workflows.peopling import Details
from workflows.reviewing import Reviewed
from workflows.views import CalendarStatus, HealthPage, PersonChoice, RoundPage, Sending, Who, WhyPage

SOMEBODY, SOME_ROUND, SOME_MESSAGE = 1, 41, 9
"""The person, the round and the message that the admins' pages know of."""

WARSAW = "Europe/Warsaw"
JOINED = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
CHOICES = (PersonChoice(1, "Tobi Adeyemi"), PersonChoice(2, "Maya Lindqvist"), PersonChoice(3, "Zofia Wójcik"))
TOBI = PersonLine(
    SOMEBODY, "Tobi Adeyemi", "p1@example.org", "Payments", (Role.MENTEE,), invited_at=JOINED, joined_at=JOINED
)
PERSON = PersonPage(
    WARSAW, TOBI, "Europe/Berlin", "Engineer", managers=CHOICES[1:], expertise=("Reading query plans",), manager_id=3
)
PLAN = ImportPlan(
    added=(
        ImportLine(
            "jun@example.org",
            "Jun Park",
            (
                FieldChange("name", "", "Jun Park"),
                FieldChange("zone", "", "Asia/Seoul"),
                FieldChange("hours", "", "mon tue wed thu fri 09:00-17:00"),
                FieldChange("department", "", "Data"),
            ),
        ),
    ),
    changed=(
        ImportLine(
            "p1@example.org",
            "Tobi Adeyemi",
            (FieldChange("title", "Engineer", "Staff engineer"), FieldChange("manager", "", "zofia@example.org")),
        ),
    ),
    unchanged=56,
    seal="a-seal",
)
ROUND = RoundPage(SOME_ROUND, WARSAW, datetime(2026, 11, 23, 5, 0, tzinfo=UTC), 3.4, 2, people=56, needs=38, pairs=412)


class AdminsStage:
    """What a stage answers to an admin."""

    pages: dict[str, Any]

    def did(self, name: str, *arguments: Any) -> None:
        raise NotImplementedError

    def health(self, who: Who) -> HealthPage:
        return self.pages.get("health", HealthPage(WARSAW, people=4, known=4))

    def last_round(self, who: Who) -> RoundPage | None:
        return self.pages.get("round")

    def why(self, who: Who, mentee_id: int | None, mentor_id: int | None) -> WhyPage:
        known = {each.person_id: each for each in (*CHOICES, PersonChoice(4, "Ines Duarte"))}
        empty = WhyPage(tuple(known.values()), mentee_id and known[mentee_id], mentor_id and known[mentor_id])
        return self.pages.get("why", empty)

    def set_stopped(self, who: Who, stopped: bool) -> None:
        self.did("set_stopped", stopped)

    def set_sending(self, who: Who, sending: Any) -> None:
        self.did("set_sending", sending)

    def number_waiting(self, who: Who) -> int:
        return self.pages.get("number_waiting", 0)

    def let_all_go(self, who: Who, expected: int) -> int:
        if expected != self.number_waiting(who):
            raise ChangedMeanwhile("another number waits")
        self.did("let_all_go", expected)
        return expected

    def set_weekly_messages(self, who: Who, number: int, why: str) -> None:
        self.did("set_weekly_messages", number, why)

    def all_calendars(self, who: Who, state: CalendarStatus | None, number: int) -> AllCalendarsPage:
        page: AllCalendarsPage = self.pages.get("all_calendars", AllCalendarsPage(WARSAW))
        return page

    def people_page(self, who: Who, sought: str, number: int) -> PeoplePage:
        return self.pages.get("people", PeoplePage(WARSAW, (TOBI,), sought))

    def person_page(self, who: Who, person_id: int) -> PersonPage:
        _known(person_id, SOMEBODY)
        return self.pages.get("person", PERSON)

    def change_person(self, who: Who, person_id: int, details: Details) -> None:
        _known(person_id, SOMEBODY)
        self.did("change_person", person_id, details)

    def set_admin(self, who: Who, person_id: int, is_admin: bool) -> None:
        _known(person_id, SOMEBODY)
        self.did("set_admin", person_id, is_admin)

    def invite_person(self, who: Who, person_id: int) -> int:
        _known(person_id, SOMEBODY)
        self.did("invite_person", person_id)
        return self.pages.get("invited", 1)

    def invite_everybody(self, who: Who, expected: int) -> int:
        self.did("invite_everybody", expected)
        return expected

    def sign_person_out(self, who: Who, person_id: int) -> None:
        _known(person_id, SOMEBODY)
        self.did("sign_person_out", person_id)

    def forget_person(self, who: Who, person_id: int, typed_address: str) -> int:
        _known(person_id, SOMEBODY)
        if typed_address != TOBI.email:
            raise BadInput.of("address", f"type {TOBI.email} to delete everything about Tobi")
        self.did("forget_person", person_id)
        return self.pages.get("left_to_send", 0)

    def plan_import(self, who: Who, content: bytes) -> ImportPlan:
        people_file.read(content)
        return self.pages.get("plan", PLAN)

    def import_as_planned(self, who: Who, content: bytes, seal: str) -> Imported:
        people_file.read(content)
        self.did("import_as_planned", content, seal)
        return Imported(1, 1, 56)

    def gaps_page(self, who: Who) -> Gaps:
        return self.pages.get("gaps", Gaps())

    def rounds_page(self, who: Who, number: int) -> RoundsPage:
        return self.pages.get("rounds", RoundsPage(WARSAW))

    def round_page(self, who: Who, round_id: int) -> RoundPage:
        _known(round_id, SOME_ROUND)
        return self.pages.get("round", ROUND)

    def start_round(self, who: Who) -> bool:
        self.did("start_round")
        return self.pages.get("starts", True)

    def review_page(self, who: Who, number: int) -> ReviewPage:
        return self.pages.get("review", ReviewPage(WARSAW, Sending.REVIEW))

    def release(self, who: Who, chosen: dict[int, int]) -> Reviewed:
        self.did("release", chosen)
        return self.pages.get("reviewed", Reviewed(("Tobi Adeyemi with Maya Lindqvist",) * len(chosen)))

    def take_back(self, who: Who, chosen: dict[int, int]) -> Reviewed:
        self.did("take_back", chosen)
        return self.pages.get("reviewed", Reviewed(("Tobi Adeyemi with Maya Lindqvist",) * len(chosen)))

    def mail_page(self, who: Who) -> MailPage:
        return self.pages.get("mail", MailPage(WARSAW))

    def save_mailbox(self, who: Who, typed: Typed) -> None:
        self.did("save_mailbox", typed)

    def forget_mailbox(self, who: Who) -> None:
        self.did("forget_mailbox")

    def try_mailbox(self, who: Who) -> str:
        self.did("try_mailbox")
        return "p3@example.org"

    def save_inbox(self, who: Who, typed: TypedInbox) -> bool:
        self.did("save_inbox", typed)
        return True

    def try_inbox(self, who: Who) -> bool:
        self.did("try_inbox")
        return False

    def forget_inbox(self, who: Who) -> None:
        self.did("forget_inbox")

    def organiser_page(self, who: Who) -> OrganiserPage:
        return self.pages.get("organiser", OrganiserPage(WARSAW))

    def invite_from_the_mailbox(self, who: Who) -> None:
        self.did("invite_from_the_mailbox")

    def take_back_meetings(self, who: Who, organiser_id: int) -> int:
        self.did("take_back_meetings", organiser_id)
        return 3

    def try_again(self, who: Who, message_id: int) -> None:
        _known(message_id, SOME_MESSAGE)
        self.did("try_again", message_id)

    def sign_in_page(self, who: Who) -> SignInPage:
        return self.pages.get("sign_in", SignInPage())

    def set_sign_in_domains(self, who: Who, text: str) -> None:
        self.did("set_sign_in_domains", domains(text))

    def audit_page(self, who: Who, number: int) -> AuditPage:
        return self.pages.get("audit", AuditPage(WARSAW, number=number))


def _known(number: int, known: int) -> None:
    if number != known:
        raise Missing(number)


def at(days: int, hour: int) -> Interval:
    """Twenty minutes, so many days from the Monday of the stage."""
    return Interval.lasting(datetime(2026, 11, 23 + days, hour, tzinfo=UTC), 20)
