"""`interlude doctor` says what to register at Google and Microsoft, to the letter, and what could not work there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mentoring.doors import Granted
from mentoring.mail import Cursor, Inbox, Mailbox, Security
from mentoring.settings import Settings
from store import inboxes, mailboxes, organisations, organisers
from tests.wires.imap import imap_wire
from tests.workflows.house import House, a_house
from workflows import doctor_abroad, doctor_mail
from workflows.checks import Check

GOOGLE = {"google_client_id": "1-a.apps.googleusercontent.com", "google_client_secret": "g"}
MICROSOFT = {"microsoft_client_id": "2-b", "microsoft_client_secret": "m"}
AT = "https://interlude.example.org"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


def found(house: House, **settings: Any) -> dict[str, Check]:
    parts = replace(house.parts, settings=replace(house.parts.settings, **settings))
    return {each.name: each for each in doctor_abroad.looks(parts)}


def test_what_is_not_set_up_is_no_fault_and_names_the_page_that_helps(house: House) -> None:
    told = found(house)
    assert all(each.well for each in told.values())
    assert "docs/google.md" in told["Google"].found
    assert "docs/microsoft.md" in told["Microsoft"].found
    assert (Path(__file__).parents[2] / "docs/google.md").exists()
    assert (Path(__file__).parents[2] / "docs/microsoft.md").exists()


def test_the_addresses_to_register_are_told_to_the_letter(house: House) -> None:
    told = found(house, base_url=AT, **GOOGLE, **MICROSOFT)
    assert told["Google: redirect address"] == Check(
        "Google: redirect address", True, f"register exactly {AT}/oauth/google"
    )
    assert told["Microsoft: redirect address"].found == f"register exactly {AT}/oauth/microsoft"
    assert "asked for changes" in told["told of changes"].found


def test_secrets_are_not_told(house: House) -> None:
    told = str(found(house, base_url=AT, **GOOGLE | {"google_client_secret": "Weichsel"}))
    assert "Weichsel" not in told


@pytest.mark.parametrize(
    ("base_url", "google", "microsoft"),
    [
        ("https://interlude.example.org", True, True),
        ("http://localhost:8000", True, True),
        ("http://127.0.0.1:8000", True, False),
        ("http://interlude.example.org", False, False),
        ("https://192.0.2.7", False, True),
    ],
)
def test_an_address_that_one_of_them_would_not_register_is_found(
    house: House, base_url: str, google: bool, microsoft: bool
) -> None:
    told = found(house, base_url=base_url, **GOOGLE, **MICROSOFT)
    assert (told["Google: redirect address"].well, told["Microsoft: redirect address"].well) == (google, microsoft)
    assert all(each.fix for each in told.values() if not each.well)


def test_a_client_id_that_is_none_is_found_unless_google_is_elsewhere(house: House) -> None:
    wrong = GOOGLE | {"google_client_id": "interlude"}
    assert not found(house, **wrong)["Google"].well
    assert found(house, google_auth_url="http://127.0.0.1:4000/auth", **wrong)["Google"].well


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ("common", "private ones"),
        ("organizations", "any organisation's accounts may"),
        ("consumers", "private accounts only"),
        ("contoso.onmicrosoft.com", "whose addresses are believed"),
    ],
)
def test_whose_accounts_microsoft_vouches_for_is_told(house: House, tenant: str, words: str) -> None:
    told = found(house, microsoft_authority_url=f"https://login.microsoftonline.com/{tenant}", **MICROSOFT)
    assert words in told["Microsoft: whose accounts"].found


@pytest.mark.parametrize(
    ("push_url", "words"),
    [
        ("http://127.0.0.1:8000", "https only"),
        ("https://127.0.0.1:1", "private network"),
        ("https://nowhere.invalid", "nowhere.invalid"),
    ],
)
def test_an_address_that_they_could_not_call_is_found(house: House, push_url: str, words: str) -> None:
    told = found(house, push_url=push_url, **GOOGLE, **MICROSOFT)
    assert told["Google: told of changes at"].found.startswith(f"{push_url}/hooks/google")
    assert f"{push_url}/hooks/microsoft/lifecycle" in told["Microsoft: told of changes at"].found
    assert not told["reached by them"].well
    assert words in told["reached by them"].found


@pytest.mark.parametrize(
    ("base_url", "push_url", "expected"),
    [
        ("https://interlude.example.org", "", "https://interlude.example.org"),
        ("https://interlude.example.org", "https://hooks.example.org/", "https://hooks.example.org"),
        ("https://interlude.example.org", "none", ""),
        ("http://127.0.0.1:8000", "", ""),
    ],
)
def test_whether_they_call_us_can_be_switched_off(base_url: str, push_url: str, expected: str) -> None:
    environ = {
        "INTERLUDE_DATABASE_URL": "sqlite:///x",
        "INTERLUDE_REDIS_URL": "redis://127.0.0.1",
        "INTERLUDE_SECRET_KEY": "x" * 32,
        "INTERLUDE_TOKEN_KEYS": "key",
        "INTERLUDE_BASE_URL": base_url,
        "INTERLUDE_PUSH_URL": push_url,
    }
    assert Settings.from_env(environ).push_url == expected


# --- Who invites, and where answers are read --------------------------------------------------------------------------


def looks(house: House, save: Callable[..., object], **settings: Any) -> dict[str, Check]:
    parts = replace(house.parts, settings=replace(house.parts.settings, **settings))
    with parts.database.writing(house.organisation_id) as memory:
        save(memory)
    with parts.database.reading(house.organisation_id) as memory:
        test = organisations.get(memory)
    return {each.name.partition(": ")[2]: each for each in doctor_mail.looks(parts, test)}


def test_an_organiser_that_cannot_invite_is_found(house: House) -> None:
    granted = Granted("42", "interlude@example.org", secret="tokens")
    told = looks(house, lambda memory: organisers.save(memory, "google", granted, "Interlude", house.clock()), **GOOGLE)
    assert told["organiser"].well
    assert told["organiser"].found == "invites come from interlude@example.org at Google"
    assert not looks(house, lambda memory: None)["organiser"].well, "the settings have gone"

    def fails(memory: Any) -> None:
        kept = organisers.kept(memory)
        assert kept is not None
        organisers.note_problem(memory, kept, "the permission was taken away", house.clock())

    told = looks(house, fails, **GOOGLE)
    assert (told["organiser"].well, "taken away" in told["organiser"].found) == (False, True)


def test_an_inbox_is_signed_in_to_and_that_nobody_listens_is_found(house: House) -> None:
    with imap_wire() as wire:
        allowed = frozenset({f"127.0.0.1:{wire.port}"})

        def reads(memory: Any) -> None:
            mailboxes.save(memory, Mailbox("Interlude", "i@example.org", "smtp.example.org", 587), house.clock())
            inbox = Inbox("127.0.0.1", wire.port, Security.NONE, "interlude", "secret")
            inboxes.save(memory, inbox, Cursor(7, 0), house.clock())

        told = looks(house, reads, allow_hosts=allowed)["answers by mail"]
        assert (told.well, told.fix) == (False, "run: interlude inbox")

        def listens(memory: Any) -> None:
            inboxes.take(memory, "somebody", house.clock(), house.clock() - house.clock().replace(hour=0))

        assert looks(house, listens, allow_hosts=allowed)["answers by mail"].well
        wire.answers["AUTHENTICATE"] = b"NO no"
        told = looks(house, lambda memory: None, allow_hosts=allowed)["answers by mail"]
    assert (told.well, "password is wrong" in told.found) == (False, True)
