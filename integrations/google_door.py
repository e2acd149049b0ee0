"""Signing in with Google, and giving Interlude a permission there: authorisation code with PKCE, and OpenID Connect.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from integrations.google_api import NAME, GoogleApi
from integrations.google_flow import exchanged, sent_there
from integrations.google_http import http_for
from integrations.google_identity import Claims, authoritative, verified_claims
from integrations.google_scopes import NAMES_OF_CALENDARS, OPENID, SCOPES, granted, missing
from integrations.google_tokens import Tokens
from integrations.outside import Outside
from mentoring.doors import Begun, Errand, Granted
from mentoring.errors import InterludeError, NotGiven, Refused
from mentoring.ports import Account

NOT_THE_ONE = "this is not the answer that was waited for: please begin again"
PRIMARY_ONLY = "items(id,primary),nextPageToken"
NO_MORE = frozenset({"access_denied", "admin_policy_enforced", "org_internal"})
"""The errors by which the person, or their organisation, says no."""


@dataclass(frozen=True)
class Memo:
    """What is kept in the session between the two requests."""

    errand: str
    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)

    def __str__(self) -> str:
        return json.dumps(vars(self), sort_keys=True)

    @classmethod
    def of(cls, text: str) -> Memo:
        """Raises Refused for one that is none of ours."""
        try:
            held = json.loads(text)
            return cls(**{name: str(held[name]) for name in ("errand", "redirect_uri", "state", "verifier", "nonce")})
        except (ValueError, KeyError, TypeError):
            raise Refused(NOT_THE_ONE) from None


class GoogleDoor:
    """See LetsIn."""

    name = NAME

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._app = outside.google

    def begin(self, errand: Errand, redirect_uri: str, hint: str = "") -> Begun:
        """See LetsIn. For more than signing in, the permission is to last, and to be asked for by name each time."""
        self._check_set_up()
        lasting = errand is not Errand.SIGN_IN
        asked = {
            "access_type": "offline" if lasting else "online",
            "prompt": "consent" if lasting else "select_account",
            # What was given for another errand stays apart from this one.
            "include_granted_scopes": "false",
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
        }
        asked |= {"login_hint": hint} if hint else {}
        url, verifier = sent_there(self._app, redirect_uri, SCOPES[errand], **asked)
        return Begun(url, str(Memo(errand.value, redirect_uri, asked["state"], verifier, asked["nonce"])))

    def finish(self, errand: Errand, redirect_uri: str, memo: str, query: Mapping[str, str]) -> Granted:
        """See LetsIn. A code is good once: the same answer a second time is refused by Google."""
        self._check_set_up()
        kept = Memo.of(memo)
        same = hmac.compare_digest(kept.state.encode(), query.get("state", "").encode())
        if not same or (kept.errand, kept.redirect_uri) != (errand.value, redirect_uri):
            raise Refused(NOT_THE_ONE)
        _check_not_denied(query.get("error", ""))
        if not query.get("code"):
            raise Refused(NOT_THE_ONE)
        told = exchanged(self._app, redirect_uri, kept.verifier, query["code"])
        given = granted(_scopes(told, errand))
        lacking = missing(errand, given)
        if errand is Errand.CALENDARS:
            return self._calendars(told, given, lacking)
        claims = self._claims(told, kept.nonce) if OPENID in given else None
        return self._signed_in(errand, claims, told, given, lacking)

    def _check_set_up(self) -> None:
        if not self._app.set_up:
            raise Refused("whoever runs Interlude has not set Google up yet")

    def _claims(self, told: Mapping[str, Any], nonce: str) -> Claims:
        app, http, now = self._app, http_for(self._app), self._outside.clock()
        return verified_claims(http, app, str(told.get("id_token", "")), nonce, now)

    def _signed_in(
        self,
        errand: Errand,
        claims: Claims | None,
        told: Mapping[str, Any],
        given: frozenset[str],
        lacking: tuple[str, ...],
    ) -> Granted:
        # A sign-in is over once it is known who signed in: its tokens are of no use, and not kept.
        secret = "" if errand is Errand.SIGN_IN else self._tokens(told, given).secret
        if claims is None:
            return Granted("", "", secret=secret, missing=lacking)
        return Granted(
            claims.subject, claims.address, claims.name, claims.verified, claims.domain, secret, missing=lacking
        )

    def _calendars(self, told: Mapping[str, Any], given: frozenset[str], lacking: tuple[str, ...]) -> Granted:
        """Whose they are is told by the primary calendar, whose name is the account's address: no more is asked."""
        tokens = self._tokens(told, given)
        if lacking:
            whose = self._whose(tokens) if NAMES_OF_CALENDARS in given else ""
            return Granted(whose, whose, secret=tokens.secret, missing=lacking)
        address, tokens = self._primary(tokens)
        if not address:
            raise Refused("this Google account has no calendar of its own")
        return Granted(address, address, verified=authoritative(address, ""), secret=tokens.secret)

    def _whose(self, tokens: Tokens) -> str:
        """Of what was given in part, as far as Google tells: nothing hangs on it but whether it can be given back."""
        try:
            return self._primary(tokens)[0]
        except InterludeError:
            return ""

    def _primary(self, tokens: Tokens) -> tuple[str, Tokens]:
        """The address of the primary calendar, empty for none, and the latest tokens."""
        found: list[Tokens] = [tokens]
        account = Account(NAME, "", "", tokens.secret, renewed=lambda secret: found.append(Tokens.of(secret)))
        api = GoogleApi(self._outside, account)
        pages = api.pages(api.calendar.calendarList().list, fields=PRIMARY_ONLY)
        primary = next((each["id"] for page in pages for each in page.get("items", ()) if each.get("primary")), "")
        address = str(primary).lower()
        return address if "@" in address else "", found[-1]

    def _tokens(self, told: Mapping[str, Any], given: frozenset[str]) -> Tokens:
        refresh = str(told.get("refresh_token", ""))
        if not refresh:
            raise Refused("Google gave a permission that would not last: please begin again")
        life = timedelta(seconds=int(told.get("expires_in", 0)))
        return Tokens(refresh, given, str(told["access_token"]), self._outside.clock() + life)


def _scopes(told: Mapping[str, Any], errand: Errand) -> list[str]:
    """Those given; where none are named, all that were asked for (RFC 6749 section 5.1)."""
    said = told.get("scope") or list(SCOPES[errand])
    return said.split() if isinstance(said, str) else [str(each) for each in said]


def _check_not_denied(error: str) -> None:
    if error in NO_MORE:
        raise NotGiven("the permission was not given at Google")
    if error:
        raise Refused("Google could not do this: please begin again")
