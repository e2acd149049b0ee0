"""What a provider renews of an account's tokens while it is used, is used the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from mentoring.ports import Account, FoundCalendar
from store import calendars
from tests.store.everything import dump
from tests.workflows.house import House, a_house
from workflows import accounts

OLD, NEW, NEWER = "tokens of Monday", "tokens of Tuesday", "tokens of Wednesday"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def connected(house: House, secret: str = OLD) -> int:
    """The same account each time, with that secret."""
    person = house.add("Ann Ash") if secret == OLD else None
    with house.parts.database.writing(house.organisation_id) as memory:
        person_id = person.id if person else calendars.connections(memory)[0].person_id
        at_google = Account("google", "ann@mail.example", "ann@mail.example", secret)
        return calendars.connect(memory, person_id, at_google, [FoundCalendar("p", "P")], house.clock(), "42").id


def kept(house: House, connection_id: int) -> str:
    return accounts.account(house.parts, house.organisation_id, connection_id).secret


def test_each_renewal_is_kept_encrypted(house: House) -> None:
    connection_id = connected(house)
    used = accounts.account(house.parts, house.organisation_id, connection_id)
    used.renewed(NEW)
    assert kept(house, connection_id) == NEW
    used.renewed(NEWER)
    assert kept(house, connection_id) == NEWER
    rows = str(dump(house.parts.database))
    assert NEW not in rows
    assert NEWER not in rows
    assert NEW not in repr(used)


def test_a_renewal_of_tokens_that_were_replaced_meanwhile_is_dropped(house: House) -> None:
    connection_id = connected(house)
    used = accounts.account(house.parts, house.organisation_id, connection_id)
    connected(house, NEW)
    used.renewed(NEWER)
    assert kept(house, connection_id) == NEW


def test_a_renewal_for_an_account_that_was_disconnected_meanwhile_brings_nothing_back(house: House) -> None:
    connection_id = connected(house)
    used = accounts.account(house.parts, house.organisation_id, connection_id)
    with house.parts.database.writing(house.organisation_id) as memory:
        calendars.disconnect(memory, connection_id)
    used.renewed(NEW)
    with house.parts.database.reading(house.organisation_id) as memory:
        assert not calendars.connections(memory)
