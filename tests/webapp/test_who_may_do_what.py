"""Every route × everybody who might ask, over two real organisations: what each may see and do, and nothing beside.

What is expected follows from webapp/doors.py, which says who may ask at all, and from WHOSE, which says whose a thing
is. A route that is not covered by them fails here, with what to add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mentoring.policy import Policy
from mentoring.proposals import State
from tests.webapp.compiled import compiled_once
from tests.webapp.stage import application, stage
from tests.webapp.two_organisations import (
    EVERY_WORD,
    NAMES,
    NORTH,
    NOTE,
    NOTES,
    NOWHERE,
    OTHERS_NOTE,
    SOUTH,
    THEME,
    TOPICS,
    Seat,
    World,
    two_organisations,
)
from webapp.app import create_app
from webapp.doors import DOORS, Access
from webapp.limits import limiter
from webapp.signed_in import begun
from workflows.rules_form import fields_of

EVERYBODY, NOBODY = frozenset(Seat), frozenset[Seat]()
OWNER, ADMIN = frozenset({Seat.OWNER}), frozenset({Seat.ADMIN})
THE_TWO = frozenset({Seat.OWNER, Seat.OTHER})

WHOSE: dict[str, dict[str, frozenset[Seat]]] = {
    "proposal_id": {"met": THE_TWO, "confirmed": THE_TWO, "asked_mentee": OWNER, "reserved": NOBODY},
    "suggestions.event_file": {"confirmed": THE_TWO, "asked_mentee": OWNER, "met": NOBODY, "reserved": NOBODY},
    "suggestions.answer_reason": {"met": OWNER, "confirmed": OWNER, "asked_mentee": OWNER, "reserved": NOBODY},
    "connection_id": {"connection": OWNER},
    "calendar_id": {"calendar": OWNER},
    "challenge_id": {"note": OWNER},
    "theme_id": {"theme": OWNER},
    "challenges.look_again": {"settled": OWNER},
    "said": {"said": OWNER},
    "expertise_id": {"expertise": OWNER},
    "identity_id": {"identity": OWNER},
    "key_id": {"key": OWNER},
    "other_id": {"never": OWNER},
    "person_id": {"owner_id": ADMIN},
    "admin_people.invite": {"newcomer_id": ADMIN},
    "round_id": {"round": ADMIN},
    "message_id": {"message": ADMIN},
    "organiser_id": {"organiser": ADMIN},
    "trial_id": {"trial": ADMIN},
    "version": {"version": ADMIN},
    "group_id": {"group": ADMIN},
    "bearer.stop": {"stop": EVERYBODY, "forged stop": NOBODY, "answer": NOBODY, "link": NOBODY},
    "bearer.stop_or_start": {"stop": EVERYBODY, "forged stop": NOBODY, "answer": NOBODY, "link": NOBODY},
    "bearer.invite": {"answer": EVERYBODY, **dict.fromkeys(("forged answer", "forged proposal", "stop"), NOBODY)},
    "bearer.answer": {"answer": EVERYBODY, **dict.fromkeys(("forged answer", "forged proposal", "stop"), NOBODY)},
    "bearer.after": {"after": EVERYBODY, **dict.fromkeys(("forged after", "answer", "stop"), NOBODY)},
    "bearer.say_after": {"after": EVERYBODY, **dict.fromkeys(("forged after", "answer", "stop"), NOBODY)},
    "bearer.lately": {"lately": EVERYBODY, **dict.fromkeys(("forged lately", "stop"), NOBODY)},
    "bearer.say_lately": {"lately": EVERYBODY, **dict.fromkeys(("forged lately", "stop"), NOBODY)},
    "sign_in.link": {"link": EVERYBODY, "stop": NOBODY, "answer": NOBODY},
    "sign_in.by_link": {"link": EVERYBODY},
}
"""Who may ask for a thing of the first organisation: by what the route calls it, or by the route itself. A token is its
own authority: whoever holds it may."""

NO_THING = {"provider": "ics", "at": "google", "filename": "mark.svg", "address": "a@example.org", "key": "1"}
"""Arguments that name nobody's thing."""

DEMO = {
    "sign_in.as_sample_person",
    "sample_mails.page",
    "sample_mails.mail",
    "sample_mails.as_designed",
    "sample_mails.answer",
}
"""Outside the demo there are no such pages."""

BY_SECRET = {"api.post_notes", "hooks.google"}
"""Whoever calls without a secret of ours is told that there is nothing."""

HOURS = {f"{day}-1-from": "9:00" for day in ("mon", "tue")} | {f"{day}-1-to": "17:00" for day in ("mon", "tue")}
LIMITS = {"zone": "Europe/Berlin", "country": "", "clock": "24", "buffer_minutes": "5", "notice_hours": "12"}
CAPS = {"per_day": "1", "per_week": "2", "per_month": "4"}
SERVER = {"name": "Interlude", "address": "i@example.org", "host": "127.0.0.1", "port": "25", "security": "none"}

RULES = fields_of(Policy(round_hour=11))
SHOWN = {"revision": "1", "base_version": "{in_force}", "shown": "{rules}"}

FORMS: dict[str, dict[str, str]] = {
    "api.post_notes": {},
    "admin.sending": {"sending": "off"},
    "admin.stop_or_go": {"stopped": "yes"},
    "admin.weekly_messages": {"weekly_messages": "3"},
    "admin_import.apply": {"content": "ZW1haWwsbmFtZSx6b25l", "seal": "none"},
    "admin_import.preview": {"text": "email,name,zone\nnew@example.org,New,Europe/Berlin\n"},
    "admin_mail.remove": {},
    "admin_mail.remove_inbox": {},
    "admin_mail.save": SERVER,
    "admin_mail.save_inbox": {f"inbox_{name}": value for name, value in (SERVER | {"username": "i"}).items()},
    "admin_mail.send_a_test": {},
    "admin_mail.try_again": {},
    "admin_mail.try_inbox": {},
    "admin_organiser.connect": {},
    "admin_organiser.from_the_mailbox": {},
    "admin_organiser.take_back": {},
    "admin_people.change": {"name": "Changed", "seniority": "middle", "manager_id": "{member_id}"},
    "admin_people.forget": {"address": "{owner_email}"},
    "admin_people.invite": {},
    "admin_people.invite_everybody": {"expected": "1"},
    "admin_people.set_admin": {"admin": "yes"},
    "admin_people.sign_out": {},
    "admin_review.decide": {"decision": "take_back", "chosen": "{shown}"},
    "admin_rounds.start": {},
    "admin_groups.add": {"name": "Another"},
    "admin_groups.put_in": {"person": "{owner_id}"},
    "admin_groups.remove": {},
    "admin_groups.take_out": {"person": "{other_id}"},
    "admin_rules.carry_on": {"revision": "1"},
    "admin_rules.discard": {"revision": "1"},
    "admin_rules.publish": {"revision": "1", "reason": "why not"},
    "admin_rules.save": RULES | SHOWN,
    "admin_rules.settle": SHOWN | {"mine": "{other_rules}", "seen": "{rules}"},
    "admin_trials.cancel": {},
    "admin_trials.start": {"kind": "preview", "revision": "1"},
    "admin_versions.restore": {"expected": "{in_force}", "reason": "why not"},
    "admin_sign_in.save": {"domains": "example.org"},
    "bearer.answer": {"answer": "no", "sequence": "0"},
    "bearer.say_after": {"helped": "partly", "settled": "yes"},
    "bearer.say_lately": {"text": "words"},
    "bearer.stop_or_start": {"act": "stop"},
    "calendars_consent.again": {},
    "calendars_consent.begin": {},
    "calendars.choose": {"busy": "{calendar}", "copies": ""},
    "calendars.disconnect": {},
    "calendars.read_now": {},
    "calendars.test_and_connect": {"address": NOWHERE},
    "challenges.change_words": {"text": "other words"},
    "challenges.look_again": {},
    "challenges.settle": {},
    "challenges.merge": {"other": "{settled}"},
    "challenges.rename": {"name": "other words"},
    "challenges.say_english": {},
    "challenges.take_back": {},
    "challenges.take_out": {"notes": "{note}"},
    "challenges.strike_out": {},
    "challenges.write_down": {"text": "words"},
    "expertise.add": {"text": "words"},
    "expertise.change": {"text": "other words"},
    "expertise.remove": {},
    "hooks.google": {},
    "hooks.microsoft": {},
    "hooks.microsoft_lifecycle": {},
    "keys.make": {"name": "my script"},
    "keys.revoke": {},
    "limits.add_quiet": {"first": "2026-12-24", "last": "2026-12-31"},
    "limits.after_all": {},
    "limits.back": {},
    "limits.never_with": {"person": "{waiting_id}"},
    "limits.pause": {"weeks": "2"},
    "limits.quiet_weekdays": {"wed": "yes"},
    "limits.remove_quiet": {"first": "2026-12-24", "last": "2026-12-31"},
    "limits.save": LIMITS | CAPS | HOURS,
    "meetings.say_how_it_was": {"helped": "yes"},
    "meetings.say_missed": {},
    "sample_mails.answer": {"answer": "yes"},
    "sign_in.as_sample_person": {"person": "{owner_id}"},
    "sign_in.ask": {"email": "somebody@example.org"},
    "sign_in.by_link": {},
    "sign_in.elsewhere": {},
    "sign_in.sign_out": {},
    "suggestions.answer": {"answer": "no", "sequence": "0"},
    "suggestions.answer_reason": {"reason": "recurs", "objection": "wrong"},
    "suggestions.name_topic": {"topic": "other words"},
    "suggestions.move": {"start": "2026-11-26T09:00:00+00:00", "sequence": "0"},
    "taking_part.add_account": {},
    "taking_part.remove_account": {},
    "taking_part.delete_everything": {"address": "{own_email}"},
    "taking_part.resume": {},
    "taking_part.sign_out_everywhere": {},
    "taking_part.stop": {},
    "taking_part.take_part": {"mentee": "yes"},
}
"""What is sent: filled in so that it does what it is for, where one may. {…}: of the first organisation."""

ASKS = {"admin.why": "?mentee={owner_id}&mentor={other_id}"}
"""Questions that name things of the first organisation in what follows the address."""

TOLD_NO = {
    "admin_import.apply": 409,
    "admin_mail.save": 400,
    "admin_mail.save_inbox": 400,
    "calendars.test_and_connect": 400,
    "calendars_consent.again": 409,
    "health.healthz": 503,
    "hooks.microsoft": 400,
    "hooks.microsoft_lifecycle": 400,
    "limits.never_with": 400,
    "oauth.back": 400,
    "suggestions.move": 409,
    "taking_part.delete_everything": 409,
}
"""Who may do these may also be told in words why it cannot be: no server is there to be asked, the person is they
themselves or of another organisation, the only admin cannot leave, nobody waits for an answer, a password is no
permission."""


CHANGES_NOTHING = {
    "admin_import.preview",
    "admin_organiser.connect",
    "calendars_consent.begin",
    "limits.remove_quiet",
    "sign_in.by_link",
    "sign_in.elsewhere",
    "sign_in.sign_out",
    "taking_part.add_account",
    "taking_part.resume",
    *TOLD_NO,
}
"""What nothing comes of here: it only shows, only the browser hears of it, or there is nothing to take back."""

LEAVING = {"sign_in.sign_out", "taking_part.sign_out_everywhere", "taking_part.delete_everything"}
"""Who has done these comes to the page to sign in, too."""


class Outcome(StrEnum):
    LET_THROUGH = "let through"
    TO_SIGN_IN = "sent to sign in"
    FORBIDDEN = "told that it is for admins"
    NOTHING = "told that there is nothing"


@dataclass(frozen=True)
class Ask:
    """One route asked for, of one thing."""

    method: str
    rule: Rule
    thing: str
    seats: frozenset[Seat]

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def expected(self, seat: Seat) -> Outcome:
        if self.endpoint in DEMO | BY_SECRET:
            return Outcome.NOTHING
        access = DOORS[self.endpoint]
        if self.endpoint in ASKS and seat is Seat.ELSEWHERE:
            return Outcome.NOTHING
        if seat is Seat.STRANGER and access in {Access.SIGNED_IN, Access.ADMIN}:
            return Outcome.TO_SIGN_IN
        if access is Access.ADMIN and seat not in {Seat.ADMIN, Seat.ELSEWHERE}:
            return Outcome.FORBIDDEN
        return Outcome.LET_THROUGH if seat in self.seats else Outcome.NOTHING


def asks() -> Iterator[Ask]:
    for rule in application(stage()).url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for thing, seats in whose(rule).items():
                yield Ask(method, rule, thing, seats)


def whose(rule: Rule) -> Mapping[str, frozenset[Seat]]:
    """The things that the route can be asked for; one without a name where it is about none."""
    of_somebody = sorted(set(rule.arguments) - set(NO_THING))
    if not of_somebody:
        return {"": EVERYBODY}
    known = WHOSE.get(str(rule.endpoint)) or next((WHOSE[name] for name in of_somebody if name in WHOSE), None)
    if known is None:
        return {"?": NOBODY}
    return dict.fromkeys(known, ADMIN) if DOORS[str(rule.endpoint)] is Access.ADMIN else known


ASKED = sorted(asks(), key=lambda each: (each.endpoint, each.method, each.thing))


def named(ask: Ask) -> str:
    return f"{ask.method} {ask.rule.rule}" + (f" of {ask.thing}" if ask.thing else "")


def test_every_route_says_whose_its_thing_is_and_how_its_form_is_filled_in() -> None:
    unknown = {
        f"{ask.endpoint}: say in WHOSE (or NO_THING) of {__name__} whose {sorted(ask.rule.arguments)} is"
        for ask in ASKED
        if ask.thing == "?"
    }
    unknown |= {
        f"{ask.endpoint}: say in FORMS of {__name__} what to send"
        for ask in ASKED
        if ask.method != "GET" and ask.endpoint not in FORMS
    }
    assert unknown == set()


def test_no_table_speaks_of_a_route_that_is_gone() -> None:
    routes, arguments = {ask.endpoint for ask in ASKED}, {name for ask in ASKED for name in ask.rule.arguments}
    assert set(FORMS) | DEMO | set(ASKS) | set(TOLD_NO) <= routes
    assert set(WHOSE) <= routes | arguments
    assert set(NO_THING) <= arguments


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return two_organisations(tmp_path_factory.mktemp("two-organisations"))


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    made = create_app(replace(world.house.parts.settings, redis_url="memory://"), world.house.parts)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return compiled_once(made)


def browser(app: Flask, world: World, seat: Seat) -> FlaskClient:
    limiter.reset()
    client, person = app.test_client(), world.person(seat)
    if person is not None:
        with client.session_transaction() as session:
            session.update(begun(world.house.who(person), world.house.clock()))
            session["organisation"] = person.organisation_id
    return client


def asked(app: Flask, world: World, seat: Seat, ask: Ask) -> TestResponse:
    person = world.person(seat)
    said: dict[str, Any] = world.north.ids | {
        "owner_email": world.north.people[Seat.OWNER].email,
        "own_email": person.email if person else "",
    }
    values: dict[str, Any] = {
        name: NO_THING[name] if name in NO_THING else world.north.ids[ask.thing] for name in ask.rule.arguments
    }
    with app.test_request_context():
        path = app.url_for(ask.endpoint, **values)
    path += ASKS.get(ask.endpoint, "").format_map(said)
    form = {name: text.format_map(said) for name, text in FORMS.get(ask.endpoint, {}).items()}
    return browser(app, world, seat).open(path, method=ask.method, data=form if ask.method != "GET" else None)


def outcome(response: TestResponse, ask: Ask, seat: Seat) -> Outcome:
    leaves = ask.endpoint in LEAVING and (seat is not Seat.STRANGER or DOORS[ask.endpoint] is Access.ANYONE)
    if response.status_code == 302 and re.match(r"/sign-in(\?next=|$)", response.location or "") and not leaves:
        return Outcome.TO_SIGN_IN
    assert response.status_code in {200, 286, 302, 401, 403, 404, TOLD_NO.get(ask.endpoint)}
    return {401: Outcome.NOTHING, 403: Outcome.FORBIDDEN, 404: Outcome.NOTHING}.get(
        response.status_code, Outcome.LET_THROUGH
    )


def words(response: TestResponse) -> set[str]:
    """Which of all the planted words the answer holds, in whatever case."""
    said = f"{response.text} {response.headers}".lower()
    return {f"{word}{where}" for word in EVERY_WORD for where in (NORTH, SOUTH) if f"{word}{where}".lower() in said}


def own_words(seat: Seat) -> set[str]:
    """One's own name stands on each page."""
    where = SOUTH if seat is Seat.ELSEWHERE else NORTH
    return {f"{NAMES.get(Seat.ADMIN if seat is Seat.ELSEWHERE else seat, '')}{where}"}


ABOUT = {TOPICS[State.CONFIRMED], TOPICS[State.MET]}
"""What such addresses are about."""


def hidden(seat: Seat, ask: Ask) -> set[str]:
    """What no page may show to that seat, not even one that is theirs to see. An address that is its own authority
    shows what it is about, whoever opens it."""
    of_both = {f"{word}{SOUTH}" for word in EVERY_WORD}
    if DOORS[ask.endpoint] is Access.BEARER:
        return of_both | {f"{word}{NORTH}" for word in NOTES if word not in ABOUT}
    of_others = {
        Seat.STRANGER: set(EVERY_WORD),
        Seat.MEMBER: set(NOTES),
        Seat.OTHER: {NOTE, THEME, TOPICS[State.ASKED_MENTEE], TOPICS[State.RESERVED]},
        Seat.WAITING: set(NOTES),
        Seat.OWNER: {OTHERS_NOTE},
        Seat.ADMIN: set(NOTES),
    }
    if seat is Seat.ELSEWHERE:
        return {f"{word}{NORTH}" for word in EVERY_WORD} | {f"{word}{SOUTH}" for word in NOTES}
    return of_both | {f"{word}{NORTH}" for word in of_others[seat]}


CASES = [pytest.param(seat, ask, id=f"{named(ask)} by {seat}") for ask in ASKED for seat in Seat]
REFUSED = [each for each in CASES if each.values[1].expected(each.values[0]) is not Outcome.LET_THROUGH]
ALLOWED = [each for each in CASES if each not in REFUSED]


@pytest.mark.parametrize(("seat", "ask"), REFUSED)
def test_who_may_not_is_told_so_learns_nothing_and_changes_nothing(
    seat: Seat, ask: Ask, app: Flask, world: World
) -> None:
    before = world.rows()
    response = asked(app, world, seat, ask)
    try:
        assert outcome(response, ask, seat) is ask.expected(seat)
        assert words(response) - own_words(seat) == set()
        assert world.rows() == before
        assert world.house.nudges == []
    finally:
        world.again()


@pytest.mark.parametrize(("seat", "ask"), ALLOWED)
def test_who_may_is_let_through_and_is_shown_nothing_of_others(seat: Seat, ask: Ask, app: Flask, world: World) -> None:
    everything, norths = world.rows(), world.rows(world.north.organisation_id)
    response = asked(app, world, seat, ask)
    try:
        assert outcome(response, ask, seat) is Outcome.LET_THROUGH
        assert words(response) & hidden(seat, ask) == set()
        if ask.method == "GET":
            assert world.rows() == everything
        if seat is Seat.ELSEWHERE and DOORS[ask.endpoint] is not Access.BEARER:
            assert world.rows(world.north.organisation_id) == norths
    finally:
        world.again()


@pytest.mark.parametrize("endpoint", sorted(set(FORMS) - CHANGES_NOTHING - DEMO - BY_SECRET))
def test_each_form_does_what_it_is_for_where_one_may_send_it(endpoint: str, app: Flask, world: World) -> None:
    """Else a form that is refused would show nothing."""
    before, changed = world.rows(), []
    for ask in (each for each in ASKED if each.endpoint == endpoint and each.method != "GET"):
        for seat in (each for each in (Seat.OWNER, Seat.ADMIN) if ask.expected(each) is Outcome.LET_THROUGH):
            asked(app, world, seat, ask)
            changed.append(world.rows() != before)
            world.again()
    assert any(changed)
