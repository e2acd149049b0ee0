"""Taking part, pausing, stopping and starting again: what each person decides for themselves.

`pause`, `back`, `stop` and `resume` may be asked for without signing in, by a link in a mail, and twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mentoring.errors import BadInput, Missing
from mentoring.hours import local, zone
from mentoring.people import Person, Role
from mentoring.proposals import Proposal
from store import links, people
from workflows import signing_in
from workflows.bootstrap import Parts
from workflows.taking_back import take_back
from workflows.views import Who

LONGEST_PAUSE_DAYS = 366


def take_part(parts: Parts, who: Who, mentee: bool, mentor: bool) -> int:
    """Opts in to these roles and out of the others. Returns how many open proposals were taken back for that."""
    wanted = {role for role, wants in ((Role.MENTEE, mentee), (Role.MENTOR, mentor)) if wants}
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        before = people.get(memory, who.person_id).roles
        people.set_roles(memory, who.person_id, wanted | (before & {Role.ADMIN}))

    def left(proposal: Proposal) -> bool:
        return Role(proposal.party(who.person_id)) not in wanted

    return take_back(parts, who.organisation_id, who.person_id, left)


def stop(parts: Parts, organisation_id: int, person_id: int) -> int:
    """Nothing is proposed to them any more, until they start again, and no link that they were sent before lets anybody
    in. Returns how many open proposals were taken back."""
    with parts.database.writing(organisation_id) as memory:
        people.get(memory, person_id)
        people.stop(memory, person_id)
        links.void(memory, person_id)
    return take_back(parts, organisation_id, person_id)


def resume(parts: Parts, organisation_id: int, person_id: int) -> None:
    """As it was before they stopped: roles and limits are what they were. Raises Missing for who is being deleted."""
    with parts.database.writing(organisation_id) as memory:
        people.hold(memory, [person_id])
        if people.get(memory, person_id).leaving_at is not None:
            raise Missing(person_id)
        people.resume(memory, person_id)


def pause(parts: Parts, organisation_id: int, person_id: int, until: date) -> int:
    """Nothing is proposed before that day begins in their zone. Returns how many open proposals were taken back.

    Raises BadInput for a day that has begun, or lies more than a year ahead.
    """
    with parts.database.writing(organisation_id) as memory:
        people.hold(memory, [person_id])
        person = people.get(memory, person_id)
        _check(until, today(parts, person))
        begins = local(until, 0, zone(person.limits.zone))
        people.save(memory, replace(person, limits=replace(person.limits, paused_until=begins)))
    return take_back(parts, organisation_id, person_id)


def _check(until: date, today: date) -> None:
    if until <= today:
        raise BadInput.of("until", "choose a day after today")
    if until > today + timedelta(days=LONGEST_PAUSE_DAYS):
        raise BadInput.of("until", "choose a day within a year; to stop for longer, stop everything instead")


def pause_for(parts: Parts, organisation_id: int, person_id: int, weeks: int) -> int:
    """The same from today for so many weeks."""
    with parts.database.reading(organisation_id) as memory:
        person = people.get(memory, person_id)
    return pause(parts, organisation_id, person_id, today(parts, person) + timedelta(weeks=weeks))


def back(parts: Parts, organisation_id: int, person_id: int) -> None:
    """A pause ends now."""
    with parts.database.writing(organisation_id) as memory:
        people.hold(memory, [person_id])
        person = people.get(memory, person_id)
        people.save(memory, replace(person, limits=replace(person.limits, paused_until=None)))


def sign_out_everywhere(parts: Parts, who: Who) -> None:
    """Every session of theirs that has begun ends, this one included, and no link or account from before lets anybody
    in."""
    with parts.database.writing(who.organisation_id) as memory:
        people.note(memory, who.person_id, signed_out_at=parts.clock())
        signing_in.shut_out(memory, who.person_id, parts.clock())


def today(parts: Parts, person: Person) -> date:
    """The date on their own clock."""
    return parts.clock().astimezone(ZoneInfo(person.limits.zone)).date()
