"""Signing in with Microsoft and giving permission there: what is asked, what is believed, what is refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from integrations.microsoft_door import MicrosoftDoor
from integrations.microsoft_identity import PRIVATE
from integrations.outlook import Outlook
from mentoring.doors import Begun, Errand, Granted
from mentoring.errors import NotGiven, Refused, TryLater
from mentoring.ports import Account
from tests.integrations.backends import ANN, BOB
from tests.integrations.outlook_backend import outside
from tests.wires.graph import GraphWire, graph_wire
from tests.wires.graph_entra import ANOTHER_TENANT, TENANT, Refusal

BACK = "https://interlude.example/oauth/outlook"


@dataclass
class Person:
    """A browser that is sent to Microsoft and comes back."""

    wire: GraphWire
    door: MicrosoftDoor
    sent: list[dict[str, str]] = field(default_factory=list)

    def goes(self, begun: Begun) -> dict[str, str]:
        """What Microsoft appends to the address that it sends them back to."""
        self.sent.append(_query(begun.url))
        answer = requests.get(begun.url, allow_redirects=False, timeout=10)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(BACK)
        return _query(answer.headers["Location"])

    def through(self, errand: Errand, hint: str = "") -> Granted:
        begun = self.door.begin(errand, BACK, hint)
        return self.door.finish(errand, BACK, begun.memo, self.goes(begun))


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
def wire() -> Iterator[GraphWire]:
    with graph_wire() as wire:
        wire.account(ANN, name="Ann Archer")
        yield wire


@pytest.fixture
def person(wire: GraphWire) -> Person:
    return Person(wire, MicrosoftDoor(outside(wire)))


@pytest.fixture
def at_one_tenant(wire: GraphWire) -> Person:
    """Where the settings name the one organisation whose accounts may sign in."""
    wire.tenant = TENANT
    return Person(wire, MicrosoftDoor(outside(wire)))


# What is asked


@pytest.mark.parametrize(
    ("errand", "scopes"),
    [
        (Errand.SIGN_IN, {"openid", "profile", "email"}),
        (Errand.CALENDARS, {"Calendars.ReadBasic", "MailboxSettings.Read", "openid", "profile", "offline_access"}),
        (Errand.ORGANISER, {"Calendars.ReadWrite", "openid", "profile", "offline_access"}),
    ],
)
def test_the_least_is_asked_for_with_pkce_state_and_nonce(person: Person, errand: Errand, scopes: set[str]) -> None:
    person.through(errand)
    (sent,) = person.sent
    assert set(sent["scope"].split()) == scopes
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert all(len(sent[each]) > 10 for each in ("state", "nonce", "code_challenge"))


def test_who_is_expected_is_said_and_otherwise_they_choose(person: Person) -> None:
    person.through(Errand.SIGN_IN, hint=ANN)
    person.through(Errand.SIGN_IN)
    assert [(each.get("login_hint"), each.get("prompt")) for each in person.sent] == [
        (ANN, None),
        (None, "select_account"),
    ]


def test_each_time_state_nonce_and_verifier_are_new(person: Person) -> None:
    person.through(Errand.SIGN_IN)
    person.through(Errand.SIGN_IN)
    first, second = person.sent
    assert all(first[each] != second[each] for each in ("state", "nonce", "code_challenge"))


# What comes back


def test_a_calendar_that_was_connected_can_be_read_and_its_tokens_renewed(wire: GraphWire, person: Person) -> None:
    granted = person.through(Errand.CALENDARS)
    assert (granted.address, granted.name, granted.missing) == (ANN, "Ann Archer", ())
    assert granted.subject == wire.subject(ANN)
    outlook, kept = Outlook(outside(wire)), []
    account = Account("outlook", "", granted.address, granted.secret, renewed=kept.append)
    assert [each.name for each in outlook.discover(account)] == ["Calendar"]
    wire.entra.expire(ANN)
    outlook.discover(account)
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("errand", "wanted"),
    [(Errand.CALENDARS, {"Calendars.ReadBasic", "MailboxSettings.Read"}), (Errand.ORGANISER, {"Calendars.ReadWrite"})],
)
def test_what_everybody_was_granted_there_is_not_asked_for_when_tokens_are_renewed(
    wire: GraphWire, person: Person, errand: Errand, wanted: set[str]
) -> None:
    """An administrator's consent counts for each account of the organisation."""
    wire.entra.said_scope = "openid profile Calendars.ReadBasic Calendars.ReadWrite MailboxSettings.Read"
    kept = [person.through(errand).secret]
    for _ in range(2):
        wire.entra.expire(ANN)
        Outlook(outside(wire)).event(Account("outlook", "", ANN, kept[-1], renewed=kept.append), "none")
    renewals = [parse_qs(each.body.decode()) for each in wire.server.asked if b"refresh_token=" in each.body]
    ours = [{scope for scope in each["scope"][0].split() if "." in scope} for each in renewals]
    assert ours == [wanted] * 2


def test_a_sign_in_leaves_no_tokens(person: Person) -> None:
    granted = person.through(Errand.SIGN_IN)
    assert (granted.secret, granted.missing, granted.name) == ("", (), "Ann Archer")


@pytest.mark.parametrize(
    ("errand", "withheld", "words"),
    [
        (Errand.CALENDARS, "Calendars.ReadBasic", "seeing when you are busy"),
        (Errand.CALENDARS, "MailboxSettings.Read", "seeing which time zone your calendar is in"),
        (Errand.ORGANISER, "Calendars.ReadWrite", "making events in your own calendar"),
    ],
)
def test_a_permission_that_was_not_given_is_named(person: Person, errand: Errand, withheld: str, words: str) -> None:
    person.wire.entra.identities[ANN].withheld = frozenset({withheld})
    assert person.through(errand).missing == (words,)


def test_a_permission_that_goes_further_is_enough(person: Person) -> None:
    person.wire.entra.said_scope = "openid https://graph.microsoft.com/Calendars.Read MailboxSettings.Read"
    assert person.through(Errand.CALENDARS).missing == ()


# Whose address it is


def test_an_address_that_any_administrator_could_have_written_proves_nothing(wire: GraphWire, person: Person) -> None:
    """nOAuth: an organisation that anybody can open writes Ann's address into an account of its own."""
    wire.account("mallory@evil.example", tenant=ANOTHER_TENANT)
    wire.entra.identities["mallory@evil.example"].claims = {"email": ANN, "preferred_username": ANN}
    wire.entra.signing_in = "mallory@evil.example"
    granted = person.through(Errand.SIGN_IN)
    assert (granted.verified, granted.domain) == (False, "")
    assert granted.subject.startswith(ANOTHER_TENANT)


@pytest.mark.parametrize("tenant", ["organizations", "consumers", "Common"])
def test_no_authority_of_several_vouches_for_addresses(wire: GraphWire, tenant: str) -> None:
    wire.tenant = tenant
    person = Person(wire, MicrosoftDoor(outside(wire)))
    try:
        assert not person.through(Errand.SIGN_IN).verified
    except Refused:
        assert tenant == "Common"  # the wire takes it for the name of one tenant


def test_the_one_organisation_of_the_settings_vouches_for_its_own(at_one_tenant: Person) -> None:
    granted = at_one_tenant.through(Errand.SIGN_IN)
    assert (granted.address, granted.verified, granted.domain) == (ANN, True, "example.org")


def test_an_account_of_another_organisation_does_not_come_in_there(wire: GraphWire, at_one_tenant: Person) -> None:
    wire.account("mallory@evil.example", tenant=ANOTHER_TENANT)
    wire.entra.signing_in = "mallory@evil.example"
    with pytest.raises(Refused, match="could not be verified"):
        at_one_tenant.through(Errand.SIGN_IN)


def test_a_member_of_the_one_organisation_is_known_by_the_mail_address_and_by_the_name_they_sign_in_with(
    wire: GraphWire, at_one_tenant: Person
) -> None:
    wire.entra.identities[ANN].claims = {"preferred_username": "A123@contoso.example", "email": "Ann@Example.ORG"}
    granted = at_one_tenant.through(Errand.SIGN_IN)
    assert (granted.address, granted.also, granted.domain) == (ANN, ("a123@contoso.example",), "example.org")


def test_where_several_organisations_sign_in_a_mail_address_is_believed_of_nobody_for_being_another_name(
    wire: GraphWire, person: Person
) -> None:
    wire.entra.identities[ANN].claims = {"preferred_username": "a123@contoso.example", "email": ANN}
    granted = person.through(Errand.SIGN_IN)
    assert (granted.address, granted.also, granted.verified) == ("a123@contoso.example", (), False)


GUEST = {"preferred_username": "boss@example.org", "email": "boss@example.org"}


@pytest.mark.parametrize(
    "said", [{"idp": "https://sts.windows.net/elsewhere/"}, {"idp": "live.com"}, {"idp": 1}, {"acct": 1}, {"acct": "1"}]
)
def test_for_a_guest_of_the_one_organisation_nobody_vouches(
    wire: GraphWire, at_one_tenant: Person, said: dict[str, object]
) -> None:
    wire.entra.identities[ANN].claims = GUEST | said
    granted = at_one_tenant.through(Errand.SIGN_IN)
    assert (granted.verified, granted.also, granted.domain) == (False, (), "")


def test_a_member_who_is_said_to_be_one_is_vouched_for(wire: GraphWire, at_one_tenant: Person) -> None:
    wire.entra.identities[ANN].claims = {"idp": f"{wire.url}/{TENANT}/v2.0", "acct": 0}
    assert at_one_tenant.through(Errand.SIGN_IN).verified


@pytest.mark.parametrize("said", [True, "true", 1, "1"])
def test_a_domain_whose_owner_microsoft_knows_vouches_for_the_mail_address(person: Person, said: object) -> None:
    claims = {"xms_edov": said, "email": "Ann@Example.ORG", "preferred_username": "somebody@else.example"}
    person.wire.entra.identities[ANN].claims = claims
    granted = person.through(Errand.SIGN_IN)
    assert (granted.address, granted.verified, granted.domain) == (ANN, True, "example.org")


@pytest.mark.parametrize("said", [False, "false", 0, "0", None, ""])
def test_a_domain_whose_owner_it_does_not_know_vouches_for_nothing(person: Person, said: object) -> None:
    person.wire.entra.identities[ANN].claims = {"xms_edov": said}
    assert not person.through(Errand.SIGN_IN).verified


def test_a_private_account_is_of_no_organisation(wire: GraphWire, person: Person) -> None:
    wire.account("ann@outlook.example", tenant=PRIVATE)
    wire.entra.identities["ann@outlook.example"].claims = {"xms_edov": True, "email": "ann@outlook.example"}
    granted = person.through(Errand.SIGN_IN, hint="ann@outlook.example")
    assert (granted.verified, granted.domain) == (True, "")


def test_the_same_person_in_two_organisations_is_two_subjects(wire: GraphWire, person: Person) -> None:
    first = person.through(Errand.SIGN_IN)
    wire.entra.identities[ANN].tenant = ANOTHER_TENANT
    assert person.through(Errand.SIGN_IN).subject != first.subject


# What is refused


def refused(person: Person, errand: Errand, begun: Begun, query: dict[str, str], words: str = "begin again") -> None:
    with pytest.raises(Refused, match=words):
        person.door.finish(errand, BACK, begun.memo, query)


def test_a_code_is_good_once(person: Person) -> None:
    begun = person.door.begin(Errand.CALENDARS, BACK)
    query = person.goes(begun)
    person.door.finish(Errand.CALENDARS, BACK, begun.memo, query)
    refused(person, Errand.CALENDARS, begun, query, "used already")


def test_the_answer_to_another_question_is_refused(person: Person) -> None:
    mine, theirs = (person.door.begin(Errand.CALENDARS, BACK) for _ in range(2))
    answer = person.goes(theirs)
    refused(person, Errand.CALENDARS, mine, answer)
    refused(person, Errand.CALENDARS, mine, answer | {"state": ""})
    mine_again = person.goes(mine)
    refused(person, Errand.CALENDARS, mine, answer | {"state": mine_again["state"]}, "used already, or")


def test_the_answer_to_another_errand_or_for_another_address_is_refused(person: Person) -> None:
    begun = person.door.begin(Errand.SIGN_IN, BACK)
    query = person.goes(begun)
    refused(person, Errand.ORGANISER, begun, query)
    with pytest.raises(Refused):
        person.door.finish(Errand.SIGN_IN, "https://elsewhere.example/", begun.memo, query)
    assert person.door.finish(Errand.SIGN_IN, BACK, begun.memo, query).address == ANN


@pytest.mark.parametrize("memo", ["", "{}", "[]", "1", "null", '{"errand": "sign_in", "flow": {}}', '{"flow": 1}'])
def test_a_memo_that_is_none_of_ours_is_refused(person: Person, memo: str) -> None:
    query = person.goes(person.door.begin(Errand.SIGN_IN, BACK))
    refused(person, Errand.SIGN_IN, Begun("", memo), query)


def test_an_answer_without_a_code_is_refused(person: Person) -> None:
    begun = person.door.begin(Errand.SIGN_IN, BACK)
    refused(person, Errand.SIGN_IN, begun, {"state": person.goes(begun)["state"]})


@pytest.mark.parametrize(
    ("error", "description", "words"),
    [
        ("access_denied", "AADSTS65004: User declined to consent", "you did not give"),
        ("consent_required", "AADSTS65001: not consented", "you did not give"),
        ("access_denied", "AADSTS90094: needs admin", "only an administrator"),
        ("access_denied", "", "you did not give"),
    ],
)
def test_a_no_is_told_apart_from_a_fault_and_says_whose_it_was(
    person: Person, error: str, description: str, words: str
) -> None:
    person.wire.entra.denies = (error, description)
    with pytest.raises(NotGiven, match=words) as caught:
        person.through(Errand.CALENDARS)
    assert "AADSTS" not in str(caught.value)


def test_a_no_to_another_question_is_no_no(person: Person) -> None:
    begun = person.door.begin(Errand.CALENDARS, BACK)
    with pytest.raises(Refused) as caught:
        person.door.finish(Errand.CALENDARS, BACK, begun.memo, {"error": "access_denied", "state": "another"})
    assert not isinstance(caught.value, NotGiven)


def test_a_fault_of_microsofts_is_tried_later(person: Person) -> None:
    person.wire.entra.denies = ("temporarily_unavailable", "")
    with pytest.raises(TryLater):
        person.through(Errand.CALENDARS)
    person.wire.entra.denies = ("", "")
    for how in ({"status": 503}, {"cut": "before"}):
        person.wire.fail(**{"status": 0, **how}, path="/token")  # type: ignore[arg-type]
        with pytest.raises(TryLater):
            person.through(Errand.CALENDARS)


def test_a_door_that_nobody_set_up_lets_nobody_in(wire: GraphWire) -> None:
    door = MicrosoftDoor(outside(wire, microsoft_client_id=""))
    with pytest.raises(Refused, match="not set Microsoft up"):
        door.begin(Errand.SIGN_IN, BACK)


def test_an_address_where_no_sign_in_lives_is_said_to_be_none(wire: GraphWire) -> None:
    door = MicrosoftDoor(outside(wire, microsoft_authority_url=f"{wire.url}/v1.0/nothing"))
    with pytest.raises(Refused, match="address in the settings"):
        door.begin(Errand.SIGN_IN, BACK)


def test_a_wrong_client_secret_is_not_the_persons_fault(wire: GraphWire) -> None:
    person = Person(wire, MicrosoftDoor(outside(wire, microsoft_client_secret="expired")))
    with pytest.raises(TryLater, match="whoever runs Interlude"):
        person.through(Errand.CALENDARS)


# Forged tokens


def forged(claims: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another app"},
        {"iss": "https://elsewhere.example/v2.0"},
        {"tid": ANOTHER_TENANT},
        {"tid": None},
        {"oid": None},
        {"oid": "../x"},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"nbf": 9_000_000_000},
        {"iss": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_or_not_of_that_organisation_is_refused(
    person: Person, changes: dict[str, Any]
) -> None:
    person.wire.entra.forged = partial(forged, **changes)
    with pytest.raises(Refused, match="verified"):
        person.through(Errand.SIGN_IN)


@pytest.mark.parametrize("nonce", ["another", None])
def test_a_token_for_another_sign_in_is_refused(person: Person, nonce: str | None) -> None:
    person.wire.entra.forged = partial(forged, nonce=nonce)
    with pytest.raises(Refused, match="begin again"):
        person.through(Errand.SIGN_IN)


def test_a_token_that_another_key_signed_is_refused(person: Person) -> None:
    person.wire.entra.key = lambda: generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(Refused, match="verified"):
        person.through(Errand.SIGN_IN)


def test_a_key_that_is_new_is_looked_for_once_more(person: Person) -> None:
    person.wire.entra.key_id = "k0"
    person.through(Errand.SIGN_IN)
    person.wire.entra.key_id = "k1"
    assert person.through(Errand.SIGN_IN).address == ANN


# Nothing comes out


def test_no_secret_of_the_flow_is_in_any_error_log_or_repr(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    begun = person.door.begin(Errand.CALENDARS, BACK)
    query = person.goes(begun)
    granted = person.door.finish(Errand.CALENDARS, BACK, begun.memo, query)
    said = [repr(begun).replace(begun.url, ""), repr(granted), repr(replace(granted, name=""))]
    with pytest.raises(Refused) as caught:
        person.door.finish(Errand.CALENDARS, BACK, begun.memo, query)
    said.append(f"{caught.value!r} {caught.value.__cause__!r}")
    person.wire.entra.refused[BOB] = Refusal("invalid_grant", 1)
    kept = json.loads(begun.memo)["flow"]
    secrets = [kept["code_verifier"], kept["nonce"], query["code"], *person.wire.entra.access]
    logged = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("urllib3"))
    for word in [*secrets, *person.wire.entra.refresh, "a secret of Interlude"]:
        assert word not in "".join(said) + logged
