"""Coming in and going out."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from hmac import compare_digest

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from mentoring.doors import Errand
from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.browsers import named_browser, this_browser
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.limits import LINKS, LINKS_FROM_ALL, SIGNING_IN, limiter, typed_address, typed_address_by_asker, whose
from webapp.paths import own_path
from webapp.signed_in import current_person, sign_in
from webapp.signed_in import sign_out as leave
from webapp.under_way import set_out
from workflows.door_views import LinkState

page_of = Blueprint("sign_in", __name__)

log = logging.getLogger("interlude.web")


@page_of.get("/sign-in")
def page() -> str:
    return _page({})


@page_of.post("/sign-in")
@limiter.limit(SIGNING_IN)
@limiter.limit(LINKS_FROM_ALL, key_func=typed_address)
@limiter.limit(LINKS, key_func=typed_address_by_asker)  # counted first: what it refuses does not count for all
def ask() -> Response | tuple[str, int]:
    """The same for every address; whose it is, and whether anybody's, a worker finds out later."""
    try:
        backstage().ask_for_link(request.form.get("email", ""), named_browser())
    except BadInput as error:
        return _page(by_field(error)), 400
    session["next"] = own_path(request.form.get("next", ""))
    return redirect(url_for("sign_in.asked"))


@page_of.get("/sign-in/asked")
def asked() -> str:
    return render_template("sign_in_asked.html")


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


@page_of.post("/sign-in/with/<door:at>")
@limiter.limit(SIGNING_IN)
def elsewhere(at: str) -> str:
    """To Google or Microsoft, who say who it is."""
    if at not in backstage().doors():
        abort(404)
    to = backstage().set_out(Errand.SIGN_IN, at, None)
    leave()  # whoever was signed in here, once the way is open; they do not come back as somebody else beside
    return set_out(to, own_path(request.form.get("next", "")))


@page_of.get("/sign-in/<token>")
def link(token: str) -> str | tuple[str, int]:
    """Shows a button and uses nothing up, so that mail scanners, which open links but press nothing, do no harm."""
    match backstage().peek(token, this_browser()):
        case LinkState.GONE:
            return _gone()
        case LinkState.ELSEWHERE:
            return render_template("link_elsewhere.html", wanted="/", problems={}, typed="")
        case LinkState.WORKS:
            session["link"] = _trace(token)
            return render_template("sign_in_link.html", token=token)


@page_of.post("/sign-in/<token>")
@limiter.limit(SIGNING_IN)
def by_link(token: str) -> Response | tuple[str, int]:
    """Signs in only the browser that was shown the button, and of a link that was asked for, the one that asked."""
    if not compare_digest(session.get("link", ""), _trace(token)):
        return redirect(url_for("sign_in.link", token=token))
    came = backstage().by_link(token, this_browser())
    if came is None:
        log.warning("a sign-in link let nobody in: used, too old, or none; by %s", whose())
        return _gone()
    wanted = session.get("next", "/")
    sign_in(came.who)
    return redirect(url_for("taking_part.page") if came.invited else wanted)


@page_of.post("/sign-out")
def sign_out() -> Response:
    leave()
    flash("You are signed out.")
    return redirect(url_for("sign_in.page"))


def _page(problems: Mapping[str, str]) -> str:
    wanted, typed = own_path(request.values.get("next", "")), request.form.get("email", "")
    current_person()
    groups = backstage().sample_people() if backstage().settings.demo else ()
    return render_template("sign_in.html", groups=groups, wanted=wanted, problems=problems, typed=typed)


def _gone() -> tuple[str, int]:
    return render_template("link_used.html", wanted="/", problems={}, typed=""), 404


def _trace(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
