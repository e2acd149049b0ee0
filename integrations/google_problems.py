"""What Google's refusals mean for who asked, told once.

https://developers.google.com/workspace/calendar/api/guides/errors
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from integrations.guarded_http import Answer
from integrations.statuses import retry_after
from mentoring.errors import ChangedMeanwhile, InterludeError, Reconnect, Refused, TryLater

WITHDRAWN = "Google no longer lets Interlude read this calendar: the permission was withdrawn or has run out"
OF_THE_ACCOUNT = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})
"""quotaExceeded: "Calendar usage limits exceeded", which one user meets (https://support.google.com/a/answer/2905486)."""

OF_THE_PROJECT = frozenset({"dailyLimitExceeded", "RESOURCE_EXHAUSTED"})
TOO_FEW_SCOPES = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
SWITCHED_OFF = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
HOOK_NOT_ACCEPTED = frozenset({"push.webhookUrlUnauthorized", "webhookUrlUnauthorized"})
"""Comes with a 401 that has nothing to do with the account: "Unauthorized WebHook callback channel"."""

NOT_THERE = frozenset({"notFound", "deleted"})
STALE_SYNC_TOKEN = frozenset({"fullSyncRequired", "updatedMinTooLongAgo"})


class SignedOut(Reconnect):
    """The access token is not good, or not any more; perhaps another one is."""


class TooFewScopes(Reconnect):
    """The person gave a permission, and not this one."""


class NotForUs(Reconnect):
    """It is there, and this account may not look at it."""


class NotCalled(Refused):
    """Google does not tell of changes at the address that it was given."""


class Gone(Reconnect):
    """There is nothing of that name, or not any more."""


class FullSyncRequired(TryLater):
    """The sync token has run out: list again without it."""


class AlreadyThere(Refused):
    """An event of that id is there already, or was."""


class OverQuota(TryLater):
    """Google has been asked too often. whole_project: by everybody together, not by this account only."""

    def __init__(self, message: str, after: timedelta, whole_project: bool = False) -> None:
        super().__init__(message, after)
        self.whole_project = whole_project


class Fault(TryLater):
    """A fault of Google's own, or of the way there, that may be over in a moment."""


def problem_of(answer: Answer) -> InterludeError:
    """The error that a refusal amounts to. It names reasons of Google's list only, nothing of an event."""
    problem = _problem(answer, reasons_of(answer.body))
    # A fault of Google's own may come after it has done what was asked.
    problem.without_effect = answer.status < 500
    return problem


def _problem(answer: Answer, reasons: frozenset[str]) -> InterludeError:
    if quota := _quota(answer, reasons):
        return quota
    if reasons & SWITCHED_OFF:
        return Refused("the Google Calendar API is not switched on for Interlude: whoever runs it has to do that")
    if reasons & HOOK_NOT_ACCEPTED:
        return NotCalled("Google does not accept the address at which it is to tell Interlude of changes")
    if reasons & TOO_FEW_SCOPES:
        return TooFewScopes("Google was not told to let Interlude do this: a permission was left out")
    if answer.status == 410 and reasons & STALE_SYNC_TOKEN:
        return FullSyncRequired("Google has forgotten what had changed")
    return _by_status(answer, reasons)


def _quota(answer: Answer, reasons: frozenset[str]) -> OverQuota | None:
    if answer.status == 429 or (answer.status == 403 and reasons & (OF_THE_ACCOUNT | OF_THE_PROJECT)):
        whole = bool(reasons & OF_THE_PROJECT) and not reasons & OF_THE_ACCOUNT
        return OverQuota("Google asks us to come back later", retry_after(answer), whole)
    return None


def _by_status(answer: Answer, reasons: frozenset[str]) -> InterludeError:
    status = answer.status
    if status >= 500:
        kind = TryLater if "Retry-After" in answer.headers else Fault
        return kind(f"Google has a fault of its own ({status})", retry_after(answer))
    if status == 404 and not reasons & NOT_THERE:
        return Fault("Google does not find what Interlude asked for, and does not say that it is gone")
    known: dict[int, InterludeError] = {
        401: SignedOut(WITHDRAWN),
        403: NotForUs("Google does not let this account look at that calendar"),
        404: Gone("the calendar is no longer there at Google"),
        409: AlreadyThere("Google has had an event of that id"),
        410: Gone("that event is no longer there at Google"),
        412: ChangedMeanwhile("the event was changed at Google meanwhile"),
    }
    said = ", ".join(sorted(reasons)) or "no reason given"
    return known.get(status, Refused(f"Google refuses this ({status}: {said})"))


def reasons_of(body: bytes) -> frozenset[str]:
    """The reasons in an error's body, in its older form and its newer (google.rpc.ErrorInfo)."""
    error = _error(body)
    entries = [*_listed(error, "errors"), *_listed(error, "details"), {"reason": error.get("status")}]
    found = {each.get("reason") for each in entries if isinstance(each, dict)}
    # A reason is a name. Anything longer is not repeated in messages.
    return frozenset(each for each in found if isinstance(each, str) and each.isascii() and len(each) <= 64)


def _error(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    error = said.get("error") if isinstance(said, dict) else None
    return error if isinstance(error, dict) else {"status": error}


def _listed(error: dict[str, Any], name: str) -> list[Any]:
    found = error.get(name)
    return found if isinstance(found, list) else []
