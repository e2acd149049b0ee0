"""What an admin does about people: their details, who is an admin, asking them to join, deleting them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from mentoring.errors import BadInput, ChangedMeanwhile, Problem, Refused
from mentoring.outbox import Letter
from mentoring.people import Person, Role, Seniority
from store import audit, directory, mailboxes, outbox, people
from store.memory import Memory
from workflows import signing_in
from workflows.bootstrap import Parts
from workflows.leaving import leave
from workflows.steering import admin
from workflows.views import Who

LONGEST = 500
FIRST_NUDGED = 100
"""So many letters are handed to workers at once; the sweep takes the others in turn."""

NO_MAILBOX = "nobody can be invited by mail before Interlude has a mailbox; set it up under Mail"


@dataclass(frozen=True)
class Details:
    """What an admin may say of somebody. manager_id: None for nobody."""

    name: str
    department: str = ""
    title: str = ""
    seniority: Seniority = Seniority.MIDDLE
    manager_id: int | None = None


def change(parts: Parts, who: Who, person_id: int, details: Details) -> None:
    """Raises BadInput naming each field that is wrong, Missing for nobody."""
    with parts.database.writing(who.organisation_id) as memory:
        author = admin(memory, who)
        people.hold(memory, [person_id])
        before = people.get(memory, person_id)
        problems = [*_wrong_texts(details), *_wrong_manager(memory, person_id, details.manager_id)]
        if problems:
            raise BadInput(*problems)
        after = replace(before, **vars(details))
        changed = [name.removesuffix("_id") for name in vars(details) if getattr(before, name) != getattr(after, name)]
        if changed:
            people.save(memory, after)
            audit.note(memory, author.name, f"changed {', '.join(changed)}", after.name, parts.clock())


def _wrong_texts(details: Details) -> Iterable[Problem]:
    if not details.name:
        yield Problem("name", "it is missing")
    for field in ("name", "department", "title"):
        text = getattr(details, field)
        if len(text) > LONGEST:
            yield Problem(field, f"it is over {LONGEST} characters; please shorten it")
        elif not text.isprintable():
            yield Problem(field, "it holds a character that is not text")


def _wrong_manager(memory: Memory, person_id: int, manager_id: int | None) -> Iterable[Problem]:
    if manager_id is None:
        return
    manager_of = {each.id: each.manager_id for each in directory.everyone(memory)}
    if manager_id == person_id:
        yield Problem("manager_id", "nobody is their own manager")
    elif manager_id not in manager_of:
        yield Problem("manager_id", "choose somebody of the list")
    elif person_id in _chain(manager_id, manager_of):
        yield Problem("manager_id", "that person reports to them already, directly or through others")


def _chain(person_id: int, manager_of: Mapping[int, int | None]) -> set[int]:
    """The person and all whom they report to, also where the data goes round in a circle."""
    found: set[int] = set()
    above: int | None = person_id
    while above is not None and above not in found:
        found.add(above)
        above = manager_of.get(above)
    return found


def set_admin(parts: Parts, who: Who, person_id: int, is_admin: bool) -> None:
    """Makes somebody an admin, or takes it from them: never from oneself, so that one always stays.

    Raises Refused for oneself, Missing for nobody.
    """
    with parts.database.writing(who.organisation_id) as memory:
        # Two who take it from each other at once would leave nobody: the second waits here, and is no admin any more.
        people.hold(memory, [who.person_id, person_id])
        author, person = admin(memory, who), people.get(memory, person_id)
        if not is_admin and person.id == author.id:
            raise Refused(_why_not_oneself(memory))
        roles = person.roles | {Role.ADMIN} if is_admin else person.roles - {Role.ADMIN}
        if roles != person.roles:
            people.set_roles(memory, person.id, roles)
            if is_admin:
                # A link that lay about for days must not let anybody in as an admin.
                signing_in.shut_out(memory, person.id, parts.clock())
            what = "made an admin" if is_admin else "took the admin role from"
            audit.note(memory, author.name, what, person.name, parts.clock())


def _why_not_oneself(memory: Memory) -> str:
    if sum(Role.ADMIN in each.roles for each in directory.everyone(memory)) == 1:
        return "you are the only admin; make somebody else one first"
    return "you cannot take the admin role from yourself; another admin can"


def sign_out_everywhere(parts: Parts, who: Who, person_id: int) -> None:
    """Every session of theirs ends, and no link or account from before lets anybody in. Raises Missing for nobody."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        author, person = admin(memory, who), people.get(memory, person_id)
        people.note(memory, person.id, signed_out_at=now)
        signing_in.shut_out(memory, person.id, parts.clock())
        audit.note(memory, author.name, "signed out everywhere", person.name, now)


def forget(parts: Parts, who: Who, person_id: int, typed_address: str) -> int:
    """Deletes everything about somebody, as if they did it themselves. typed_address: theirs, to make sure.

    Returns how many messages about it still have to leave first, 0 when all is gone. Raises BadInput for another
    address, Refused for oneself, Missing for nobody.
    """
    with parts.database.writing(who.organisation_id) as memory:
        author, person = admin(memory, who), people.get(memory, person_id)
        if person.id == author.id:
            raise Refused("an admin deletes themselves on their own page")
        if typed_address.strip().lower() != person.email:
            raise BadInput.of("address", f"type {person.email} to delete everything about {person.first_name}")
        # The name goes from the log with the person.
        audit.note(memory, author.name, "deleted everything about", person.name, parts.clock())
    return leave(parts, Who(who.organisation_id, person_id), person.email)


def invite(parts: Parts, who: Who, person_ids: Collection[int]) -> int:
    """Asks those of them to join whom nobody has asked yet, and who have not come by themselves. Returns how many.

    Each gets one letter, ever. Raises Refused while there is no mailbox, Missing for nobody.
    """
    with parts.database.writing(who.organisation_id) as memory:
        author = admin(memory, who)
        people.hold(memory, person_ids)
        for each in person_ids:
            people.get(memory, each)
        chosen = [each for each in to_invite(directory.everyone(memory), who) if each.id in set(person_ids)]
        written = _invited(parts, memory, author, chosen)
    _nudge(parts, who, written)
    return len(written)


def to_invite(everybody: Iterable[directory.Line], who: Who) -> list[directory.Line]:
    """Those whom nobody has asked to join yet; not the admin who asks, who is here."""
    return [each for each in everybody if each.to_invite and each.id != who.person_id]


def invite_everybody(parts: Parts, who: Who, expected: int) -> int:
    """The same for all whom nobody has asked yet. Raises ChangedMeanwhile where they are not as many as expected."""
    with parts.database.writing(who.organisation_id) as memory:
        author = admin(memory, who)
        everybody = directory.everyone(memory)
        people.hold(memory, (each.id for each in everybody))
        chosen = to_invite(directory.everyone(memory), who)
        if len(chosen) != expected:
            raise ChangedMeanwhile("others have come or been invited meanwhile")
        written = _invited(parts, memory, author, chosen)
    _nudge(parts, who, written)
    return len(written)


def _invited(parts: Parts, memory: Memory, author: Person, chosen: Collection[directory.Line]) -> list[int]:
    """The letters, each with the moment by which nobody is asked twice."""
    if mailboxes.kept(memory) is None:
        raise Refused(NO_MAILBOX)
    now, written = parts.clock(), []
    for each in chosen:
        people.note(memory, each.id, invited_at=now)
        written.append(outbox.write_letter(memory, each.id, Letter.WELCOME, now, now))
    if len(chosen) == 1:
        audit.note(memory, author.name, "invited to join", next(iter(chosen)).name, now)
    elif chosen:
        audit.note(memory, author.name, "invited to join", f"{len(chosen)} people", now)
    return written


def _nudge(parts: Parts, who: Who, message_ids: Iterable[int]) -> None:
    for message_id in list(message_ids)[:FIRST_NUDGED]:
        parts.nudge("deliver", who.organisation_id, message_id)
