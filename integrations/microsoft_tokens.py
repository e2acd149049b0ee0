"""Tokens for one account at Microsoft: msal's cache is what is kept of a permission, and is given back when it changed.

What Entra's errors mean: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from msal.application import ConfidentialClientApplication
from msal.token_cache import SerializableTokenCache, TokenCache

from integrations.microsoft_peer import Peer
from mentoring.errors import InterludeError, Reconnect, Refused, TryLater
from mentoring.ports import Account

# msal tells what Entra says of an account, its name and address included. What matters of it reaches us as errors.
logging.getLogger("msal").setLevel(logging.CRITICAL)

READ_CALENDARS, WRITE_CALENDARS, MAILBOX_ZONE = "Calendars.ReadBasic", "Calendars.ReadWrite", "MailboxSettings.Read"
_OURS = (WRITE_CALENDARS, READ_CALENDARS, MAILBOX_ZONE)

_WHY = {
    50057: "the account has been disabled",
    50034: "the account is not there any more",
    50053: "the account is locked",
    50076: "Microsoft wants to see a second proof of who you are",
    50079: "Microsoft wants to see a second proof of who you are",
    50132: "the password was changed, or somebody signed the account out everywhere",
    50173: "the password was changed, or somebody signed the account out everywhere",
    53000: "your organisation's rules do not let Interlude in",
    53003: "your organisation's rules do not let Interlude in",
    65001: "the permission was taken back",
    70008: "the permission ran out because it was not used for long",
    90094: "an administrator of your organisation has to agree first",
    700003: "the device that it was given on is not known any more",
    700082: "the permission ran out because it was not used for long",
}
_OF_THE_PERSON = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_OF_THE_INSTALLATION = frozenset({"invalid_client", "unauthorized_client"})
_UNTIL_SOMEBODY_MENDS_IT = timedelta(minutes=15)


# msal has no types of its own.
_client: Any = ConfidentialClientApplication
new_cache: Any = SerializableTokenCache


def client(peer: Peer, cache: Any, *, offline: bool = True) -> Any:
    """msal for our app, over that token cache of its. offline: whether it asks to be let in while the person is away.

    Instance discovery is off: the authority is the administrator's own setting, and no other server is to be asked.
    """
    return _client(
        peer.app.client_id,
        client_credential=peer.app.client_secret,
        authority=peer.authority,
        token_cache=cache,
        http_client=peer,
        instance_discovery=False,
        exclude_scopes=None if offline else ["offline_access"],
    )


class Tokens:
    """Access tokens of one account. Raises Reconnect when only its owner can bring them back, TryLater."""

    def __init__(self, peer: Peer, account: Account) -> None:
        self._peer, self._account = peer, account
        self._cache = _cache(account.secret)

    def access(self, *, anew: bool = False) -> str:
        """One that is good for a while. anew: the one that we have was refused."""
        scopes = list(self._scopes())
        try:
            app = client(self._peer, self._cache)
            known = app.get_accounts()
            result = scopes and known and app.acquire_token_silent_with_error(scopes, known[0], force_refresh=anew)
        except (ValueError, KeyError, TypeError, RuntimeError) as problem:
            # Their messages repeat what was sent: the cause is told as its kind only.
            raise TryLater("Microsoft's sign-in answers in a way it should not") from kind_of(problem)
        finally:
            self._keep()
        if not result:
            raise Reconnect("Outlook has not been connected, or is no longer")
        if "access_token" not in result:
            raise problem_of(result)
        return str(result["access_token"])

    def _scopes(self) -> Iterator[str]:
        """Those of ours that were granted. Entra refuses a refresh that asks for one that was not."""
        held = self._cache.search(TokenCache.CredentialType.REFRESH_TOKEN)
        granted = granted_scopes(" ".join(str(each.get("target", "")) for each in held))
        return (scope for scope in _OURS if scope.lower() in granted)

    def _keep(self) -> None:
        """The refresh token rotates with each use: whoever stores the account is told at once."""
        if self._cache.has_state_changed:
            self._account.renewed(str(self._cache.serialize()))


def _cache(secret: str) -> Any:
    """msal's cache as it was kept. Raises Reconnect where the secret is none."""
    try:
        kept = json.loads(secret)
        read = isinstance(kept, dict) and all(isinstance(each, dict) for each in kept.values())
    except ValueError:
        read = False
    if not read:
        raise Reconnect("Outlook has not been connected")
    cache = new_cache()
    cache.deserialize(secret)
    return cache


def narrow(cache: Any, scopes: Collection[str]) -> None:
    """From now on no more than those are asked for. Entra counts all as granted that an administrator has agreed to for
    everybody, also what only the organisation's own account needs."""
    for held in list(cache.search(TokenCache.CredentialType.REFRESH_TOKEN)):
        granted = granted_scopes(str(held.get("target", "")))
        narrower = {**held, "target": " ".join(each for each in scopes if each.lower() in granted)}
        # Anew, since msal keeps it under a name that its target is part of.
        cache.modify(TokenCache.CredentialType.REFRESH_TOKEN, held, None)
        cache.modify(TokenCache.CredentialType.REFRESH_TOKEN, narrower, narrower)


def granted_scopes(text: str) -> frozenset[str]:
    """The names in OAuth's `scope`, in lower case; Graph's may come with its address before them."""
    return frozenset(each.rpartition("/")[2].lower() for each in text.split())


def problem_of(result: Mapping[str, Any]) -> InterludeError:
    """What an error answer of the token endpoint means. Its description is never passed on: it names people."""
    error, numbers = str(result.get("error", "")), aadsts(result)
    if error in _OF_THE_INSTALLATION:
        return TryLater(
            "Microsoft does not accept Interlude's own name and secret; whoever runs Interlude has to renew them",
            _UNTIL_SOMEBODY_MENDS_IT,
        )
    if error in _OF_THE_PERSON:
        why = next((_WHY[number] for number in numbers if number in _WHY), "the permission has ended")
        return Reconnect(f"Microsoft does not let Interlude in any more: {why}")
    if error in {"temporarily_unavailable", "server_error"}:
        return TryLater("Microsoft's sign-in has a fault of its own")
    return Refused("Microsoft's sign-in refuses what Interlude asked of it")


def aadsts(result: Mapping[str, Any]) -> tuple[int, ...]:
    """Entra's own error numbers."""
    numbers = result.get("error_codes")
    return tuple(each for each in numbers if isinstance(each, int)) if isinstance(numbers, list) else ()


def kind_of(problem: Exception) -> ConnectionError:
    """The cause as its kind only."""
    return ConnectionError(type(problem).__name__)
