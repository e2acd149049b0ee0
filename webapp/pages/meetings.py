"""All meetings: agreed, waiting, and over."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import ChangedMeanwhile, Refused
from webapp.answers import helped_as_typed
from webapp.backstage import backstage
from webapp.errors import if_theirs, said
from webapp.ids import an_id
from webapp.said_back import taken_back
from webapp.signed_in import who

page_of = Blueprint("meetings", __name__, url_prefix="/meetings")


@page_of.get("")
def page() -> str:
    wanted = request.args.get("page", default=1, type=an_id)
    return render_template("meetings.html", page=backstage().meetings(who(), wanted), now=backstage().now())


@page_of.post("/<id:proposal_id>/how-it-was")
def say_how_it_was(proposal_id: int) -> Response:
    helped = helped_as_typed()
    try:
        with if_theirs():
            number = backstage().say_how_it_was(who(), proposal_id, helped, request.form.get("settled") == "yes")
    except (ChangedMeanwhile, Refused) as error:
        flash(said(error), "problem")
    else:
        flash(f"Thank you. The next suggestions are better for it. {taken_back(number)}".strip())
    return redirect(url_for("meetings.page"))


@page_of.post("/<id:proposal_id>/missed")
def say_missed(proposal_id: int) -> Response:
    try:
        with if_theirs():
            backstage().say_missed(who(), proposal_id)
    except (ChangedMeanwhile, Refused) as error:
        flash(said(error), "problem")
    else:
        flash("Noted: it did not take place. Interlude may suggest a new time sooner.")
    return redirect(url_for("meetings.page"))
