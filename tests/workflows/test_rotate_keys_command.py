"""A key is exchanged: put in front, everything encrypted with it, the old one taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mentoring.mail import Cursor, Inbox, Mailbox
from mentoring.ports import Account, FoundCalendar
from store import calendars, inboxes, mailboxes
from store.database import Database
from store.keyring import Keyring
from tests.workflows.commanding import here
from tests.workflows.house import MONDAY_NOON, SECRET, TOKEN_KEY, House, a_house

FEED = Account("ics", "https://feeds.example.org/private-Sanddorn99/basic.ics", secret="Holunder")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house in which somebody has a private feed."""
    built = a_house(tmp_path)
    person = built.add("Ann Ash")
    with built.parts.database.writing(built.organisation_id) as memory:
        calendars.connect(memory, person.id, FEED, [FoundCalendar("the only one", "Feed")], built.clock())
    return built


def with_keys(house: House, *keys: str) -> House:
    database = Database(house.parts.settings.database_url, Keyring(keys, SECRET))
    return replace(house, parts=replace(house.parts, database=database))


def kept(house: House) -> Account:
    with house.parts.database.reading(house.organisation_id) as memory:
        return calendars.account(memory, calendars.connections(memory)[0].id)


def test_the_old_key_can_be_taken_away_afterwards(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = Fernet.generate_key().decode()
    said = here(with_keys(house, new, TOKEN_KEY), monkeypatch, capsys).run("rotate-keys")
    assert (said.code, said.out) == (0, "1 account is under the first key now. The other keys can be removed.\n")
    after = kept(with_keys(house, new))
    assert (after.address, after.secret) == (FEED.address, FEED.secret)


def test_both_passwords_of_the_mailbox_are_among_them(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        mailboxes.save(
            memory, Mailbox("Interlude", "i@example.org", "mail.example.org", 587, secret="Quitte"), MONDAY_NOON
        )
        inboxes.save(memory, Inbox("mail.example.org", 993, secret="Mispel"), Cursor(7, 0), MONDAY_NOON)
    new = Fernet.generate_key().decode()
    command = here(with_keys(house, new, TOKEN_KEY), monkeypatch, capsys)
    assert command.run("rotate-keys", "--json").json == {"done": 3, "lost": 0}
    with with_keys(house, new).parts.database.reading(house.organisation_id) as memory:
        sending, reading = mailboxes.opened(memory), inboxes.opened(memory)
    assert sending is not None
    assert reading is not None
    assert (sending.secret, reading.secret) == ("Quitte", "Mispel")


def test_what_no_key_opens_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unfitting = with_keys(house, Fernet.generate_key().decode())
    command = here(unfitting, monkeypatch, capsys)
    assert "1 can be opened by none of the keys" in command.run("rotate-keys").out
    assert command.run("rotate-keys", "--json").json == {"done": 0, "lost": 1}
