"""How often one person, or one address, may try what could be abused."""

from __future__ import annotations

import hmac
import time
from datetime import timedelta

from flask import Flask, current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

FORMS = "120 per minute; 1200 per hour"
"""All forms of all pages together. What could be abused in its own way has a tighter limit besides:"""

SIGNING_IN = "20 per minute; 200 per hour"
LINKS = "5 per hour"
LINKS_FROM_ALL = "30 per hour"
BEARERS = "60 per minute; 600 per hour"
API = "60 per minute; 1000 per hour"
API_FROM_ALL = "600 per minute"
HOOKS = "6000 per minute"
"""Google and Microsoft tell of every change in every calendar, from few addresses. See `by_length`."""

UNSAID = 16 * 1024
"""What a body counts as whose length is not told before, in bytes."""

CONNECTION_TESTS = "10 per minute; 60 per hour"


def whose() -> str:
    """The person who is signed in, else the address that asks."""
    return f"person {session['person']}" if "person" in session else f"address {get_remote_address()}"


def typed_address() -> str:
    """The mail address that a link is wanted for, so that nobody can fill somebody's mailbox, however many ask. It is
    counted under its keyed hash: no address is kept for that."""
    address = request.form.get("email", "").strip().lower()
    key = current_app.config["SECRET_KEY"].encode()
    return f"link for {hmac.digest(key, address.encode(), 'sha256').hex()}"


def typed_address_by_asker() -> str:
    """The same and who asks, so that whoever asks for somebody else keeps only themselves from asking."""
    return f"{typed_address()} by {whose()}"


def by_length() -> int:
    """Notifications come in bundles: each kilobyte begun counts as one request."""
    unsaid = UNSAID if "Transfer-Encoding" in request.headers else 0
    return 1 + (request.content_length or unsaid) // 1024


def only_looks() -> bool:
    return request.method in {"GET", "HEAD", "OPTIONS"}


limiter = Limiter(
    whose,
    application_limits=[FORMS],
    application_limits_exempt_when=only_looks,
    in_memory_fallback_enabled=True,
    key_prefix="interlude",
)


def wait() -> timedelta:
    """How long whoever was too fast just now has to wait."""
    limit = limiter.current_limit
    return timedelta(seconds=max(1, round(limit.reset_at - time.time()) if limit else 60))


def hold(app: Flask, redis_url: str) -> None:
    """Counts in Redis, for all web processes together; each counts by itself while Redis is away."""
    over_socket = redis_url.startswith("unix://")
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{redis_url}" if over_socket else redis_url
    limiter.init_app(app)
