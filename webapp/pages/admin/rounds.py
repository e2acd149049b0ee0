"""Rounds of suggestions: all that are kept, each in full, and one out of turn."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who

page_of = Blueprint("admin_rounds", __name__, url_prefix="/admin/rounds")

STOP_POLLING = 286
"""As htmx has it: the answer is shown, and nothing is asked any more."""


@page_of.get("")
def page() -> str:
    return render_template("admin/rounds.html", page=backstage().rounds_page(who(), which_page()))


@page_of.post("")
@limiter.limit(CONNECTION_TESTS)
def start() -> Response:
    """The page itself says that one is being made, whether it is this one or was begun before."""
    backstage().start_round(who())
    return redirect(url_for("admin_rounds.page"))


@page_of.get("/status")
def status() -> tuple[str, int]:
    """Whether one is still being made: the live line of the page."""
    return _status(finished=not backstage().rounds_page(who(), 1).being_made)


@page_of.get("/<id:round_id>/status")
def status_of(round_id: int) -> tuple[str, int]:
    with if_theirs():
        return _status(finished=backstage().round_page(who(), round_id).finished)


def _status(*, finished: bool) -> tuple[str, int]:
    return render_template("admin/_round_status.html", finished=finished), STOP_POLLING if finished else 200


@page_of.get("/<id:round_id>")
def one(round_id: int) -> str:
    with if_theirs():
        shown = backstage().round_page(who(), round_id)
    return render_template("admin/round.html", round=shown)
