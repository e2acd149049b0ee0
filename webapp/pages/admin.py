"""For admins: calendars' health, the last round, sending, what stood in the way. Names and rules, never notes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from mentoring.policy import Sending
from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.ids import an_id
from webapp.signed_in import who

page_of = Blueprint("admin", __name__, url_prefix="/admin")


@page_of.get("")
def page() -> str:
    health, last = backstage().health(who()), backstage().last_round(who())
    return render_template("admin.html", health=health, round=last, now=backstage().now(), all_sending=tuple(Sending))


@page_of.get("/why")
def why() -> str:
    mentee, mentor = (request.args.get(name, type=an_id) for name in ("mentee", "mentor"))
    with if_theirs():
        page = backstage().why(who(), mentee, mentor)
    return render_template("why.html", page=page)


@page_of.post("/stop")
def stop_or_go() -> Response:
    stopped = request.form.get("stopped") == "yes"
    backstage().set_stopped(who(), stopped)
    flash("Stopped. Nothing leaves until somebody starts it again." if stopped else "Started again.")
    return redirect(url_for("admin.page"))


@page_of.post("/sending")
def sending() -> Response:
    try:
        chosen = Sending(request.form.get("sending", ""))
    except ValueError as problem:
        raise BadInput.of("sending", "choose off, review or on") from problem
    backstage().set_sending(who(), chosen)
    flash("Saved.")
    return redirect(url_for("admin.page"))
