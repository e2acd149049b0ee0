"""Which browser asks: a random word in its session, of which only the hash is told to anybody else."""

from __future__ import annotations

import hashlib
import secrets

from flask import session


def this_browser() -> str:
    """Its hash; empty for one that has asked for nothing yet."""
    word = session.get("browser", "")
    return hashlib.sha256(word.encode()).hexdigest() if word else ""


def named_browser() -> str:
    """The same, for one that asks now: it keeps its word, so that each link it asked for works."""
    session.setdefault("browser", secrets.token_urlsafe(32))
    session.permanent = True  # the mail may come after a phone has put its browser to sleep
    return this_browser()
