"""Where Google and Microsoft tell that something has changed: believed by a secret, answered at once, read later.

Nobody signs in here and nothing is shown. What a notification says besides is not looked at, kept or logged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from flask import Blueprint, Response, abort, make_response, request
from flask_limiter.util import get_remote_address

from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.limits import HOOKS, by_length, limiter
from workflows.hearing import LONGEST, Notice, Word

page_of = Blueprint("hooks", __name__, url_prefix="/hooks")

MOST_BYTES = 256 * 1024
MOST_NOTICES = 1000
LIFECYCLE = {
    "reauthorizationRequired": Word.TO_BE_PROLONGED,
    "subscriptionRemoved": Word.ENDED,
    "missed": Word.MISSED,
}
"""https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events"""

limiter.exempt(page_of)
often = limiter.shared_limit(HOOKS, scope="hooks", key_func=get_remote_address, cost=by_length)


@page_of.post("/google")
@often
def google() -> tuple[str, int]:
    """https://developers.google.com/workspace/calendar/api/guides/push#receive-notifications"""
    said = request.headers
    notice = Notice(
        channel=said.get("X-Goog-Channel-ID", ""),
        secret=said.get("X-Goog-Channel-Token", ""),
        word=Word.BEGUN if said.get("X-Goog-Resource-State") == "sync" else Word.CHANGED,
        resource=said.get("X-Goog-Resource-ID", ""),
        expires_at=_http_date(said.get("X-Goog-Channel-Expiration", "")),
    )
    if not backstage().hear([notice]):
        abort(404)
    return "", 204


@page_of.post("/microsoft")
@often
def microsoft() -> Response:
    return _microsoft(lifecycle=False)


@page_of.post("/microsoft/lifecycle")
@often
def microsoft_lifecycle() -> Response:
    return _microsoft(lifecycle=True)


def _microsoft(lifecycle: bool) -> Response:
    """https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks

    What no subscription of ours says is passed over, and answered as the rest: else it would be sent again and again.
    So is what is no notification at all, since the others of its bundle may be.
    """
    if (token := request.args.get("validationToken")) is not None:
        return _shaken_hands(token)
    # Each once, however often it is said: they come in bundles.
    backstage().hear(list(dict.fromkeys(_notices(_body(), lifecycle))))
    return make_response("", 202)


def _shaken_hands(token: str) -> Response:
    """The token as it came, as plain text that no browser takes for anything else."""
    if len(token) > LONGEST or not token.isprintable():
        raise BadInput.of("validationToken", "that is none")
    response = make_response(token, 200)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _body() -> list[Any]:
    """Raises BadInput for anything but a list."""
    request.max_content_length = MOST_BYTES
    try:
        said = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        said = None
    notices = said.get("value") if isinstance(said, dict) else None
    if not isinstance(notices, list):
        raise BadInput.of("value", "that is no list of notifications")
    if len(notices) > MOST_NOTICES:
        raise BadInput.of("value", f"no more than {MOST_NOTICES} at once")
    return notices


def _notices(said: list[Any], lifecycle: bool) -> Iterator[Notice]:
    for each in said:
        with suppress(BadInput):
            yield from _notice(each, lifecycle)


def _notice(said: Any, lifecycle: bool) -> Iterator[Notice]:
    """None for what happened to a subscription that means nothing to us. Raises BadInput."""
    if not isinstance(said, dict):
        raise BadInput.of("value", "that is no notification")
    word = LIFECYCLE.get(_text(said, "lifecycleEvent")) if lifecycle else Word.CHANGED
    if word is not None:
        ends = _iso_date(_text(said, "subscriptionExpirationDateTime"))
        yield Notice(_text(said, "subscriptionId"), _text(said, "clientState"), word, expires_at=ends)


def _text(said: dict[str, Any], name: str) -> str:
    """Raises BadInput for anything but words; a notification need not have them."""
    value = said.get(name) or ""
    if not isinstance(value, str):
        raise BadInput.of(name, "that is no text")
    return value


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _iso_date(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
