"""The first page: what is suggested, what is upcoming, what waits, and why there is nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.availability import Unknown
from mentoring.people import Person, Role
from mentoring.proposals import Party, Proposal, State
from store import calendars, copies, needs, organisations, people, policies, proposals, rounds
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.knowing import time_of
from workflows.pages.suggestions import view
from workflows.views import Absence, HomePage, Mend, SuggestionView, Who

RECENT = timedelta(days=30)


def home(parts: Parts, who: Who) -> HomePage:
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        mine = [each for each in proposals.of_person(memory, person.id, now - RECENT) if _asked(each, person)]
        views = _views(memory, person, mine, now)
        mine_to_come = views["open"] or any(each.mine_as is Party.MENTEE for each in views["upcoming"])
        absences = () if mine_to_come else _absences(memory, person, now)
        organisation = organisations.get(memory)
        hour = policies.current(memory).round_hour
    return HomePage(
        zone=person.limits.zone,
        open=views["open"],
        asked_of_me=views["asked_of_me"],
        upcoming=views["upcoming"],
        absences=absences,
        next_round_at=next_round(now, organisation.zone, hour) if person.opted_in(Role.MENTEE) else None,
    )


def _asked(proposal: Proposal, person: Person) -> bool:
    return proposal.asked(proposal.party(person.id))


def _views(
    memory: Memory, person: Person, mine: list[Proposal], now: datetime
) -> dict[str, tuple[SuggestionView, ...]]:
    everyone = {each.id: each for each in people.everyone(memory)}
    homes = {each.id: each.name for each in calendars.calendars(memory, person.id)}
    held = {
        each.proposal_id: homes.get(each.calendar_id, "")
        for each in copies.live(memory)
        if each.person_id == person.id and not each.removed
    }
    chosen: dict[str, list[SuggestionView]] = {"open": [], "asked_of_me": [], "upcoming": []}
    for proposal in sorted(mine, key=lambda each: each.interval.start):
        party = proposal.party(person.id)
        place = _place(proposal, party, now)
        if place:
            other = everyone[proposal.person_id(party.other)]
            chosen[place].append(view(proposal, party, person, other, now, held.get(proposal.id, "")))
    return {place: tuple(views) for place, views in chosen.items()}


def _place(proposal: Proposal, party: Party, now: datetime) -> str:
    if proposal.interval.end <= now:
        return ""
    if proposal.state is State.CONFIRMED:
        return "upcoming"
    if proposal.state in (State.ASKED_MENTEE, State.ASKED_MENTOR):
        return "open" if party is Party.MENTEE else "asked_of_me"
    return ""


def _absences(memory: Memory, person: Person, now: datetime) -> tuple[Absence, ...]:
    """Why nothing is suggested: what the person can mend first, then what the last round found."""
    if not person.opted_in(Role.MENTEE):
        return (Absence("opted_in", "You have not opted in to be suggested anything as a mentee."),)
    policy = policies.current(memory)
    found: list[Absence] = []
    paused = person.limits.paused_until
    if paused and paused > now:
        found.append(Absence("paused", f"You have paused until {paused.day} {paused:%B}."))
    known = time_of(memory, (person,), policy, now).availability[person.id]
    if isinstance(known, Unknown):
        where = f"{known.calendar}: " if known.calendar else ""
        found.append(Absence("availability_known", f"Your free time is unknown. {where}{known.why}.", Mend.CALENDARS))
    if not needs.of_person(memory, person.id):
        words = f"Nothing has come up on {policy.recurrence_days} or more different days yet."
        found.append(Absence("recurs", words, Mend.CHALLENGES))
    return tuple(found) or _from_last_round(memory, person)


def _from_last_round(memory: Memory, person: Person) -> tuple[Absence, ...]:
    last = rounds.latest(memory, person.id)
    if last is None:
        return (Absence("round", "The first round of suggestions has not run yet."),)
    told = last.record.get("absences", {}).get(str(person.id), [])
    return tuple(Absence(each["rule"], each["words"]) for each in told[:3])


def next_round(now: datetime, zone: str, hour: int) -> datetime:
    """When the organisation's next daily round is due."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (today if today > local else today + timedelta(days=1)).astimezone(UTC)
