"""All that the pages ask of the workflows, in one list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from mentoring.openings import Opening
from mentoring.people import Person
from mentoring.policy import Sending
from mentoring.proposals import Partstat
from mentoring.settings import Settings
from workflows import answering, connecting, noting, pages, signing_in, steering
from workflows.bootstrap import Parts
from workflows.views import (
    CalendarsPage,
    ChallengesPage,
    Feedback,
    HealthPage,
    Heartbeat,
    HomePage,
    RoundPage,
    SampleGroup,
    SuggestionView,
    Who,
    WhyPage,
)


@dataclass(frozen=True)
class Backstage:
    """One method a question or an act. Those about an object raise Missing when it is not the person's."""

    parts: Parts

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    def now(self) -> datetime:
        return self.parts.clock()

    def person(self, who: Who) -> Person:
        return signing_in.person(self.parts, who)

    def peek(self, token: str) -> bool:
        return signing_in.peek(self.parts, token)

    def by_link(self, token: str) -> Who | None:
        return signing_in.by_link(self.parts, token)

    def sample_people(self) -> tuple[SampleGroup, ...]:
        return pages.sample_people(self.parts)

    def sample_person(self, person_id: int) -> Who:
        return signing_in.sample_person(self.parts, person_id)

    def heartbeat(self) -> Heartbeat:
        return pages.heartbeat(self.parts)

    def home(self, who: Who) -> HomePage:
        return pages.home(self.parts, who)

    def suggestion(self, who: Who, proposal_id: int) -> SuggestionView:
        return pages.suggestion(self.parts, who, proposal_id)

    def other_times(self, who: Who, proposal_id: int) -> tuple[Opening, ...]:
        return pages.other_times(self.parts, who, proposal_id)

    def event_file(self, who: Who, proposal_id: int) -> str:
        return pages.event_file(self.parts, who, proposal_id)

    def answer(self, who: Who, proposal_id: int, partstat: Partstat, feedback: Feedback | None, sequence: int) -> None:
        """sequence: of what the person saw. Raises ChangedMeanwhile when that is no longer in force."""
        answering.answer(self.parts, who, proposal_id, partstat, feedback or "", sequence)

    def move(self, who: Who, proposal_id: int, start: datetime, sequence: int) -> None:
        """As `answer`; raises BadInput for a start that is not offered to anybody."""
        pages.check_start(self.parts, who, start)
        answering.move(self.parts, who, proposal_id, start, sequence)

    def calendars(self, who: Who) -> CalendarsPage:
        return pages.calendars_page(self.parts, who)

    def connect(self, who: Who, provider: str, address: str, username: str, secret: str) -> int:
        """Returns the connection's id, or raises with nothing saved."""
        return connecting.connect(self.parts, who, provider, address, username, secret)

    def choose(self, who: Who, connection_id: int, busy: Collection[int], copies: int | None) -> None:
        connecting.choose(self.parts, who, connection_id, busy, copies)

    def disconnect(self, who: Who, connection_id: int) -> int:
        return connecting.disconnect(self.parts, who, connection_id)

    def read_now(self, who: Who, calendar_id: int) -> str:
        """Returns the problem in words, or nothing."""
        return connecting.read_now(self.parts, who, calendar_id)

    def challenges(self, who: Who) -> ChallengesPage:
        return pages.challenges_page(self.parts, who)

    def write_down(self, who: Who, text: str) -> None:
        noting.write_down(self.parts, who, text)

    def strike_out(self, who: Who, challenge_id: int) -> None:
        noting.strike_out(self.parts, who, challenge_id)

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


def backstage() -> Backstage:
    """That of the application whose request this is."""
    return cast(Backstage, current_app.extensions["backstage"])
