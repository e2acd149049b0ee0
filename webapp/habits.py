"""Times as the reader of the page reads them, 14:40 or 2:40 pm: what templates get under the plain names."""

from __future__ import annotations

from datetime import datetime

from flask import g

from mentoring import times_in_words as times
from mentoring.intervals import Interval
from webapp import strip as drawing
from webapp.strip import Strip


def clock(moment: datetime, zone: str) -> str:
    return times.clock(moment, zone, _twelve_hour())


def span(interval: Interval, zone: str) -> str:
    return times.span(interval, zone, _twelve_hour())


def elsewhere(interval: Interval, zone: str, mine: str) -> str:
    return times.elsewhere(interval, zone, mine, _twelve_hour())


def strip(interval: Interval, mine: str, theirs: str) -> Strip:
    return drawing.strip(interval, mine, theirs, _twelve_hour())


def _twelve_hour() -> bool:
    """As the person who is signed in, or whose link it is, said; others are shown 24 hours, which nobody misreads."""
    person = g.get("person")
    return person.twelve_hour if person is not None else bool(g.get("twelve_hour"))
