"""A draft of the rules tried, in the background: on today's people, or on the rounds that are kept."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile
from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.ids import an_id
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.pages.admin.rounds import STOP_POLLING
from webapp.signed_in import who
from workflows.trials import Kind

page_of = Blueprint("admin_trials", __name__, url_prefix="/admin/rules/trials")


@page_of.post("")
@limiter.limit(CONNECTION_TESTS)
def start() -> Response:
    revision = request.form.get("revision", type=an_id)
    try:
        kind = Kind(request.form.get("kind", ""))
    except ValueError as problem:
        raise BadInput.of("kind", "choose a preview or a backtest") from problem
    try:
        trial_id = backstage().ask_trial(who(), kind, revision or 0)
    except ChangedMeanwhile:
        flash("Somebody has changed the draft meanwhile. Here it is as it is now.", "problem")
        return redirect(url_for("admin_rules.page"))
    return redirect(url_for("admin_trials.page", trial_id=trial_id))


@page_of.get("/<id:trial_id>")
def page(trial_id: int) -> str:
    with if_theirs():
        shown = backstage().trial_page(who(), trial_id)
    return render_template("admin/trial.html", page=shown, now=backstage().now())


@page_of.get("/<id:trial_id>/status")
def status(trial_id: int) -> tuple[str, int]:
    """How far it is: the live line of the page."""
    with if_theirs():
        progress = backstage().trial_progress(who(), trial_id)
    page = render_template(
        "admin/_trial_status.html", done=progress.done, of=progress.of, finished=progress.finished, trial_id=trial_id
    )
    return page, STOP_POLLING if progress.finished else 200


@page_of.post("/<id:trial_id>/cancel")
def cancel(trial_id: int) -> Response:
    with if_theirs():
        cancelled = backstage().cancel_trial(who(), trial_id)
    flash("Cancelled." if cancelled else "It had ended already.")
    return redirect(url_for("admin_trials.page", trial_id=trial_id))
