"""Static files, at addresses that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parent / "static"


def asset(name: str) -> str:
    return url_for("static", filename=name, v=_version(name))


def digest(text: str | bytes) -> str:
    """A short name for exactly this text."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()[:12]


@cache
def _version(name: str) -> str:
    return digest((STATIC / name).read_bytes())
