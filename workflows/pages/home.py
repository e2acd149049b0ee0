"""The first page: what is suggested, what is upcoming, what waits, how to get started, and why there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.people import Person, Role
from mentoring.proposals import Party, Proposal, State
from store import calendars, copies, organisations, people, policies, proposals
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.pages.absences import absences
from workflows.pages.starting import starts
from workflows.pages.suggestions import view
from workflows.views import Absence, HomePage, Mend, Start, Step, SuggestionView, Who

SAID_BY = {Mend.TAKING_PART: Step.TAKING_PART, Mend.CALENDARS: Step.CALENDAR, Mend.CHALLENGES: Step.NOTE}


def home(parts: Parts, who: Who) -> HomePage:
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        views = _views(memory, person, proposals.ahead_of(memory, person.id, now), now)
        mine_to_come = views["open"] or any(each.mine_as is Party.MENTEE for each in views["upcoming"])
        organisation, policy = organisations.get(memory), policies.current(memory)
        begun = starts(memory, person)
        return HomePage(
            zone=person.limits.zone,
            open=views["open"],
            asked_of_me=views["asked_of_me"],
            upcoming=views["upcoming"],
            absences=() if mine_to_come else _not_said_yet(absences(memory, person, policy, now), begun),
            next_round_at=_next_round_for(person, now, organisation.zone, policy.round_hour),
            starts=begun,
        )


def _not_said_yet(found: Sequence[Absence], begun: Sequence[Start]) -> tuple[Absence, ...]:
    """Without what a step of getting started says already."""
    missing = {each.step for each in begun if not each.done}
    return tuple(each for each in found if SAID_BY.get(each.mend) not in missing)


def _views(
    memory: Memory, person: Person, mine: Sequence[Proposal], now: datetime
) -> dict[str, tuple[SuggestionView, ...]]:
    """By start. Each person and calendar that is named is looked up once, for all of them together."""
    others = people.those(memory, (each.person_id(each.party(person.id).other) for each in mine))
    homes = {each.id: each.name for each in calendars.calendars(memory, person.id)}
    held = {each.proposal_id: homes.get(each.calendar_id, "") for each in copies.of_person(memory, person.id)}
    chosen: dict[str, list[SuggestionView]] = {"open": [], "asked_of_me": [], "upcoming": []}
    for proposal in mine:
        party = proposal.party(person.id)
        other = others[proposal.person_id(party.other)]
        chosen[_place(proposal, party)].append(view(proposal, party, person, other, now, held.get(proposal.id, "")))
    return {place: tuple(views) for place, views in chosen.items()}


def _place(proposal: Proposal, party: Party) -> str:
    if proposal.state is State.CONFIRMED:
        return "upcoming"
    return "open" if party is Party.MENTEE else "asked_of_me"


def _next_round_for(person: Person, now: datetime, zone: str, hour: int) -> datetime | None:
    return next_round(now, zone, hour) if person.opted_in(Role.MENTEE) else None


def next_round(now: datetime, zone: str, hour: int) -> datetime:
    """When the organisation's next daily round is due."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)
