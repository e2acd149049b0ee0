"""What an admin decides: whether anything is sent at all, how often people are asked, and a round out of turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring.errors import NotAllowed
from mentoring.people import Person, Role
from mentoring.policy import Sending
from store import audit, organisations, people, policies, rounds
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.queue import JOB_TIMEOUT_SECONDS
from workflows.views import Who

ROUND_TAKES = timedelta(seconds=JOB_TIMEOUT_SECONDS)
"""After that long a round that has not ended is not waited for."""


def admin(memory: Memory, who: Who) -> Person:
    """The admin who is asking. Raises NotAllowed for anybody else."""
    person = people.get(memory, who.person_id)
    if Role.ADMIN not in person.roles:
        raise NotAllowed("only an admin may do this")
    return person


def alone(memory: Memory, who: Who) -> Person:
    """The same for what one admin at a time decides: the second of two sees what the first has done."""
    organisations.hold(memory)
    return admin(memory, who)


def set_stopped(parts: Parts, who: Who, stopped: bool) -> None:
    """The kill switch: from the next message on nothing leaves, until it is switched back."""
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        organisations.set_stopped(memory, stopped)
        what = "stopped all sending" if stopped else "allowed sending again"
        audit.note(memory, person.name, what, "everybody", parts.clock())


def set_sending(parts: Parts, who: Who, sending: Sending) -> None:
    """Off or review, as a new version of the policy. On is `reviewing.let_all_go`."""
    with parts.database.writing(who.organisation_id) as memory:
        publish_sending(memory, alone(memory, who), sending, parts.clock())


def publish_sending(memory: Memory, person: Person, sending: Sending, now: datetime) -> None:
    """Noted under that admin's name; nothing where it is so already."""
    before = policies.current(memory)
    if before.sending is sending:
        return
    reason = f"changed sending from {before.sending} to {sending}"
    policies.publish(memory, replace(before, sending=sending, author=person.name, at=now, reason=reason))
    audit.note(memory, person.name, reason, "everybody", now)


def set_weekly_messages(parts: Parts, who: Who, number: int, why: str = "") -> None:
    """How many messages of all kinds one person gets in a week, as a new version of the policy. why: in the admin's own
    words. Raises BadInput out of range."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = alone(memory, who)
        before = policies.current(memory)
        if before.weekly_messages == number:
            return
        what = f"changed messages a week from {before.weekly_messages} to {number}"
        reason = f"{what}: {why}" if why else what
        policies.publish(memory, replace(before, weekly_messages=number, author=person.name, at=now, reason=reason))
        audit.note(memory, person.name, what, "each person", now)


def start_round(parts: Parts, who: Who) -> bool:
    """Has a worker make a round for everybody now. False where one is being made already.

    It is claimed like the day's own, which it is where that has not been made, so that the sweep finds it if the nudge
    is lost.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        if round_under_way(memory, now):
            return False
        today = now.astimezone(ZoneInfo(organisations.get(memory).zone)).date()
        by_hand = f"by hand {now:%H:%M:%S.%f}"
        round_id = rounds.claim(memory, today, now) or rounds.claim(memory, today, now, by_hand)
        audit.note(memory, person.name, "asked for a round", "everybody", now)
    if round_id is not None:
        parts.nudge("run_owed", who.organisation_id, round_id)
    return True


def round_under_way(memory: Memory, now: datetime) -> bool:
    """Whether a round for everybody has begun and not ended, a short while ago."""
    latest = rounds.heads(memory, 9)
    return any(
        each.after is None and each.finished_at is None and each.started_at > now - ROUND_TAKES for each in latest
    )
