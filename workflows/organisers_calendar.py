"""The calendar of the account that an organisation invites with. What keeps it from being used is noted for the admins,
and it rests meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from mentoring.errors import InterludeError, Missing, NotYet, Reconnect, Refused, TryLater
from mentoring.outbox import Letter
from mentoring.people import Role
from mentoring.ports import Account, EventSeen, EventText, Organises
from store import mailboxes, organisers, outbox, people
from store.memory import Memory
from store.organisers import Kept
from workflows import accounts
from workflows.bootstrap import Parts
from workflows.deliveries import LONGEST_PAUSE
from workflows.resting import SHORTEST_REST, fails_for_all, rest

T = TypeVar("T")

FORGOTTEN = "the account that invited is no longer kept"


@dataclass(frozen=True)
class OrganisersCalendar:
    """The methods are those of mentoring.ports.Organises, and raise as they do; NotYet too, where nothing can be done
    with the account and nothing has been done."""

    parts: Parts
    organisation_id: int
    kept: Kept
    provider: Organises
    account: Account = field(repr=False)

    def promised_uid(self, key: str) -> str:
        return self.provider.promised_uid(key)

    def create(self, event: EventText) -> EventSeen:
        return self._noted(lambda: self.provider.create(self.account, event))

    def event(self, event_id: str) -> EventSeen | None:
        return self._noted(lambda: self.provider.event(self.account, event_id))

    def change(self, seen: EventSeen, event: EventText) -> EventSeen:
        return self._noted(lambda: self.provider.change(self.account, seen, event))

    def cancel(self, event_id: str) -> None:
        self._noted(lambda: self.provider.cancel(self.account, event_id))

    def _noted(self, ask: Callable[[], T]) -> T:
        try:
            answer = ask()
        except NotYet:
            raise
        except (TryLater, Reconnect) as problem:
            note(self.parts, self.organisation_id, self.kept, problem)
            if fails_for_all(problem) and (problem.without_effect or isinstance(problem, Reconnect)):
                now = self.parts.clock()
                raise NotYet(str(problem), rest(self.kept.failing_since, now)) from problem
            raise
        if self.kept.problem:
            note(self.parts, self.organisation_id, self.kept, None)
        return answer


def opened(parts: Parts, organisation_id: int, organiser_id: int) -> OrganisersCalendar:
    """Raises NotYet while it rests, and Refused for an account that was forgotten."""
    kept = awake(parts, organisation_id, organiser_id)
    try:
        account = accounts.organiser(parts, organisation_id, organiser_id)
    except Reconnect as problem:
        note(parts, organisation_id, kept, problem)
        raise NotYet(str(problem), LONGEST_PAUSE) from problem
    if kept.failing_since is not None:
        _only_one(parts, organisation_id, kept)
    return OrganisersCalendar(parts, organisation_id, kept, parts.organises(kept.provider), account)


def awake(parts: Parts, organisation_id: int, organiser_id: int) -> Kept:
    """Raises as `opened` does."""
    try:
        with parts.database.reading(organisation_id) as memory:
            kept = organisers.get(memory, organiser_id)
    except Missing as problem:
        raise Refused(FORGOTTEN) from problem
    if kept.tried_at is not None:
        left = kept.tried_at + rest(kept.failing_since, kept.tried_at) - parts.clock()
        if left.total_seconds() > 0:
            raise NotYet(kept.problem, left)
    return kept


def _only_one(parts: Parts, organisation_id: int, kept: Kept) -> None:
    """One worker finds out whether it lets us in again; the others go on with something else."""
    with parts.database.writing(organisation_id) as memory:
        if not organisers.try_again(memory, kept, parts.clock()):
            raise NotYet(kept.problem, SHORTEST_REST)


def note(parts: Parts, organisation_id: int, kept: Kept, problem: InterludeError | None) -> None:
    """What the admins see."""
    failing_at = parts.clock() if fails_for_all(problem) else None
    words = "" if problem is None else str(problem)
    if (kept.problem, kept.tried_at) != (words, failing_at):
        with parts.database.writing(organisation_id) as memory:
            organisers.note_problem(memory, kept, words, failing_at)
            if isinstance(problem, Reconnect):
                _tell_admins(memory, kept, parts.clock())


def _tell_admins(memory: Memory, broken: Kept, now: datetime) -> None:
    """By mail, as soon as there is any, and once until it has worked again in between."""
    since = next((each.failing_since for each in organisers.all(memory) if each.id == broken.id), None)
    if since is None or mailboxes.kept(memory) is None:
        return
    for person in people.everyone(memory):
        if Role.ADMIN in person.roles and not outbox.letter_since(memory, person.id, Letter.ORGANISER, since):
            outbox.write_letter(memory, person.id, Letter.ORGANISER, now, now)
