"""How often one person, or one address, may try what could be abused."""

from __future__ import annotations

from flask import Flask, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SIGNING_IN = "20 per minute; 200 per hour"
CONNECTION_TESTS = "10 per minute; 60 per hour"


def whose() -> str:
    """The person who is signed in, else the address that asks."""
    return f"person {session['person']}" if "person" in session else f"address {get_remote_address()}"


limiter = Limiter(whose, in_memory_fallback_enabled=True, key_prefix="interlude")


def hold(app: Flask, redis_url: str) -> None:
    """Counts in Redis, for all web processes together; each counts by itself while Redis is away."""
    over_socket = redis_url.startswith("unix://")
    app.config["RATELIMIT_STORAGE_URI"] = f"redis+{redis_url}" if over_socket else redis_url
    limiter.init_app(app)
