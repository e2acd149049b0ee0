"""However large the organisation is, a page asks the database the same number of questions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from mentoring.people import Person, Role
from mentoring.proposals import State
from store import calendars, challenges, directory, drafts, groups, policies, proposals, rounds, themes, trials
from tests.webapp.crowd import a_crowd
from tests.webapp.seated import sign_in
from tests.webapp.stage import application, stage
from tests.workflows.house import House
from webapp.app import create_app
from webapp.doors import DOORS, Access
from webapp.pages.admin.rounds import STOP_POLLING

FEW, MANY = 5, 50


class Seat(NamedTuple):
    """An organisation with an admin who takes part in everything, and somebody who has just come."""

    busy: FlaskClient
    new: FlaskClient
    engine: Engine
    theirs: dict[str, object]


def paths() -> list[str]:
    """Every page of somebody signed in, from the application's own list; what a page is about stands in <brackets>."""
    rules = [rule for rule in application(stage()).url_map.iter_rules() if "GET" in (rule.methods or ())]
    inside = {Access.SIGNED_IN, Access.ADMIN}
    found = {re.sub(r"<(?:id:|way:)?(\w+)>", r"{\1}", rule.rule) for rule in rules if DOORS[rule.endpoint] in inside}
    why = "/admin/why?mentee={person_id}"
    return sorted(found | {why, why + "&mentor={mentor_id}"})


def _tuned(house: House) -> dict[str, object]:
    """A group of everybody, and a draft of the rules that has been tried."""
    with house.parts.database.writing(house.organisation_id) as memory:
        in_force, now = policies.current(memory), house.clock()
        groups.put(memory, "Everybody", directory.names(memory))
        draft = drafts.save(memory, replace(in_force, round_hour=9), in_force.version, 0, "Zofia", now).policy
        trial = trials.ask(memory, trials.Kind.PREVIEW, draft, in_force.version, "Zofia", now)
        return {"group_id": groups.ids(memory)["Everybody"], "trial_id": trial, "version": in_force.version}


def _theirs(house: House, admin: Person) -> dict[str, object]:
    """Of the admin who takes part in everything: one of each that a page may be about."""
    tuned = _tuned(house)
    with house.parts.database.reading(house.organisation_id) as memory:
        mine = [
            each
            for each in proposals.open_proposals(memory, house.clock())
            if admin.id in (each.pair.mentee_id, each.pair.mentor_id)
        ]
        meeting = next(each for each in mine if each.state is State.CONFIRMED)
        return tuned | {
            "proposal_id": meeting.id,
            "person_id": meeting.pair.mentee_id,
            "mentor_id": meeting.pair.mentor_id,
            "round_id": rounds.heads(memory, 1)[0].id,
            "connection_id": calendars.connections(memory, admin.id)[0].id,
            "challenge_id": challenges.of_person(memory, admin.id)[0].id,
            "theme_id": next((each.id for each in themes.of_person(memory, admin.id)), 0),
            "provider": "caldav",
            "at": "google",
        }


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Seat]:
    return {number: _seat(tmp_path_factory, number) for number in (FEW, MANY)}


def _seat(folders: pytest.TempPathFactory, number: int) -> Seat:
    house, zofia = a_crowd(folders.mktemp(f"crowd-of-{number}"), number)
    nils = house.add("Nils New", roles=frozenset({Role.MENTEE}))
    at_google = replace(house.parts.settings, google_client_id="interlude", google_client_secret="a secret")
    house.parts = replace(house.parts, settings=at_google)
    app = create_app(house.parts.settings, house.parts)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    busy, new = (_browser(app, house, person) for person in (zofia, nils))
    return Seat(busy, new, house.parts.database._engine, _theirs(house, zofia))


def _browser(app: Flask, house: House, person: Person) -> FlaskClient:
    browser = app.test_client()
    sign_in(browser, house, person)
    return browser


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(*some: object) -> None:
        said.append(str(some[2]))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def asked(seat: Seat, path: str, browser: FlaskClient) -> list[str]:
    """What the page asks, once it has been opened before."""
    browser.get(path)
    with counting(seat.engine) as said:
        assert browser.get(path).status_code in {200, STOP_POLLING}
    return said


@pytest.mark.parametrize("path", paths())
def test_a_page_asks_as_much_of_a_large_organisation_as_of_a_small_one(seats: dict[int, Seat], path: str) -> None:
    few, many = (asked(each, path.format(**each.theirs), each.busy) for each in (seats[FEW], seats[MANY]))
    assert len(many) == len(few) > 0, "\n".join(many)


@pytest.mark.parametrize("path", ["/", "/meetings", "/challenges", "/calendars"])
@pytest.mark.parametrize("who", ["busy", "new"])
def test_the_pages_that_are_opened_most_look_at_nobody_else(seats: dict[int, Seat], who: str, path: str) -> None:
    """Apart from those with whom there is something, whom they ask for by id."""
    said = asked(seats[MANY], path, getattr(seats[MANY], who))
    of_everybody = [each for each in said if any(_of_everybody(each, table) for table in OF_PEOPLE)]
    assert any("FROM people" in each for each in said)
    assert of_everybody == []


OF_PEOPLE = {"people": "people.id", "calendars": "calendars.person_id", "connections": "connections.person_id"}
OF_PEOPLE |= {"challenges": "challenges.person_id", "needs": "needs.person_id", "copies": "copies.person_id"}
"""Tables with a row for everybody, and the column by which somebody's is asked for."""


def _of_everybody(statement: str, table: str) -> bool:
    _, found, rest = statement.partition(f"FROM {table} ")
    return bool(found) and OF_PEOPLE[table] not in rest.partition("ORDER BY")[0]
