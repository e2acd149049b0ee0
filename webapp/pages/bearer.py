"""Pages for whoever holds an address that stands in one person's mail: answer one invite, pause or stop everything.

Nobody signs in here and no session is looked at, so there is nothing that a forged request could borrow: the token in
the address is the whole authority, and it is neither guessed nor, with these headers, passed on. Hence no CSRF token,
which the mail programs that press the one-click stop (RFC 8058 section 3.2) could not have either.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as BaseResponse

from mentoring.errors import BadInput
from webapp.answers import OVERTAKEN, answered, overtaken
from webapp.backstage import backstage
from webapp.errors import if_theirs
from webapp.ids import an_id
from webapp.limits import BEARERS, limiter
from webapp.said_back import taken_back

page_of = Blueprint("bearer", __name__)

PAUSES = {"pause2": 2, "pause4": 4}
"""In weeks."""

often = limiter.shared_limit(BEARERS, scope="bearers", key_func=get_remote_address)


@page_of.after_request
def _keep_the_address(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@page_of.get("/stop/<token>")
@often
def stop(token: str) -> str:
    """What was taken back just now is in the address, since there is no session to keep it in."""
    return _stop_page(token, request.args.get("taken_back", type=an_id) or 0)


@page_of.post("/stop/<token>")
@often
def stop_or_start(token: str) -> str | BaseResponse:
    """A mail program's one click is answered at once, since it follows no redirect (RFC 8058 section 3.2)."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        with if_theirs():
            number = backstage().stop_by_token(token)
        return _stop_page(token, number)
    with if_theirs():
        number = _do(request.form.get("act", ""), token)
    return redirect(url_for("bearer.stop", token=token, taken_back=number or None))


def _do(act: str, token: str) -> int:
    """Returns how many open suggestions were taken back."""
    if act in PAUSES:
        return backstage().pause_by_token(token, PAUSES[act])
    if act == "stop":
        return backstage().stop_by_token(token)
    if act == "start":
        backstage().start_by_token(token)
        return 0
    raise BadInput.of("act", "press one of the buttons")


def _stop_page(token: str, number: int) -> str:
    with if_theirs():
        return render_template("stop.html", view=backstage().stop_page(token), taken_back=taken_back(number))


@page_of.get("/answer/<token>")
@often
def invite(token: str) -> str:
    return _invite_page(token)


@page_of.post("/answer/<token>")
@often
def answer(token: str) -> BaseResponse | tuple[str, int]:
    given = answered()
    try:
        with if_theirs():
            backstage().answer_by_token(token, given.partstat, given.feedback, given.sequence)
    except OVERTAKEN as error:
        with if_theirs():
            view = backstage().invite(token)
        return _invite_page(token, overtaken(view, error, given.sequence)), 409
    return redirect(url_for("bearer.invite", token=token))


def _invite_page(token: str, problem: str = "") -> str:
    with if_theirs():
        view = backstage().invite(token)
    g.twelve_hour = view.twelve_hour
    return render_template("answer.html", view=view, now=backstage().now(), problem=problem)
