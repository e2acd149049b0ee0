"""Google's sign-in as the wire speaks it: authorisation with PKCE, tokens, revocation, keys of the id tokens."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.wires.web import Told

AUTH = "https://www.googleapis.com/auth/"
KEY_ID = "wire-key"
LIVES = timedelta(hours=1)
_LONG = {"email": f"{AUTH}userinfo.email", "profile": f"{AUTH}userinfo.profile"}
"""Google answers with the long names of these two, whatever it was asked with."""


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def short(scope: str) -> str:
    """A scope as the discovery document's methods are checked against: without its address."""
    return scope.removeprefix(AUTH)


@dataclass
class Person:
    """One who can sign in at the wire. hd: the domain of the organisation that runs their account, if one does."""

    email: str
    name: str = ""
    hd: str = ""
    verified: bool = True

    @property
    def sub(self) -> str:
        return str(int(hashlib.sha256(self.email.encode()).hexdigest()[:16], 16))


@dataclass
class Grant:
    """What a person has let us do. tokens: the access tokens that are good for it, until they are expired."""

    email: str
    scopes: frozenset[str]
    refresh_token: str = ""
    tokens: set[str] = field(default_factory=set)
    revoked: bool = False


@dataclass
class Code:
    """An authorisation code, good once."""

    grant: Grant
    redirect_uri: str
    challenge: str
    nonce: str
    used: bool = False


@dataclass
class SignIn:
    """Google's authorisation server. issuer: what id tokens are signed as, the origin of the wire unless set.

    signing_in: whom the browser signs in as, where the request has no hint. unticked: scopes that they do not give.
    denies: they press Cancel. Everybody gives what is asked otherwise. claims, signs_with: what is wrong with its id
    tokens: claims that take the place of true ones, a key that is not the published one.
    """

    client_id: str
    client_secret: str
    clock: Callable[[], datetime]
    people: dict[str, Person] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    issuer: str = ""
    signing_in: str = ""
    unticked: frozenset[str] = frozenset()
    denies: bool = False
    any_bearer: str = ""
    lives: timedelta = LIVES
    asked: list[dict[str, str]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    signs_with: rsa.RSAPrivateKey | None = None

    def grant(self, email: str, scopes: frozenset[str], refreshable: bool = True) -> Grant:
        grant = Grant(email, scopes, f"1//{secrets.token_urlsafe(24)}" if refreshable else "")
        self.grants.append(grant)
        return grant

    def token(self, grant: Grant) -> str:
        token = f"ya29.{secrets.token_urlsafe(24)}"
        grant.tokens.add(token)
        return token

    def bearer(self, header: str) -> Grant | None:
        if self.any_bearer:
            both = (f"{AUTH}calendar.events.freebusy", f"{AUTH}calendar.calendarlist.readonly")
            return Grant(self.any_bearer, frozenset(both))
        token = header.removeprefix("Bearer ")
        return next((each for each in self.grants if token in each.tokens and not each.revoked), None)

    def expire(self, email: str) -> None:
        """Every access token of theirs has run out."""
        for each in self.grants:
            if each.email == email:
                each.tokens.clear()

    def withdraw(self, email: str) -> None:
        """The person takes their permission back, in their Google account."""
        for each in self.grants:
            if each.email == email:
                each.revoked = True

    def authorise(self, query: str) -> Told:
        """The consent page, answered at once: a redirect back with code and state."""
        asked = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        self.asked.append(asked)
        back, problem = asked.get("redirect_uri", ""), self._wrong(asked)
        if problem:
            return Told(400, problem.encode())
        email = asked.get("login_hint") or self.signing_in or next(iter(self.people))
        if self.denies or email not in self.people:
            return _redirect(back, {"error": "access_denied", "state": asked["state"]})
        wanted = frozenset(asked["scope"].split())
        given = frozenset(_LONG.get(each, each) for each in wanted if short(each) not in self.unticked)
        refreshable = asked.get("access_type") == "offline" and "consent" in asked.get("prompt", "")
        code = f"4/{secrets.token_urlsafe(24)}"
        self.codes[code] = Code(
            self.grant(email, given, refreshable), back, asked.get("code_challenge", ""), asked.get("nonce", "")
        )
        return _redirect(back, {"state": asked["state"], "code": code, "scope": " ".join(sorted(given))})

    def _wrong(self, asked: dict[str, str]) -> str:
        if asked.get("client_id") != self.client_id:
            return "invalid_client"
        if asked.get("response_type") != "code" or not asked.get("state") or not asked.get("scope"):
            return "invalid_request"
        if asked.get("code_challenge_method") not in {None, "S256"}:
            return "invalid_request"
        return "" if urlsplit(asked.get("redirect_uri", "")).scheme in {"http", "https"} else "redirect_uri_mismatch"

    def tokens(self, form: dict[str, str]) -> Told:
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return _refused(401, "invalid_client")
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._exchanged(form)
        if kind == "refresh_token":
            return self._refreshed(form.get("refresh_token", ""))
        return _refused(400, "unsupported_grant_type")

    def _exchanged(self, form: dict[str, str]) -> Told:
        code = self.codes.get(form.get("code", ""))
        proof = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if code is None or code.used or code.redirect_uri != form.get("redirect_uri"):
            return _refused(400, "invalid_grant")
        if code.challenge and code.challenge != proof:
            return _refused(400, "invalid_grant")
        code.used = True
        extra = {"refresh_token": code.grant.refresh_token} if code.grant.refresh_token else {}
        if "openid" in code.grant.scopes:
            extra["id_token"] = self.id_token(code.grant.email, code.nonce, named=_LONG["profile"] in code.grant.scopes)
        return self._given(code.grant, extra)

    def _refreshed(self, token: str) -> Told:
        grant = next((each for each in self.grants if each.refresh_token == token and token), None)
        if grant is None or grant.revoked:
            return _refused(400, "invalid_grant", "Token has been expired or revoked.")
        return self._given(grant, {})

    def _given(self, grant: Grant, extra: dict[str, str]) -> Told:
        said = {
            "access_token": self.token(grant),
            "expires_in": int(self.lives.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
        return _json(200, said | extra)

    def revoke(self, form: dict[str, str]) -> Told:
        """Ends all that the person has given Interlude, whichever token of theirs it is."""
        token = form.get("token", "")
        for each in self.grants:
            if token and not each.revoked and (token == each.refresh_token or token in each.tokens):
                self.withdraw(each.email)
                return _json(200, {})
        return _refused(400, "invalid_token", "Token expired or revoked")

    def id_token(self, email: str, nonce: str = "", named: bool = False) -> str:
        person, now = self.people[email], int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "azp": self.client_id,
            "sub": person.sub,
            "email": person.email,
            "email_verified": person.verified,
            "iat": now,
            "exp": now + 3600,
        }
        claims |= {"name": person.name or person.email} if named else {}
        claims |= ({"hd": person.hd} if person.hd else {}) | ({"nonce": nonce} if nonce else {}) | self.claims
        return jwt.encode(claims, self.signs_with or _key(), algorithm="RS256", headers={"kid": KEY_ID})

    def certs(self) -> Told:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_key().public_key()))
        return _json(200, {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]})


def _redirect(back: str, query: dict[str, str]) -> Told:
    return Told(302, headers={"Location": f"{back}{'&' if '?' in back else '?'}{urlencode(query)}"})


def _json(status: int, said: dict[str, Any]) -> Told:
    return Told(status, json.dumps(said).encode(), {"Content-Type": "application/json; charset=utf-8"})


def _refused(status: int, error: str, description: str = "") -> Told:
    return _json(status, {"error": error, "error_description": description or error})
