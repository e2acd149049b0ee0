"""Personal keys: made, shown once, and revoked."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from store.api_keys import ApiKey
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.signed_in import who

page_of = Blueprint("keys", __name__, url_prefix="/keys")


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
def make() -> str | tuple[str, int]:
    """Shown at once, and by no redirect: it stands nowhere but on this one page."""
    typed = request.form.get("name", "")
    try:
        made = backstage().make_key(who(), typed)
    except BadInput as error:
        return _page(by_field(error), typed), 400
    return _page(made=made)


@page_of.post("/<id:key_id>/revoke")
def revoke(key_id: int) -> Response:
    with if_theirs():
        backstage().revoke_key(who(), key_id)
    flash("Revoked. Nothing comes in by it any more.")
    return redirect(url_for("keys.page"))


def _page(problems: Mapping[str, str] | None = None, typed: str = "", made: ApiKey | None = None) -> str:
    shown = {"keys": backstage().keys(who()), "zone": backstage().person(who()).limits.zone, "now": backstage().now()}
    address = f"{backstage().settings.base_url}/api/notes"
    return render_template("keys.html", problems=problems or {}, typed=typed, made=made, address=address, **shown)
