"""Ids as browsers send them: whole numbers that a database can hold. Anything else is the id of nothing."""

from __future__ import annotations

import re

from werkzeug.routing import IntegerConverter

GREATEST = 2**63 - 1
"""A BIGINT of PostgreSQL, and an INTEGER of SQLite."""

DIGITS = r"[0-9]{1,19}"


class IdConverter(IntegerConverter):
    """<id:…> in a route. A longer number, or a greater one, is an address without a page."""

    regex = DIGITS

    def __init__(self, map: object) -> None:  # noqa: A002 - werkzeug's name
        super().__init__(map, max=GREATEST)  # type: ignore[arg-type]


def an_id(text: str) -> int:
    """For request.args and request.form. Raises ValueError, which they take for not given."""
    if not re.fullmatch(DIGITS, text) or int(text) > GREATEST:
        raise ValueError("not an id")
    return int(text)
