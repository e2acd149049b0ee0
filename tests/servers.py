"""Real servers for tests, each its own process on a free loopback port: Radicale, Xandikos, pymap; and an SMTP sink.

with radicale({"ann@example.org": "secret"}) as server:
    server.url, server.host_port, server.home("ann@example.org")
"""

from __future__ import annotations

import hashlib
import imaplib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message as MailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from aiosmtpd.controller import Controller

READY_SECONDS = 30.0


@dataclass(frozen=True)
class DavServer:
    """A running CalDAV server. ca_bundle: the file to trust for https, or the empty string. log: its output so far."""

    url: str
    users: Mapping[str, str]
    log: Path
    home_of: Callable[[str], str]
    ca_bundle: str = ""

    @property
    def host_port(self) -> str:
        return urlsplit(self.url).netloc

    def home(self, user: str) -> str:
        """The collection that the user's calendars lie in."""
        return self.url + self.home_of(user)

    def ask(
        self, method: str, url: str, user: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """One request as a calendar app of that user would send it: status, body, headers."""
        credentials = b64encode(f"{user}:{self.users[user]}".encode()).decode()
        request = Request(url, data=body or None, method=method, headers={"Authorization": f"Basic {credentials}"})
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        context = ssl.create_default_context(cafile=self.ca_bundle) if self.ca_bundle else None
        try:
            with urlopen(request, timeout=20, context=context) as answer:
                return answer.status, answer.read(), answer.headers
        except HTTPError as answer:
            with answer:
                return answer.code, answer.read(), answer.headers

    def make_calendar(self, user: str, name: str, props: str = "") -> str:
        """A new calendar in the user's home; its address. props: more properties, XML in the D: and C: namespaces."""
        url = f"{self.home(user)}{quote(name)}/"
        body = (
            '<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
            f"<D:displayname>{name}</D:displayname>{props}</D:prop></D:set></C:mkcalendar>"
        )
        status, said, _ = self.ask("MKCALENDAR", url, user, body.encode(), {"Content-Type": "application/xml"})
        if status != 201:
            raise RuntimeError(f"MKCALENDAR gave {status}: {said[:300]!r}")
        return url

    def put(self, user: str, url: str, text: bytes, **headers: str) -> str:
        """Stores an object as that user's app would; its ETag. Raises RuntimeError when the server does not take it."""
        kind = {"Content-Type": "text/calendar; charset=utf-8"}
        status, said, answered = self.ask(
            "PUT", url, user, text, kind | {name.replace("_", "-"): value for name, value in headers.items()}
        )
        if status not in {200, 201, 204}:
            raise RuntimeError(f"PUT gave {status}: {said[:300]!r}")
        return answered.get("ETag", "")


@contextmanager
def radicale(users: Mapping[str, str], folder: Path | None = None) -> Iterator[DavServer]:
    """Radicale with plain htpasswd authentication; each user's own collection is theirs to write."""
    with _folder(folder, "radicale") as home:
        passwords = home / "users"
        passwords.write_text("".join(f"{name}:{word}\n" for name, word in users.items()))
        passwords.chmod(0o600)
        port = free_port()
        config = home / "config"
        config.write_text(
            f"[server]\nhosts = 127.0.0.1:{port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {passwords}\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {home / 'collections'}\n"
            "[web]\ntype = none\n[rights]\ntype = owner_only\n"
        )
        url = f"http://127.0.0.1:{port}"
        with run_server([sys.executable, "-m", "radicale", "--config", str(config)], home / "log", port):
            yield DavServer(url, dict(users), home / "log", lambda user: f"/{quote(user)}/")


@contextmanager
def xandikos(
    users: Mapping[str, str], smtp_port: int, folder: Path | None = None, addresses: bool = False
) -> Iterator[DavServer]:
    """Xandikos with scheduling, over https with a certificate of its own, its invites pointed at a mail server.

    addresses: tell it each user's address, so that it takes part in scheduling in their name. It does not by itself.
    """
    with _folder(folder, "xandikos") as home:
        passwords = home / "users"
        passwords.write_text("".join(f"{name}:{_apache_sha(word)}\n" for name, word in users.items()))
        port = free_port()
        command = [
            sys.executable, "-m", "xandikos", "multi-user", "--defaults", "--autocert", "--no-detect-systemd",
            "-d", str(home / "store"), "--state-dir", str(home / "state"), "--htpasswd", str(passwords),
            "-l", "localhost", "-p", str(port),
            "--imip-send", "smtp", "--smtp-host", "127.0.0.1", "--smtp-port", str(smtp_port),
            "--smtp-from", "server@xandikos.example",
        ]  # fmt: skip
        (home / "store").mkdir(exist_ok=True)
        with run_server(command, home / "log", port):
            written = sorted(path for path in (home / "state").rglob("*") if path.is_file())
            certificate = next(path for path in written if b"BEGIN CERTIFICATE" in path.read_bytes())
            server = DavServer(
                f"https://localhost:{port}",
                dict(users),
                home / "log",
                lambda user: f"/{quote(user)}/calendars/",
                str(certificate),
            )
            for user in users if addresses else ():
                _give_address(server, user)
            yield server


def _give_address(server: DavServer, user: str) -> None:
    """Tells Xandikos which address is the user's, as an administrator or a calendar app does."""
    body = (
        '<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
        f"<C:calendar-user-address-set><D:href>mailto:{user}</D:href></C:calendar-user-address-set>"
        "</D:prop></D:set></D:propertyupdate>"
    )
    principal = f"{server.url}/{quote(user)}/"
    server.ask("PROPFIND", principal, user, headers={"Depth": "0"})
    status, said, _ = server.ask("PROPPATCH", principal, user, body.encode(), {"Content-Type": "application/xml"})
    if status != 207 or b"200 OK" not in said:
        raise RuntimeError(f"PROPPATCH gave {status}: {said[:500]!r}")


@dataclass
class MailSink:
    """Every mail that was sent to it."""

    port: int
    mails: list[MailMessage] = field(default_factory=list)


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A real SMTP server that keeps what it is given."""
    sink = MailSink(free_port())

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            sink.mails.append(BytesParser().parsebytes(envelope.content))
            return "250 kept"

    controller = Controller(Handler(), "127.0.0.1", sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@dataclass(frozen=True)
class ImapServer:
    """A running IMAP server with one user, whose INBOX is empty at first. It tells of new mail by itself (IDLE)."""

    port: int
    username: str
    password: str

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    def deliver(self, *mails: bytes) -> None:
        """Puts mails into the INBOX, as a mail server does."""
        with self._user() as client:
            for raw in mails:
                typ, said = client.append("INBOX", "", "", raw)  # type: ignore[arg-type]
                assert typ == "OK", said

    def untouched(self) -> bool:
        """Whether no mail in the INBOX was marked as read, or in any other way."""
        with self._user() as client:
            client.select("INBOX", readonly=True)
            _, said = client.fetch("1:*", "(FLAGS)")
        return all(b"FLAGS ()" in each for each in said if isinstance(each, bytes))

    @contextmanager
    def _user(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=20) as client:
            client.login(f'"{self.username}"', self.password)
            yield client


@contextmanager
def pymap(
    port: int = 0, username: str = "interlude@house.example", password: str = 'Hol"un\\der'
) -> Iterator[ImapServer]:
    """pymap, which keeps its mails in memory: started anew, it begins with another UIDVALIDITY."""
    with _folder(None, "pymap") as home:
        server = ImapServer(port or free_port(), username, password)
        command = [
            sys.executable, "-c", "from pymap.main import main; main()",
            "--no-service", "admin", "--no-service", "managesieve",
            "--host", "127.0.0.1", "--port", str(server.port), "--no-tls",
            "dict", "--demo-user", username, "--demo-password", password,
        ]  # fmt: skip
        with run_server(command, home / "log", server.port):
            yield server


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def _folder(given: Path | None, name: str) -> Iterator[Path]:
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix=f"interlude-{name}-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@contextmanager
def run_server(command: list[str], log: Path, port: int) -> Iterator[None]:
    """Runs until left; ready once its port answers. Raises RuntimeError with its output when it never does."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=log.parent)
        try:
            _wait_for(port, process, log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"it did not start: {log.read_text(errors='replace')[-2000:]}")


def _apache_sha(password: str) -> str:
    return "{SHA}" + b64encode(hashlib.sha1(password.encode()).digest()).decode()
