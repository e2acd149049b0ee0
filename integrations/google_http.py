"""The way to Google: the guarded session, to the addresses of Google's that an operator set and nowhere else.

Both of Google's libraries are given it in place of their own: httplib2 is not thread-safe, takes proxies from the
environment and sends writes again by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from integrations.guarded_addresses import DEFAULT_PORTS
from integrations.guarded_http import Answer, GuardedHttp, Limits
from mentoring.errors import Refused, TryLater, Unreachable
from mentoring.settings import GoogleApp

CALL_SECONDS = 11.0
"""For one request in all. The longest errand is three of them (a token, the creation, a look at what was there already)
and has to be over while its message is still ours: see LEASE_SECONDS in workflows/bootstrap.py."""

_LIMITS = Limits(read_seconds=CALL_SECONDS, total_seconds=CALL_SECONDS, tries=1)
_WAYS_ROUND = timedelta(minutes=5)

# These log addresses, bodies and tokens. What is wrong reaches us as errors.
for _name in ("google", "google_auth_oauthlib", "googleapiclient", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class GoogleHttp:
    """Asks once; what is asked again, and when, is for who knows whether that may be done."""

    def __init__(self, app: GoogleApp) -> None:
        self.allow_hosts = frozenset(map(_host_port, _addresses(app)))
        self._http = GuardedHttp(self.allow_hosts, limits=_LIMITS)

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The answer, whatever its status. Raises Unreachable.

        Whatever is wrong with the way to Google is not for the person to mend, and passes.
        """
        try:
            answer = self._http.request(method, url, headers=headers, body=body, follow=False)
        except (TryLater, Refused) as problem:
            after = problem.after if isinstance(problem, TryLater) else _WAYS_ROUND
            fault = Unreachable(str(problem), after)
            fault.without_effect = problem.without_effect
            raise fault from problem
        if 300 <= answer.status < 400:
            raise Unreachable("something on the way to Google sends us elsewhere", _WAYS_ROUND)
        return answer


@lru_cache(maxsize=8)
def http_for(app: GoogleApp) -> GoogleHttp:
    """The way to Google as it is set up; its connections are shared by everybody who asks."""
    return GoogleHttp(app)


def _addresses(app: GoogleApp) -> tuple[str, ...]:
    return (app.auth_url, app.token_url, app.revoke_url, app.certs_url, app.api_url)


def _host_port(url: str) -> str:
    parsed = urlsplit(url)
    return f"{parsed.hostname}:{parsed.port or DEFAULT_PORTS[parsed.scheme]}"
