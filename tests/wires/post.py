"""A mail server for tests: real SMTP on loopback, which keeps what it takes, and fails as servers fail."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from integrations import sample_mail_app
from mentoring.mail import Mailbox, Security
from tests.servers import free_port

ORGANISER = "interlude@house.example"


@dataclass(frozen=True)
class Arrived:
    """One mail as it came in."""

    to: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def invite(self) -> sample_mail_app.Invite:
        return sample_mail_app.read_invite(self.raw, self.to)

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


@dataclass
class PostOffice:
    """refused: addresses that do not exist (550). busy: everything has to wait (451). drops: what is taken is kept, and
    the connection ends before that is said."""

    port: int
    arrived: list[Arrived] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: bool = False
    drops: bool = False

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox("Interlude", ORGANISER, "127.0.0.1", self.port, Security.NONE)

    def to(self, address: str) -> list[Arrived]:
        return [each for each in self.arrived if each.to == address]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.busy:
            return "451 4.3.0 later, please"
        self.arrived += [Arrived(address, envelope.content) for address in envelope.rcpt_tos]
        if self.drops:
            server.transport.close()
        return "250 kept"


@contextmanager
def post_office(port: int = 0) -> Iterator[PostOffice]:
    """Open until left."""
    office = PostOffice(port or free_port())
    with opened(office):
        yield office


@contextmanager
def opened(office: PostOffice) -> Iterator[None]:
    """The same office, open again after it was closed."""
    controller = Controller(office, "127.0.0.1", office.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
