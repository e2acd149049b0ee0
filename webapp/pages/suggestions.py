"""One suggestion: its reasons, its answers, another time, its calendar file."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, InterludeError, Refused
from mentoring.intervals import utc
from mentoring.proposals import Objection, Partstat
from mentoring.times_in_words import sentence
from webapp.answers import OVERTAKEN, answered, overtaken, seen_sequence
from webapp.backstage import backstage
from webapp.errors import if_theirs, said
from webapp.offer import offer
from webapp.signed_in import who

page_of = Blueprint("suggestions", __name__, url_prefix="/suggestions/<id:proposal_id>")


@page_of.get("")
def page(proposal_id: int) -> str:
    with if_theirs():
        view = backstage().suggestion(who(), proposal_id)
    return render_template("suggestion.html", view=view, now=backstage().now())


@page_of.post("/answer")
def answer(proposal_id: int) -> Response:
    given = answered()
    try:
        with if_theirs():
            backstage().answer(who(), proposal_id, given.partstat, given.feedback, given.sequence)
    except OVERTAKEN as error:
        flash(_overtaken(proposal_id, error, given.sequence), "problem")
        return _to(proposal_id)
    flash("Thank you, you said yes." if given.partstat is Partstat.ACCEPTED else "Thank you for answering.")
    return _to(proposal_id)


@page_of.post("/reasons")
def answer_reason(proposal_id: int) -> Response:
    """Wrong, not now or never, of one reason; or that it was meant otherwise."""
    text = request.form.get("objection", "")
    try:
        objection = Objection(text) if text else None
    except ValueError as problem:
        raise BadInput.of("objection", "choose wrong, not now or never") from problem
    with if_theirs():
        backstage().answer_reason(who(), proposal_id, request.form.get("reason", ""), objection)
    flash(
        "Noted. The next round goes by it; this suggestion stays until you answer it." if objection else "Taken back."
    )
    return _to(proposal_id)


@page_of.post("/topic")
def name_topic(proposal_id: int) -> Response:
    """What the mentor will read, in the mentee's words."""
    try:
        with if_theirs():
            backstage().name_topic(who(), proposal_id, request.form.get("topic", ""))
        flash("Saved. That is all that is read of it.")
    except (BadInput, *OVERTAKEN) as error:
        flash(said(error), "problem")
    return _to(proposal_id)


@page_of.get("/times")
def times(proposal_id: int) -> str:
    return _times(proposal_id)


@page_of.post("/times")
def move(proposal_id: int) -> Response | tuple[str, int]:
    try:
        start, sequence = _start(), seen_sequence()
        with if_theirs():
            backstage().move(who(), proposal_id, start, sequence)
            view = backstage().suggestion(who(), proposal_id)
    except BadInput as error:
        return _times(proposal_id, said(error)), 400
    except OVERTAKEN as error:
        return _times(proposal_id, _overtaken(proposal_id, error, sequence)), 409
    flash(f"The time is changed, and you have said yes to it. {sentence(view.their_answer_words)}")
    return _to(proposal_id)


@page_of.get("/event.ics")
def event_file(proposal_id: int) -> Response | tuple[str, int]:
    try:
        with if_theirs():
            text = backstage().event_file(who(), proposal_id)
    except Refused as error:
        return render_template("error.html", title="There is nothing to add", words=said(error)), 404
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


def _start() -> datetime:
    """In UTC. Whether it is among the times that were offered, the workflow says."""
    try:
        return utc(datetime.fromisoformat(request.form.get("start", "")))
    except (ValueError, OverflowError) as problem:
        raise BadInput.of("start", "choose one of the times") from problem


def _overtaken(proposal_id: int, error: InterludeError, sequence: int) -> str:
    with if_theirs():
        view = backstage().suggestion(who(), proposal_id)
    return overtaken(view, error, sequence)


def _to(proposal_id: int) -> Response:
    return redirect(url_for("suggestions.page", proposal_id=proposal_id))
