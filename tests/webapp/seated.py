"""Browsers of people of a real house, signed in already."""

from __future__ import annotations

from flask.testing import FlaskClient

from mentoring.people import Person
from tests.workflows.house import House
from webapp.signed_in import begun


def sign_in(browser: FlaskClient, house: House, person: Person) -> None:
    """As from now, by the house's clock."""
    with browser.session_transaction() as session:
        session.update(begun(house.who(person), house.parts.clock()))
