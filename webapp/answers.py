"""What a form with an answer says, and what is said where it came too late."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import request

from mentoring.errors import (
    BadInput,
    ChangedMeanwhile,
    DoubleBooking,
    InterludeError,
    Refused,
    TryLater,
    WrongTransition,
)
from mentoring.proposals import Partstat
from mentoring.reviews import Helped
from mentoring.times_in_words import city, day
from webapp.errors import said
from webapp.habits import span
from workflows.views import Feedback, SuggestionView

ANSWERS = {"yes": Partstat.ACCEPTED, "no": Partstat.DECLINED}
OVERTAKEN = (DoubleBooking, ChangedMeanwhile, WrongTransition, Refused, TryLater)
"""What an answer may raise that its page can tell in words."""


@dataclass(frozen=True)
class Answered:
    """sequence: of what the form was shown with."""

    partstat: Partstat
    feedback: Feedback | None
    sequence: int


def answered() -> Answered:
    """Of the form that was sent. Raises BadInput for one that says none."""
    return Answered(_partstat(), _feedback(), seen_sequence())


def _partstat() -> Partstat:
    try:
        return ANSWERS[request.form.get("answer", "")]
    except KeyError as problem:
        raise BadInput.of("answer", "choose yes or no") from problem


def _feedback() -> Feedback | None:
    text = request.form.get("feedback", "")
    try:
        return Feedback(text) if text else None
    except ValueError as problem:
        raise BadInput.of("feedback", "choose one of the reasons, or none") from problem


def helped_as_typed() -> Helped:
    """Whether a meeting helped, of the form that was sent. Raises BadInput for one that does not say."""
    try:
        return Helped(request.form.get("helped", ""))
    except ValueError as problem:
        raise BadInput.of("helped", "choose yes, partly or no") from problem


def seen_sequence() -> int:
    """Of what the form was shown with. Raises BadInput for one that does not say."""
    text = request.form.get("sequence", "")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise BadInput.of("sequence", "the page was not sent whole; go back and reload it")
    return int(text)


def overtaken(view: SuggestionView, error: InterludeError, sequence: int) -> str:
    """In words; where the time is another by now, which one it is. view: as it is now."""
    if not isinstance(error, ChangedMeanwhile) or view.sequence == sequence:
        return said(error)
    new = f"{day(view.interval.start, view.zone)}, {span(view.interval, view.zone)} {city(view.zone)} time"
    return f"The time was changed meanwhile. It is {new} now; what you chose was not taken for it."
