"""What a database says when something goes wrong, as Interlude's own errors: the one place that translates."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mentoring.errors import ChangedMeanwhile, DoubleBooking, InterludeError, Refused, TryLater

DOUBLE_BOOKING = "double booking"
"""What the SQLite triggers say, and part of the name of PostgreSQL's constraint. Kept by the migrations."""

SOON = timedelta(seconds=5)

# https://www.sqlite.org/rescode.html
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_IN_THE_WAY = {"40001", "40P01", "55P03"}
_CANNOT_SERVE = ("08", "53", "57")


@contextmanager
def translated() -> Iterator[None]:
    """Raises TryLater, Refused, ChangedMeanwhile or DoubleBooking for what may be expected; a bug stays what it is."""
    try:
        yield
    except PoolTimeout as problem:
        raise TryLater("every connection to the database is in use", SOON) from problem
    except DBAPIError as problem:
        meaning = meaning_of(problem)
        if meaning is None:
            raise
        raise meaning from problem


def meaning_of(problem: DBAPIError) -> InterludeError | None:
    """What the caller does next about it, or None for what nobody expects."""
    if isinstance(problem.orig, sqlite3.Error):
        return _of_sqlite(problem.orig)
    return _of_postgresql(problem)


def _of_sqlite(problem: sqlite3.Error) -> InterludeError | None:
    extended = getattr(problem, "sqlite_errorcode", 0)
    primary = extended & 0xFF
    words = str(problem)
    if primary in _SQLITE_BUSY:
        return TryLater("the database is busy with another change", SOON)
    if primary in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return TryLater(f"the database cannot be written: {words}")
    if primary == sqlite3.SQLITE_CANTOPEN:
        return Refused("the database file cannot be opened; does its folder exist, and may we write there?")
    if "no such table" in words:
        return _not_set_up()
    if extended == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return _gone()
    return DoubleBooking("somebody is already booked then") if DOUBLE_BOOKING in words else None


def _of_postgresql(problem: DBAPIError) -> InterludeError | None:
    code = getattr(problem.orig, "sqlstate", None)
    if code is None:
        unreachable = problem.connection_invalidated or type(problem.orig).__name__ == "OperationalError"
        return TryLater("the database cannot be reached") if unreachable else None
    if code in _IN_THE_WAY:
        return TryLater("another change was in the way", SOON)
    if code.startswith(_CANNOT_SERVE):
        return TryLater("the database cannot serve us now")
    known = {"23503": _gone(), "23P01": DoubleBooking("somebody is already booked then"), "42P01": _not_set_up()}
    return known.get(code)


def _gone() -> InterludeError:
    return ChangedMeanwhile("something that this belongs to is no longer there")


def _not_set_up() -> InterludeError:
    return Refused("the database is not set up yet: run interlude db upgrade")


def is_duplicate(problem: IntegrityError) -> bool:
    """Whether a unique key refused it."""
    if isinstance(problem.orig, sqlite3.Error):
        return getattr(problem.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_UNIQUE
    return getattr(problem.orig, "sqlstate", None) == "23505"
