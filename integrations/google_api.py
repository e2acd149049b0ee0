"""One account's requests to Google's Calendar API: built by Google's client library, sent by us, their refusals named.

https://googleapis.github.io/google-api-python-client/docs/dyn/calendar_v3.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httplib2
from googleapiclient.discovery import build
from googleapiclient.errors import Error
from googleapiclient.http import HttpRequest
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from integrations.google_http import GoogleHttp, http_for
from integrations.google_problems import Fault, OverQuota, SignedOut, problem_of
from integrations.google_tokens import Tokens, refreshed, revoke
from integrations.outside import Outside
from mentoring.errors import InterludeError, Reconnect, TryLater, Unreachable
from mentoring.ports import Account

NAME = "google"
TRIES = 3
PATIENCE_SECONDS = 8.0
"""After this a read is not tried once more: a Google that hangs is not waited for three times."""


class GoogleApi:
    """What one account asks for.

    Its methods raise as ReadsCalendars does, and the kinds of integrations/google_problems.py.
    """

    def __init__(self, outside: Outside, account: Account) -> None:
        self._outside = outside
        self._account = account
        self._http = http_for(outside.google)
        self._tokens: Tokens | None = None

    @property
    def calendar(self) -> Any:
        """Google's client for the Calendar API; it builds requests, and `read` and `write` send them."""
        return _calendar_client(self._outside.google.api_url)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """The answer to a request that changes nothing; tried again when what went wrong passes."""
        again = Retrying(
            stop=stop_after_attempt(TRIES) | stop_after_delay(PATIENCE_SECONDS),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            retry=retry_if_exception_type((Fault, Unreachable)),
            reraise=True,
        )
        return again(self.write, request)

    def write(self, request: HttpRequest, if_match: str = "") -> dict[str, Any]:
        """The answer to a request, sent once. if_match: the only version of the event that it is meant for."""
        if if_match:
            request.headers["If-Match"] = if_match
        try:
            try:
                return self._sent(request, self._token)
            except SignedOut:
                # It may have been taken back before its time; a request that is not let in has done nothing.
                return self._sent(request, self._renewed)
        except OverQuota as problem:
            whose = "" if problem.whole_project else self._account.username
            self._outside.throttle.rest(NAME, whose, problem.after)
            raise

    def pages(self, method: Callable[..., HttpRequest], **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page of a listing, each asked for with the same parameters: list_next forgets repeated ones."""
        token: str | None = None
        while True:
            page = self.read(method(**parameters, **({"pageToken": token} if token else {})))
            yield page
            token, before = page.get("nextPageToken"), token
            if not token:
                return
            if token == before:
                raise TryLater("Google gives the same page of a list again and again")

    def revoke(self) -> None:
        """Gives the permission back. Raises TryLater."""
        try:
            tokens = Tokens.of(self._account.secret)
        except Reconnect:
            return
        revoke(self._http, self._outside.google, tokens)

    def _sent(self, request: HttpRequest, token: Callable[[], str]) -> dict[str, Any]:
        with _nothing_done():
            sending = _Sending(self._http, token())
            self._outside.throttle.take(NAME, self._account.username)
        try:
            answered = request.execute(http=sending)
        except (Error, ValueError, KeyError) as problem:
            # The library's messages repeat what it was told: only the kind is kept.
            raise TryLater("Google's answer could not be read") from ValueError(type(problem).__name__)
        if answered in (None, "", b""):
            return {}
        if not isinstance(answered, dict):
            raise TryLater("Google's answer could not be read")
        return answered

    def _token(self) -> str:
        if self._tokens is None:
            self._tokens = Tokens.of(self._account.secret)
        if self._tokens.good(self._outside.clock()):
            return self._tokens.access_token
        return self._renewed()

    def _renewed(self) -> str:
        """A new access token, kept for those who come after. Raises Reconnect when there is no permission any more."""
        tokens = self._tokens or Tokens.of(self._account.secret)
        self._tokens = refreshed(self._http, self._outside.google, tokens, self._outside.clock())
        self._account.renewed(self._tokens.secret)
        return self._tokens.access_token


@contextmanager
def _nothing_done() -> Iterator[None]:
    """What fails in here was without effect: nothing has been sent yet."""
    try:
        yield
    except InterludeError as problem:
        problem.without_effect = True
        raise


class _Sending:
    """In the place of httplib2.Http: one request, with the account's token, over the guarded session."""

    def __init__(self, http: GoogleHttp, token: str) -> None:
        self._http = http
        self._token = token

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> tuple[httplib2.Response, bytes]:
        # The length is worked out from what is sent.
        said = {name: value for name, value in (headers or {}).items() if name != "content-length"}
        said |= {"authorization": f"Bearer {self._token}", "user-agent": "Interlude (gzip)"}
        answer = self._http.ask(method, uri, said, (body or "").encode())
        if answer.status >= 300:
            raise problem_of(answer)
        return httplib2.Response({"status": str(answer.status)} | dict(answer.headers)), answer.body


@lru_cache(maxsize=8)
def _calendar_client(api_url: str) -> Any:
    """From the contract that the library carries, so that nothing is fetched. Whoever uses it brings the way there."""
    return build(
        "calendar",
        "v3",
        http=_NoWay(),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": api_url},
    )


class _NoWay:
    """No request goes out by the client's own means."""

    def request(self, *_: object, **__: object) -> None:
        raise AssertionError("a request was not given its way")
