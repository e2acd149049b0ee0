"""Whom Google and Microsoft vouch for is let in as who they are here, and nobody else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.guarded_http import GuardedHttp
from mentoring.doors import Errand, Granted
from mentoring.errors import BadInput, ConnectedBySomebody, Missing, NotAllowed, NotLetIn
from mentoring.people import Person, Role
from mentoring.policy import Sending
from store import audit, links, organisations, people
from tests.wires.google import google_wire
from tests.wires.post import PostOffice, post_office
from tests.workflows.at_google import ANN, OTHER, AtGoogle, at_google
from tests.workflows.by_mail import sends_by
from tests.workflows.house import House, a_house, a_person
from workflows import (
    joining,
    pages,
    peopling,
    sign_in_domains,
    signing_in,
    signing_in_elsewhere,
    steering,
    welcoming,
)
from workflows.door_views import AccountAdded, CameIn
from workflows.views import Who

GRANTED = Granted("42", ANN, "Ann Ash", verified=True, domain="harbour.example")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return a_house(tmp_path)


@pytest.fixture
def there(house: House) -> Iterator[AtGoogle]:
    with google_wire(house.clock) as wire:
        yield at_google(house, wire)


def let_in(house: House, granted: Granted = GRANTED, provider: str = "google") -> CameIn:
    return signing_in_elsewhere.come_in(house.parts, provider, granted)


def only(house: House, *domains: str) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        organisations.set_sign_in_domains(memory, domains)


def renamed(house: House, person: Person, email: str) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        people.save(memory, replace(people.get(memory, person.id), email=email))


def another(house: House) -> House:
    with house.parts.database.writing_all() as memory:
        second = organisations.add(memory, "Second", "Europe/Berlin").id
    return House(house.parts, house.clock, second, house.nudges)


def test_who_has_the_address_that_google_vouches_for_is_signed_in(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash", email=ANN)
    assert there.signs_in() == there.house.who(ann)


def test_the_first_time_they_have_joined_and_their_other_links_are_void(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    link = signing_in.link(house.parts, house.organisation_id, ann.id).rpartition("/")[2]
    assert let_in(house).invited
    assert not let_in(house).invited
    with house.parts.database.reading(house.organisation_id) as memory:
        assert people.get(memory, ann.id).joined_at == house.clock()
        assert links.asked_by(memory.inside(0), link, signing_in.SIGN_IN, house.clock()) is None


def test_they_are_known_again_by_the_account_though_its_address_has_changed(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    let_in(house)
    assert let_in(house, replace(GRANTED, address="ann.birch@harbour.example")).who == house.who(ann)
    renamed(house, ann, "ann.birch@harbour.example")
    assert let_in(house).who == house.who(ann)


def test_an_account_of_one_provider_is_not_that_of_the_other(house: House) -> None:
    house.add("Ann Ash", email=ANN)
    let_in(house)
    with pytest.raises(NotLetIn):
        let_in(house, replace(GRANTED, verified=False), "outlook")


def test_an_address_that_nobody_vouches_for_finds_nobody(house: House) -> None:
    house.add("Ann Ash", email=ANN)
    with pytest.raises(NotLetIn, match="nobody can vouch"):
        let_in(house, replace(GRANTED, verified=False))


def test_who_is_nobody_here_is_told_who_can_let_them_in(there: AtGoogle) -> None:
    there.wire.account("ben@harbour.example", hd="harbour.example")
    with pytest.raises(NotLetIn, match=r"nobody here has the address ben@harbour\.example; whoever runs Interlude"):
        there.signs_in("ben@harbour.example")
    with pytest.raises(NotLetIn, match="nobody can vouch"):
        there.signs_in(OTHER)


def test_who_is_leaving_is_not_let_in_again(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    let_in(house)
    with house.parts.database.writing(house.organisation_id) as memory:
        people.note(memory, ann.id, leaving_at=house.clock())
    with pytest.raises(NotLetIn):
        let_in(house)


def test_whose_address_is_of_two_organisations_asks_for_a_link_from_each(house: House) -> None:
    house.add("Ann Ash", email=ANN)
    another(house).add("Ann Ash", email=ANN)
    with pytest.raises(NotLetIn, match="more than one organisation"):
        let_in(house)


def test_an_organisation_that_adds_an_address_first_does_not_keep_the_person_from_their_own_for_good(
    house: House,
) -> None:
    second = another(house)
    there = second.add("Ann Ash", email=ANN)
    assert not let_in(house).elsewhere
    ann = house.add("Ann Ash", email=ANN)
    assert let_in(house) == CameIn(second.who(there), elsewhere=True)
    signing_in_elsewhere.add(house.parts, house.who(ann), "google", GRANTED)
    with pytest.raises(NotLetIn, match="more than one organisation"):
        let_in(house)
    (account,) = pages.taking_part_page(house.parts, second.who(there)).accounts
    signing_in_elsewhere.remove(house.parts, second.who(there), account.id)
    assert let_in(house) == CameIn(house.who(ann), invited=True, elsewhere=True)


def test_who_is_leaving_an_organisation_is_let_in_by_the_other(house: House) -> None:
    second = another(house)
    there = second.add("Ann Ash", email=ANN)
    let_in(house)
    ann = house.add("Ann Ash", email=ANN)
    with house.parts.database.writing(second.organisation_id) as memory:
        people.note(memory, there.id, leaving_at=house.clock())
    assert let_in(house) == CameIn(house.who(ann), invited=True)


def test_of_several_names_that_are_vouched_for_each_finds_them(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    named = replace(GRANTED, address="a123@contoso.example", also=(ANN,))
    assert let_in(house, named, "outlook").who == house.who(ann)
    only(house, "harbour.example")
    assert let_in(house, named, "outlook").who == house.who(ann)
    with pytest.raises(NotLetIn):
        let_in(house, replace(named, subject="43", verified=False), "outlook")


def test_of_two_organisations_one_may_not_let_that_domain_in(house: House) -> None:
    second = another(house)
    house.add("Ann Ash", email=ANN)
    ann = second.add("Ann Ash", email=ANN)
    only(house, "elsewhere.example")
    assert let_in(house).who == second.who(ann)


@pytest.mark.parametrize("domains", [(), ("harbour.example",), ("elsewhere.example", "harbour.example")])
def test_a_domain_that_is_the_organisations_is_let_in(house: House, domains: tuple[str, ...]) -> None:
    house.add("Ann Ash", email=ANN)
    only(house, *domains)
    assert let_in(house)


@pytest.mark.parametrize("domain", ["elsewhere.example", "eu.harbour.example", "example", "notharbour.example"])
def test_any_other_domain_is_not_though_the_person_is_known(house: House, domain: str) -> None:
    house.add("Ann Ash", email=ANN)
    let_in(house)
    only(house, domain)
    with pytest.raises(NotLetIn, match="domain"):
        let_in(house)


def test_where_domains_are_named_an_account_known_by_its_number_alone_is_not_let_in(house: House) -> None:
    house.add("Ann Ash", email=ANN)
    let_in(house)
    only(house, "harbour.example")
    with pytest.raises(NotLetIn):
        let_in(house, replace(GRANTED, verified=False))


@pytest.mark.parametrize(("address", "domain"), [(ANN, "harbour.example"), ("ann@gmail.com", "gmail.com")])
def test_a_private_account_is_of_no_domain_whatever_its_address(house: House, address: str, domain: str) -> None:
    """Its owner keeps it when they leave, and no organisation says how they sign in there."""
    house.add("Ann Ash", email=address)
    only(house, domain)
    with pytest.raises(NotLetIn, match="private account"):
        let_in(house, replace(GRANTED, address=address, domain=""))


def test_an_account_that_would_not_sign_them_in_is_not_added_and_they_hear_why(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    only(house, "harbour.example")
    for granted, why in (
        (replace(GRANTED, verified=False, domain=""), "nobody vouches"),
        (replace(GRANTED, address="ann@gmail.com", domain=""), "private account"),
        (replace(GRANTED, address="ann@elsewhere.example", domain="elsewhere.example"), "harbour.example"),
    ):
        with pytest.raises(NotLetIn, match=why):
            signing_in_elsewhere.add(house.parts, house.who(ann), "outlook", granted)
    assert not pages.taking_part_page(house.parts, house.who(ann)).accounts
    signing_in_elsewhere.add(house.parts, house.who(ann), "outlook", GRANTED)
    assert pages.taking_part_page(house.parts, house.who(ann)).accounts


def test_a_link_by_mail_is_not_limited_by_domains(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    only(house, "elsewhere.example")
    token = signing_in.link(house.parts, house.organisation_id, ann.id).rpartition("/")[2]
    assert signing_in.by_link(house.parts, token)


def test_going_there_to_sign_in_asks_for_no_calendar(there: AtGoogle) -> None:
    assert "calendar" not in there.set_out(None, Errand.SIGN_IN).url


def test_who_is_signed_in_adds_an_account_whose_address_nobody_vouches_for(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash", email=ANN)
    with pytest.raises(NotLetIn):
        there.signs_in(OTHER)
    to = there.set_out(ann, Errand.SIGN_IN)
    assert there.ends(to, there.back(to, OTHER)) == AccountAdded()
    assert there.signs_in(OTHER) == there.house.who(ann)


def test_an_account_that_signs_a_colleague_in_is_not_added(house: House) -> None:
    house.add("Ann Ash", email=ANN)
    let_in(house)
    ben = house.add("Ben Birch")
    with pytest.raises(ConnectedBySomebody):
        signing_in_elsewhere.add(house.parts, house.who(ben), "google", GRANTED)


def test_an_account_that_was_removed_lets_nobody_in(house: House) -> None:
    ann = house.add("Ann Ash")
    signing_in_elsewhere.add(house.parts, house.who(ann), "outlook", replace(GRANTED, verified=False))
    (account,) = pages.taking_part_page(house.parts, house.who(ann)).accounts
    with pytest.raises(Missing):
        signing_in_elsewhere.remove(house.parts, house.who(house.add("Ben Birch")), account.id)
    signing_in_elsewhere.remove(house.parts, house.who(ann), account.id)
    with pytest.raises(NotLetIn):
        let_in(house, replace(GRANTED, verified=False), "outlook")


ENDS: dict[str, Callable[[House, Who, Person], object]] = {
    "signing out everywhere": lambda h, _, ann: joining.sign_out_everywhere(h.parts, h.who(ann)),
    "being signed out by an admin": lambda h, admin, ann: peopling.sign_out_everywhere(h.parts, admin, ann.id),
    "being made an admin": lambda h, admin, ann: peopling.set_admin(h.parts, admin, ann.id, True),
    "being made an admin at the terminal": lambda h, _, ann: welcoming.add_admin(h.parts, ann.email, ""),
}


@pytest.mark.parametrize("how", ENDS)
def test_an_account_that_somebody_else_may_have_added_lets_nobody_in_after(house: House, how: str) -> None:
    ann, ben = house.add("Ann Ash", email=ANN), house.add("Ben Birch")
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    mallory, bens = Granted("666", "mallory@gmail.com", verified=True), Granted("667", "ben@gmail.com", verified=True)
    signing_in_elsewhere.add(house.parts, house.who(ann), "google", mallory)
    signing_in_elsewhere.add(house.parts, house.who(ben), "google", bens)
    assert let_in(house, mallory).who == house.who(ann)
    assert pages.person_page(house.parts, admin, ann.id).accounts == 1
    ENDS[how](house, admin, ann)
    with pytest.raises(NotLetIn):
        let_in(house, mallory)
    assert pages.person_page(house.parts, admin, ann.id).accounts == 0
    assert let_in(house).who == house.who(ann), "one that is vouched for comes back by itself"
    assert let_in(house, bens).who == house.who(ben)


@pytest.fixture
def office(house: House) -> Iterator[PostOffice]:
    with post_office() as office:
        hosts = frozenset({office.host_port})
        settings = replace(house.parts.settings, allow_hosts=hosts)
        house.parts = replace(house.parts, settings=settings, http=GuardedHttp(hosts))
        sends_by(house, office)
        yield office


def test_whoever_has_an_account_added_that_signs_them_in_hears_of_it_by_mail_once_and_at_once(
    house: House, office: PostOffice
) -> None:
    ann, admin = house.add("Ann Ash", email=ANN), house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    steering.set_sending(house.parts, admin, Sending.OFF)
    steering.set_stopped(house.parts, admin, True)
    house.clock.turn(hours=12)
    for _ in range(2):
        signing_in_elsewhere.add(house.parts, house.who(ann), "google", Granted("666", "mallory@gmail.com"))
        house.work()
    (letter,) = office.to(ANN)
    said = f"{letter.mail['Subject']} {letter.text}"
    assert "an account was added that signs you in" in said
    assert "/taking-part" in said
    assert "mallory" not in said
    house.clock.turn(days=2)
    house.sweep()
    assert len(office.arrived) == 1


def test_nobody_is_written_to_about_an_account_that_they_came_in_with_or_that_was_not_added(
    house: House, office: PostOffice
) -> None:
    ann, ben = house.add("Ann Ash", email=ANN), house.add("Ben Birch")
    let_in(house)
    signing_in_elsewhere.add(house.parts, house.who(ann), "google", GRANTED)
    with pytest.raises(ConnectedBySomebody):
        signing_in_elsewhere.add(house.parts, house.who(ben), "google", GRANTED)
    house.work()
    house.sweep()
    assert office.arrived == []


def test_who_is_deleted_takes_their_accounts_along(house: House) -> None:
    ann = house.add("Ann Ash", email=ANN)
    let_in(house)
    with house.parts.database.writing(house.organisation_id) as memory:
        people.forget(memory, ann.id)
        people.add(memory, a_person("Ann Ash", email="somebody.else@harbour.example"))
    with pytest.raises(NotLetIn, match="nobody here"):
        let_in(house)


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("", ()),
        ("harbour.example", ("harbour.example",)),
        (" @Harbour.Example \n\n eu.harbour.example\r\nharbour.example", ("harbour.example", "eu.harbour.example")),
        ("müller.example", ("xn--mller-kva.example",)),
    ],
)
def test_an_admin_names_the_domains_one_a_line(house: House, text: str, domains: tuple[str, ...]) -> None:
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    sign_in_domains.set_domains(house.parts, admin, text)
    assert sign_in_domains.sign_in_page(house.parts, admin).domains == domains
    with house.parts.database.reading(house.organisation_id) as memory:
        assert len(audit.recent(memory)) == bool(domains)


def test_each_line_that_is_no_domain_is_named_and_nothing_is_saved(house: House) -> None:
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    wrong = [
        "harbour",
        "ann@harbour.example",
        "https://harbour.example",
        "-x.example",
        "a..b",
        "*.x.example",
        "1.2.3.4",
    ]
    with pytest.raises(BadInput) as refused:
        sign_in_domains.set_domains(house.parts, admin, "\n".join(["harbour.example", *wrong]))
    assert [each.field for each in refused.value.problems] == [f"line {number}" for number in range(2, 9)]
    assert sign_in_domains.sign_in_page(house.parts, admin).domains == ()


def test_an_admin_whose_own_domain_is_not_among_them_is_warned(house: House) -> None:
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    sign_in_domains.set_domains(house.parts, admin, "harbour.example")
    assert sign_in_domains.sign_in_page(house.parts, admin).shut_out == "example.org"
    sign_in_domains.set_domains(house.parts, admin, "harbour.example\nexample.org")
    assert sign_in_domains.sign_in_page(house.parts, admin).shut_out == ""


@pytest.mark.parametrize(
    ("path", "domains", "warned"),
    [
        ("common", "x.example", True),
        ("Organizations", "x.example", True),
        ("common", "", False),
        ("a-b", "x.example", False),
    ],
)
def test_an_admin_is_warned_where_microsoft_vouches_for_nobody(
    house: House, path: str, domains: str, warned: bool
) -> None:
    url = f"https://login.microsoftonline.com/{path}"
    settings = replace(
        house.parts.settings, microsoft_authority_url=url, microsoft_client_id="x", microsoft_client_secret="x"
    )
    parts = replace(house.parts, settings=settings)
    admin = house.who(house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})))
    sign_in_domains.set_domains(parts, admin, domains)
    assert sign_in_domains.sign_in_page(parts, admin).microsoft_vouches_for_few is warned


def test_nobody_but_an_admin_names_them(house: House) -> None:
    ann = house.who(house.add("Ann Ash"))
    with pytest.raises(NotAllowed):
        sign_in_domains.set_domains(house.parts, ann, "harbour.example")
