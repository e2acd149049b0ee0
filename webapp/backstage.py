"""All that the pages ask of the workflows, in one list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from mentoring.doors import Errand
from mentoring.openings import Opening
from mentoring.people import Person
from mentoring.proposals import Objection, Partstat
from mentoring.reviews import Helped
from mentoring.settings import Settings
from webapp.admins_backstage import AdminsBackstage
from webapp.members_backstage import MembersBackstage
from webapp.rules_backstage import RulesBackstage
from workflows import (
    answering,
    connecting,
    consenting,
    hearing,
    meeting,
    noting,
    pages,
    reasoning,
    regrouping,
    signing_in,
    signing_in_by_mail,
    without_signing_in,
)
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
from workflows.sample import mail_program
from workflows.views import (
    CalendarsPage,
    ChallengesPage,
    Feedback,
    Heartbeat,
    HomePage,
    MeetingsPage,
    NoteView,
    SampleGroup,
    SampleMail,
    SampleMailbox,
    SuggestionView,
    TopicPage,
    Who,
)


@dataclass(frozen=True)
class Backstage(AdminsBackstage, RulesBackstage, MembersBackstage):
    """One method a question or an act. Those about an object raise Missing when it is not the person's."""

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    def now(self) -> datetime:
        return self.parts.clock()

    def person(self, who: Who) -> Person:
        return signing_in.person(self.parts, who)

    def hear(self, notices: Collection[hearing.Notice]) -> int:
        """How many of them are of watches of ours."""
        return hearing.hear(self.parts, notices)

    def ask_for_link(self, address: str, browser: str) -> None:
        """browser: the hash of the one that asks, and the only one that the link will let in."""
        signing_in_by_mail.ask(self.parts, address, browser)

    def peek(self, token: str, browser: str) -> LinkState:
        return signing_in.peek(self.parts, token, browser)

    def by_link(self, token: str, browser: str) -> CameIn | None:
        return signing_in.by_link(self.parts, token, browser)

    def stop_page(self, token: str) -> StopPage:
        """Raises Missing, as all below do, for a token that is not ours."""
        return without_signing_in.stop_page(self.parts, token)

    def stop_by_token(self, token: str) -> int:
        """Returns how many open suggestions were taken back, as the next does."""
        return without_signing_in.stop(self.parts, token)

    def pause_by_token(self, token: str, weeks: int) -> int:
        return without_signing_in.pause(self.parts, token, weeks)

    def start_by_token(self, token: str) -> None:
        without_signing_in.start(self.parts, token)

    def after(self, token: str) -> AfterPage:
        return without_signing_in.after_page(self.parts, token)

    def say_after(self, token: str, helped: Helped | None, is_settled: bool) -> None:
        """None: that it did not take place. Raises Refused too early and too late."""
        without_signing_in.say_after(self.parts, token, helped, is_settled)

    def lately(self, token: str) -> LatelyPage:
        return without_signing_in.lately_page(self.parts, token)

    def say_lately(self, token: str, text: str) -> None:
        """An empty text: that nothing was hard. Raises BadInput, and Refused where the question is too old."""
        without_signing_in.say_lately(self.parts, token, text)

    def invite(self, token: str) -> SuggestionView:
        return without_signing_in.invite(self.parts, token)

    def answer_by_token(self, token: str, partstat: Partstat, feedback: Feedback | None, sequence: int) -> None:
        """As `answer`."""
        without_signing_in.answer(self.parts, token, partstat, feedback, sequence)

    def sample_people(self) -> tuple[SampleGroup, ...]:
        return pages.sample_people(self.parts)

    def sample_person(self, person_id: int) -> Who:
        return signing_in.sample_person(self.parts, person_id)

    def sample_mails(self) -> tuple[SampleMailbox, ...]:
        return pages.sample_mails(self.parts)

    def sample_mail(self, address: str, key: str) -> SampleMail:
        return pages.sample_mail(self.parts, address, key)

    def answer_sample_mail(self, address: str, key: str, partstat: Partstat, start: datetime | None) -> None:
        """By mail, as its reader's mail program would. start: of another time that they propose."""
        mail_program.answer_mail(self.parts, address, key, partstat, start)

    def heartbeat(self) -> Heartbeat:
        return pages.heartbeat(self.parts)

    def home(self, who: Who) -> HomePage:
        return pages.home(self.parts, who)

    def meetings(self, who: Who, page: int) -> MeetingsPage:
        return pages.meetings(self.parts, who, page)

    def say_missed(self, who: Who, proposal_id: int) -> None:
        meeting.say_missed(self.parts, who, proposal_id)

    def say_how_it_was(self, who: Who, proposal_id: int, helped: Helped, is_settled: bool) -> int:
        """Returns how many open suggestions were taken back."""
        return meeting.say_how_it_was(self.parts, who, proposal_id, helped, is_settled)

    def suggestion(self, who: Who, proposal_id: int) -> SuggestionView:
        return pages.suggestion(self.parts, who, proposal_id)

    def other_times(self, who: Who, proposal_id: int) -> tuple[Opening, ...]:
        return pages.other_times(self.parts, who, proposal_id)

    def event_file(self, who: Who, proposal_id: int) -> str:
        return pages.event_file(self.parts, who, proposal_id)

    def answer(self, who: Who, proposal_id: int, partstat: Partstat, feedback: Feedback | None, sequence: int) -> None:
        """sequence: of what the person saw. Raises ChangedMeanwhile when that is no longer in force."""
        answering.answer(self.parts, who, proposal_id, partstat, feedback or "", sequence)

    def answer_reason(self, who: Who, proposal_id: int, reason: str, objection: Objection | None) -> None:
        reasoning.answer_reason(self.parts, who, proposal_id, reason, objection)

    def name_topic(self, who: Who, proposal_id: int, text: str) -> None:
        answering.name_topic(self.parts, who, proposal_id, text)

    def move(self, who: Who, proposal_id: int, start: datetime, sequence: int) -> None:
        """As `answer`; raises BadInput for a start that is not offered to anybody."""
        answering.check_start(self.parts, who.organisation_id, start)
        answering.move(self.parts, who, proposal_id, start, sequence)

    def calendars(self, who: Who) -> CalendarsPage:
        return pages.calendars_page(self.parts, who)

    def connect(self, who: Who, provider: str, address: str, username: str, secret: str) -> int:
        """Returns the connection's id, or raises with nothing saved."""
        return connecting.connect(self.parts, who, provider, address, username, secret)

    def choose(self, who: Who, connection_id: int, busy: Collection[int], copies: int | None) -> None:
        connecting.choose(self.parts, who, connection_id, busy, copies)

    def doors(self) -> tuple[str, ...]:
        """Of Google and Microsoft, those at which people can give permission and sign in."""
        return self.parts.doors

    def set_out(self, errand: Errand, provider: str, who: Who | None) -> SetOut:
        """Raises Refused where that is not set up, TryLater."""
        return consenting.begin(self.parts, errand, provider, who)

    def set_out_to_mend(self, who: Who, connection_id: int) -> SetOut:
        return consenting.begin_to_mend(self.parts, who, connection_id)

    def come_back(self, kept: UnderWay | None, provider: str, who: Who | None, query: Mapping[str, str]) -> Returned:
        """Raises BeginAgain, NotGiven, NotLetIn, ConnectedBySomebody, Refused, Reconnect and TryLater."""
        return consenting.come_back(self.parts, kept, provider, who, query)

    def disconnect(self, who: Who, connection_id: int) -> Disconnected:
        return connecting.disconnect(self.parts, who, connection_id)

    def read_now(self, who: Who, calendar_id: int) -> str:
        """Returns the problem in words, or nothing."""
        return connecting.read_now(self.parts, who, calendar_id)

    def challenges(self, who: Who) -> ChallengesPage:
        return pages.challenges_page(self.parts, who)

    def write_down(self, who: Who, text: str) -> None:
        noting.write_down(self.parts, who, text)

    def note(self, who: Who, challenge_id: int) -> NoteView:
        return pages.note(self.parts, who, challenge_id)

    def change_words(self, who: Who, challenge_id: int, text: str) -> None:
        noting.change(self.parts, who, challenge_id, text)

    def strike_out(self, who: Who, challenge_id: int) -> None:
        noting.strike_out(self.parts, who, challenge_id)

    def settle(self, who: Who, theme_id: int) -> int:
        """Returns how many open suggestions were taken back."""
        return noting.settle(self.parts, who, theme_id)

    def topic_page(self, who: Who, theme_id: int) -> TopicPage:
        return pages.topic_page(self.parts, who, theme_id)

    def rename_topic(self, who: Who, theme_id: int, name: str) -> None:
        regrouping.rename(self.parts, who, theme_id, name)

    def merge_topics(self, who: Who, theme_id: int, other_id: int) -> None:
        regrouping.merge(self.parts, who, theme_id, other_id)

    def take_out(self, who: Who, theme_id: int, note_ids: Collection[int], to: int | None) -> None:
        regrouping.take_out(self.parts, who, theme_id, note_ids, to)

    def take_back_said(self, who: Who, said: int) -> None:
        """Raises Missing for what they did not say."""
        regrouping.take_back(self.parts, who, said)

    def say_english(self, who: Who, challenge_id: int) -> None:
        noting.say_english(self.parts, who, challenge_id)

    def look_again(self, who: Who, theme_id: int) -> None:
        noting.unsettle(self.parts, who, theme_id)


def backstage() -> Backstage:
    """That of the application whose request this is."""
    return cast(Backstage, current_app.extensions["backstage"])
