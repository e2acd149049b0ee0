"""What the admins' pages ask of the workflows. Each method raises NotAllowed for anybody but an admin."""

from __future__ import annotations

from dataclasses import dataclass

from mentoring.policy import Sending
from workflows import (
    gaps,
    importing,
    inboxes,
    mailboxes,
    organisers,
    pages,
    peopling,
    reviewing,
    sign_in_domains,
    steering,
)
from workflows.admin_views import (
    AllCalendarsPage,
    AuditPage,
    ImportPlan,
    MailPage,
    OrganiserPage,
    PeoplePage,
    PersonPage,
    ReviewPage,
    RoundsPage,
    SignInPage,
)
from workflows.bootstrap import Parts
from workflows.gaps import Gaps
from workflows.importing import Imported
from workflows.inboxes import TypedInbox
from workflows.mailboxes import Typed
from workflows.peopling import Details
from workflows.reviewing import Chosen, Reviewed
from workflows.views import CalendarStatus, HealthPage, RoundPage, Who, WhyPage


@dataclass(frozen=True)
class AdminsBackstage:
    """One method a question or an act."""

    parts: Parts

    def health(self, who: Who) -> HealthPage:
        return pages.health(self.parts, who)

    def last_round(self, who: Who) -> RoundPage | None:
        return pages.last_round(self.parts, who)

    def why(self, who: Who, mentee_id: int | None, mentor_id: int | None) -> WhyPage:
        return pages.why(self.parts, who, mentee_id, mentor_id)

    def set_stopped(self, who: Who, stopped: bool) -> None:
        steering.set_stopped(self.parts, who, stopped)

    def set_sending(self, who: Who, sending: Sending) -> None:
        steering.set_sending(self.parts, who, sending)

    def number_waiting(self, who: Who) -> int:
        return reviewing.number_waiting(self.parts, who)

    def let_all_go(self, who: Who, expected: int) -> int:
        return reviewing.let_all_go(self.parts, who, expected)

    def set_weekly_messages(self, who: Who, number: int, why: str) -> None:
        steering.set_weekly_messages(self.parts, who, number, why)

    def all_calendars(self, who: Who, state: CalendarStatus | None, number: int) -> AllCalendarsPage:
        return pages.all_calendars(self.parts, who, state, number)

    def people_page(self, who: Who, sought: str, number: int) -> PeoplePage:
        return pages.people_page(self.parts, who, sought, number)

    def person_page(self, who: Who, person_id: int) -> PersonPage:
        return pages.person_page(self.parts, who, person_id)

    def change_person(self, who: Who, person_id: int, details: Details) -> None:
        peopling.change(self.parts, who, person_id, details)

    def set_admin(self, who: Who, person_id: int, is_admin: bool) -> None:
        peopling.set_admin(self.parts, who, person_id, is_admin)

    def invite_person(self, who: Who, person_id: int) -> int:
        """Returns how many were invited: 0 for somebody who was before."""
        return peopling.invite(self.parts, who, [person_id])

    def invite_everybody(self, who: Who, expected: int) -> int:
        return peopling.invite_everybody(self.parts, who, expected)

    def sign_person_out(self, who: Who, person_id: int) -> None:
        peopling.sign_out_everywhere(self.parts, who, person_id)

    def forget_person(self, who: Who, person_id: int, typed_address: str) -> int:
        """Returns how many messages have to leave before all is deleted."""
        return peopling.forget(self.parts, who, person_id, typed_address)

    def plan_import(self, who: Who, content: bytes) -> ImportPlan:
        return importing.plan(self.parts, who, content)

    def import_as_planned(self, who: Who, content: bytes, seal: str) -> Imported:
        return importing.import_as_planned(self.parts, who, content, seal)

    def gaps_page(self, who: Who) -> Gaps:
        with self.parts.database.reading(who.organisation_id) as memory:
            steering.admin(memory, who)
            return gaps.gaps(memory)

    def rounds_page(self, who: Who, number: int) -> RoundsPage:
        return pages.rounds_page(self.parts, who, number)

    def round_page(self, who: Who, round_id: int) -> RoundPage:
        return pages.round_page(self.parts, who, round_id)

    def start_round(self, who: Who) -> bool:
        """False where one is being made already."""
        return steering.start_round(self.parts, who)

    def review_page(self, who: Who, number: int) -> ReviewPage:
        return pages.review_page(self.parts, who, number)

    def release(self, who: Who, chosen: Chosen) -> Reviewed:
        return reviewing.release(self.parts, who, chosen)

    def take_back(self, who: Who, chosen: Chosen) -> Reviewed:
        return reviewing.take_back(self.parts, who, chosen)

    def mail_page(self, who: Who) -> MailPage:
        return pages.mail_page(self.parts, who)

    def save_mailbox(self, who: Who, typed: Typed) -> None:
        mailboxes.save(self.parts, who, typed)

    def forget_mailbox(self, who: Who) -> None:
        mailboxes.forget(self.parts, who)

    def try_mailbox(self, who: Who) -> str:
        """Returns the address that the mail went to."""
        return mailboxes.test(self.parts, who)

    def save_inbox(self, who: Who, typed: TypedInbox) -> bool:
        """Returns whether its server tells of new mail by itself."""
        return inboxes.save(self.parts, who, typed)

    def try_inbox(self, who: Who) -> bool:
        return inboxes.try_again(self.parts, who)

    def forget_inbox(self, who: Who) -> None:
        inboxes.forget(self.parts, who)

    def try_again(self, who: Who, message_id: int) -> None:
        mailboxes.try_again(self.parts, who, message_id)

    def sign_in_page(self, who: Who) -> SignInPage:
        return sign_in_domains.sign_in_page(self.parts, who)

    def set_sign_in_domains(self, who: Who, text: str) -> None:
        """Raises BadInput with each line that is wrong."""
        sign_in_domains.set_domains(self.parts, who, text)

    def organiser_page(self, who: Who) -> OrganiserPage:
        return pages.organiser_page(self.parts, who)

    def invite_from_the_mailbox(self, who: Who) -> None:
        organisers.put_aside(self.parts, who)

    def take_back_meetings(self, who: Who, organiser_id: int) -> int:
        """Returns how many."""
        return organisers.take_back(self.parts, who, organiser_id)

    def audit_page(self, who: Who, number: int) -> AuditPage:
        return pages.audit_page(self.parts, who, number)
