"""Who may sign in with Google or Microsoft."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.errors import by_field
from webapp.signed_in import who

page_of = Blueprint("admin_sign_in", __name__, url_prefix="/admin/sign-in")


@page_of.get("")
def page() -> str:
    return _page({})


@page_of.post("")
def save() -> Response | tuple[str, int]:
    typed = request.form.get("domains", "")
    try:
        backstage().set_sign_in_domains(who(), typed)
    except BadInput as error:
        return _page(by_field(error), typed), 400
    flash("Saved. It holds from the next time somebody signs in.")
    return redirect(url_for("admin_sign_in.page"))


def _page(problems: dict[str, str], typed: str | None = None) -> str:
    shown = backstage().sign_in_page(who())
    text = "\n".join(shown.domains) if typed is None else typed
    return render_template("admin/sign_in.html", page=shown, typed=text, problems=problems)
