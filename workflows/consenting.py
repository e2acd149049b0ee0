"""To Google or Microsoft and back: for what somebody is sent there, and that it is they who return, once, in time."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from mentoring.doors import Errand, Granted
from mentoring.errors import BeginAgain, InterludeError, NotAllowed, NotGiven, Refused
from workflows import connecting_accounts, giving_back, organisers, signing_in_elsewhere, steering
from workflows.bootstrap import Parts
from workflows.door_views import AccountAdded, GivenBack, OrganiserConnected, Returned, SetOut, UnderWay
from workflows.views import Who

log = logging.getLogger("interlude.consenting")

LASTS = timedelta(minutes=10)
"""Long enough for a second factor; OAuth advises that a code itself lasts no longer (RFC 6749 section 4.1.2)."""

BACK_AT = {"google": "/oauth/google", "outlook": "/oauth/microsoft"}
"""One address a provider, for every errand: it has to be registered there. That they differ tells the answers of the
two apart (RFC 9700 section 4.4.2.2)."""


def begin(parts: Parts, errand: Errand, provider: str, who: Who | None) -> SetOut:
    """who: None for somebody who comes to sign in, and for nothing else.

    Raises NotAllowed for an organiser by anybody but an admin, Refused where the provider is not set up, TryLater.
    """
    if who is None and errand is not Errand.SIGN_IN:
        raise NotAllowed("sign in first")
    if who is not None and errand is Errand.ORGANISER:
        with parts.database.reading(who.organisation_id) as memory:
            steering.admin(memory, who)
    return _begun(parts, UnderWay(provider, errand, who, parts.clock(), ""), hint="")


def begin_to_mend(parts: Parts, who: Who, connection_id: int) -> SetOut:
    """Straight to the account that lets us in no more. Raises KeyError for another person's, and as `begin`."""
    with parts.database.reading(who.organisation_id) as memory:
        broken = connecting_accounts.mine(memory, who, connection_id)
    kept = UnderWay(broken.provider, Errand.CALENDARS, who, parts.clock(), "", mends=connection_id)
    return _begun(parts, kept, hint=broken.username)


def _begun(parts: Parts, kept: UnderWay, hint: str) -> SetOut:
    begun = parts.door(kept.provider).begin(kept.errand, back_at(parts, kept.provider), hint)
    log.info("sent to %s for %s", kept.provider, kept.errand)
    return SetOut(begun.url, replace(kept, memo=begun.memo))


def back_at(parts: Parts, provider: str) -> str:
    """The address that is to be registered at the provider, to the letter."""
    return parts.settings.base_url + BACK_AT[provider]


def come_back(
    parts: Parts, kept: UnderWay | None, provider: str, who: Who | None, query: Mapping[str, str]
) -> Returned:
    """Ends the errand. kept: what the session held, and holds no more; who: as whom the browser is signed in now.

    Raises BeginAgain for what was not begun here, by them and just now; NotGiven with what is missing; for each errand
    what its workflow raises; TryLater. What was given and is of no use then is given back where that is possible, and
    else said to be left_standing.
    """
    waited_for = _waited_for(parts, kept, provider, who)
    granted = _granted(parts, waited_for, query)
    log.info("back from %s for %s, %s permissions missing", provider, waited_for.errand, len(granted.missing))
    try:
        if granted.missing:
            raise NotGiven("not everything was given that this needs", granted.missing)
        return _ended(parts, waited_for, granted)
    except InterludeError as problem:
        given_back = giving_back.unused(parts, provider, granted)
        problem.left_standing = given_back in {GivenBack.STANDS, GivenBack.UNANSWERED}
        raise


def _waited_for(parts: Parts, kept: UnderWay | None, provider: str, who: Who | None) -> UnderWay:
    if kept is None or kept.provider != provider:
        raise BeginAgain("this browser waits for no such answer: it was used already, or another browser asked for it")
    if parts.clock() - kept.since > LASTS:
        raise BeginAgain("it took longer than ten minutes, so for safety the answer does not count any more")
    if kept.who != who:
        raise BeginAgain("somebody else is signed in here by now, for whom the answer was not meant")
    return kept


def _granted(parts: Parts, kept: UnderWay, query: Mapping[str, str]) -> Granted:
    """What the provider refuses of an answer is mended by a new one, but for a no of the person's."""
    try:
        return parts.door(kept.provider).finish(kept.errand, back_at(parts, kept.provider), kept.memo, query)
    except NotGiven:
        raise
    except Refused as problem:
        raise BeginAgain(str(problem)) from problem


def _ended(parts: Parts, kept: UnderWay, granted: Granted) -> Returned:
    if kept.who is None:
        return signing_in_elsewhere.come_in(parts, kept.provider, granted)
    if kept.errand is Errand.SIGN_IN:
        signing_in_elsewhere.add(parts, kept.who, kept.provider, granted)
        return AccountAdded()
    if kept.errand is Errand.CALENDARS:
        return connecting_accounts.connect(parts, kept.who, kept.provider, granted, kept.mends)
    organisers.connected(parts, kept.who, kept.provider, granted)
    return OrganiserConnected(granted.address)
