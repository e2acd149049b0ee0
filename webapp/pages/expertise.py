"""What somebody can help with, in their own words."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.signed_in import who

page_of = Blueprint("expertise", __name__, url_prefix="/expertise")


@page_of.get("")
def page() -> str:
    return _page({})


@page_of.post("")
def add() -> Response | tuple[str, int]:
    text = request.form.get("text", "")
    try:
        backstage().offer(who(), text)
    except BadInput as error:
        return _page(by_field(error), text), 400
    flash("Added.")
    return redirect(url_for("expertise.page"))


@page_of.post("/<id:expertise_id>")
def change(expertise_id: int) -> Response | tuple[str, int]:
    text = request.form.get("text", "")
    try:
        with if_theirs():
            backstage().reword(who(), expertise_id, text)
    except BadInput as error:
        return _page(by_field(error), text, expertise_id), 400
    flash("Changed.")
    return redirect(url_for("expertise.page"))


@page_of.post("/<id:expertise_id>/remove")
def remove(expertise_id: int) -> Response:
    with if_theirs():
        backstage().no_longer_offer(who(), expertise_id)
    flash("Removed.")
    return redirect(url_for("expertise.page"))


def _page(problems: Mapping[str, str], typed: str = "", changing: int | None = None) -> str:
    """changing: the id of the one whose new words were not taken; None where a new one was not."""
    page = backstage().expertise(who())
    return render_template("expertise.html", page=page, problems=problems, typed=typed, changing=changing)
