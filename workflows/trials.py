"""Trying a draft of the rules in the background: taken by one worker at a time, step by step, and ended once.

A worker that dies leaves its trial to the sweep, which has it taken up again where it was; one that does not come to an
end in an hour is ended with the reason. Doing a step twice has the same outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mentoring.errors import ChangedMeanwhile
from store import audit, drafts, trials
from store.trials import Kind, Trial
from workflows import backtesting, previewing, steering
from workflows.bootstrap import Parts
from workflows.queue import JOB_TIMEOUT_SECONDS
from workflows.views import Who

__all__ = ["Kind", "Progress", "ask", "cancel", "left_behind", "progress", "run"]

LEASE_SECONDS = JOB_TIMEOUT_SECONDS + 30
"""Longer than the job may take, so that no second worker begins while it runs."""

SLICE_SECONDS = 120.0
"""After so long a worker gives a trial back to the queue: other work waits, and a job has an end."""

GIVEN_UP_AFTER = timedelta(hours=1)
KEPT = timedelta(days=35)
TOOK_TOO_LONG = "it did not come to an end within an hour; try it again, and tell whoever runs Interlude"

Result = dict[str, Any]
Steps = Iterator[tuple[int, int, Result]]
"""What has been done of how much, and what came of it so far; the last one is the whole."""

STEPS: Mapping[Kind, Callable[[Parts, int, Trial], Steps]] = {
    Kind.PREVIEW: previewing.steps,
    Kind.BACKTEST: backtesting.steps,
}


@dataclass(frozen=True)
class Progress:
    """How far a trial is."""

    id: int
    kind: Kind
    done: int
    of: int
    finished: bool
    cancelled: bool
    problem: str


def ask(parts: Parts, who: Who, kind: Kind, revision: int) -> int:
    """Has a worker try the draft. Returns the trial's id. Raises ChangedMeanwhile for another revision than the
    latest."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.admin(memory, who)
        draft = drafts.current(memory)
        if draft is None or draft.revision != revision:
            raise ChangedMeanwhile("the draft was changed")
        trial_id = trials.ask(memory, kind, draft.policy, draft.base_version, person.name, now)
        audit.note(memory, person.name, f"asked for a {kind} of the draft", "rules", now)
    parts.nudge("run_trial", who.organisation_id, trial_id)
    return trial_id


def cancel(parts: Parts, who: Who, trial_id: int) -> bool:
    """False where it had ended already. Raises KeyError."""
    with parts.database.writing(who.organisation_id) as memory:
        steering.admin(memory, who)
        return trials.cancel(memory, trial_id, parts.clock())


def progress(parts: Parts, who: Who, trial_id: int) -> Progress:
    """Raises KeyError."""
    with parts.database.reading(who.organisation_id) as memory:
        steering.admin(memory, who)
        found = trials.get(memory, trial_id)
    ended = found.finished_at is not None
    return Progress(found.id, found.kind, found.done, found.of, ended, found.cancelled, found.problem)


def run(parts: Parts, organisation_id: int, trial_id: int) -> str:
    """Goes on with it where it was, for a while. Returns what became of it: done, later, cancelled, or not ours."""
    with parts.database.writing(organisation_id) as memory:
        if not trials.take(memory, trial_id, parts.clock(), LEASE_SECONDS):
            return "not ours"
        trial = trials.get(memory, trial_id)
    began = time.monotonic()
    done, result = trial.done, dict(trial.result)
    for done, of, result in STEPS[trial.kind](parts, organisation_id, trial):
        later = time.monotonic() - began > SLICE_SECONDS and done < of
        until = None if later else parts.clock() + timedelta(seconds=LEASE_SECONDS)
        with parts.database.writing(organisation_id) as memory:
            if not trials.go_on(memory, trial_id, done, of, result, until):
                return "cancelled"
        if later:
            parts.nudge("run_trial", organisation_id, trial_id)
            return "later"
    with parts.database.writing(organisation_id) as memory:
        return "done" if trials.finish(memory, trial_id, result, parts.clock()) else "cancelled"


def left_behind(parts: Parts, organisation_id: int) -> list[int]:
    """Trials that nobody is at, to be taken up again. Those that are an hour old are ended."""
    now = parts.clock()
    with parts.database.reading(organisation_id) as memory:
        found = trials.left_behind(memory, now)
    over = [each.id for each in found if each.asked_at < now - GIVEN_UP_AFTER]
    for trial_id in over:
        with parts.database.writing(organisation_id) as memory:
            trials.finish(memory, trial_id, {}, now, TOOK_TOO_LONG)
    return [each.id for each in found if each.id not in over]
