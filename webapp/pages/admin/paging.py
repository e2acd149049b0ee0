"""Which part of a long list is asked for."""

from __future__ import annotations

from flask import request

from webapp.ids import an_id

MOST_PAGES = 100_000


def which_page() -> int:
    """The number in ?page=, from 1; 1 for none."""
    return max(1, min(request.args.get("page", default=1, type=an_id), MOST_PAGES))
