"""The way to Microsoft: Entra's sign-in and Graph, where the settings say they are, and nowhere else.

A session of its own, so that the gate for addresses that users gave stays as narrow as it is. msal speaks https to
authorities only; one that the settings place on this machine, for tests, is spoken to in plain http.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from integrations.guarded_addresses import port_of, split
from integrations.guarded_http import Answer, GuardedHttp, Limits
from integrations.statuses import retry_after
from mentoring.errors import Refused, TryLater
from mentoring.settings import LOOPBACK, MicrosoftApp


class Peer:
    """Entra and Graph for one app. msal takes it as its HTTP client: see `get` and `post`."""

    def __init__(self, app: MicrosoftApp, limits: Limits) -> None:
        self.app = app
        self.authority = _secured(app.authority_url)
        self.http = GuardedHttp(_on_this_machine(app), limits=limits)
        self._discovered: dict[str, Answer] = {}

    def get(self, url: str, **how: Any) -> _AsMsalSees:
        """For msal: what the authority says of itself, which is asked for once."""
        query = urlencode(how.get("params") or {})
        return _AsMsalSees(self.discovered(f"{url}?{query}" if query else url), self)

    def post(self, url: str, **how: Any) -> _AsMsalSees:
        """For msal: the token endpoint. Never tried again: what it answers may be given out once only."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **(how.get("headers") or {})}
        form = {name: value for name, value in how["data"].items() if value is not None}
        answer = self.http.request(
            "POST", self.as_served(url), headers=headers, body=urlencode(form).encode(), follow=False
        )
        return _AsMsalSees(_passing(answer), self)

    def close(self) -> None:
        """For msal, which does not own the session."""

    def discovered(self, url: str) -> Answer:
        """A public document of the authority. Raises TryLater while it cannot be had."""
        if url not in self._discovered:
            answer = _passing(self.http.request("GET", self.as_served(url), follow=False))
            if answer.status != 200:
                return answer
            self._discovered[url] = answer
        return self._discovered[url]

    def forget(self, url: str) -> None:
        """Has it asked for anew the next time, as when a key is none of those that we know."""
        self._discovered.pop(url, None)

    def document(self, url: str) -> Mapping[str, Any]:
        """The same, as JSON. Raises TryLater, or Refused where it is none of what OpenID Connect describes."""
        answer = self.discovered(url)
        try:
            found = json.loads(answer.body) if answer.status == 200 else None
        except ValueError as problem:
            raise Refused("Microsoft's sign-in does not describe itself") from problem
        if not isinstance(found, dict):
            raise Refused("there is no sign-in of Microsoft's at the address in the settings")
        return found

    @property
    def configuration(self) -> Mapping[str, Any]:
        """The authority's OpenID configuration."""
        return self.document(f"{self.authority}/v2.0/.well-known/openid-configuration")

    def as_served(self, url: str) -> str:
        """An address of msal's as it is really spoken to. Raises Refused for one that is not the authority's."""
        authority, there = urlsplit(self.app.authority_url), urlsplit(url)
        if there.netloc != authority.netloc:
            raise Refused("Microsoft's sign-in points to another server")
        return there._replace(scheme=authority.scheme).geturl()

    def as_msal_reads(self, text: str) -> str:
        authority = urlsplit(self.app.authority_url)
        return text.replace(f"http://{authority.netloc}", f"https://{authority.netloc}")


class _AsMsalSees:
    """An answer in the shape of requests' (msal.oauth2cli.http.Response)."""

    def __init__(self, answer: Answer, peer: Peer) -> None:
        self.status_code = answer.status
        self.text = peer.as_msal_reads(answer.body.decode("utf-8", "replace"))
        self.headers = dict(answer.headers)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise TryLater(f"Microsoft's sign-in has a fault of its own ({self.status_code})")


@lru_cache(maxsize=4)
def peer(app: MicrosoftApp, limits: Limits) -> Peer:
    """One for all that a process does there: its connections, and what the authority has said of itself."""
    return Peer(app, limits)


def _passing(answer: Answer) -> Answer:
    """The same, unless it is a fault that passes. Raises TryLater, Refused for a redirect."""
    if answer.status == 429 or answer.status >= 500:
        raise TryLater(f"Microsoft's sign-in has a fault of its own ({answer.status})", retry_after(answer))
    if 300 <= answer.status < 400:
        raise Refused("Microsoft's sign-in sends us elsewhere")
    return answer


def _on_this_machine(app: MicrosoftApp) -> frozenset[str]:
    """The settings' own addresses on this machine, which the gate would otherwise refuse as private."""
    parts = [split(url) for url in (app.authority_url, app.graph_url)]
    return frozenset(f"{each.hostname}:{port_of(each)}" for each in parts if each.hostname in LOOPBACK)


def _secured(url: str) -> str:
    return urlsplit(url)._replace(scheme="https").geturl().rstrip("/")
