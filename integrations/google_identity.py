"""Who signed in, by Google's word: https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from integrations.google_http import GoogleHttp
from integrations.google_tokens import raise_passing
from mentoring.errors import Refused, TryLater
from mentoring.settings import GoogleApp

NOT_PROVEN = "Google's word on who signed in could not be verified: please begin again"
CLOCKS_DIFFER = timedelta(minutes=2)
PRIVATE = ("@gmail.com", "@googlemail.com")


@dataclass(frozen=True)
class Claims:
    """What a verified id token says. verified: Google is the one to say whose address it is."""

    subject: str
    address: str
    name: str
    verified: bool
    domain: str


def verified_claims(http: GoogleHttp, app: GoogleApp, token: str, nonce: str, now: datetime) -> Claims:
    """Raises Refused for a token that is not Google's, not for us, not for this sign-in or no longer good; TryLater."""
    try:
        key = _key(http, app, jwt.get_unverified_header(token).get("kid", ""))
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            audience=app.client_id,
            issuer=_issuers(app),
            # By the clock that everything else goes by, not by PyJWT's own.
            options={
                "require": ["exp", "sub", "iss", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as problem:
        raise Refused(NOT_PROVEN) from PermissionError(type(problem).__name__)
    if now.timestamp() > _seconds(claims["exp"]) + CLOCKS_DIFFER.total_seconds():
        raise Refused(NOT_PROVEN)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused(NOT_PROVEN)
    return _claims(claims, app)


def _claims(said: Mapping[str, Any], app: GoogleApp) -> Claims:
    address = str(said.get("email", "")).lower()
    domain = str(said.get("hd") or "").lower()
    mine = said.get("email_verified") is True and authoritative(address, domain)
    subject = f"{_origin(app)}/{said['sub']}"
    return Claims(subject, address, str(said.get("name", "")), mine, domain)


def authoritative(address: str, domain: str) -> bool:
    """Whether Google itself runs the mailbox of that address, so that its word says whose it is.

    Anybody can make a Google account with another provider's address; that it was theirs once proves nothing today.
    https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    """
    return address.endswith(PRIVATE) or bool(domain)


def _issuers(app: GoogleApp) -> list[str]:
    origin = _origin(app)
    return [origin, "accounts.google.com"] if origin == "https://accounts.google.com" else [origin]


def _origin(app: GoogleApp) -> str:
    parsed = urlsplit(app.auth_url)
    return f"{parsed.scheme}://{parsed.netloc}"


def _seconds(said: Any) -> float:
    if not isinstance(said, (int, float)):
        raise Refused(NOT_PROVEN)
    return float(said)


def _key(http: GoogleHttp, app: GoogleApp, name: str) -> jwt.PyJWK:
    """Google's public key of that name, as published today: it changes them every few days."""
    answer = http.ask("GET", app.certs_url, {"Accept": "application/json"})
    raise_passing(answer)
    try:
        keys = jwt.PyJWKSet.from_dict(json.loads(answer.body)).keys
    except (ValueError, AttributeError, jwt.PyJWTError) as problem:
        raise TryLater("Google's keys could not be read") from ValueError(type(problem).__name__)
    found = next((each for each in keys if each.key_id == name), None)
    if found is None:
        raise Refused(NOT_PROVEN)
    return found
