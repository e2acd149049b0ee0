"""How Interlude is doing: sending, what waits, calendars' health, the last round, what stood in the way."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile
from mentoring.policy import RANGES, Sending
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.signed_in import who

page_of = Blueprint("admin", __name__, url_prefix="/admin")


@page_of.get("")
def page() -> str:
    return _page({}, "")


@page_of.get("/why")
def why() -> str:
    mentee, mentor = (request.args.get(name, type=an_id) for name in ("mentee", "mentor"))
    with if_theirs():
        page = backstage().why(who(), mentee, mentor)
    return render_template("admin/why.html", page=page)


@page_of.post("/stop")
def stop_or_go() -> Response:
    stopped = request.form.get("stopped") == "yes"
    backstage().set_stopped(who(), stopped)
    flash("Stopped. Nothing leaves until somebody starts it again." if stopped else "Started again.")
    return redirect(url_for("admin.page"))


@page_of.post("/sending")
def sending() -> Response | str | tuple[str, int]:
    try:
        chosen = Sending(request.form.get("sending", ""))
    except ValueError as problem:
        raise BadInput.of("sending", "choose off, review or on") from problem
    if chosen is Sending.ON:
        return _turn_on(request.form.get("expected", type=an_id))
    backstage().set_sending(who(), chosen)
    flash("Saved.")
    return redirect(url_for("admin.page"))


def _turn_on(expected: int | None) -> Response | str | tuple[str, int]:
    """At one press where nothing waits; else the number that would be let go is said first. expected: as was said."""
    try:
        number = backstage().let_all_go(who(), expected or 0)
    except ChangedMeanwhile:
        shown = {"number": backstage().number_waiting(who()), "health": backstage().health(who())}
        page = render_template("admin/turn_on.html", changed=expected is not None, **shown)
        return page if expected is None else (page, 409)
    flash(f"Sending is on.{_let_go(number)}")
    return redirect(url_for("admin.page"))


def _let_go(number: int) -> str:
    if not number:
        return ""
    return " The one suggestion that waited is let go." if number == 1 else f" The {number} that waited are let go."


@page_of.post("/weekly-messages")
def weekly_messages() -> Response | tuple[str, int]:
    typed = request.form.get("weekly_messages", "").strip()
    try:
        if not re.fullmatch(r"[0-9]{1,4}", typed):
            raise BadInput.of("weekly_messages", "write a number from {:g} to {:g}".format(*RANGES["weekly_messages"]))
        backstage().set_weekly_messages(who(), int(typed), request.form.get("why", "").strip())
    except BadInput as error:
        return _page(by_field(error), typed), 400
    flash("Saved. It counts from the next message on.")
    return redirect(url_for("admin.page"))


def _page(problems: dict[str, str], typed: str) -> str:
    health, last = backstage().health(who()), backstage().last_round(who())
    shown = {"health": health, "round": last, "now": backstage().now(), "all_sending": tuple(Sending)}
    return render_template("admin/overview.html", problems=problems, typed=typed, **shown)
