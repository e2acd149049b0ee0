"""Signing in with Microsoft, and giving Interlude a permission there: msal's authorisation code flow with PKCE.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from __future__ import annotations

import hmac
import json
import re
import warnings
from collections.abc import Mapping
from typing import Any

from integrations.microsoft_identity import verified_claims
from integrations.microsoft_peer import Peer, peer
from integrations.microsoft_tokens import (
    MAILBOX_ZONE,
    READ_CALENDARS,
    WRITE_CALENDARS,
    client,
    granted_scopes,
    kind_of,
    narrow,
    new_cache,
    problem_of,
)
from integrations.outlook_graph import NAME
from integrations.outside import Outside
from mentoring.doors import Begun, Errand, Granted
from mentoring.errors import InterludeError, NotGiven, Reconnect, Refused, TryLater

# msal would have the answer come as a form that another site posts, which no cookie of ours comes along with.
warnings.filterwarnings("ignore", "response_mode='form_post'", UserWarning, "msal")

NOT_THE_ONE = "this is not the answer that was waited for: please begin again"
USED = "this answer of Microsoft's was used already, or took too long: please begin again"

SCOPES: dict[Errand, tuple[str, ...]] = {
    Errand.SIGN_IN: ("email",),
    Errand.CALENDARS: (READ_CALENDARS, MAILBOX_ZONE),
    Errand.ORGANISER: (WRITE_CALENDARS,),
}
"""What is asked for. msal adds openid and profile, and offline_access where the permission is to last."""

_GO_AS_FAR = {
    READ_CALENDARS: ("calendars.readbasic", "calendars.read", "calendars.readwrite"),
    WRITE_CALENDARS: ("calendars.readwrite",),
    MAILBOX_ZONE: ("mailboxsettings.read", "mailboxsettings.readwrite"),
}
_IN_WORDS = {
    READ_CALENDARS: "seeing when you are busy",
    WRITE_CALENDARS: "making events in your own calendar",
    MAILBOX_ZONE: "seeing which time zone your calendar is in",
}
_NEEDS_AN_ADMINISTRATOR = frozenset({"90094", "90093", "900941", "65005"})
_NO = frozenset({"access_denied", "consent_required", "interaction_required"})
_PASSING = frozenset({"temporarily_unavailable", "server_error"})


class MicrosoftDoor:
    """See LetsIn."""

    name = NAME

    def __init__(self, outside: Outside) -> None:
        self._app, self._limits = outside.microsoft, outside.http.limits

    def begin(self, errand: Errand, redirect_uri: str, hint: str = "") -> Begun:
        """See LetsIn. Without a hint they choose among their accounts, even where there is only one."""
        way = self._peer()
        flow = self._flow(way, errand, redirect_uri, hint)
        kept = {"errand": errand.value, "flow": {key: it for key, it in flow.items() if key != "auth_uri"}}
        return Begun(way.as_served(flow["auth_uri"]), json.dumps(kept, sort_keys=True))

    def finish(self, errand: Errand, redirect_uri: str, memo: str, query: Mapping[str, str]) -> Granted:
        """See LetsIn. A code is good once: the same answer a second time is refused by Microsoft."""
        way = self._peer()
        flow = _kept(memo, errand, redirect_uri)
        if not hmac.compare_digest(str(flow["state"]).encode(), query.get("state", "").encode()):
            raise Refused(NOT_THE_ONE)
        _check_not_denied(query)
        cache = new_cache()
        told = self._redeemed(way, errand, cache, flow, query)
        claims = verified_claims(way, str(told.get("id_token", "")))
        narrow(cache, SCOPES[errand])
        # A sign-in is over once it is known who signed in: its tokens are of no use, and not kept.
        secret = "" if errand is Errand.SIGN_IN else str(cache.serialize())
        return Granted(
            claims.subject,
            claims.address,
            claims.name,
            claims.verified,
            claims.domain,
            secret,
            _missing(errand, granted_scopes(str(told.get("scope", "")))),
            claims.also,
        )

    def _peer(self) -> Peer:
        if not self._app.set_up:
            raise Refused("whoever runs Interlude has not set Microsoft up yet")
        return peer(self._app, self._limits)

    def _flow(self, way: Peer, errand: Errand, redirect_uri: str, hint: str) -> dict[str, Any]:
        try:
            app = client(way, new_cache(), offline=errand is not Errand.SIGN_IN)
            flow: dict[str, Any] = app.initiate_auth_code_flow(
                list(SCOPES[errand]),
                redirect_uri=redirect_uri,
                login_hint=hint or None,
                prompt=None if hint else "select_account",
            )
        except (ValueError, KeyError, RuntimeError) as problem:
            raise _not_understood(problem) from kind_of(problem)
        return flow

    def _redeemed(
        self, way: Peer, errand: Errand, cache: Any, flow: dict[str, Any], query: Mapping[str, str]
    ) -> Mapping[str, Any]:
        try:
            app = client(way, cache, offline=errand is not Errand.SIGN_IN)
            told: Mapping[str, Any] = app.acquire_token_by_auth_code_flow(flow, dict(query))
        except (ValueError, KeyError, TypeError, RuntimeError) as problem:
            # The nonce or the state is another one, or the answer is none. Their messages repeat what was sent.
            raise Refused(NOT_THE_ONE) from kind_of(problem)
        if "access_token" not in told:
            raise _not_redeemed(told)
        return told


def _kept(memo: str, errand: Errand, redirect_uri: str) -> dict[str, Any]:
    """msal's flow as it was begun. Raises Refused for another errand's, or what is none of ours."""
    try:
        held = json.loads(memo)
        flow = held["flow"]
        same = (held["errand"], flow["redirect_uri"]) == (errand.value, redirect_uri)
        complete = all(isinstance(flow[each], str) and flow[each] for each in ("state", "code_verifier", "nonce"))
    except (ValueError, KeyError, TypeError):
        raise Refused(NOT_THE_ONE) from None
    if not same or not complete:
        raise Refused(NOT_THE_ONE)
    return dict(flow)


def _check_not_denied(query: Mapping[str, str]) -> None:
    """Raises NotGiven for a no, in words that say whose; TryLater, Refused for any other error."""
    error = query.get("error", "")
    if not error:
        if not query.get("code"):
            raise Refused(NOT_THE_ONE)
        return
    numbers = set(re.findall(r"AADSTS(\d+)", query.get("error_description", "")))
    if numbers & _NEEDS_AN_ADMINISTRATOR:
        raise NotGiven(
            "your organisation lets only an administrator agree to this: ask yours to approve Interlude, then try again"
        )
    if error in _NO:
        raise NotGiven("you did not give Interlude the permission at Microsoft, so nothing was connected")
    if error in _PASSING:
        raise TryLater("Microsoft's sign-in has a fault of its own: please try again")
    raise Refused("Microsoft's sign-in refuses what Interlude asked of it")


def _not_redeemed(told: Mapping[str, Any]) -> InterludeError:
    if told.get("error") == "invalid_grant":
        return Refused(USED)
    problem = problem_of(told)
    return NotGiven(str(problem)) if isinstance(problem, Reconnect) else problem


def _not_understood(problem: Exception) -> InterludeError:
    # msal says ValueError for an authority that does not describe itself: a wrong tenant in the settings.
    if isinstance(problem, ValueError):
        return Refused("there is no sign-in of Microsoft's at the address in the settings")
    return TryLater("Microsoft's sign-in answers in a way it should not")


def _missing(errand: Errand, given: frozenset[str]) -> tuple[str, ...]:
    """What was asked for and not given, in words."""
    wanted = (each for each in SCOPES[errand] if each in _GO_AS_FAR)
    return tuple(_IN_WORDS[each] for each in wanted if not given & set(_GO_AS_FAR[each]))
