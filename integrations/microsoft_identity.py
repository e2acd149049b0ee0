"""Who signed in, by Microsoft's word: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference

msal does not verify id tokens (https://github.com/AzureAD/microsoft-authentication-library-for-python/issues/911).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt

from integrations.microsoft_peer import Peer
from mentoring.errors import Refused

NOT_PROVEN = "Microsoft's word on who signed in could not be verified: please begin again"
SEVERAL = frozenset({"common", "organizations", "consumers"})
"""Authorities that let in the accounts of any organisation, of any that is one, or private ones."""
PRIVATE = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant that all private Microsoft accounts are in."""
_TENANT = "{tenantid}"
_SECONDS_THAT_CLOCKS_DIFFER = 120


@dataclass(frozen=True)
class Claims:
    """What a verified id token says. subject: tenant and object id, which never change and are never given out again.

    verified: the address is surely theirs. An administrator of any organisation can write whatever address they like
    into the accounts of theirs, and Microsoft passes it on ("nOAuth"). So it is believed of the members, not the
    guests, of the one organisation that the settings name, or where Microsoft says that the domain's owner is known
    (xms_edov). https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization

    also: a member's name for signing in, where that is not their mail address.
    """

    subject: str
    address: str
    name: str
    verified: bool
    domain: str
    also: tuple[str, ...] = ()


def verified_claims(peer: Peer, token: str) -> Claims:
    """Raises Refused for a token that is not Microsoft's, not for us or no longer good; TryLater.

    Whether it is for this sign-in, msal has checked by its nonce.
    """
    try:
        said = jwt.decode(
            token,
            _key(peer, jwt.get_unverified_header(token).get("kid", "")),
            algorithms=["RS256"],
            audience=peer.app.client_id,
            leeway=_SECONDS_THAT_CLOCKS_DIFFER,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as problem:
        raise Refused(NOT_PROVEN) from PermissionError(type(problem).__name__)
    tenant, person = (_name(said, each) for each in ("tid", "oid"))
    issuer = str(peer.configuration.get("issuer", ""))
    one_tenant = _TENANT not in issuer and urlsplit(peer.authority).path.strip("/").lower() not in SEVERAL
    if said["iss"] != (issuer if one_tenant else _of(issuer, tenant)):
        raise Refused(NOT_PROVEN)
    return _claims(said, tenant, person, one_tenant=one_tenant)


def _of(issuer: str, tenant: str) -> str:
    """The issuer of that tenant: its id stands where an authority of several has a place for it."""
    parts = urlsplit(issuer)
    return parts._replace(path="/".join(["", tenant, *parts.path.split("/")[2:]])).geturl()


def _claims(said: Mapping[str, Any], tenant: str, person: str, *, one_tenant: bool) -> Claims:
    username, email = (str(said.get(each) or "").strip().lower() for each in ("preferred_username", "email"))
    owner_known = "@" in email and str(said.get("xms_edov", "")).lower() in {"1", "true"}
    member = one_tenant and tenant != PRIVATE and _at_home(said)
    named = [each for each in (email, username) if "@" in each]
    address = next(iter(named if owner_known or member else reversed(named)), "")
    verified = bool(address) and (owner_known or member)
    return Claims(
        subject=f"{tenant}.{person}",
        address=address,
        name=str(said.get("name") or ""),
        verified=verified,
        domain=address.rpartition("@")[2] if verified and tenant != PRIVATE else "",
        also=tuple(each for each in named if member and each != address),
    )


def _at_home(said: Mapping[str, Any]) -> bool:
    """Not a guest, whose address their own organisation has written: idp names it, acct says it where it is asked for.

    https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
    """
    return said.get("idp", said["iss"]) == said["iss"] and str(said.get("acct", 0)) != "1"


def _name(said: Mapping[str, Any], claim: str) -> str:
    found = said.get(claim)
    if not isinstance(found, str) or not found.replace("-", "").isalnum():
        raise Refused(NOT_PROVEN)
    return found


def _key(peer: Peer, wanted: object) -> jwt.PyJWK:
    """Microsoft's key of that id; a new one is looked for once, since they change without notice."""
    url = str(peer.configuration.get("jwks_uri", ""))
    for _ in range(2):
        keys = peer.document(url).get("keys")
        for each in keys if isinstance(keys, list) else []:
            if isinstance(each, dict) and each.get("kid") == wanted and each.get("kty") == "RSA":
                return jwt.PyJWK(each, algorithm="RS256")
        peer.forget(url)
    raise Refused(NOT_PROVEN)
