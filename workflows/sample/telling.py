"""What happened in the demo, and where to look: plain lines, for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from mentoring.availability import Unknown
from mentoring.intervals import Interval
from mentoring.people import Person, Role
from mentoring.proposals import Partstat, Party, Proposal, State
from store import people, policies, proposals
from workflows.asking import whose_turn
from workflows.bootstrap import Parts
from workflows.days_off import working_time
from workflows.knowing import time_of
from workflows.sample.answering_apps import Said, waiting_for
from workflows.sample.people import named
from workflows.sample.servers import Servers

SHOWN = 6
"""Pairs under one heading; the page shows all."""

HEADINGS: tuple[tuple[str, State, Party | None], ...] = (
    ("Confirmed, both said yes", State.CONFIRMED, None),
    ("The mentee said yes, and the mentor has been asked", State.ASKED_MENTOR, None),
    ("The mentee has been asked", State.ASKED_MENTEE, None),
    ("The mentee said yes, and the mentor is asked when at work", State.ASKED_MENTEE, Party.MENTOR),
    ("Time is kept for both, and the mentee is asked when at work", State.RESERVED, Party.MENTEE),
    ("Declined, and the time is free again", State.DECLINED, None),
)
"""What became of a proposal: its state, and whom it waits for."""


class Story:
    """The state of the sample, read once, told in parts."""

    def __init__(self, parts: Parts, servers: Servers, organisation_id: int, began_at: datetime) -> None:
        self.parts, self.servers, self.organisation_id = parts, servers, organisation_id
        now = parts.clock()
        with parts.database.reading(organisation_id) as memory:
            self.everyone = {each.id: each for each in people.everyone(memory)}
            self.proposals = proposals.since(memory, began_at)
            policy = policies.current(memory)
            self.time = time_of(memory, tuple(self.everyone.values()), policy, now).availability

    @property
    def confirmed(self) -> list[Proposal]:
        return [each for each in self.proposals if each.state is State.CONFIRMED]

    def what_happened(self, said: list[Said]) -> Iterator[str]:
        """Calendars, answers, and each proposal under what became of it."""
        unknown = [each for each, known in self.time.items() if isinstance(known, Unknown)]
        yield f"The time of {len(self.time) - len(unknown)} people is known."
        for person_id in unknown:
            yield f"  {self.everyone[person_id].name}: {self._why(person_id)}; so nothing is proposed to them."
        for by_mail, where in ((False, "in their calendar apps"), (True, "by mail")):
            mine = [each for each in said if each.by_mail is by_mail]
            yes = sum(each.partstat is Partstat.ACCEPTED for each in mine)
            if mine:
                yield f"{len(mine)} people answered {where}: {yes} yes, {len(mine) - yes} no."
        for heading, state, turn in HEADINGS:
            inside = [each for each in self.proposals if each.state is state and whose_turn(each) is turn]
            if inside:
                yield f"{heading}:"
            yield from (f"  {self._pair(each)}, {self._when(each)}" for each in inside[:SHOWN])
            if len(inside) > SHOWN:
                yield f"  and {len(inside) - SHOWN} more"

    def where_to_look(self) -> Iterator[str]:
        """The page, whom to sign in as, what to give a calendar app, and where the mails are."""
        yield f"Open {self.parts.settings.base_url} and sign in as"
        for role, person in self._to_sign_in_as():
            yield f"  {person.name} ({role})"
        holder = self._with_calendar()
        if holder:
            owner = named(holder.name)
            yield "Or see and answer the invites in a calendar app, by CalDAV:"
            yield f"  address {self.servers.caldav_url}  user {owner.user}  password {self.servers.password(owner)}"
        yield "Or read everybody's mails, and answer them as a mail program does:"
        yield f"  {self.parts.settings.base_url}/demo/mails{self._asked_by_mail()}"

    def _asked_by_mail(self) -> str:
        """Whose invite still waits there."""
        waiting = [
            self.everyone[each.proposal.person_id(party)].name
            for party in Party
            for each in waiting_for(self.parts, self.organisation_id, party)
            if each.by_mail
        ]
        return f" ({waiting[0]} has not answered yet)" if waiting else ""

    def _to_sign_in_as(self) -> Iterator[tuple[str, Person]]:
        """Another person for each role, where there is one."""
        shown = [each for each in self.everyone.values() if Role.ADMIN in each.roles][:1]
        yield from (("an admin", each) for each in shown)
        for state, party, role in (
            (State.ASKED_MENTEE, Party.MENTEE, "a mentee with an open suggestion"),
            (State.ASKED_MENTOR, Party.MENTOR, "a mentor being asked"),
            (State.CONFIRMED, Party.MENTEE, "a mentee with a confirmed meeting"),
        ):
            holding = self._holding(state, party)
            found = next((each for each in holding if each not in shown), next(iter(holding), None))
            if found:
                shown.append(found)
                yield role, found
        for person_id, known in self.time.items():
            if isinstance(known, Unknown):
                yield "whose calendar cannot be read", self.everyone[person_id]

    def _holding(self, state: State, party: Party) -> list[Person]:
        """Those who hold an open invite in that state, or a confirmed meeting."""
        return [
            self.everyone[each.person_id(party)]
            for each in self.proposals
            if each.state is state and (state is State.CONFIRMED or not each.answer(party).given)
        ]

    def _with_calendar(self) -> Person | None:
        """Whose calendar shows most: an open invite, else a confirmed meeting, else anybody's."""
        wanted = (
            (State.ASKED_MENTOR, Party.MENTOR),
            (State.ASKED_MENTEE, Party.MENTEE),
            (State.CONFIRMED, Party.MENTEE),
            (State.CONFIRMED, Party.MENTOR),
        )
        found = [person for state, party in wanted for person in self._holding(state, party)]
        return next((each for each in [*found, *self.everyone.values()] if named(each.name).via == "caldav"), None)

    def _why(self, person_id: int) -> str:
        known = self.time[person_id]
        return known.why if isinstance(known, Unknown) else ""

    def _pair(self, proposal: Proposal) -> str:
        mentee, mentor = (self.everyone[proposal.person_id(party)] for party in Party)
        turn = whose_turn(proposal)
        waits = ""
        if turn is not None:
            person = self.everyone[proposal.person_id(turn)]
            opens = working_time(person.limits, self.parts.clock()).next_open(self.parts.clock())
            waits = f" ({person.first_name} is asked {_at(opens, person)})" if opens else ""
        return f"{mentee.name} with {mentor.name}{waits}"

    def _when(self, proposal: Proposal) -> str:
        return _lasting(proposal.interval, self.everyone[proposal.pair.mentee_id])


def _at(moment: datetime, person: Person) -> str:
    return f"{moment.astimezone(ZoneInfo(person.limits.zone)):%A %H:%M} in {_place(person)}"


def _lasting(interval: Interval, person: Person) -> str:
    start, end = (each.astimezone(ZoneInfo(person.limits.zone)) for each in (interval.start, interval.end))
    return f"{start:%A} {start.day} {start:%B, %H:%M}–{end:%H:%M} in {_place(person)}"


def _place(person: Person) -> str:
    return person.limits.zone.rpartition("/")[2].replace("_", " ")
