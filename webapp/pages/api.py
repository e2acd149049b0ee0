"""What somebody's own programs may do as them: write notes, and nothing else.

No session is looked at and no cookie is set, so there is nothing that a forged request could borrow: the key in the
Authorization header is the whole authority. Hence no CSRF token. See docs/api.md.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import HTTPException

from mentoring.errors import BadInput, ChangedMeanwhile, Missing, TryLater
from webapp.backstage import backstage
from webapp.limits import API, API_FROM_ALL, limiter, wait

page_of = Blueprint("api", __name__, url_prefix="/api")

MOST_BYTES = 512 * 1024
"""A hundred notes as long as they may be, twice over."""


def by_key() -> str:
    """Counted under the key's hash: no key is kept for that."""
    return f"key {hashlib.sha256(_token().encode()).hexdigest()}"


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


limiter.exempt(page_of)
often = limiter.shared_limit(API, scope="api", key_func=by_key)
from_one_place = limiter.shared_limit(API_FROM_ALL, scope="api from", key_func=get_remote_address)


@page_of.post("/notes")
@from_one_place
@often
def post_notes() -> tuple[Response, int]:
    try:
        backstage().check_key(_token())  # before anything is read of whoever has none
        body = _body()
        ids = backstage().post_notes(_token(), body, request.headers.get("Idempotency-Key", "").strip())
    except Missing:
        return _unauthorised()
    return jsonify({"ids": ids} if isinstance(body, dict) and "notes" in body else {"id": ids[0]}), 201


def _body() -> Any:
    """Raises BadInput for what is no JSON."""
    request.max_content_length = MOST_BYTES
    try:
        return json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as problem:
        raise BadInput.of("", "send JSON, in UTF-8") from problem


def _unauthorised() -> tuple[Response, int]:
    response = jsonify({"error": "send Authorization: Bearer and a key that works"})
    response.headers["WWW-Authenticate"] = "Bearer"
    return response, 401


@page_of.errorhandler(BadInput)
def _bad(error: BadInput) -> tuple[Response, int]:
    problems = [{"field": each.field, "message": each.message} for each in error.problems]
    return jsonify({"error": str(error), "problems": problems}), 400


@page_of.errorhandler(ChangedMeanwhile)
def _conflict(error: ChangedMeanwhile) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 409


@page_of.errorhandler(TryLater)
def _later(error: TryLater) -> tuple[Response, int, dict[str, str]]:
    return jsonify({"error": str(error)}), 503, {"Retry-After": str(max(1, round(error.after.total_seconds())))}


@page_of.errorhandler(HTTPException)
def _http(error: HTTPException) -> tuple[Response, int, dict[str, str]]:
    status = error.code or 500
    headers = {"Retry-After": str(int(wait().total_seconds()))} if status == 429 else {}
    return jsonify({"error": error.name}), status, headers
