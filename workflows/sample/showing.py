"""The main job on the sample, through the real workers, step by step with something to watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mentoring.errors import InterludeError
from mentoring.proposals import Party
from store import calendars, outbox, proposals
from workflows import asking
from workflows.bootstrap import Parts
from workflows.queue import Queue
from workflows.sample.answering_apps import Said, answer_some
from workflows.sample.loading import Loaded, load
from workflows.sample.people import PEOPLE
from workflows.sample.servers import Servers
from workflows.supervisor import Supervisor

READING_SECONDS = 180
ROUND_SECONDS = 300
SETTLING_SECONDS = 90
SWEEP_EVERY = 10
"""How many looks lie between two nudges to sweep, so that nobody has to wait for the timetable."""


class StepFailed(InterludeError):
    """A step of the demo did not get to its end."""


@dataclass
class Show:
    """One run of it. said: the answers that were given in calendar apps and by mail."""

    parts: Parts
    queue: Queue
    supervisor: Supervisor
    servers: Servers
    console: Console
    began_at: datetime
    said: list[Said] = field(default_factory=list)

    def load(self) -> Loaded:
        """Brings in what is missing of the sample."""
        with self._bar("Loading the sample organisation", len(PEOPLE)) as advance:
            return load(self.parts, self.servers, lambda _name: advance())

    def run(self, organisation_id: int) -> None:
        """Calendars read, suggestions made, mentees asked, mentors asked. Raises StepFailed, and KeepsStopping."""
        self._read_calendars(organisation_id)
        self._round(organisation_id)
        self._settle("Sending mentees their invites, into calendars and by mail", organisation_id)
        for party in Party:
            said = answer_some(self.parts, self.servers, organisation_id, party)
            self.said += said
            if said:
                self._read_back(organisation_id, said)

    def _read_calendars(self, organisation_id: int) -> None:
        due_at = self.parts.clock()
        with self.parts.database.writing(organisation_id) as memory:
            everyone = {each.person_id for each in calendars.calendars(memory)}
            calendars.make_due(memory, everyone, due_at)
        self.queue.enqueue("sync_due")
        total = self._calendars(organisation_id, lambda each: each.counts_as_busy)
        with self._bar("Reading calendars", total) as advance:
            seen = 0

            def all_read() -> bool:
                nonlocal seen
                read = self._calendars(organisation_id, self._was_read)
                advance(read - seen)
                seen = read
                return read >= total

            self._wait("the calendars were not read", all_read, READING_SECONDS)

    def _was_read(self, calendar: calendars.Calendar) -> bool:
        """Whether it was looked at since the start: by the job asked for here or the timetable's."""
        looked_at = calendar.read_at is not None and calendar.read_at >= self.began_at
        return calendar.counts_as_busy and (bool(calendar.problem) or looked_at)

    def _calendars(self, organisation_id: int, counts: Callable[[calendars.Calendar], bool]) -> int:
        with self.parts.database.reading(organisation_id) as memory:
            return sum(counts(each) for each in calendars.calendars(memory))

    def _round(self, organisation_id: int) -> None:
        job = self.queue.enqueue("run_round", organisation_id)
        with self.console.status("Finding what keeps coming back, and who can help …"):
            self._wait("the round did not end", lambda: job.is_finished or job.is_failed, ROUND_SECONDS)
        if job.is_failed:
            raise StepFailed(f"the round failed; the workers say why: {self.supervisor.var / 'log'}")
        self._done("Found what keeps coming back, and who can help")

    def _settle(self, what: str, organisation_id: int) -> None:
        """Has the workers do all that can be done now: ask whoever is at work, and deliver."""
        looks = 0

        def settled() -> bool:
            nonlocal looks
            if looks % SWEEP_EVERY == 0:
                self.queue.enqueue("sweep")
            looks += 1
            return not self._left_to_do(organisation_id)

        with self.console.status(f"{what} …"):
            ended = self.supervisor.wait_until(settled, SETTLING_SECONDS)
        self._done(what if ended else f"{what}: the workers are still at it")

    def _left_to_do(self, organisation_id: int) -> bool:
        if asking.everything_to_ask(self.parts):
            return True
        now = self.parts.clock()
        with self.parts.database.reading(organisation_id) as memory:
            return any(message.not_before <= now for message in outbox.unsent(memory))

    def _read_back(self, organisation_id: int, said: list[Said]) -> None:
        party = said[0].party
        for by_mail, where in ((False, "in their calendar apps"), (True, "by mail")):
            count = sum(each.by_mail is by_mail for each in said)
            if count:
                self._done(f"{count} {party}{'' if count == 1 else 's'} answered {where}")
        self.queue.enqueue("read_answers")

        def all_heard() -> bool:
            with self.parts.database.reading(organisation_id) as memory:
                return all(proposals.get(memory, each.proposal_id).answer(each.party).given for each in said)

        with self.console.status(f"Taking in the {party}s' answers …"):
            self._wait("the answers were not taken in", all_heard, SETTLING_SECONDS)
        self._done(f"Took in the {party}s' answers, from their calendars and from the mail that came")
        invites = "Sending mentors their invites, into calendars and by mail"
        self._settle(invites if party is Party.MENTEE else "Telling both that it is confirmed", organisation_id)

    def _wait(self, problem: str, condition: Callable[[], bool], seconds: float) -> None:
        if not self.supervisor.wait_until(condition, seconds):
            raise StepFailed(
                f"{problem} within {seconds:g} seconds; the workers say why: {self.supervisor.var / 'log'}"
            )

    def _done(self, what: str) -> None:
        self.console.print(f"[green]✓[/] {what}")

    def _bar(self, what: str, total: int) -> _Bar:
        return _Bar(self.console, what, total)


class _Bar:
    """A progress bar that turns into one line when it is done."""

    def __init__(self, console: Console, what: str, total: int) -> None:
        columns = (SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.console, self.what, self.total = console, what, total

    def __enter__(self) -> Callable[..., None]:
        self.progress.start()
        task = self.progress.add_task(self.what, total=self.total)
        return lambda by=1: self.progress.advance(task, by)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.progress.stop()
        if kind is None:
            self.console.print(f"[green]✓[/] {self.what}: {self.total}")
