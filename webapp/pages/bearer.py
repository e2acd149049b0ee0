"""Pages for whoever holds an address that stands in one person's mail: answer one invite, or one question of
ours, pause or stop everything.

Nobody signs in here and no session is looked at, so there is nothing that a forged request could borrow: the token in
the address is the whole authority, and it is neither guessed nor, with these headers, passed on. Hence no CSRF token,
which the mail programs that press the one-click stop (RFC 8058 section 3.2) could not have either.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response as BaseResponse

from mentoring.errors import BadInput, Refused
from webapp.answers import OVERTAKEN, answered, helped_as_typed, overtaken
from webapp.backstage import backstage
from webapp.errors import if_theirs, said
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


@page_of.get("/after/<token>")
@often
def after(token: str) -> str:
    return _after_page(token)


@page_of.post("/after/<token>")
@often
def say_after(token: str) -> BaseResponse | tuple[str, int]:
    helped = None if request.form.get("act") == "missed" else helped_as_typed()
    try:
        with if_theirs():
            backstage().say_after(token, helped, request.form.get("settled") == "yes")
    except OVERTAKEN as error:
        return _after_page(token, said(error)), 409
    return redirect(url_for("bearer.after", token=token))


def _after_page(token: str, problem: str = "") -> str:
    with if_theirs():
        view = backstage().after(token)
    g.twelve_hour = view.twelve_hour
    return render_template("after.html", view=view, problem=problem)


@page_of.get("/lately/<token>")
@often
def lately(token: str) -> str:
    return _lately_page(token, said_so=request.args.get("said") == "yes")


@page_of.post("/lately/<token>")
@often
def say_lately(token: str) -> BaseResponse | tuple[str, int]:
    typed, nothing = request.form.get("text", "").strip(), request.form.get("act") == "nothing"
    try:
        if not typed and not nothing:
            raise BadInput.of("text", "write a few words, or press that nothing was hard")
        with if_theirs():
            backstage().say_lately(token, "" if nothing else typed)
    except BadInput as error:
        return _lately_page(token, typed, error.problems[0].message), 400
    except Refused as error:
        return _lately_page(token, typed, said(error)), 409
    return redirect(url_for("bearer.lately", token=token, said="yes"))


def _lately_page(token: str, typed: str = "", problem: str = "", said_so: bool = False) -> str:
    with if_theirs():
        view = backstage().lately(token)
    return render_template("lately.html", view=view, typed=typed, problem=problem, said=said_so)


def _invite_page(token: str, problem: str = "") -> str:
    with if_theirs():
        view = backstage().invite(token)
    g.twelve_hour = view.twelve_hour
    return render_template("answer.html", view=view, now=backstage().now(), problem=problem)
