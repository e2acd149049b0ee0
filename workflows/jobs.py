"""The jobs that workers run: a few lines each, ids only, and running twice has the same outcome as running once."""

from __future__ import annotations

import os
from functools import lru_cache

from mentoring.settings import Settings
from workflows import (
    asking,
    organiser_answers,
    proposing,
    reading_back,
    receiving,
    sending,
    signing_in_by_mail,
    sorting,
    sweeping,
    syncing,
    trials,
    watching,
)
from workflows.bootstrap import Parts, build

_chosen: list[Parts] = []


def use(parts: Parts) -> None:
    """Has the jobs of this process work with those parts, instead of the ones that the environment describes."""
    _chosen[:] = [parts]


@lru_cache(maxsize=1)
def _from_environment() -> Parts:
    return build(Settings.from_env(os.environ))


def parts() -> Parts:
    return _chosen[0] if _chosen else _from_environment()


def sync_due() -> int:
    return syncing.sync_due(parts())


def sync_person(organisation_id: int, person_id: int) -> None:
    syncing.read_again(parts(), organisation_id, (person_id,))
    watching.keep_persons(parts(), organisation_id, person_id)


def keep_watches() -> int:
    return watching.keep_watches(parts())


def run_round(organisation_id: int) -> int:
    return proposing.run_round(parts(), organisation_id).round_id


def daily_rounds() -> int:
    return proposing.daily_rounds(parts())


def ask(organisation_id: int, proposal_id: int) -> str:
    return asking.ask(parts(), organisation_id, proposal_id)


def deliver(organisation_id: int, message_id: int) -> str:
    return sending.deliver(parts(), organisation_id, message_id)


def deliver_due() -> int:
    return sending.deliver_due(parts())


def read_answers() -> int:
    return reading_back.read_answers_everywhere(parts()) + organiser_answers.read_everywhere(parts())


def read_organiser(organisation_id: int) -> int:
    return organiser_answers.read_organiser(parts(), organisation_id)


def count_reply(organisation_id: int, reply_id: int) -> str:
    return receiving.count(parts(), organisation_id, reply_id)


def next_best(organisation_id: int, proposal_id: int) -> int:
    return proposing.next_best(parts(), organisation_id, proposal_id)


def run_owed(organisation_id: int, round_id: int) -> int:
    return proposing.run_owed(parts(), organisation_id, round_id)


def sort_notes(organisation_id: int, person_id: int) -> str:
    return sorting.sort_person(parts(), organisation_id, person_id)


def run_trial(organisation_id: int, trial_id: int) -> str:
    return trials.run(parts(), organisation_id, trial_id)


def answer_sign_in_requests() -> int:
    return signing_in_by_mail.answer_requests(parts())


def sweep() -> dict[str, int]:
    return sweeping.sweep(parts())


def housekeeping() -> None:
    sweeping.housekeeping(parts())
