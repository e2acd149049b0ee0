"""What invites come from: the mailbox, or an account of the organisation at Google or Microsoft."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mentoring.doors import Errand
from mentoring.errors import Refused, TryLater
from webapp.at import NAMES
from webapp.backstage import backstage
from webapp.errors import if_theirs, said
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.signed_in import who
from webapp.under_way import set_out
from workflows.consent_words import permissions

page_of = Blueprint("admin_organiser", __name__, url_prefix="/admin/invites")


@page_of.get("")
def page() -> str:
    asked = {at: permissions(at, Errand.ORGANISER) for at in NAMES}
    page = backstage().organiser_page(who())
    return render_template("admin/organiser.html", page=page, names=NAMES, asked=asked)


@page_of.post("/connect/<way:at>")
@limiter.limit(CONNECTION_TESTS)
def connect(at: str) -> str | Response:
    """To the provider, whose page asks for the permission; from there it is /oauth."""
    try:
        return set_out(backstage().set_out(Errand.ORGANISER, at, who()), url_for("admin_organiser.page"))
    except (Refused, TryLater) as error:
        flash(said(error), "problem")
    return redirect(url_for("admin_organiser.page"))


@page_of.post("/mailbox")
def from_the_mailbox() -> Response:
    with if_theirs():
        backstage().invite_from_the_mailbox(who())
    flash("Done. What is new is invited to from the mailbox; what has begun stays as it is.")
    return redirect(url_for("admin_organiser.page"))


@page_of.post("/<id:organiser_id>/take-back")
def take_back(organiser_id: int) -> Response:
    with if_theirs():
        number = backstage().take_back_meetings(who(), organiser_id)
    meetings = "1 meeting is" if number == 1 else f"{number} meetings are"
    flash(f"{meetings} taken back. Everybody concerned is told, and then the account is forgotten.")
    return redirect(url_for("admin_organiser.page"))
