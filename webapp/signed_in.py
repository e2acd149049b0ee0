"""Who is signed in: two ids and two moments in the signed session cookie, looked up afresh on each request."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import cast

from flask import abort, after_this_request, flash, g, request, session
from werkzeug.wrappers import Response

from mentoring.errors import Missing
from mentoring.people import Person, Role
from webapp.backstage import backstage
from workflows.views import Who

log = logging.getLogger("interlude.web")

LONGEST = timedelta(days=7)
"""From signing in, however much it is used."""

LONGEST_FOR_ADMINS = timedelta(hours=12)
"""A working day: an admin's session can stop all sending and delete people, so it is proven anew each day."""

UNUSED = timedelta(days=3)
"""From the last page that was asked for: over a weekend, and no longer."""

NOTED_EVERY = timedelta(minutes=30)
"""The moment of last use is written this often at most, so that not every answer carries a new cookie."""


def begun(who: Who, now: datetime) -> dict[str, float]:
    """What a new session of that person holds."""
    at = now.timestamp()
    return {"organisation": who.organisation_id, "person": who.person_id, "since": at, "used": at}


def sign_in(who: Who) -> None:
    """A new session for that person; nothing of the one before is carried over, its CSRF token included."""
    session.clear()
    session.update(begun(who, backstage().now()))
    session.permanent = True
    g.pop("person", None)
    log.info("signed in: person %s of organisation %s", who.person_id, who.organisation_id)


def sign_out() -> None:
    session.clear()
    g.pop("person", None)
    after_this_request(_forget_us)


def _forget_us(response: Response) -> Response:
    # Not "cookies": that would take those of the organisation's other hosts too (https://www.w3.org/TR/clear-site-data).
    if backstage().settings.secure:  # browsers heed it over https only
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def current_person() -> Person | None:
    """The person signed in, or None; somebody deleted meanwhile, or signed out everywhere, is signed out."""
    if "person" not in g:
        g.person = _looked_up()
    return cast("Person | None", g.person)


def _looked_up() -> Person | None:
    if "person" not in session or "organisation" not in session:
        return None
    try:
        person = backstage().person(Who(session["organisation"], session["person"]))
    except Missing:
        session.clear()
        return None
    now = backstage().now()
    if _ended(person) or _too_old(person, now):
        session.clear()
        flash("You have been signed out. Please sign in again.")
        return None
    _note_use(now)
    return person


def _ended(person: Person) -> bool:
    """Whether the session began before the person ended all that there were."""
    return person.signed_out_at is not None and session.get("since", 0) <= person.signed_out_at.timestamp()


def _too_old(person: Person, now: datetime) -> bool:
    longest = LONGEST_FOR_ADMINS if Role.ADMIN in person.roles else LONGEST
    return _ago("since", now) > longest or _ago("used", now) > UNUSED


def _note_use(now: datetime) -> None:
    """A page that asks by itself how things are is not used by anybody."""
    if "HX-Request" not in request.headers and _ago("used", now) > NOTED_EVERY:
        session["used"] = now.timestamp()


def _ago(moment: str, now: datetime) -> timedelta:
    """A session that does not say when is as old as can be."""
    return timedelta(seconds=now.timestamp() - session.get(moment, 0))


def who() -> Who:
    """The one who asks, for a workflow."""
    person = current_person()
    if person is None:
        abort(401)
    return Who(person.organisation_id, person.id)
