"""The one place that turns what goes wrong into words on a page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, abort, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from mentoring.errors import (
    BadInput,
    ChangedMeanwhile,
    DoubleBooking,
    InterludeError,
    Missing,
    NotAllowed,
    Reconnect,
    Refused,
    TryLater,
    Unencrypted,
    WrongServer,
    WrongTransition,
)
from mentoring.times_in_words import left
from webapp.backstage import backstage
from webapp.limits import wait, whose

log = logging.getLogger("interlude.web")

WORDS: dict[type[InterludeError], str] = {
    DoubleBooking: "That time has just been taken. Please pick another one.",
    ChangedMeanwhile: "This has changed while you were looking. Here it is as it is now.",
    WrongTransition: "This has changed while you were looking. Here it is as it is now.",
}
"""For errors whose own message speaks to us, not to a person."""

PAGES: dict[int, tuple[str, str]] = {
    400: (
        "That did not come through",
        "Something in it was not as it should be. Please go back and try again.",
    ),
    403: ("This page is for admins", "You are signed in, and your role does not include it. An admin can change that."),
    404: ("There is nothing here for you", "The address may be old, or it belongs to somebody else."),
    405: ("That is not how this page is used", "Please go back and use the buttons on the page."),
    413: ("That is too much at once", "Please send less text."),
}


def said(error: InterludeError) -> str:
    """What a person is told of an expected error."""
    return WORDS.get(type(error), str(error))


def by_field(error: InterludeError, refused_at: str = "address") -> dict[str, str]:
    """The same for a form, at the field that it is about; "" is the form as a whole."""
    match error:
        case BadInput():
            return {problem.field: problem.message for problem in error.problems}
        case Unencrypted():
            return {"security": said(error)}
        case WrongServer():
            return {refused_at: said(error)}
        case Reconnect():
            return {"secret": said(error)}
        case Refused():
            return {refused_at: said(error)}
        case _:
            return {"": said(error)}


@contextmanager
def if_theirs() -> Iterator[None]:
    """Around a look-up of one object: what is not there, or is somebody else's, is a page that says nothing of it.

    Any other KeyError is a bug, and treated as one.
    """
    try:
        yield
    except (Missing, NotAllowed):
        log.warning("not theirs: %s, by %s", _asked_for(), whose(), exc_info=True)
        abort(404)


def _asked_for() -> str:
    """The page as its route has it: an address itself may carry a one-time token, which no log may hold."""
    return f"{request.method} {request.url_rule or 'an address without a page'}"


def _expected(error: InterludeError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    if isinstance(error, NotAllowed):
        return _page(404)
    if isinstance(error, TryLater):
        page = render_template("error.html", title="Not just now", words=said(error))
        return page, 503, {"Retry-After": str(max(1, round(error.after.total_seconds())))}
    status = 400 if isinstance(error, BadInput) else 409
    return render_template("error.html", title="That cannot be done", words=said(error)), status


def _page(status: int) -> tuple[str, int]:
    title, words = PAGES.get(status, PAGES[400])
    return render_template("error.html", title=title, words=words), status


def _http(error: HTTPException) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    status = error.code or 500
    if status in {403, 429}:
        log.warning("refused with %s: %s, by %s", status, _asked_for(), whose())
    if status == 429:
        return _too_fast()
    return _page(status) if status < 500 else _unexpected(error)


def _too_fast() -> tuple[str, int, dict[str, str]]:
    now, waits = backstage().now(), wait()
    words = f"That was tried many times in a short while. Please try again in {left(now + waits, now)}."
    page = render_template("error.html", title="A little too fast", words=words)
    return page, 429, {"Retry-After": str(int(waits.total_seconds()))}


def _stale_form(error: CSRFError) -> tuple[str, int]:
    log.info("form refused: %s: %s", _asked_for(), error.description)
    words = "The page was open for too long, or you signed in anew. Nothing was changed: go back and reload it."
    return render_template("error.html", title="Please send that again", words=words), 400


def _unexpected(error: Exception) -> tuple[str, int]:
    reference = secrets.token_hex(4)
    log.error("reference %s: %s", reference, _asked_for(), exc_info=error)
    words = "That is our mistake, not yours. If it happens again, tell an admin this reference:"
    return render_template("error.html", title="Something went wrong", words=words, reference=reference), 500


def answer_for(app: Flask) -> None:
    """Registers the pages. In tests, too: the detail is in the log."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InterludeError, _expected)
    app.register_error_handler(Exception, _unexpected)
