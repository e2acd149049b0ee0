"""Column types: moments that are always UTC and aware, and ids that are never given out twice."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

from mentoring.intervals import utc

Id = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up by itself only in a column declared INTEGER."""


class Moment(TypeDecorator[datetime]):
    """A moment, aware and in UTC on the way out as on the way in. Raises ValueError for a naive one.

    SQLite keeps it as text of fixed width, which sorts and compares as the moments do.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return utc(value).replace(tzinfo=None) if dialect.name == "sqlite" else utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else utc(value)
