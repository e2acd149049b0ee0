"""What is kept of a permission that somebody gave at Google, and the access tokens that are got with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2.credentials import Credentials

from integrations.google_http import GoogleHttp
from integrations.google_problems import WITHDRAWN, reasons_of
from integrations.guarded_http import Answer
from integrations.statuses import retry_after
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.settings import GoogleApp

EARLY = timedelta(minutes=2)
"""An access token is not used in its last moments: clocks differ, and it has to outlive the request."""

USUAL_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class Tokens:
    """The secret of a Google account. scopes: what was granted. access_token: empty until it is needed."""

    refresh_token: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    access_token: str = field(default="", repr=False)
    expires_at: datetime | None = None

    @classmethod
    def of(cls, secret: str) -> Tokens:
        """Raises Reconnect for a secret that holds no permission."""
        try:
            held = json.loads(secret)
            expires_at = held.get("expires_at")
            return cls(
                str(held["refresh_token"]),
                frozenset(map(str, held.get("scopes", ()))),
                str(held.get("access_token", "")),
                datetime.fromisoformat(expires_at) if expires_at else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            # Not chained: a parser's message may repeat what it could not read.
            raise Reconnect(WITHDRAWN) from None

    @property
    def secret(self) -> str:
        """As it is kept, to be encrypted."""
        held: dict[str, Any] = {"refresh_token": self.refresh_token, "scopes": sorted(self.scopes)}
        if self.access_token and self.expires_at:
            held |= {"access_token": self.access_token, "expires_at": self.expires_at.isoformat()}
        return json.dumps(held, sort_keys=True)

    def good(self, now: datetime) -> bool:
        """Whether the access token will do for a request now."""
        return bool(self.access_token) and self.expires_at is not None and now < self.expires_at - EARLY


def refreshed(http: GoogleHttp, app: GoogleApp, tokens: Tokens, now: datetime) -> Tokens:
    """The same with a new access token. Raises Reconnect when the permission is gone, TryLater, Refused."""
    if not app.set_up:
        raise Refused("whoever runs Interlude has not set Google up")
    asking = _Asking(http)
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=tokens.refresh_token,
        token_uri=app.token_url,
        client_id=app.client_id,
        client_secret=app.client_secret,
    )
    try:
        credentials.refresh(asking)
    except RefreshError as problem:
        raise _refused(asking.error) from _kind_of(problem)
    except GoogleAuthError as problem:
        raise TryLater("Google's answer about this account could not be read") from _kind_of(problem)
    return replace(
        tokens,
        access_token=str(credentials.token),
        expires_at=now + asking.life,
        refresh_token=str(credentials.refresh_token),
    )


def _refused(error: str) -> Reconnect | Refused:
    if error in {"invalid_client", "unauthorized_client"}:
        return Refused("Google does not know Interlude by its client id and secret: whoever runs it has to look")
    return Reconnect(WITHDRAWN)


def revoke(http: GoogleHttp, app: GoogleApp, tokens: Tokens) -> None:
    """Ends the permission at Google; one that has ended already is success. Raises TryLater.

    https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    """
    answer = http.ask("POST", app.revoke_url, FORM, urlencode({"token": tokens.refresh_token}).encode())
    raise_passing(answer)
    if answer.status >= 400 and "invalid_token" not in reasons_of(answer.body):
        raise TryLater(f"Google did not take the permission back ({answer.status})", timedelta(minutes=10))


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Asking:
    """google-auth's way to the token endpoint. It would wait and try again by itself: what passes is raised here."""

    def __init__(self, http: GoogleHttp) -> None:
        self._http = http
        self.life = USUAL_LIFE
        self.error = ""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> _Response:
        answer = self._http.ask(method, url, headers or {}, body or b"")
        raise_passing(answer)
        said = _json(answer.body)
        if isinstance(said.get("expires_in"), int):
            self.life = timedelta(seconds=said["expires_in"])
        self.error = str(said.get("error", ""))
        return _Response(answer.status, answer.headers, answer.body)


@dataclass(frozen=True)
class _Response:
    """As google.auth.transport.Response."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    data: bytes = field(repr=False)


def raise_passing(answer: Answer) -> None:
    """For addresses other than the API's: raises TryLater for an answer that another time will be another."""
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(f"Google cannot say now whether we may ({answer.status})", retry_after(answer))


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _kind_of(problem: Exception) -> PermissionError:
    """The cause as its kind only: the library's messages repeat what the token endpoint said."""
    return PermissionError(type(problem).__name__)
