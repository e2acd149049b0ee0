"""People with a calendar at Google, at Microsoft, on a CalDAV server or as a feed, invited from any of three places.

What each of them holds is counted where it lies: on the wires, on Radicale, at the post office.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

from integrations import sample_mail_app
from mentoring.doors import Errand, Granted
from mentoring.intervals import Interval
from mentoring.outbox import Message
from mentoring.people import Person, Role
from mentoring.ports import Account, Attendee, EventSeen, EventText
from mentoring.proposals import Partstat, Proposal
from store import calendars, mailboxes, organiser_events, organisers, outbox
from store.organiser_events import Event
from tests.servers import DavServer
from tests.wires.google import GoogleWire, google_wire
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.post import PostOffice, post_office
from tests.wires.web import Asked, Told, web_server
from tests.workflows.house import Clock, House, a_house
from tests.workflows.neighbours import Neighbour, neighbour
from tests.workflows.pairs import THURSDAY
from workflows import accounts, receiving
from workflows.views import Who

KINDS = ("google", "outlook", "caldav", "ics")
ORGANISERS = ("mailbox", "google", "outlook")
HOUSE_ADDRESS = {"mailbox": "interlude@house.example", "google": "team@house.example", "outlook": "desk@house.example"}
NOTHING = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nEND:VCALENDAR\r\n"
GOOGLES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
OUTLOOKS = GOOGLES | {"TENTATIVE": "tentativelyAccepted"}
_numbers = itertools.count(1)


@dataclass
class World:
    """A house, and all that is around it."""

    house: House
    dav: DavServer
    office: PostOffice
    google: GoogleWire
    graph: GraphWire
    feeds: str
    kinds: dict[int, str] = field(default_factory=dict)
    copies: dict[int, Neighbour] = field(default_factory=dict)
    no_mailbox: bool = False

    def invites_from(self, kind: str) -> None:
        """From now on."""
        parts, now = self.house.parts, self.house.clock()
        with parts.database.writing(self.house.organisation_id) as memory:
            if not self.no_mailbox:
                mailboxes.save(memory, self.office.mailbox, now)
            if kind == "mailbox":
                organisers.put_aside(memory, now)
            else:
                organisers.save(memory, kind, self.granted(kind), "The house", now)

    def granted(self, kind: str) -> Granted:
        """What the organisation's account there gives."""
        address = HOUSE_ADDRESS[kind]
        if kind == "google":
            person = self.google.sign_in.people.get(address) or self.google.account(address, "UTC")
            return Granted(person.sub, address, secret=self.google.secret(address, Errand.ORGANISER))
        if address not in self.graph.mailboxes:
            self.graph.account(address, "UTC")
        return Granted(self.graph.subject(address), address, secret=self.graph.secret(address, Errand.ORGANISER))

    def member(self, kind: str, name: str) -> Person:
        """Somebody new whose calendar is read."""
        if kind == "caldav":
            who = neighbour(self.house, self.dav, name)
            self.copies[who.person.id] = who
            person = who.person
        else:
            person = self.house.add(name, email=f"{name.split(maxsplit=1)[0].lower()}{next(_numbers)}@example.org")
            self._connected(kind, person)
        self.kinds[person.id] = kind
        return person

    def _connected(self, kind: str, person: Person) -> None:
        if kind == "ics":
            self.house.connect(person, f"{self.feeds}/{person.id}.ics", provider="ics")
            return
        (self.google if kind == "google" else self.graph).account(person.email)
        self.connected_at(kind, person)

    def connected_at(self, kind: str, person: Person) -> None:
        """They let us in at that provider, also where they did before."""
        wire = self.google if kind == "google" else self.graph
        account = Account(kind, person.email, person.email, wire.secret(person.email), frozenset({person.email}), "UTC")
        found = self.house.parts.provider(kind).discover(account)
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            made = calendars.connect(memory, person.id, account, found, self.house.clock(), person.email)
            mine = [each for each in calendars.calendars(memory, person.id) if each.connection_id == made.id]
            calendars.choose(memory, made.id, [each.id for each in mine], None)
        self.house.parts.nudge("sync_person", self.house.organisation_id, person.id)
        self.house.work()

    def mails(self, who: Person) -> list[str]:
        """The kinds of those that a provider sent them, whatever they were about."""
        google = [each.kind for each in self.google.mails if each.to == who.email]
        return google + [each.kind for each in self.graph.mails if each.to == who.email]

    def withdraw(self, kind: str) -> None:
        """Whoever gave the organiser's permission takes it back."""
        if kind == "google":
            self.google.withdraw(HOUSE_ADDRESS[kind])
        else:
            self.graph.entra.revoke(HOUSE_ADDRESS[kind])

    def requests(self, kind: str) -> int:
        """How often that provider was asked for anything."""
        return len(self.google.server.asked if kind == "google" else self.graph.server.asked)

    def problem(self) -> str:
        """Of the account in force, as admins see it."""
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            kept = organisers.kept(memory)
        assert kept is not None
        return kept.problem

    def admin(self) -> Who:
        return self.house.who(self.house.add("Mia Admin", email="mia@house.example", roles=frozenset({Role.ADMIN})))

    def event(self, proposal_id: int) -> Event | None:
        """The organiser's, as it is noted."""
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return organiser_events.get(memory, proposal_id)


@dataclass
class Holds:
    """What one of them holds: events of that UID in their own calendar, and the invites, updates, and cancellations
    that came by anybody's mail."""

    events: int
    invites: int
    updates: int
    cancels: int


@dataclass
class Meeting:
    """Ann is to be asked first, then Ben, about Thursday ten o'clock, each of some kind."""

    world: World
    organiser: str
    mentee: Person
    mentor: Person
    id: int

    @classmethod
    def of(cls, world: World, organiser: str, mentee: str, mentor: str) -> Meeting:
        world.invites_from(organiser)
        ann, ben = world.member(mentee, "Ann Ash"), world.member(mentor, "Ben Birch")
        made = world.house.reserve(ann, ben, THURSDAY, world.house.theme("query plans", ann))
        return cls(world, organiser, ann, ben, made.id)

    @property
    def house(self) -> House:
        return self.world.house

    @property
    def now(self) -> Proposal:
        return self.house.proposal(self.id)

    @property
    def both(self) -> tuple[Person, Person]:
        return self.mentee, self.mentor

    def has_copy(self, who: Person) -> bool:
        return self.world.kinds[who.id] == "caldav"

    def says(self, who: Person, partstat: Partstat, at: Interval | None = None) -> None:
        """They answer in the way that is theirs, a minute later; all that follows from it is done."""
        self.house.clock.turn(minutes=1)
        self.answers_there(who, partstat, at)
        self.settle()

    def answers_there(self, who: Person, partstat: Partstat, at: Interval | None = None) -> None:
        """The same, and nobody has looked yet."""
        if self.has_copy(who):
            copy = self.world.copies[who.id]
            copy.move(at.start) if at else copy.answer(partstat.value)
        elif self.organiser == "mailbox":
            invite = self.world.office.to(who.email)[-1]
            raw = sample_mail_app.reply(invite.raw, who.email, partstat, self.house.clock(), at).as_bytes()
            receiving.take_in(self.house.parts, raw)
        else:
            self.guest_answers(who.email, partstat, at)

    def guest_answers(self, address: str, partstat: Partstat, at: Interval | None = None) -> None:
        """Whoever is a guest of the organiser's event by that address."""
        if self.organiser == "google":
            self.world.google.answer(address, self.now.uid, GOOGLES[partstat.value])
        else:
            self.world.graph.answer(address, self.now.uid, OUTLOOKS[partstat.value], at)

    def settle(self) -> None:
        """A minute passes, and everything that is due is done."""
        self.house.clock.turn(minutes=1)
        self.house.work()
        self.house.read_answers()
        self.house.sweep()

    def asked_mentee(self) -> Meeting:
        self.house.sweep()
        return self

    def asked_mentor(self) -> Meeting:
        self.asked_mentee().says(self.mentee, Partstat.ACCEPTED)
        return self

    def confirmed(self) -> Meeting:
        self.asked_mentor().says(self.mentor, Partstat.ACCEPTED)
        return self

    def holds(self, who: Person) -> Holds:
        uid, kinds = self.now.uid, self._mails(who)
        copies = self.world.copies[who.id].invites() if self.has_copy(who) else []
        assert {str(each["UID"]) for each in copies} <= {uid}
        events = len(copies) + self._at_their_provider(who)
        return Holds(events, kinds.count("invite"), kinds.count("update"), kinds.count("cancel"))

    def _mails(self, who: Person) -> list[str]:
        mails = [(each.uid, each.kind) for each in self.world.google.mails if each.to == who.email]
        mails += [(each.uid, each.kind) for each in self.world.graph.mails if each.to == who.email]
        for place, each in enumerate(self.world.office.to(who.email)):
            kind = "cancel" if each.invite.method == "CANCEL" else ("update" if place else "invite")
            mails.append((each.invite.uid, kind))
        assert {uid for uid, _ in mails} <= {self.now.uid}
        return [kind for _, kind in mails]

    def _at_their_provider(self, who: Person) -> int:
        """In a calendar at the same provider the organiser's event shows by itself."""
        kind = self.world.kinds[who.id]
        if kind == "google":
            return len(self.world.google.events_of(who.email))
        return (
            len([each for each in self.world.graph.events(who.email) if not each["isCancelled"]])
            if kind == "outlook"
            else 0
        )

    def organisers_events(self) -> int:
        """How many lie in the organiser's own calendar, for these two."""
        if self.organiser == "mailbox":
            return 0
        return len(self.at_the_organiser())

    def at_the_organiser(self) -> list[object]:
        address, uid = HOUSE_ADDRESS[self.organiser], self.now.uid
        if self.organiser == "google":
            return [each for each in self.world.google.events_of(address) if each.uid == uid]
        return [each for each in self.world.graph.events(address) if each["iCalUId"] == uid]

    def says_at_the_organiser(self) -> str:
        """The words of its event."""
        (event,) = self.at_the_organiser()
        if self.organiser == "google":
            return str(event.stated["description"])  # type: ignore[attr-defined]
        return str(event["body"]["content"])  # type: ignore[index]

    def guests(self) -> set[str]:
        (event,) = self.at_the_organiser()
        if self.organiser == "google":
            return {each["email"] for each in event.guests}  # type: ignore[attr-defined]
        return {each["emailAddress"]["address"] for each in event["attendees"]}  # type: ignore[index]

    @property
    def first(self) -> Interval:
        return Interval.lasting(THURSDAY, 20)

    def times(self) -> set[Interval]:
        """Where it lies: in the organiser's calendar, and as a copy in theirs."""
        found = {each.interval for each in self._seen_at_the_organiser()}
        for who in self.both:
            if self.has_copy(who):
                event = self.world.copies[who.id].invite()
                found.add(Interval(event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)))
        return found

    def _seen_at_the_organiser(self) -> list[EventSeen]:
        event = self.world.event(self.id)
        if event is None:
            return []
        account = accounts.organiser(self.house.parts, self.house.organisation_id, event.organiser_id)
        seen = self.house.parts.organises(account.provider).event(account, event.event_id)
        return [seen] if seen else []

    def delete_at_the_organiser(self) -> None:
        """By hand, in its own app; the provider tells the guests."""
        if self.organiser == "google":
            self.world.google.cancel(self.now.uid)
            return
        (seen,) = self._seen_at_the_organiser()
        event = self.world.event(self.id)
        assert event is not None
        account = accounts.organiser(self.house.parts, self.house.organisation_id, event.organiser_id)
        self.house.parts.organises(account.provider).cancel(account, seen.id)

    def take_off(self, who: Person, *added: str) -> None:
        """By hand, in its own app; those addresses are put on it at the same time."""
        (seen,) = self._seen_at_the_organiser()
        left = tuple(Attendee("", each.address, each.partstat) for each in seen.guests if each.address != who.email)
        guests = (*left, *(Attendee("", each) for each in added))
        self._by_hand(seen, EventText("", seen.uid, seen.interval, "Twenty minutes", "As it was.", guests))

    def put_on(self, address: str) -> None:
        """By hand, in its own app."""
        (seen,) = self._seen_at_the_organiser()
        guests = tuple(Attendee("", each.address, each.partstat) for each in seen.guests)
        everybody = (*guests, Attendee("", address))
        self._by_hand(seen, EventText("", seen.uid, seen.interval, "Twenty minutes", "As it was.", everybody))

    def move_by_hand(self, interval: Interval) -> None:
        (seen,) = self._seen_at_the_organiser()
        guests = tuple(Attendee("", each.address, each.partstat) for each in seen.guests)
        self._by_hand(seen, EventText("", seen.uid, interval, "Twenty minutes", "As it was.", guests))

    def _by_hand(self, seen: EventSeen, text: EventText) -> None:
        event = self.world.event(self.id)
        assert event is not None
        account = accounts.organiser(self.house.parts, self.house.organisation_id, event.organiser_id)
        self.house.parts.organises(account.provider).change(account, seen, text)

    def event_id(self) -> str:
        event = self.world.event(self.id)
        assert event is not None
        return event.event_id

    def unsent(self) -> tuple[Message, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return outbox.unsent(memory, self.id)


@contextmanager
def a_world(folder: Path, dav: DavServer, url: str = "") -> Iterator[World]:
    clock = Clock()

    def feed(_: Asked) -> Told:
        return Told(200, NOTHING, {"Content-Type": "text/calendar"})

    with (
        google_wire(clock) as google,
        graph_wire(clock=clock) as graph,
        post_office() as office,
        web_server(feed) as feeds,
    ):
        house = a_house(folder, frozenset({dav.host_port, office.host_port, feeds.host_port}), url=url)
        settings = replace(house.parts.settings, **google.settings(), **graph.settings())
        house.clock = clock
        house.parts = replace(house.parts, settings=settings, clock=clock)
        yield World(house, dav, office, google, graph, feeds.url)
        house.parts.database.dispose()
