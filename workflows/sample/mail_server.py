"""The demo's mail server: `python -m workflows.sample.mail_server HOST PORT FOLDER ADDRESS COMMAND…`.

Mail to ADDRESS is handed to COMMAND on its standard input, one process a mail, as mail servers do. All other mail is
kept in FOLDER, a Maildir for each address. Nothing is passed on to anywhere, and nothing of a mail is logged.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from integrations import sample_mailbox

MOST_BYTES = 1024 * 1024
LONGEST_ADDRESS = 254
"""RFC 5321 section 4.5.3.1.3, without its angle brackets."""

HANDING_OVER_SECONDS = 60.0
AT_ONCE = 2
"""Processes that take mail in at the same time."""

SAID = {0: "250 OK", 2: "554 5.6.0 It cannot be read"}
"""By the command's exit code."""

LATER = "451 4.3.0 It cannot be taken in now, try again later"
"""With any other code: the sender keeps the mail."""


@dataclass
class Deliveries:
    """What aiosmtpd asks about each mail. The answers are SMTP's."""

    folder: Path
    address: str
    command: tuple[str, ...]
    seconds: float = HANDING_OVER_SECONDS
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "@" not in address or len(address) > LONGEST_ADDRESS:
            return "553 5.1.3 That is not the address of a mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Ours first: while the sender has to keep that one, none of the others gets the mail twice."""
        content = envelope.content
        assert isinstance(content, bytes)
        if any(map(self._is_ours, envelope.rcpt_tos)):
            answer = await self._hand_over(content)
            if not answer.startswith("2"):
                return answer
        try:
            for address in envelope.rcpt_tos:
                if not self._is_ours(address):
                    sample_mailbox.keep(self.folder, address, content)
        except OSError as problem:
            return f"452 4.3.1 It cannot be kept ({problem.strerror})"
        return "250 OK"

    def _is_ours(self, address: str) -> bool:
        """Also with an extension: name+anything@domain."""
        name, _, domain = address.lower().rpartition("@")
        return f"{name.partition('+')[0]}@{domain}" == self.address.lower()

    async def _hand_over(self, content: bytes) -> str:
        async with self.free:
            try:
                taking_in = await asyncio.create_subprocess_exec(*self.command, stdin=PIPE)
            except OSError:
                return LATER
            try:
                await asyncio.wait_for(taking_in.communicate(content), self.seconds)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    taking_in.kill()
                await taking_in.wait()
            return SAID.get(await taking_in.wait(), LATER)


async def serve(host: str, port: int, deliveries: Deliveries) -> None:
    loop = asyncio.get_running_loop()

    def smtp() -> SMTP:
        return SMTP(deliveries, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname="localhost", loop=loop)

    server = await loop.create_server(smtp, host, port)
    await server.serve_forever()


def main() -> None:
    host, port, folder, address, *command = sys.argv[1:]
    asyncio.run(serve(host, int(port), Deliveries(Path(folder), address, tuple(command))))


if __name__ == "__main__":
    main()
