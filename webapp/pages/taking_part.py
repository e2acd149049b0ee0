"""Taking part: in which roles, until further notice or not at all, and deleting everything."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.doors import Errand
from mentoring.errors import BadInput, Refused
from webapp.at import NAMES, REMOVED_AT
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs, said
from webapp.limits import SIGNING_IN, limiter
from webapp.said_back import taken_back
from webapp.signed_in import sign_out, who
from webapp.under_way import set_out

page_of = Blueprint("taking_part", __name__, url_prefix="/taking-part")


@page_of.get("")
def page() -> str:
    return render_template("taking_part.html", page=backstage().taking_part(who()), now=backstage().now())


@page_of.post("")
def take_part() -> Response:
    mentee, mentor = (request.form.get(role) == "yes" for role in ("mentee", "mentor"))
    number = backstage().take_part(who(), mentee, mentor)
    flash(f"{_saved(mentee, mentor)} {taken_back(number)}".strip())
    return redirect(url_for("taking_part.page"))


def _saved(mentee: bool, mentor: bool) -> str:
    match mentee, mentor:
        case True, True:
            return "Saved. You take part both ways."
        case True, False:
            return "Saved. You take part to get help."
        case False, True:
            return "Saved. You take part to give help."
        case _:
            return "Saved. Nothing is suggested to you."


@page_of.post("/stop")
def stop() -> Response:
    number = backstage().stop(who())
    flash(f"Stopped. Nothing is suggested to you until you start again. {taken_back(number)}".strip())
    return redirect(url_for("taking_part.page"))


@page_of.post("/resume")
def resume() -> Response:
    backstage().resume(who())
    flash("Started again. The next round looks at you.")
    return redirect(url_for("taking_part.page"))


@page_of.post("/accounts/<way:at>")
@limiter.limit(SIGNING_IN)
def add_account(at: str) -> str:
    """To Google or Microsoft, so that the account there signs them in from now on."""
    if at not in backstage().doors():
        abort(404)
    return set_out(backstage().set_out(Errand.SIGN_IN, at, who()), url_for("taking_part.page"))


@page_of.post("/accounts/<id:identity_id>/remove")
def remove_account(identity_id: int) -> Response:
    with if_theirs():
        backstage().no_longer_signs_in(who(), identity_id)
    flash("Removed. That account no longer signs you in by itself.")
    return redirect(url_for("taking_part.page"))


@page_of.post("/sign-out-everywhere")
def sign_out_everywhere() -> Response:
    backstage().sign_out_everywhere(who())
    sign_out()
    flash("You are signed out everywhere.")
    return redirect(url_for("sign_in.page"))


@page_of.get("/delete")
def delete() -> str:
    return _delete_page({})


@page_of.post("/delete")
def delete_everything() -> Response | tuple[str, int]:
    typed = request.form.get("address", "")
    try:
        stands_at = backstage().taking_part(who()).stands_at
        waiting = backstage().leave(who(), typed)
    except BadInput as error:
        return _delete_page(by_field(error), typed), 400
    except Refused as error:
        return _delete_page({"": said(error)}, typed), 409
    sign_out()
    flash(_gone(waiting))
    for each in stands_at:
        flash(f"What you allowed Interlude at {NAMES[each]} is still on the account’s own list. {REMOVED_AT[each]}")
    return redirect(url_for("sign_in.page"))


def _gone(waiting: int) -> str:
    if not waiting:
        return "Everything about you is deleted. Thank you for having been here."
    return (
        "You are out. Your invites are being taken back, so that no calendar keeps a meeting with you, and so is what"
        " you allowed us elsewhere; then everything about you is deleted, within a week at the latest. You need do"
        " nothing more."
    )


def _delete_page(problems: Mapping[str, str], typed: str = "") -> str:
    page = backstage().taking_part(who())
    stands = {NAMES[each]: REMOVED_AT[each] for each in page.stands_at}
    return render_template("delete_everything.html", page=page, problems=problems, typed=typed, stands=stands)
