"""google-auth-oauthlib's Flow, over our own way to Google.

oauthlib refuses addresses that are not https. Google's are; a peer on this machine, for tests, is not: the library is
shown https for it, and what it sends goes where the settings say.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests.adapters import BaseAdapter

from integrations.google_http import GoogleHttp, http_for
from integrations.google_tokens import raise_passing
from mentoring.errors import Refused, TryLater
from mentoring.settings import GoogleApp


def sent_there(app: GoogleApp, redirect_uri: str, scopes: Sequence[str], **asked: str) -> tuple[str, str]:
    """Where the browser goes, and the PKCE verifier that proves on its return that we sent it. asked: more of OAuth's
    parameters."""
    flow = _flow(app, redirect_uri, scopes)
    url, _ = flow.authorization_url(**asked)
    return _as_set(url, app.auth_url), str(flow.code_verifier)


def exchanged(app: GoogleApp, redirect_uri: str, verifier: str, code: str) -> Mapping[str, Any]:
    """What the token endpoint gives for a code. Raises Refused for one that is used, old or another's; TryLater.

    No scope is named here: fewer than were asked for are for us to notice, not for the library to fail over.
    """
    flow = _flow(app, redirect_uri, None, verifier)
    session = flow.oauth2session
    session.trust_env = False
    session.adapters.clear()
    session.mount(_secured(app.token_url), _OurWay(app.token_url, http_for(app)))
    try:
        told: Mapping[str, Any] = flow.fetch_token(code=code, include_client_id=True)
    except OAuth2Error as problem:
        raise _not_exchanged(str(problem.error)) from PermissionError(type(problem).__name__)
    except ValueError as problem:
        raise TryLater("Google's answer could not be read") from ValueError(type(problem).__name__)
    return told


def _not_exchanged(error: str) -> Refused:
    if error in {"invalid_client", "unauthorized_client"}:
        return Refused("Google does not know Interlude by its client id and secret: whoever runs it has to look")
    return Refused("Google does not take this answer, or not any more: please begin again")


def _flow(app: GoogleApp, redirect_uri: str, scopes: Sequence[str] | None, verifier: str = "") -> Any:
    client = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "auth_uri": _secured(app.auth_url),
        "token_uri": _secured(app.token_url),
    }
    made: Any = Flow
    return made.from_client_config(
        {"web": client}, scopes=scopes, redirect_uri=redirect_uri, code_verifier=verifier or None
    )


def _secured(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"https://{rest}" if scheme == "http" else url


def _as_set(url: str, setting: str) -> str:
    return url.replace("https://", "http://", 1) if setting.startswith("http://") else url


class _OurWay(BaseAdapter):
    """Where the flow's session sends to: the token endpoint as it is set, and nowhere else."""

    def __init__(self, url: str, http: GoogleHttp) -> None:
        super().__init__()
        self._url = url
        self._http = http

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "content-length"}
        answer = self._http.ask(str(request.method), self._url, headers, bytes(body))
        raise_passing(answer)
        told = requests.Response()
        told.status_code, told.url, told.request = answer.status, str(request.url), request
        told.headers.update(answer.headers)
        # What came is decompressed already.
        told.headers.pop("Content-Encoding", None)
        told.raw = io.BytesIO(answer.body)
        return told

    def close(self) -> None:
        """The connections are not ours."""
