"""Who is signed in: two ids in the signed session cookie, looked up afresh on each request."""

from __future__ import annotations

from typing import cast

from flask import abort, g, session

from mentoring.errors import Missing
from mentoring.people import Person
from webapp.backstage import backstage
from workflows.views import Who


def sign_in(who: Who) -> None:
    """A new session for that person; nothing of the one before is carried over, its CSRF token included."""
    session.clear()
    session["organisation"], session["person"] = who.organisation_id, who.person_id
    session.permanent = True
    g.pop("person", None)


def sign_out() -> None:
    session.clear()
    g.pop("person", None)


def current_person() -> Person | None:
    """The person signed in, or None; somebody deleted meanwhile is signed out."""
    if "person" not in g:
        g.person = _looked_up()
    return cast("Person | None", g.person)


def _looked_up() -> Person | None:
    if "person" not in session or "organisation" not in session:
        return None
    try:
        return backstage().person(Who(session["organisation"], session["person"]))
    except Missing:
        session.clear()
        return None


def who() -> Who:
    """The one who asks, for a workflow."""
    person = current_person()
    if person is None:
        abort(401)
    return Who(person.organisation_id, person.id)
