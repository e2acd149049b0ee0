"""The one way to addresses that users gave (DESIGN 18): guarded connections, bounded answers, checked redirects."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import SplitResult

import requests
from requests.auth import HTTPBasicAuth
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from integrations.deadlines import Deadline
from integrations.guarded_addresses import Gate, Resolver, joined, port_of, resolve, same_host, split
from integrations.guarded_connections import GuardedAdapter
from mentoring.errors import Refused, TryLater

READS = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
_CHUNK = 64 * 1024

# urllib3 logs the paths of what it asks for, and a private feed's path is its password. Its faults reach us as errors.
logging.getLogger("urllib3.connectionpool").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two reads, and in all; bytes of a body after decompression; tries of a read."""

    connect_seconds: float = 5.0
    read_seconds: float = 20.0
    total_seconds: float = 60.0
    body_bytes: int = 32 * 1024 * 1024
    tries: int = 3
    pause_seconds: float = 0.3


@dataclass(frozen=True)
class Answer:
    """What a server said, read to its end. url: where the answer came from after redirects. Header names: any case."""

    status: int
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Credentials:
    """Name and password for Basic authentication (RFC 7617), in UTF-8."""

    username: str
    password: str = field(repr=False)


class _Fault(TryLater):
    """The network failed in a way that may be over in a moment."""


class _Session(requests.Session):
    """Leaves redirects to us: requests 2.34.2 reads one and all of its body even where it is not to follow it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def guarded_session(
    allow_hosts: frozenset[str] = frozenset(), *, resolver: Resolver = resolve, ca_bundle: str = ""
) -> requests.Session:
    """A requests session that only visits public addresses and those of allow_hosts ("host:port").

    It takes no proxy, netrc or certificate bundle from the environment and keeps no cookies: accounts share it.
    """
    session = _Session()
    session.trust_env = False
    session.verify = ca_bundle or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"User-Agent": "Interlude", "Accept-Encoding": "gzip, deflate"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, GuardedAdapter(Gate(allow_hosts, resolver)))
    return session


class GuardedHttp:
    """Requests through a guarded session; every answer is read whole, every foreign error is translated here, once."""

    def __init__(
        self,
        allow_hosts: frozenset[str] = frozenset(),
        *,
        resolver: Resolver = resolve,
        limits: Limits | None = None,
        ca_bundle: str = "",
    ) -> None:
        self.limits = limits or Limits()
        self._gate = Gate(allow_hosts, resolver)
        self._session = guarded_session(allow_hosts, resolver=resolver, ca_bundle=ca_bundle)

    def close(self) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        credentials: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        follow: bool = True,
    ) -> Answer:
        """The server's answer, whatever its status. Reads are tried again when the network fails; writes never are.

        follow: False where the headers carry a token, which must not go along to wherever a redirect leads.
        Raises Refused for an address that may not be visited or an answer too large, TryLater for a fault that passes.
        """
        if method not in READS:
            return self._followed(method, url, credentials, headers or {}, body, follow)
        again = Retrying(
            stop=stop_after_attempt(self.limits.tries),
            wait=wait_random_exponential(multiplier=self.limits.pause_seconds, max=3),
            retry=retry_if_exception_type(_Fault),
            reraise=True,
        )
        return again(self._followed, method, url, credentials, headers or {}, body, follow)

    def _followed(
        self,
        method: str,
        url: str,
        credentials: Credentials | None,
        headers: Mapping[str, str],
        body: bytes,
        follow: bool,
    ) -> Answer:
        with Deadline(self.limits.total_seconds) as deadline:
            for _ in range(MOST_REDIRECTS + 1):
                here = split(url)
                self._check_credentials(here, credentials)
                answer = self._exchanged(method, url, credentials, headers, body, deadline)
                location = answer.headers.get("Location", "")
                if not follow or answer.status not in REDIRECTS or not location:
                    return answer
                url = joined(url, location)
                if not _may_follow(method, answer.status, here, split(url)):
                    credentials = None
        raise Refused(f"{here.hostname} redirects too often")

    def _check_credentials(self, here: SplitResult, credentials: Credentials | None) -> None:
        exempt = self._gate.allowed_by_name(here.hostname or "", port_of(here))
        if credentials is not None and here.scheme != "https" and not exempt:
            raise Refused("a password may only be sent to an address that begins with https://")

    def _exchanged(
        self,
        method: str,
        url: str,
        credentials: Credentials | None,
        headers: Mapping[str, str],
        body: bytes,
        deadline: Deadline,
    ) -> Answer:
        host = split(url).hostname
        auth = HTTPBasicAuth(credentials.username.encode(), credentials.password.encode()) if credentials else None
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body or None,
                auth=auth,
                timeout=(self.limits.connect_seconds, self.limits.read_seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                return Answer(response.status_code, url, response.headers, self._body(response, deadline))
        except (requests.RequestException, HTTPError) as problem:
            raise _translated(problem, str(host), deadline) from _kind_of(problem)

    def _body(self, response: requests.Response, deadline: Deadline) -> bytes:
        """The whole body, decompressed. A cut one raises: urllib3 holds it against Content-Length or the last chunk."""
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self.limits.body_bytes:
                raise Refused(f"the answer is larger than {self.limits.body_bytes // 2**20} MB")
        if deadline.passed:
            raise TryLater("the server took too long to answer")
        return bytes(body)


def _may_follow(method: str, status: int, here: SplitResult, there: SplitResult) -> bool:
    """Whether the credentials may go along. Raises Refused for a redirect that must not be followed at all."""
    if here.scheme == "https" and there.scheme == "http":
        raise Refused(f"{here.hostname} redirects from https to http, which would give away what is read")
    same = same_host(here, there)
    if method != "GET" and status == 303:
        raise Refused(f"{here.hostname} answers with a page instead of a calendar")
    if method != "GET" and not same:
        raise Refused(f"{here.hostname} sends us on to {there.hostname}: give that address instead")
    return same


def _translated(problem: Exception, host: str, deadline: Deadline) -> Refused | TryLater:
    if deadline.passed:
        return TryLater(f"{host} took too long to answer")
    if isinstance(problem, requests.exceptions.SSLError) and "certificate" in str(problem).lower():
        return Refused(f"{host} has no valid certificate")
    if isinstance(problem, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Refused("this is not a web address")
    if isinstance(problem, requests.exceptions.ContentDecodingError):
        return Refused(f"{host} sends an answer that cannot be decompressed")
    silent = isinstance(problem, requests.Timeout)
    fault = _Fault(f"{host} does not answer" if silent else f"{host} cannot be reached, or broke off its answer")
    fault.without_effect = _never_connected(problem)
    return fault


def _never_connected(problem: Exception) -> bool:
    """Whether it failed before there was a connection that anything could have been sent over."""
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    return isinstance(reason, (ConnectTimeoutError, NewConnectionError))


def _kind_of(problem: Exception) -> ConnectionError:
    """The cause as its kind only: the messages of the libraries repeat the address, and its path may be a secret."""
    return ConnectionError(type(problem).__name__)
