"""Where Google and Microsoft send people back to, whatever they were sent there for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.doors import Errand
from mentoring.errors import (
    BeginAgain,
    ConnectedBySomebody,
    InterludeError,
    NotGiven,
    NotLetIn,
    Reconnect,
    Refused,
    TryLater,
)
from webapp.at import NAMES, REMOVED_AT
from webapp.backstage import backstage
from webapp.errors import said
from webapp.limits import SIGNING_IN, limiter
from webapp.signed_in import sign_in
from webapp.under_way import taken, whoever
from workflows.door_views import AccountAdded, CameIn, Connected, OrganiserConnected, UnderWay

page_of = Blueprint("oauth", __name__, url_prefix="/oauth")

TITLES: dict[type[InterludeError], tuple[str, int]] = {
    BeginAgain: ("That answer does not count", 400),
    NotGiven: ("The permission was not given", 400),
    NotLetIn: ("This account opens no door here", 403),
    ConnectedBySomebody: ("That account is somebody else’s here", 409),
    Reconnect: ("The calendar did not let us in", 400),
    TryLater: ("Not just now", 503),
    Refused: ("That account will not do", 409),
}
"""The page's title and status, by what went wrong: the first that it is."""

ELSEWHERE = (
    "Another organisation here has your address too. To go there, sign out and ask for a link by mail, which comes from"
    " each."
)


@dataclass(frozen=True)
class Retry:
    """The button that goes there again. Nobody knows for what somebody came whose session has forgotten it."""

    action: str
    words: str
    wanted: str = ""


@page_of.get("/<door:at>")
@limiter.limit(SIGNING_IN)
def back(at: str) -> Response | tuple[str, int]:
    kept, wanted = taken()
    try:
        came = backstage().come_back(kept, at, whoever(), request.args)
    except (Refused, Reconnect, TryLater) as error:
        for_all = kept is not None and kept.errand is Errand.ORGANISER
        return _problem(error, at, _retry(kept, wanted), for_all)
    match came:
        case CameIn():
            sign_in(came.who)
            if came.elsewhere:
                flash(ELSEWHERE)
            return redirect(url_for("taking_part.page") if came.invited else wanted)
        case AccountAdded():
            flash(f"From now on you can sign in with {NAMES[at]}.")
            return redirect(wanted)
        case Connected():
            return _connected(came, NAMES[at])
        case OrganiserConnected():
            flash(f"Connected. New invites come from {came.address} from now on.")
            return redirect(wanted)


def _connected(came: Connected, name: str) -> Response:
    if came.still_broken:
        words = (
            f"You signed in at {name} as {came.address}, so that is connected beside {came.still_broken}, which still"
        )
        flash(f"{words} does not let us in.", "problem")
    elif came.again:
        flash(f"{came.address} is connected again. What you had chosen still holds.")
        return redirect(url_for("calendars.page"))
    return redirect(url_for("calendars.choices", connection_id=came.connection_id))


def _retry(kept: UnderWay | None, wanted: str) -> Retry | None:
    if kept is None:
        return None
    if kept.errand is Errand.SIGN_IN and kept.who is not None:
        return Retry(url_for("taking_part.add_account", at=kept.provider), "Try again")
    if kept.errand is Errand.SIGN_IN:
        return Retry(
            url_for("sign_in.elsewhere", at=kept.provider), f"Sign in with {NAMES[kept.provider]} again", wanted
        )
    if kept.errand is Errand.ORGANISER:
        return Retry(url_for("admin_organiser.connect", at=kept.provider), "Try again")
    if kept.mends:
        return Retry(url_for("calendars_consent.again", connection_id=kept.mends), "Try again")
    return Retry(url_for("calendars_consent.begin", at=kept.provider), "Try again")


def _problem(error: InterludeError, at: str, retry: Retry | None, for_all: bool) -> tuple[str, int]:
    """for_all: it was to be the organisation's own account, and nobody's calendar."""
    title, status = next(known for kind, known in TITLES.items() if isinstance(error, kind))
    missing = error.missing if isinstance(error, NotGiven) else ()
    page = render_template(
        "consent_problem.html",
        title=title,
        words=said(error),
        missing=missing,
        name=NAMES[at],
        removed_at=REMOVED_AT[at] if error.left_standing else "",
        kind=type(error).__name__,
        retry=retry,
        for_all=for_all,
    )
    return page, status
