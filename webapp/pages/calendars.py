"""Connecting calendars, and how they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, InterludeError, Problem, Reconnect, Refused, TryLater
from webapp.at import REMOVED_AT
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.signed_in import who
from workflows.door_views import GivenBack
from workflows.views import ConnectionView

page_of = Blueprint("calendars", __name__, url_prefix="/calendars")

PROVIDERS = ("caldav", "ics")

_TOKENS = "Its keys and busy times are deleted here"
WHAT_WENT = {
    GivenBack.NONE: "Its address, password and busy times are deleted here, and our invites are taken out of it.",
    GivenBack.ENDED: f"{_TOKENS}, and the permission is given back there.",
    GivenBack.STANDS: f"{_TOKENS}.",
    GivenBack.UNANSWERED: f"{_TOKENS}.",
    GivenBack.SHARED: f"{_TOKENS}. The permission stays, because the same account is connected elsewhere here.",
}
STILL_THERE = {
    GivenBack.STANDS: "Only you can take the permission off the account’s own list.",
    GivenBack.UNANSWERED: "The permission could not be given back just now, so it is still on the account’s own list.",
}


@dataclass(frozen=True)
class Typed:
    """What the connect form holds. The secret is never sent back to the browser."""

    provider: str
    address: str = ""
    username: str = ""
    secret: str = field(default="", repr=False)

    @classmethod
    def from_form(cls, provider: str) -> Typed:
        """Raises BadInput naming each field that is missing."""
        typed = cls(provider, *(request.form.get(name, "").strip() for name in ("address", "username", "secret")))
        needed = {"address": "Please fill in the address."}
        if provider == "caldav":
            needed |= {"username": "Please fill in the name.", "secret": "Please fill in the app password."}
        problems = [Problem(name, words) for name, words in needed.items() if not getattr(typed, name)]
        if problems:
            raise BadInput(*problems)
        return typed


@page_of.get("")
def page() -> str:
    return render_template("calendars.html", page=backstage().calendars(who()), now=backstage().now())


@page_of.get("/connect/<provider>")
def connect(provider: str) -> str:
    return render_template(_form(provider), typed=Typed(provider), problems={})


@page_of.post("/connect/<provider>")
@limiter.limit(CONNECTION_TESTS)
def test_and_connect(provider: str) -> Response | tuple[str, int]:
    """Asks what is there, which is the test. What answered is saved at once, so that its secret waits nowhere."""
    template = _form(provider)
    try:
        typed = Typed.from_form(provider)
        connection_id = backstage().connect(who(), provider, typed.address, typed.username, typed.secret)
    except (BadInput, Reconnect, Refused, TryLater) as error:
        return _again(template, provider, error)
    return redirect(url_for("calendars.choices", connection_id=connection_id))


@page_of.get("/<id:connection_id>")
def choices(connection_id: int) -> str:
    connection = _connection(connection_id)[1]
    busy = {calendar.id for calendar in connection.calendars if calendar.counts_as_busy}
    copies = next((calendar.id for calendar in connection.calendars if calendar.takes_copies), None)
    return render_template("choices.html", connection=connection, busy=busy, copies=copies, problems={})


@page_of.post("/<id:connection_id>")
def choose(connection_id: int) -> Response | tuple[str, int]:
    busy, copies = request.form.getlist("busy", type=an_id), request.form.get("copies", type=an_id)
    try:
        with if_theirs():
            backstage().choose(who(), connection_id, busy, copies)
    except BadInput as error:
        connection, problems = _connection(connection_id)[1], by_field(error)
        return render_template("choices.html", connection=connection, busy=busy, copies=copies, problems=problems), 400
    flash("Saved. Your calendars are read with this choice from now on.")
    return redirect(url_for("calendars.page"))


@page_of.get("/<id:connection_id>/status")
def status(connection_id: int) -> str:
    """The live part of the page. Nothing in it takes the focus, so that it may be replaced at any time."""
    zone, connection = _connection(connection_id)
    return render_template("_status.html", connection=connection, zone=zone, now=backstage().now())


@page_of.post("/read/<id:calendar_id>")
@limiter.limit(CONNECTION_TESTS)
def read_now(calendar_id: int) -> Response:
    with if_theirs():
        problem = backstage().read_now(who(), calendar_id)
    flash(problem or "Read just now.", "problem" if problem else "message")
    return redirect(url_for("calendars.page"))


@page_of.post("/<id:connection_id>/disconnect")
def disconnect(connection_id: int) -> Response:
    with if_theirs():
        gone = backstage().disconnect(who(), connection_id)
    flash(f"Disconnected. {WHAT_WENT[gone.given_back]}")
    if gone.given_back in STILL_THERE:
        flash(f"{STILL_THERE[gone.given_back]} {REMOVED_AT[gone.provider]}", "problem")
    if gone.left_behind:
        number = "One invite" if gone.left_behind == 1 else f"{gone.left_behind} invites"
        flash(f"{number} could not be taken out, because the server did not answer: please delete by hand.", "problem")
    return redirect(url_for("calendars.page"))


def _form(provider: str) -> str:
    if provider not in PROVIDERS:
        abort(404)
    return f"connect_{provider}.html"


def _again(template: str, provider: str, error: InterludeError) -> tuple[str, int]:
    typed = Typed(provider, *(request.form.get(name, "").strip() for name in ("address", "username")))
    status = 503 if isinstance(error, TryLater) else 400
    return render_template(template, typed=typed, problems=by_field(error)), status


def _connection(connection_id: int) -> tuple[str, ConnectionView]:
    page = backstage().calendars(who())
    for connection in page.connections:
        if connection.id == connection_id:
            return page.zone, connection
    raise NotFound
