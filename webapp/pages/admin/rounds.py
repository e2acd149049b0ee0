"""Rounds of suggestions: all that are kept, each in full, and one out of turn."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who

page_of = Blueprint("admin_rounds", __name__, url_prefix="/admin/rounds")


@page_of.get("")
def page() -> str:
    return render_template("admin/rounds.html", page=backstage().rounds_page(who(), which_page()))


@page_of.post("")
@limiter.limit(CONNECTION_TESTS)
def start() -> Response:
    if backstage().start_round(who()):
        flash("It is being made. Reload the page in a moment to see what came of it.")
    else:
        flash("A round is being made already. Reload the page in a moment.", "problem")
    return redirect(url_for("admin_rounds.page"))


@page_of.get("/<id:round_id>")
def one(round_id: int) -> str:
    with if_theirs():
        shown = backstage().round_page(who(), round_id)
    return render_template("admin/round.html", round=shown)
