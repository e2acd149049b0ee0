"""Connecting calendars at Google or Microsoft: what that would let us see, and the way there."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from mentoring.doors import Errand
from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.signed_in import who
from webapp.under_way import set_out
from workflows.consent_words import permissions

page_of = Blueprint("calendars_consent", __name__, url_prefix="/calendars")


@page_of.get("/connect/<way:at>")
def page(at: str) -> str:
    _check_open(at)
    return render_template(f"connect_{at}.html", permissions=permissions(at, Errand.CALENDARS))


@page_of.post("/connect/<way:at>")
@limiter.limit(CONNECTION_TESTS)
def begin(at: str) -> str:
    _check_open(at)
    return set_out(backstage().set_out(Errand.CALENDARS, at, who()))


@page_of.post("/<id:connection_id>/again")
@limiter.limit(CONNECTION_TESTS)
def again(connection_id: int) -> str:
    """One press mends it: the provider is told which account is meant."""
    with if_theirs():
        to = backstage().set_out_to_mend(who(), connection_id)
    return set_out(to)


def _check_open(at: str) -> None:
    if at not in backstage().doors():
        abort(404)
