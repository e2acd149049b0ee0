"""Microsoft Entra's part of the wire: code with PKCE, tokens that run out, rotate and are revoked, signed id tokens.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid5

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from tests.wires.web import Asked, Told

CLIENT_ID, CLIENT_SECRET = "11111111-aaaa-bbbb-cccc-000000000001", "a secret of Interlude's at Microsoft"
TENANT = "22222222-aaaa-bbbb-cccc-000000000002"
ANOTHER_TENANT = "33333333-aaaa-bbbb-cccc-000000000003"
SEVERAL = frozenset({"common", "organizations", "consumers"})
RESERVED = frozenset({"openid", "profile", "email", "offline_access"})
_NAMES = UUID(TENANT)


@cache
def signing_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Identity:
    """Somebody with an account. withheld: the scopes that they do not consent to. claims: more in their id token."""

    email: str
    name: str
    tenant: str = TENANT
    withheld: frozenset[str] = frozenset()
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def oid(self) -> str:
        return str(uuid5(_NAMES, self.email))


@dataclass
class _Code:
    email: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    nonce: str
    used: bool = False


@dataclass
class AccessToken:
    email: str
    scopes: frozenset[str]
    expires_at: float


class Refusal(Exception):
    """OAuth's error answer with Entra's own number."""

    def __init__(self, error: str, number: int, suberror: str = "") -> None:
        super().__init__(error)
        self.body = {
            "error": error,
            "error_description": f"AADSTS{number}: said in many words. Trace ID: 0 Timestamp: 2026-10-19 00:00:00Z",
            "error_codes": [number],
            "correlation_id": "0",
            **({"suberror": suberror} if suberror else {}),
        }


@dataclass
class Entra:
    """url: of the wire. lifetime: seconds that an access token lives. refused: what the next refresh of that address
    gets. denies: what the person answers on the page of consent instead of yes, as error and description.
    any_bearer: whose mailbox every token opens, for tests in which another server gives the tokens out."""

    lifetime: int = 3600
    strict_rotation: bool = False
    url: str = ""
    identities: dict[str, Identity] = field(default_factory=dict)
    signing_in: str = ""
    denies: tuple[str, str] = ("", "")
    any_bearer: str = ""
    refused: dict[str, Refusal] = field(default_factory=dict)
    access: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    forged: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    key: Callable[[], RSAPrivateKey] = signing_key
    key_id: str = "k1"
    said_scope: str = ""
    _codes: dict[str, _Code] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def answer(self, asked: Asked) -> Told | None:
        """What Entra says, or None where the path is not one of its own."""
        parts = urlsplit(asked.path)
        tenant, _, path = parts.path.lstrip("/").partition("/")
        if path == "v2.0/.well-known/openid-configuration":
            return self._discovery(tenant)
        if path == "discovery/v2.0/keys":
            return _json({"keys": [self._jwk()]})
        if path == "oauth2/v2.0/authorize":
            return self._authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
        if path == "oauth2/v2.0/token" and asked.method == "POST":
            return self._token({name: values[0] for name, values in parse_qs(asked.body.decode()).items()})
        return None

    def _discovery(self, tenant: str) -> Told:
        base = f"{self.url}/{tenant}"
        return _json(
            {
                "issuer": f"{self.url}/{'{tenantid}' if tenant in SEVERAL else self.tenant_id(tenant)}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    def tenant_id(self, tenant: str) -> str:
        return tenant if tenant.count("-") == 4 else TENANT

    def _jwk(self) -> dict[str, Any]:
        jwk: dict[str, Any] = RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True)
        return {**jwk, "kid": self.key_id, "use": "sig"}

    def _authorize(self, asked: dict[str, str]) -> Told:
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            return Told(400, b"AADSTS700016 or no PKCE")
        back = {"state": asked["state"]}
        if self.denies[0]:
            return _redirect(
                asked["redirect_uri"], back | dict(zip(("error", "error_description"), self.denies, strict=True))
            )
        email = self.signing_in or asked.get("login_hint", "") or next(iter(self.identities))
        code = f"code-{next(self._numbers)}"
        self._codes[code] = _Code(
            email, tuple(asked["scope"].split()), asked["redirect_uri"], asked["code_challenge"], asked["nonce"]
        )
        return _redirect(asked["redirect_uri"], back | {"code": code, "session_state": "0"})

    def _token(self, asked: dict[str, str]) -> Told:
        try:
            if asked.get("client_id") != CLIENT_ID:
                raise Refusal("unauthorized_client", 700016)
            if asked.get("client_secret") != CLIENT_SECRET:
                raise Refusal("invalid_client", 7000215)
            if asked["grant_type"] == "authorization_code":
                return _json(self._redeemed(asked))
            return _json(self._refreshed(asked))
        except Refusal as refusal:
            return _json(refusal.body, 401 if refusal.body["error"] == "invalid_client" else 400)

    def _redeemed(self, asked: dict[str, str]) -> dict[str, Any]:
        code = self._codes.get(asked["code"])
        if code is None:
            raise Refusal("invalid_grant", 9002313)
        if code.used:
            raise Refusal("invalid_grant", 54005)
        if asked.get("redirect_uri") != code.redirect_uri:
            raise Refusal("invalid_client", 50011)
        if pkce(asked.get("code_verifier", "")) != code.challenge:
            raise Refusal("invalid_grant", 501481)
        code.used = True
        return self.issued(code.email, code.scopes, code.nonce)

    def _refreshed(self, asked: dict[str, str]) -> dict[str, Any]:
        held = self.refresh.get(asked["refresh_token"])
        if held is None:
            raise Refusal("invalid_grant", 70000)
        email, granted = held
        if email in self.refused:
            raise self.refused[email]
        wanted = set(asked.get("scope", "").split()) - RESERVED
        if wanted - set(granted):
            raise Refusal("invalid_grant", 65001, "consent_required")
        if self.strict_rotation:
            del self.refresh[asked["refresh_token"]]
        return self.issued(email, granted)

    def issued(self, email: str, scopes: tuple[str, ...], nonce: str = "") -> dict[str, Any]:
        """A new set of tokens for what the person consents to."""
        identity = self.identities[email]
        given = tuple(scope for scope in scopes if scope not in identity.withheld)
        number = next(self._numbers)
        access, refresh = f"at-{number}-{sha256(email.encode()).hexdigest()[:8]}", f"rt-{number}-secret"
        self.access[access] = AccessToken(email, frozenset(given), time.time() + self.lifetime)
        body = {
            "token_type": "Bearer",
            "scope": self.said_scope or " ".join(scope for scope in given if scope != "offline_access"),
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": access,
            "id_token": self._id_token(identity, given, nonce),
            "client_info": _b64(json.dumps({"uid": identity.oid, "utid": identity.tenant}).encode()),
        }
        if "offline_access" in given:
            self.refresh[refresh] = (email, given)
            body["refresh_token"] = refresh
        return body

    def _id_token(self, identity: Identity, scopes: tuple[str, ...], nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": f"{self.url}/{identity.tenant}/v2.0",
            "aud": CLIENT_ID,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "sub": f"sub-{identity.oid}",
            "oid": identity.oid,
            "tid": identity.tenant,
            "ver": "2.0",
        }
        if "profile" in scopes:
            claims |= {"preferred_username": identity.email, "name": identity.name}
        if "email" in scopes:
            claims["email"] = identity.email
        if nonce:
            claims["nonce"] = nonce
        claims = self.forged(claims | identity.claims)
        return jwt.encode(claims, self.key(), algorithm="RS256", headers={"kid": self.key_id})

    def holder(self, asked: Asked) -> AccessToken | None:
        """Whose access token the request carries, while it lives."""
        if self.any_bearer:
            both = frozenset({"Calendars.ReadBasic", "MailboxSettings.Read"})
            return AccessToken(self.any_bearer, both, time.time() + self.lifetime)
        bearer = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        token = self.access.get(bearer)
        return token if token is not None and token.expires_at > time.time() else None

    def expire(self, email: str) -> None:
        """The access tokens of that account are not taken any more, before their time."""
        for token in self.access.values():
            if token.email == email:
                token.expires_at = 0

    def revoke(self, email: str, error: str = "invalid_grant", number: int = 50173) -> None:
        """Nothing that was given out for that account is taken any more."""
        self.expire(email)
        self.refused[email] = Refusal(error, number)


def pkce(verifier: str) -> str:
    """The S256 challenge (RFC 7636 section 4.2)."""
    return _b64(sha256(verifier.encode()).digest())


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(body: dict[str, Any], status: int = 200) -> Told:
    return Told(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _redirect(uri: str, query: dict[str, str]) -> Told:
    return Told(302, headers={"Location": f"{uri}{'&' if '?' in uri else '?'}{urlencode(query)}"})
