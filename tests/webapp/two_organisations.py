"""Two organisations in one database, each full of things, with a word of its own planted in each of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from mentoring.availability import BusyEvent, Reading
from mentoring.doors import Granted
from mentoring.intervals import Interval
from mentoring.mail import Cursor, Inbox, Mailbox, SetAside
from mentoring.needs import Challenge, Need, Theme, ThemeWish, WishKind
from mentoring.openings import Pair
from mentoring.outbox import Act
from mentoring.people import Expertise, Person, Role
from mentoring.policy import Sending
from mentoring.ports import Account, FoundCalendar
from mentoring.proposals import Answer, Partstat, Party, Proposal, Reason, State
from store import (
    api_keys,
    audit,
    calendars,
    challenges,
    copies,
    drafts,
    groups,
    identities,
    inboxes,
    links,
    mailboxes,
    organisations,
    organisers,
    outbox,
    people,
    policies,
    proposals,
    replies,
    rounds,
    settled,
    themes,
    trials,
    wishes,
)
from store.memory import Memory
from tests.workflows.house import House, a_house, a_person
from workflows import bearers, drafting, regrouping, signing_in

NORTH, SOUTH = "Nord", "Sued"
NOWHERE = "http://127.0.0.1:9/"
"""A private address that is not allowed, so that nothing is connected to."""

DAY = timedelta(days=1)


class Seat(StrEnum):
    """Whoever may ask. All but the last two are of the first organisation; the owner is whose things are asked for."""

    STRANGER = "not signed in"
    MEMBER = "a colleague"
    OTHER = "the other of the two"
    WAITING = "a mentor who has not been asked yet"
    OWNER = "the owner"
    ADMIN = "an admin"
    ELSEWHERE = "an admin of another organisation"


NAMES = {
    Seat.OWNER: "Quendel",
    Seat.OTHER: "Ysop",
    Seat.WAITING: "Liebstock",
    Seat.MEMBER: "Dost",
    Seat.ADMIN: "Bertram",
}
NOTE, OTHERS_NOTE, THEME = "Kornelkirsche", "Mispel", "Hagebutte"
TOPICS = {
    State.MET: "Schlehe",
    State.CONFIRMED: "Sanddorn",
    State.ASKED_MENTEE: "Berberitze",
    State.RESERVED: "Felsenbirne",
}
EXPERTISE, PLACE, MAILBOX = "Vogelbeere", "Speierling", "elsbeere"

NOTES = (NOTE, OTHERS_NOTE, THEME, *TOPICS.values())
EVERY_WORD = (*NAMES.values(), *NOTES, EXPERTISE, PLACE, MAILBOX)


@dataclass(frozen=True)
class Things:
    """What there is to be asked for in one organisation, by name: ids, tokens, and all that a form may say of them."""

    organisation_id: int
    people: dict[Seat, Person]
    ids: dict[str, int | str]


@dataclass(frozen=True)
class World:
    """Both, and the database as it was when they had been made."""

    house: House
    north: Things
    south: Things
    file: Path
    pristine: Path

    def person(self, seat: Seat) -> Person | None:
        if seat is Seat.STRANGER:
            return None
        return self.south.people[Seat.ADMIN] if seat is Seat.ELSEWHERE else self.north.people[seat]

    def rows(self, organisation_id: int | None = None) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, or those of one organisation."""
        with closing(sqlite3.connect(self.file)) as opened:
            tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            names = [row[0] for row in opened.execute(tables)]
            return {name: _rows(opened, name, organisation_id) for name in names}

    def keep(self) -> None:
        _copied(self.file, self.pristine)

    def again(self) -> None:
        """As it was, whatever has been done since."""
        _copied(self.pristine, self.file)
        self.house.nudges.clear()


def _rows(opened: sqlite3.Connection, name: str, organisation_id: int | None) -> list[tuple[object, ...]]:
    rows = opened.execute(f'SELECT * FROM "{name}"')
    if organisation_id is None:
        return rows.fetchall()
    columns = [each[0] for each in rows.description]
    owner = "id" if name == "organisations" else "organisation_id"
    return [row for row in rows if owner in columns and row[columns.index(owner)] == organisation_id]


def _copied(one: Path, other: Path) -> None:
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)


def two_organisations(folder: Path) -> World:
    house = a_house(folder)
    at_google = replace(house.parts.settings, google_client_id="interlude", google_client_secret="a secret")
    house.parts = replace(house.parts, settings=at_google)
    with house.parts.database.writing_all() as memory:
        south_id = organisations.add(memory, f"Hafen{SOUTH}", "Europe/Berlin").id
    south_house = House(house.parts, house.clock, south_id, house.nudges)
    made = World(
        house, _filled(house, NORTH), _filled(south_house, SOUTH), folder / "interlude.db", folder / "pristine.db"
    )
    made.keep()
    return made


def _filled(house: House, where: str) -> Things:
    with house.parts.database.writing(house.organisation_id) as memory:
        if where == NORTH:
            # So that each of the two has versions of rules that the other has not.
            policies.publish(memory, replace(policies.current(memory), horizon_days=7))
        policies.publish(memory, replace(policies.current(memory), horizon_days=14, sending=Sending.REVIEW))
        everybody = {seat: people.add(memory, _person(seat, where)) for seat in NAMES}
        owner = everybody[Seat.OWNER]
        newcomer = people.add(
            memory, replace(_person(Seat.MEMBER, where), email=f"new{where}@example.org", roles=frozenset())
        )
        theme_id, settled_id, note_id = _written(house, memory, everybody, where)
        made = {state: proposals.add(memory, each) for state, each in _proposed(house, everybody, theme_id, where)}
        things: dict[str, int | str] = {
            **{state.value: each.id for state, each in made.items()},
            "shown": f"{made[State.RESERVED].id}.{made[State.RESERVED].version}",
            "theme": theme_id,
            "note": note_id,
            "said": regrouping.key_of(_put_right(house, memory, owner, note_id)),
            **_connected(house, memory, owner, made[State.CONFIRMED], where),
            **_told(house, memory, everybody, made[State.CONFIRMED], where),
            "round": _round(house, memory, everybody),
            "expertise": people.get(memory, owner.id).expertise[0].id,
            "never": everybody[Seat.MEMBER].id,
            "key": api_keys.create(memory, owner.id, "a script", house.clock()).id,
            "settled": settled_id,
            "identity": _known(house, memory, owner, where),
            "newcomer_id": newcomer.id,
            **_tuned(house, memory, everybody),
            "link": links.create(memory, owner.id, signing_in.SIGN_IN, house.clock() + DAY, house.clock()).token,
        }
        audit.note(memory, f"{NAMES[Seat.ADMIN]}{where}", "looked", f"{NAMES[Seat.OWNER]}{where}", house.clock())
    things |= {f"{seat.name.lower()}_id": each.id for seat, each in everybody.items()}
    stop = bearers.stop_url(house.parts, owner).rpartition("/")[2]
    answer = bearers.answer_url(house.parts, made[State.CONFIRMED], Party.MENTEE).rpartition("/")[2]
    after = bearers.review_url(house.parts, made[State.MET], Party.MENTEE).rpartition("/")[2]
    lately = bearers.survey_url(house.parts, owner, house.clock()).rpartition("/")[2]
    things |= {
        "after": after,
        "forged after": _with(after, 2, Party.MENTOR),
        "lately": lately,
        "forged lately": _with(lately, 1, everybody[Seat.OTHER].id),
        "stop": stop,
        "answer": answer,
        "forged stop": _with(stop, 1, everybody[Seat.OTHER].id),
        "forged answer": _with(answer, 2, Party.MENTOR),
        "forged proposal": _with(answer, 1, made[State.ASKED_MENTEE].id),
    }
    return Things(house.organisation_id, everybody, things)


def _with(token: str, place: int, other: object) -> str:
    """The token with another one's number in that place, and the proof that it had."""
    parts = token.split(".")
    return ".".join([*parts[:place], str(other), *parts[place + 1 :]])


def _person(seat: Seat, where: str) -> Person:
    name = f"{NAMES[seat]}{where}"
    roles = frozenset({Role.MENTEE, Role.MENTOR} | ({Role.ADMIN} if seat is Seat.ADMIN else set()))
    return a_person(
        f"{name} Ahorn",
        email=f"{name.lower()}@example.org",
        roles=roles,
        expertise=(Expertise(f"{EXPERTISE}{where} {name}"),),
    )


def _written(house: House, memory: Memory, everybody: dict[Seat, Person], where: str) -> tuple[int, int, int]:
    """The owner wrote on three days about the one theme, and once about another, which is no longer hard; the other of
    the two on one about something else. Returns the themes' ids and a note's."""
    owner, other, now = everybody[Seat.OWNER], everybody[Seat.OTHER], house.clock()
    people.save(memory, replace(people.get(memory, owner.id), never_with=frozenset({everybody[Seat.MEMBER].id})))
    notes = [
        challenges.add(memory, Challenge(0, owner.id, f"{NOTE}{where} number {day}", now - day * DAY)).id
        for day in (2, 5, 9)
    ]
    challenges.add(memory, Challenge(0, other.id, f"{OTHERS_NOTE}{where}", now - DAY))
    label, another = f"{THEME}{where}", challenges.add(memory, Challenge(0, owner.id, f"{NOTE}{where}", now - DAY)).id
    found = [Theme(0, label, tuple(notes)), Theme(1, f"{label} too", (another,))]
    need = Need(owner.id, 0, label, tuple(notes), 3, now - 2 * DAY, 0.8)
    kept = themes.replace(memory, found, [need], now)
    settled.add(memory, owner.id, kept[1], now)
    return kept[0], kept[1], notes[0]


def _put_right(house: House, memory: Memory, owner: Person, note_id: int) -> datetime:
    named = ThemeWish(owner.id, note_id, WishKind.NAMED, house.clock(), name="a name")
    return wishes.add(memory, owner.id, [named], house.clock())


def _proposed(house: House, everybody: dict[Seat, Person], theme_id: int, where: str) -> list[tuple[State, Proposal]]:
    """Met, and confirmed, with the other; asked of the owner, with one who is not asked yet; reserved, nobody asked."""
    owner, now, yes = everybody[Seat.OWNER], house.clock(), Answer(Partstat.ACCEPTED, house.clock())
    both: dict[str, Any] = {"mentee_answer": yes, "mentor_answer": yes, "mentor_asked_at": now}
    plans: dict[State, tuple[int, Seat, dict[str, Any]]] = {
        State.MET: (-3, Seat.OTHER, both),
        State.CONFIRMED: (3, Seat.OTHER, both),
        State.ASKED_MENTEE: (4, Seat.WAITING, {}),
        State.RESERVED: (5, Seat.OTHER, {}),
    }
    found = []
    for state, (days, mentor, more) in plans.items():
        asked = None if state is State.RESERVED else now
        one = Proposal(
            id=0,
            organisation_id=0,
            uid=f"{state}{where}@interlude.test",
            pair=Pair(owner.id, everybody[mentor].id),
            theme_id=theme_id,
            topic=f"{TOPICS[state]}{where}",
            interval=Interval.lasting(now + days * DAY - timedelta(hours=2), 20),
            reasons=(Reason("topic", "recurs", f"You wrote about {THEME}{where} on 3 days."),),
            state=state,
            created_at=now,
            mentee_asked_at=asked,
            expires_at=now + 2 * DAY,
        )
        found.append((state, replace(one, **more)))
    return found


def _connected(house: House, memory: Memory, owner: Person, made: Proposal, where: str) -> dict[str, int | str]:
    now, account = house.clock(), Account("caldav", NOWHERE, f"{PLACE}{where}", "a secret")
    connection = calendars.connect(
        memory, owner.id, account, [FoundCalendar("/desk/", f"{PLACE}{where}", "Europe/Berlin", writable=True)], now
    )
    (work,) = calendars.calendars(memory, owner.id)
    busy = BusyEvent(Interval.lasting(now + 2 * DAY, 60), key="busy")
    calendars.save_reading(memory, work.id, Reading((busy,), Interval(now - DAY, now + 30 * DAY), "cursor"), now, now)
    calendars.choose(memory, connection.id, [work.id], work.id)
    copies.save(memory, copies.Copy(made.id, owner.id, work.id, "/desk/1.ics", "etag", 0, Partstat.ACCEPTED))
    return {"connection": connection.id, "calendar": work.id}


def _told(
    house: House, memory: Memory, everybody: dict[Seat, Person], made: Proposal, where: str
) -> dict[str, int | str]:
    """A mailbox with its inbox, a message that was given up, and a mail that was no answer."""
    now, other = house.clock(), everybody[Seat.OTHER]
    address = f"interlude@{MAILBOX}{where.lower()}.example"
    mailboxes.save(memory, Mailbox("Interlude", address, "127.0.0.1", 25, secret="a secret"), now)
    inboxes.save(memory, Inbox("127.0.0.1", 993, username="interlude", secret="a secret"), Cursor(1, 1), now)
    message_id = outbox.write(memory, made.id, other.id, Act.UPDATE, 0, now, now)
    message = outbox.lease(memory, message_id, now, 60)
    assert message
    outbox.give_up(memory, message, "this calendar can only be read")
    replies.set_aside(memory, f"a trace {where}", SetAside.AUTOMATIC, now, person_id=other.id)
    return {"message": message_id, "organiser": _organiser(memory, where, now)}


def _organiser(memory: Memory, where: str, now: datetime) -> int:
    """An account that invited, and one that does."""
    for subject in ("1", "2"):
        granted = Granted(f"{subject}{where}", f"{subject}@{MAILBOX}{where.lower()}.example", secret="{}")
        organisers.save(memory, "google", granted, f"{MAILBOX}{where} {subject}", now)
    return organisers.all(memory)[-1].id


def _known(house: House, memory: Memory, owner: Person, where: str) -> int:
    """By an account at Google."""
    identities.keep(memory, owner.id, "google", f"an account {where}", house.clock())
    return identities.of_person(memory, owner.id)[0].id


def _tuned(house: House, memory: Memory, everybody: dict[Seat, Person]) -> dict[str, int | str]:
    """A group with one in it, a draft of the rules, and a trial of it."""
    in_force = policies.current(memory)
    groups.put(memory, "Newcomers", [everybody[Seat.OTHER].id])
    draft = drafts.save(memory, replace(in_force, round_hour=9), in_force.version, 0, "somebody", house.clock())
    kind = trials.Kind.PREVIEW
    return {
        "version": 3,
        "in_force": in_force.version,
        "rules": drafting.sealed(draft.policy),
        "other_rules": drafting.sealed(replace(draft.policy, round_hour=11)),
        "group": groups.ids(memory)["Newcomers"],
        "trial": trials.ask(memory, kind, draft.policy, in_force.version, "somebody", house.clock()),
    }


def _round(house: House, memory: Memory, everybody: dict[Seat, Person]) -> int:
    now, owner, other = house.clock(), everybody[Seat.OWNER], everybody[Seat.OTHER]
    round_id = rounds.start(memory, 1, now)
    row = {"suitability": 0.5, "score": 0.25, "points": {"suits": 0.5}, "in_the_way": [], "openings": [], "theme_id": 1}
    record = {
        "counted": {"taking_part": 5, "needs": 1, "pairs": 1},
        "candidates": [{"mentee_id": owner.id, "mentor_id": other.id, **row}],
        "in_the_way": {"no_opening": 1},
        "absences": {str(owner.id): [{"rule": "no_opening", "words": "No time suits both."}]},
    }
    rounds.finish(memory, round_id, record, now)
    return round_id
