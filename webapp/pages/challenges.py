"""What is hard: written down in seconds, and what of it comes back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.signed_in import who

page_of = Blueprint("challenges", __name__, url_prefix="/challenges")


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
def write_down() -> Response | tuple[str, int]:
    text = request.form.get("text", "").strip()
    try:
        if not text:
            raise BadInput.of("text", "Please write a few words first.")
        backstage().write_down(who(), text)
    except BadInput as error:
        return _page(text, by_field(error)), 400
    flash("Written down. Only you see it.")
    return redirect(url_for("challenges.page"))


@page_of.post("/<id:challenge_id>/strike-out")
def strike_out(challenge_id: int) -> Response:
    with if_theirs():
        backstage().strike_out(who(), challenge_id)
    flash("Removed, for good.")
    return redirect(url_for("challenges.page"))


def _page(typed: str = "", problems: dict[str, str] | None = None) -> str:
    page = backstage().challenges(who())
    return render_template("challenges.html", page=page, now=backstage().now(), typed=typed, problems=problems or {})
