"""One suggestion: its reasons, its answers, another time, its calendar file."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile, DoubleBooking, Refused, TryLater, WrongTransition
from mentoring.proposals import Partstat
from webapp.backstage import backstage
from webapp.errors import if_theirs, said
from webapp.offer import offer
from webapp.signed_in import who
from workflows.views import Feedback

page_of = Blueprint("suggestions", __name__, url_prefix="/suggestions/<int:proposal_id>")

ANSWERS = {"yes": Partstat.ACCEPTED, "no": Partstat.DECLINED}
OVERTAKEN = (DoubleBooking, ChangedMeanwhile, WrongTransition, Refused, TryLater)


@page_of.get("")
def page(proposal_id: int) -> str:
    with if_theirs():
        view = backstage().suggestion(who(), proposal_id)
    return render_template("suggestion.html", view=view, now=backstage().now())


@page_of.post("/answer")
def answer(proposal_id: int) -> Response:
    partstat, feedback = _answer(), _feedback()
    try:
        with if_theirs():
            backstage().answer(who(), proposal_id, partstat, feedback)
    except OVERTAKEN as error:
        flash(said(error), "problem")
        return _to(proposal_id)
    flash("Thank you, you said yes." if partstat is Partstat.ACCEPTED else "You said no. The time is yours again.")
    return _to(proposal_id)


@page_of.get("/times")
def times(proposal_id: int) -> str:
    return _times(proposal_id)


@page_of.post("/times")
def move(proposal_id: int) -> Response | tuple[str, int]:
    try:
        with if_theirs():
            backstage().move(who(), proposal_id, _start())
    except (BadInput, *OVERTAKEN) as error:
        return _times(proposal_id, said(error)), 400 if isinstance(error, BadInput) else 409
    flash("The time is changed. Both calendars will show it.")
    return _to(proposal_id)


@page_of.get("/event.ics")
def event_file(proposal_id: int) -> Response:
    with if_theirs():
        text = backstage().event_file(who(), proposal_id)
    response = make_response(text)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=interlude.ics"
    return response


def _times(proposal_id: int, problem: str = "") -> str:
    with if_theirs():
        view = backstage().suggestion(who(), proposal_id)
        openings = backstage().other_times(who(), proposal_id) if view.can_move else ()
    offered, typed = offer(openings, view.zone, view.interval), request.form.get("start", "")
    return render_template("times.html", view=view, offer=offered, problem=problem, typed=typed)


def _answer() -> Partstat:
    try:
        return ANSWERS[request.form.get("answer", "")]
    except KeyError as problem:
        raise BadInput.of("answer", "choose yes or no") from problem


def _feedback() -> Feedback | None:
    text = request.form.get("feedback", "")
    try:
        return Feedback(text) if text else None
    except ValueError as problem:
        raise BadInput.of("feedback", "choose one of the reasons, or none") from problem


def _start() -> datetime:
    try:
        start = datetime.fromisoformat(request.form.get("start", ""))
    except ValueError as problem:
        raise BadInput.of("start", "choose one of the times") from problem
    if start.tzinfo is None:
        raise BadInput.of("start", "choose one of the times")
    return start


def _to(proposal_id: int) -> Response:
    return redirect(url_for("suggestions.page", proposal_id=proposal_id))
