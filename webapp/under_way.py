"""Who is at Google or Microsoft just now: kept in this browser's session, and taken out by the first answer."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template, session

from mentoring.doors import Errand
from webapp.at import NAMES
from webapp.backstage import backstage
from webapp.signed_in import current_person
from workflows.door_views import SetOut, UnderWay
from workflows.views import Who

SLOT = "under way"


def set_out(to: SetOut, wanted: str = "/") -> str:
    """The page that leads there. wanted: the page of ours that is to come up afterwards.

    It leads on by itself, instead of a redirect: browsers hold every address that a form's answer redirects to against
    form-action (https://www.w3.org/TR/CSP3/#directive-form-action), and Microsoft and Google send people of an
    organisation with its own sign-in straight on to that, whose address nobody here can know.
    """
    kept = to.under_way
    session[SLOT] = {
        "provider": kept.provider,
        "errand": kept.errand.value,
        "who": [kept.who.organisation_id, kept.who.person_id] if kept.who else None,
        "since": kept.since.timestamp(),
        "memo": kept.memo,
        "mends": kept.mends,
        "wanted": wanted,
    }
    session.permanent = True  # a phone may put the browser to sleep while its owner looks for the second factor
    return render_template("leaving.html", url=to.url, name=NAMES[kept.provider])


def taken() -> tuple[UnderWay | None, str]:
    """What was kept, and the page wanted. It is there once: whatever comes back next, comes too late."""
    slot = session.pop(SLOT, None)
    if slot is None:
        return None, "/"
    kept = UnderWay(
        slot["provider"],
        Errand(slot["errand"]),
        Who(*slot["who"]) if slot["who"] else None,
        datetime.fromtimestamp(slot["since"], UTC),
        slot["memo"],
        slot["mends"],
    )
    return kept, slot["wanted"]


def whoever() -> Who | None:
    """The one who asks, or nobody."""
    person = current_person()
    return Who(person.organisation_id, person.id) if person else None


def doors() -> tuple[str, ...]:
    """For templates: the ways that are open."""
    return backstage().doors()
