"""The servers that hold the sample's calendars and mails, each a process of its own: Radicale, feeds as files, SMTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from integrations.sample_mailbox import mails_folder
from mentoring.mail import Mailbox, Security
from mentoring.ports import Account
from workflows.sample.calendars import broken_text_of, text_of
from workflows.sample.people import ORGANISER, PEOPLE
from workflows.sample.person import SamplePerson
from workflows.starting import interlude
from workflows.supervisor import Part
from workflows.taken import listens

LOOPBACK = "127.0.0.1"
CALDAV_PORT, FEEDS_PORT, MAIL_PORT = 8001, 8002, 8003
LONG_AGO = datetime(2020, 1, 1).astimezone().timestamp()


@dataclass(frozen=True)
class Servers:
    """Where they listen, on this machine only, and keep their files. secret: what passwords are derived from."""

    var: Path
    secret: str
    caldav_port: int = CALDAV_PORT
    feeds_port: int = FEEDS_PORT
    mail_port: int = MAIL_PORT

    @property
    def caldav_at(self) -> str:
        return f"{LOOPBACK}:{self.caldav_port}"

    @property
    def feeds_at(self) -> str:
        return f"{LOOPBACK}:{self.feeds_port}"

    @property
    def mail_at(self) -> str:
        return f"{LOOPBACK}:{self.mail_port}"

    @property
    def mailbox(self) -> Mailbox:
        """The organisation's own, by which it invites and takes answers in."""
        return Mailbox(ORGANISER.name, ORGANISER.address, LOOPBACK, self.mail_port, Security.NONE)

    @property
    def caldav_url(self) -> str:
        """What a calendar app is told."""
        return f"http://{self.caldav_at}/"

    @property
    def feeds_folder(self) -> Path:
        return self.var / "feeds"

    def password(self, person: SamplePerson) -> str:
        """The same on each start of this installation, and another one elsewhere."""
        return _derived(self.secret, f"password of {person.user}", 10)

    def account(self, person: SamplePerson) -> Account:
        """How that person's calendar app reaches their calendar."""
        return Account("caldav", self.caldav_url, person.user, self.password(person), frozenset({person.email}))

    def calendar_url(self, person: SamplePerson) -> str:
        return f"{self.caldav_url}{person.user}/calendar/"

    def feed_name(self, person: SamplePerson) -> str:
        """As calendars publish private feeds: who knows the address may read."""
        return f"{person.user}-{_derived(self.secret, f'feed of {person.user}', 15)}.ics"

    def feed_url(self, person: SamplePerson) -> str:
        return f"http://{self.feeds_at}/{self.feed_name(person)}"


def parts(servers: Servers) -> tuple[Part, ...]:
    """The processes; their files must have been made (see `make_ready`)."""
    return _radicale(servers), _feeds(servers), _mail(servers)


def make_ready(servers: Servers) -> None:
    """The folders, for us only, and the passwords that Radicale checks."""
    for folder in (servers.var / "radicale", servers.feeds_folder, mails_folder(servers.var)):
        folder.mkdir(mode=0o700, exist_ok=True)
    users = servers.var / "radicale.users"
    users.touch(mode=0o600)
    users.write_text("".join(f"{person.user}:{servers.password(person)}\n" for person in PEOPLE))


def publish_feed(servers: Servers, person: SamplePerson, today: date) -> None:
    """Puts the feed in its place unless there is a whole one, as if it had not been touched for long."""
    file = servers.feeds_folder / servers.feed_name(person)
    if person.via == "broken" or not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.write_bytes(text_of(person, today))
        os.utime(unfinished, (LONG_AGO, LONG_AGO))
        unfinished.replace(file)


def break_feed(servers: Servers, person: SamplePerson, today: date) -> None:
    """What happens to feeds: from now on this one ends in the middle."""
    (servers.feeds_folder / servers.feed_name(person)).write_bytes(broken_text_of(person, today))


def _derived(secret: str, purpose: str, size: int) -> str:
    digest = hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)
    return base64.b32encode(digest[:size]).decode().lower().rstrip("=")


def _radicale(servers: Servers) -> Part:
    options = {
        "server-hosts": servers.caldav_at,
        "server-max-connections": "40",
        "auth-type": "htpasswd",
        "auth-htpasswd-filename": str(servers.var / "radicale.users"),
        "auth-htpasswd-encryption": "plain",
        "auth-delay": "0",
        "rights-type": "owner_only",
        "storage-filesystem-folder": str(servers.var / "radicale"),
        "web-type": "none",
        "logging-level": "warning",
    }
    words = tuple(f"--{name}={value}" for name, value in options.items())
    command = (sys.executable, "-m", "radicale", "--config", "", *words)
    return Part("radicale", command, ready=lambda: listens(LOOPBACK, servers.caldav_port), foundation=True)


def _feeds(servers: Servers) -> Part:
    port, folder = str(servers.feeds_port), str(servers.feeds_folder)
    command = (sys.executable, "-m", "workflows.sample.feed_server", LOOPBACK, port, folder)
    return Part("feeds", command, ready=lambda: listens(LOOPBACK, servers.feeds_port), foundation=True)


def _mail(servers: Servers) -> Part:
    told = LOOPBACK, str(servers.mail_port), str(mails_folder(servers.var)), ORGANISER.address, *interlude("mail-in")
    command = (sys.executable, "-m", "workflows.sample.mail_server", *told)
    return Part("mail", command, ready=lambda: listens(LOOPBACK, servers.mail_port), foundation=True)
