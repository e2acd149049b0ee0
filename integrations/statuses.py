"""What an HTTP status means for who asked, told once for all providers that speak plain HTTP."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from integrations.guarded_http import Answer
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater

LONGEST_WAIT = timedelta(hours=24)
SHORTEST_WAIT = timedelta(seconds=1)
USUAL_WAIT = timedelta(minutes=1)
_LONG = 10
"""Digits of a number of seconds that is beyond every wait."""


def problem_of(answer: Answer) -> InterludeError:
    """The error that an unexpected answer amounts to. Names the server, never the path: it may be a secret."""
    host, status = urlsplit(answer.url).hostname, answer.status
    if status == 401:
        return Reconnect(f"{host} does not accept the name and password any more")
    if status == 403:
        return Reconnect(f"{host} does not let this account do that")
    if status in {404, 410}:
        return Reconnect(f"the calendar is no longer there at {host}")
    if status == 429:
        return TryLater(f"{host} asks us to come back later", retry_after(answer))
    if status in {408, 423, 425} or status >= 500:
        return TryLater(f"{host} has a fault of its own ({status})", retry_after(answer))
    return Refused(f"{host} answers in a way that a calendar does not ({status})")


def retry_after(answer: Answer) -> timedelta:
    """Retry-After in either of its forms (RFC 9110 section 10.2.3); a date is held against the server's own Date."""
    stated = answer.headers.get("Retry-After", "").strip()
    if stated.isascii() and stated.isdecimal():
        return _within_reason(timedelta(seconds=int(stated))) if len(stated) < _LONG else LONGEST_WAIT
    try:
        then, sent = parsedate_to_datetime(stated), parsedate_to_datetime(answer.headers.get("Date", ""))
        return _within_reason(then - sent)
    except (ValueError, TypeError, OverflowError, IndexError):
        return USUAL_WAIT


def _within_reason(wait: timedelta) -> timedelta:
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
