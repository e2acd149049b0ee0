"""Coming in and going out."""

from __future__ import annotations

import hashlib
from hmac import compare_digest

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.ids import an_id
from webapp.limits import SIGNING_IN, limiter
from webapp.paths import own_path
from webapp.signed_in import current_person, sign_in
from webapp.signed_in import sign_out as leave

page_of = Blueprint("sign_in", __name__)


@page_of.get("/sign-in")
def page() -> str | Response:
    wanted = own_path(request.args.get("next", ""))
    current_person()
    groups = backstage().sample_people() if backstage().settings.demo else ()
    return render_template("sign_in.html", groups=groups, wanted=wanted)


@page_of.post("/sign-in/sample")
@limiter.limit(SIGNING_IN)
def as_sample_person() -> Response:
    """The demo's way in; outside the demo there is no such page."""
    if not backstage().settings.demo:
        abort(404)
    person_id = request.form.get("person", type=an_id) or abort(404)
    with if_theirs():
        sign_in(backstage().sample_person(person_id))
    return redirect(own_path(request.form.get("next", "")))


@page_of.get("/sign-in/<token>")
def link(token: str) -> str | tuple[str, int]:
    """Shows a button and uses nothing up, so that mail scanners, which open links but press nothing, do no harm."""
    if not backstage().peek(token):
        return render_template("link_used.html"), 404
    session["link"] = _trace(token)
    return render_template("sign_in_link.html", token=token)


@page_of.post("/sign-in/<token>")
@limiter.limit(SIGNING_IN)
def by_link(token: str) -> Response | tuple[str, int]:
    """Signs in only the browser that was shown the button."""
    if not compare_digest(session.get("link", ""), _trace(token)):
        return redirect(url_for("sign_in.link", token=token))
    found = backstage().by_link(token)
    if found is None:
        return render_template("link_used.html"), 404
    sign_in(found)
    return redirect(url_for("home.page"))


@page_of.post("/sign-out")
def sign_out() -> Response:
    leave()
    flash("You are signed out.")
    return redirect(url_for("sign_in.page"))


def _trace(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
