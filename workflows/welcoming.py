"""The first admin of a new installation, and any admin after."""

from __future__ import annotations

from mentoring.errors import BadInput
from mentoring.hours import DayHours, WeeklyHours
from mentoring.hours import zone as known_zone
from mentoring.people import Limits, Person, Role
from store import audit, organisations, people
from workflows import signing_in
from workflows.bootstrap import Parts

FIRST_ORGANISATION = "Our organisation"
FIRST_ADMIN = "admin@localhost"
NINE_TO_FIVE = DayHours(9 * 60, 17 * 60)
LONGEST_ADDRESS = 254
"""https://www.rfc-editor.org/errata/eid1690"""


def first_admin(parts: Parts) -> str:
    """The address by which an admin gets in while no mail is configured; makes the organisation on the first start."""
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    if not known:
        return add_admin(parts, FIRST_ADMIN, "Admin")
    with parts.database.reading(known[0].id) as memory:
        admins = [person for person in people.everyone(memory) if Role.ADMIN in person.roles]
    if not admins:
        return add_admin(parts, FIRST_ADMIN, "Admin")
    return signing_in.link(parts, known[0].id, admins[0].id)


def add_admin(parts: Parts, email: str, name: str, organisation: str = "", zone: str = "UTC") -> str:
    """Makes that person an admin, and the organisation too where there is none; returns a one-time sign-in address.

    Raises BadInput for an address or a zone that is none, or where it is not clear which organisation is meant.
    """
    email, _ = mail_address(email), known_zone(zone)
    name = name.strip() or email.partition("@")[0]
    found = _organisation(parts, organisation, zone)
    with parts.database.writing(found.id) as memory:
        person = people.by_email(memory, email)
        if person is None:
            person = people.add(memory, newcomer(found.id, email, name, zone))
        people.hold(memory, [person.id])
        person = people.get(memory, person.id)
        if Role.ADMIN not in person.roles:
            people.set_roles(memory, person.id, person.roles | {Role.ADMIN})
            signing_in.shut_out(memory, person.id, parts.clock())
            audit.note(memory, "command line", "made an admin", person.email, parts.clock())
    return signing_in.link(parts, found.id, person.id)


def mail_address(text: str) -> str:
    """The address in lower case. Raises BadInput for what is none; whether anybody has it is not known."""
    address = text.strip().lower()
    local, _, domain = address.rpartition("@")
    if not local or not domain or "@" in local or not address.isprintable() or " " in address:
        raise BadInput.of("email", f"{text!r} is not a mail address")
    if len(address) > LONGEST_ADDRESS:
        raise BadInput.of("email", f"it is over {LONGEST_ADDRESS} characters")
    return address


def newcomer(organisation_id: int, email: str, name: str, zone: str) -> Person:
    """Somebody new, with ordinary hours and no role: nobody is proposed before opting in."""
    hours = WeeklyHours.every(zone, [NINE_TO_FIVE])
    return Person(0, organisation_id, mail_address(email), name.strip(), Limits(hours))


def _organisation(parts: Parts, name: str, zone: str) -> organisations.Organisation:
    with parts.database.writing_all() as memory:
        known = organisations.all(memory)
        fitting = [each for each in known if not name or each.name == name]
        if len(fitting) == 1:
            return fitting[0]
        if len(fitting) > 1:
            raise BadInput.of("organisation", f"say which one: {', '.join(each.name for each in known)}")
        return organisations.add(memory, name or FIRST_ORGANISATION, zone)
