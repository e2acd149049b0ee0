"""Where an address that a user gave may lead (DESIGN 18): public machines, and private ones that an operator named.

Refused are private, loopback, link-local, carrier-shared (RFC 6598), multicast and reserved addresses, those that carry
an IPv4 address inside an IPv6 one, and the metadata services of cloud providers.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urljoin, urlsplit

from mentoring.errors import Refused, TryLater

Resolver = Callable[[str, int], list[str]]
"""(host, port) to IP addresses, in the order in which they should be tried. Raises OSError."""

DEFAULT_PORTS = {"http": 80, "https": 443}

# Translation (RFC 6052, RFC 8215), 6to4 and Teredo lead to an IPv4 address that the network chooses, not we. The rest
# are special-purpose networks (RFC 6890) that older Pythons take for global ones.
_NEVER = tuple(
    map(
        ip_network,
        (
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2002::/16",
            "2001::/23",
            "::/96",
            "::ffff:0:0/96",
            "3fff::/20",
            "5f00::/16",
            "192.0.0.0/24",
            "192.88.99.0/24",
        ),
    )
)
# Azure's metadata and wire server has a public number; the others lie in networks refused above.
_METADATA = frozenset({ip_address("168.63.129.16")})


def resolve(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Gate:
    """Says which addresses of a host may be connected to. allow_hosts: host:port pairs exempt from the rule."""

    allow_hosts: frozenset[str] = frozenset()
    resolver: Resolver = resolve

    def allowed_by_name(self, host: str, port: int) -> bool:
        return f"{host.strip('[]').rstrip('.').lower()}:{port}" in self.allow_hosts

    def addresses(self, host: str, port: int) -> list[str]:
        """Every address of the host, all of them checked. Raises Refused, or TryLater when the name service fails."""
        found = self._resolved(host, port)
        if not self.allowed_by_name(host, port) and not all(map(is_public, found)):
            raise Refused(
                f"{host} is on a private network, where Interlude goes only if INTERLUDE_ALLOW_HOSTS names it"
                f" ({host}:{port})"
            )
        return found

    def _resolved(self, host: str, port: int) -> list[str]:
        try:
            found = self.resolver(host, port)
        except (socket.gaierror, UnicodeError) as problem:
            if isinstance(problem, UnicodeError) or problem.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
                raise Refused(f"there is no server called {host}") from problem
            raise TryLater(f"the address of {host} could not be looked up") from problem
        except OSError as problem:
            raise TryLater(f"the address of {host} could not be looked up") from problem
        if not found:
            raise Refused(f"there is no server called {host}")
        return found


def is_public(address: str) -> bool:
    """Whether that IP address is one that anybody on the internet could reach."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if any(ip in network for network in _NEVER) or ip in _METADATA:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or _is_site_local(ip))


def _is_site_local(ip: IPv4Address | IPv6Address) -> bool:
    return isinstance(ip, IPv6Address) and ip.is_site_local


def split(url: str) -> SplitResult:
    """The parts of an http(s) address. Raises Refused, without repeating the address: its path may be a secret."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as problem:
        raise Refused("this is not a web address") from problem
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or port == 0:
        raise Refused("a calendar's address begins with https:// or http:// and names a server")
    if "@" in parts.netloc:
        raise Refused("write name and password in their own fields, not into the address")
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in url.strip()):
        raise Refused("this is not a web address")
    return parts


def joined(base: str, reference: str) -> str:
    """Where a reference in an answer from `base` leads (RFC 3986 section 5). Raises Refused for one that is none."""
    try:
        url = urljoin(base, reference)
        urlsplit(url)
    except ValueError as problem:
        raise Refused(f"{urlsplit(base).hostname} names an address that is none") from problem
    return url


def port_of(parts: SplitResult) -> int:
    return parts.port or DEFAULT_PORTS[parts.scheme]


def same_host(left: SplitResult, right: SplitResult) -> bool:
    """Whether credentials for the one may be shown to the other: the same origin, or its step up to https."""
    if left.hostname != right.hostname:
        return False
    if (left.scheme, port_of(left)) == (right.scheme, port_of(right)):
        return True
    return (left.scheme, port_of(left), right.scheme, port_of(right)) == ("http", 80, "https", 443)
