"""Which of the guests of the organiser's event are the two that it is for, whatever name they are on it by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mentoring.people import Person
from mentoring.ports import EventSeen, GuestSeen, KeyOf
from mentoring.proposals import Partstat, Party
from store.keyring import EVENT_GUESTS
from store.organiser_events import Event, Heard
from workflows.bootstrap import Parts


@dataclass(frozen=True)
class Guests:
    """found: those of the two that are on it. taken_off: who was, and is no more. others: everybody else.

    unclear: who was, and may be one of several others by now.
    """

    found: Mapping[Party, GuestSeen]
    taken_off: frozenset[Party]
    unclear: frozenset[Party]
    others: tuple[GuestSeen, ...]

    @property
    def clear(self) -> bool:
        """Whether everybody was found who was on it."""
        return not self.taken_off and not self.unclear


def hashed(parts: Parts, organisation_id: int) -> KeyOf:
    """What is kept of the address of somebody who is neither of the two."""
    return parts.database.keyring.key_of(organisation_id, EVENT_GUESTS)


def as_noted(
    parts: Parts, organisation_id: int, event: Event, people: Mapping[Party, Person], seen: EventSeen
) -> Guests:
    """By what was noted when it was last looked at."""
    key = hashed(parts, organisation_id)
    return told_apart(seen, people, event.heard, lambda address: key(address) in event.strangers)


def told_apart(
    seen: EventSeen, people: Mapping[Party, Person], expected: Mapping[Party, Heard], is_old: Callable[[str], bool]
) -> Guests:
    """expected: who must be on it, and by which address. is_old: whether that other one was on it beside them.

    A provider may know a guest by another address than the one that was invited: somebody new who came in the place of
    one of the two is taken for them, unless their answer is gone.
    """
    found = {party: guest for party in Party if (guest := _by_address(seen, people[party], expected.get(party)))}
    others = [each for each in seen.guests if each not in found.values()]
    new = [each for each in others if not is_old(each.address)]
    missing = {
        party: [each for each in new if _may_be(heard, each)] for party, heard in expected.items() if party not in found
    }
    in_place = [(party, each) for party, candidates in missing.items() for each in candidates]
    if len(in_place) == 1:
        ((party, guest),) = in_place
        found[party] = guest
        others.remove(guest)
    taken_off = frozenset(party for party, candidates in missing.items() if not candidates)
    return Guests(found, taken_off, frozenset(missing) - taken_off - found.keys(), tuple(others))


def _by_address(seen: EventSeen, person: Person, heard: Heard | None) -> GuestSeen | None:
    """By the one that was invited, and else by theirs of today."""
    addresses = [heard.address, person.email] if heard else [person.email]
    by_address = {each.address: each for each in seen.guests}
    return next((by_address[each] for each in addresses if each in by_address), None)


def _may_be(heard: Heard, guest: GuestSeen) -> bool:
    return heard.partstat is Partstat.NEEDS_ACTION or guest.partstat is not Partstat.NEEDS_ACTION
