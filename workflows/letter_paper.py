"""What every letter has on it: to whom, under which Message-ID, and where one click stops all mail."""

from __future__ import annotations

from mentoring.mail import Block, Mail
from mentoring.outbox import Message
from mentoring.people import Person
from store.keyring import MAILS
from store.memory import Memory
from workflows import inviting
from workflows.bootstrap import Parts


def to(
    person: Person, message: Message, message_id: str, subject: str, blocks: tuple[Block, ...], stop: str = ""
) -> Mail:
    """stop: where one click stops all mail, for a letter that nobody asked for."""
    return Mail(message_id, person.name, person.email, subject, blocks, message.written_at, stop)


def message_id(parts: Parts, memory: Memory, message: Message) -> str:
    """The same for each repeat."""
    key = memory.keyring.key_of(memory.scope, MAILS)(f"letter {message.id}")
    return f"{key}@{inviting.organiser(memory, parts.settings).address.rpartition('@')[2]}"
