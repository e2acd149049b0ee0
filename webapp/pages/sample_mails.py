"""The demo's mail program: the sample people's mails, to read and to answer. Outside the demo there is no such page."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mentoring.errors import BadInput, Refused, TryLater
from mentoring.hours import zone
from mentoring.proposals import Partstat
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs, said
from webapp.headers import policy
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.signed_in import current_person
from workflows.views import SampleMail

page_of = Blueprint("sample_mails", __name__, url_prefix="/demo/mails")

ANSWERS = {"yes": Partstat.ACCEPTED, "no": Partstat.DECLINED, "other": Partstat.TENTATIVE}
"""Another time is a tentative yes until it is agreed on."""

FRAMED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""For a mail's own HTML: no script, nothing from elsewhere, and an origin of its own that reaches none of our pages."""

A_YEAR = timedelta(days=365)

LINKS_OPEN_OUTSIDE = '<base target="_blank">'


@page_of.before_request
def in_the_demo_only() -> None:
    if not backstage().settings.demo:
        abort(404)
    current_person()


@page_of.get("")
def page() -> str:
    return render_template("sample_mails.html", boxes=backstage().sample_mails(), now=backstage().now())


@page_of.get("/<address>/<key>")
def mail(address: str, key: str) -> Response:
    with if_theirs():
        return _shown(backstage().sample_mail(address, key))


@page_of.get("/<address>/<key>/as-designed")
def as_designed(address: str, key: str) -> Response:
    """The mail's HTML for the frame on its page."""
    with if_theirs():
        shown = backstage().sample_mail(address, key)
    response = make_response(LINKS_OPEN_OUTSIDE + shown.html)
    response.headers.update(FRAMED)
    return response


@page_of.post("/<address>/<key>")
@limiter.limit(CONNECTION_TESTS)
def answer(address: str, key: str) -> BaseResponse | tuple[Response, int]:
    """Sends a reply as a mail program does; what it does is seen on Interlude's own pages."""
    with if_theirs():
        shown = backstage().sample_mail(address, key)
    try:
        partstat, start = _answered(shown)
        backstage().answer_sample_mail(address, key, partstat, start)
    except BadInput as problem:
        return _shown(shown, by_field(problem)), 400
    except (Refused, TryLater) as problem:
        return _shown(shown, {"": said(problem)}), 409
    flash(f"{shown.first_name}'s answer has left by mail. Be {shown.first_name} to see what comes of it.")
    return redirect(url_for("sample_mails.mail", address=address, key=key))


def _answered(shown: SampleMail) -> tuple[Partstat, datetime | None]:
    """The answer, and another time where that is what it offers. Raises BadInput."""
    partstat = ANSWERS.get(request.form.get("answer", ""))
    if partstat is None:
        raise BadInput.of("", "press one of the answers")
    return partstat, _start(shown) if partstat is Partstat.TENTATIVE else None


def _start(shown: SampleMail) -> datetime:
    """As a browser sends a date and a time, on the wall clock of whose mail it is."""
    try:
        start = datetime.fromisoformat(request.form.get("start", "")).replace(tzinfo=zone(shown.zone))
    except ValueError as problem:
        raise BadInput.of("start", "choose a day and a time") from problem
    if not backstage().now() < start < backstage().now() + A_YEAR:
        raise BadInput.of("start", "choose a time that is still to come, within a year")
    return start


def _shown(mail: SampleMail, problems: dict[str, str] | None = None) -> Response:
    response = make_response(
        render_template(
            "sample_mail.html",
            mail=mail,
            now=backstage().now(),
            problems=problems or {},
            start=request.form.get("start", ""),
        )
    )
    response.headers["Content-Security-Policy"] = policy("frame-src 'self'")
    return response
