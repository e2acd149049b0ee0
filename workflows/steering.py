"""What an admin decides: whether anything is sent at all."""

from __future__ import annotations

from dataclasses import replace

from mentoring.errors import NotAllowed
from mentoring.people import Person, Role
from mentoring.policy import Sending
from store import audit, organisations, people, policies
from store.memory import Memory
from workflows.bootstrap import Parts
from workflows.views import Who


def admin(memory: Memory, who: Who) -> Person:
    """The admin who is asking. Raises NotAllowed for anybody else."""
    person = people.get(memory, who.person_id)
    if Role.ADMIN not in person.roles:
        raise NotAllowed("only an admin may do this")
    return person


def set_stopped(parts: Parts, who: Who, stopped: bool) -> None:
    """The kill switch: from the next message on nothing leaves, until it is switched back."""
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        organisations.set_stopped(memory, stopped)
        what = "stopped all sending" if stopped else "allowed sending again"
        audit.note(memory, person.name, what, "organisation", parts.clock())


def set_sending(parts: Parts, who: Who, sending: Sending) -> None:
    """Off, review or on, as a new version of the policy."""
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        before = policies.current(memory)
        if before.sending is sending:
            return
        reason = f"sending {before.sending} → {sending}"
        policies.publish(memory, replace(before, sending=sending, author=person.name, at=now, reason=reason))
        audit.note(memory, person.name, reason, "policy", now)
