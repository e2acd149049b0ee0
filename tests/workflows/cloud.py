"""A house whose people have their calendars at Google: the wire that speaks for it really calls our web application."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from integrations.outside import Throttle
from mentoring.intervals import Interval
from mentoring.people import Person
from mentoring.ports import Account
from store import calendars, tables, watches
from store.calendars import Calendar
from store.watches import Watch
from tests.wires.google import Answered, GoogleWire, google_wire, refusal
from tests.wires.google_push import Watch as Channel
from tests.workflows.house import House, a_house
from webapp.app import create_app
from webapp.limits import limiter
from workflows import syncing


@dataclass
class Cloud:
    """wire: Google, in this process."""

    house: House
    wire: GoogleWire

    def somebody(self, name: str, *others: str) -> Person:
        """Whose primary calendar counts, and others of theirs; connected, read, and watched if that is possible."""
        person = self.house.add(name)
        self.wire.account(person.email, calendars=others)
        self.connect(person)
        self.house.nudges.append(("sync_person", (person.organisation_id, person.id)))
        self.house.work()
        # Once more, for what happened before the watch began.
        self.later(seconds=20)
        syncing.sync_due(self.house.parts)
        return person

    def connect(self, person: Person) -> int:
        account = Account("google", person.email, person.email, self.wire.secret(person.email))
        found = self.house.parts.provider("google").discover(account)
        with self.house.parts.database.writing(person.organisation_id) as memory:
            made = calendars.connect(memory, person.id, account, found, self.house.clock(), subject=person.email)
            mine = [each.id for each in calendars.calendars(memory, person.id)]
            calendars.choose(memory, made.id, mine, None)
        return made.id

    def busy(self, person: Person, interval: Interval) -> bool:
        """What is remembered of them."""
        with self.house.parts.database.reading(person.organisation_id) as memory:
            return bool(calendars.busy_events(memory, [person.id], interval)[person.id])

    def calendars(self, person: Person) -> tuple[Calendar, ...]:
        with self.house.parts.database.reading(person.organisation_id) as memory:
            return calendars.calendars(memory, person.id)

    def never_watched(self) -> None:
        """As if nobody had asked for it yet."""
        self.channels.clear()
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            memory.changed(memory.delete(tables.watches))

    def watches(self) -> tuple[Watch, ...]:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return watches.all(memory)

    @property
    def channels(self) -> dict[str, Channel]:
        """What Google has, by id."""
        return self.wire.push.watches

    def told(self) -> None:
        """All that Google has to tell has been told, and what came of it is done."""
        self.wire.push.settle()
        self.house.work()

    def throttled(self, throttle: Throttle) -> None:
        self.house.parts = replace(self.house.parts, throttle=throttle)

    def refuses_half(self, status: int, reason: str, retry_after: int) -> None:
        """From now on about half of what Google is asked is over its quota."""
        chance = random.Random(1)
        wait = {"Retry-After": str(retry_after)}
        over = refusal(Answered(status, reason=reason), wait)
        self.wire.hook = lambda call: over if chance.random() < 0.5 else None

    def later(self, **by: float) -> datetime:
        self.house.clock.turn(**by)
        return self.house.clock()


@contextmanager
def a_cloud(folder: Path, push: bool = True) -> Iterator[Cloud]:
    """push: whether there is a public address at which we are told."""
    house = a_house(folder)
    with google_wire(house.clock) as wire:
        house.parts = replace(house.parts, settings=replace(house.parts.settings, **wire.settings()))  # type: ignore[arg-type]
        app = create_app(replace(house.parts.settings, redis_url="memory://"), house.parts)
        limiter.reset()
        with served(app) as url:
            if push:
                house.parts = replace(house.parts, settings=replace(house.parts.settings, push_url=url))
            yield Cloud(house, wire)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None: ...  # noqa: A002


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where it is reached."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def an_hour(cloud: Cloud, days: int = 2) -> Interval:
    """Some days from now."""
    start = cloud.house.clock() + timedelta(days=days)
    return Interval(start, start + timedelta(hours=1))


__all__ = ["Cloud", "a_cloud", "an_hour", "served"]
