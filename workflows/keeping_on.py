"""One thing that goes wrong keeps no other from being done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from mentoring.errors import InterludeError

log = logging.getLogger("interlude")

T = TypeVar("T")


def each_by_itself(things: Iterable[T], do: Callable[[T], object]) -> int:
    """Does it for each. What fails is logged loudly, with where in the code, and is found again by the next sweep.

    The edge of a job that works for everybody: the place where any exception may be caught. Returns how many failed.
    """
    failed = 0
    for thing in things:
        try:
            do(thing)
        except InterludeError as problem:
            failed += 1
            log.warning("one of many has to wait: %s", problem)
        except Exception:
            failed += 1
            log.exception("%s failed for one of many", getattr(do, "__qualname__", do))
    return failed
