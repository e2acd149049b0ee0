"""Signing in and giving permission at Google and Microsoft (OpenID Connect, OAuth 2.0 with PKCE), as a port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Errand(StrEnum):
    """What somebody is sent to Google or Microsoft for, and so what is asked of them there."""

    SIGN_IN = "sign_in"
    CALENDARS = "calendars"
    ORGANISER = "organiser"


@dataclass(frozen=True)
class Begun:
    """url: where the browser goes. memo: what must be kept in its session until it comes back: state, PKCE verifier,
    nonce. Opaque to whoever keeps it."""

    url: str
    memo: str = field(repr=False)


@dataclass(frozen=True)
class Granted:
    """What came back. subject: the account's name at the provider that never changes, with whoever vouches for it.

    address: lower case; empty where the errand does not tell. also: other addresses of theirs. verified: the provider
    vouches that all of these are theirs, so that they may find a person. domain: of the organisation that runs the
    account, empty for a private one. secret: the tokens, to be encrypted. missing: permissions that were asked for and
    not given, in words.
    """

    subject: str
    address: str
    name: str = ""
    verified: bool = False
    domain: str = ""
    secret: str = field(default="", repr=False)
    missing: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def vouched(self) -> tuple[str, ...]:
        """The addresses by which a person may be found, the mail address first."""
        return tuple(each for each in (self.address, *self.also) if each) if self.verified else ()


class LetsIn(Protocol):
    """One of the two. Raises Refused for an answer that is not the one waited for, or was refused by the person
    (NotGiven), TryLater for a fault that passes."""

    name: str

    def begin(self, errand: Errand, redirect_uri: str, hint: str = "") -> Begun:
        """hint: the address that is expected to sign in there."""
        ...

    def finish(self, errand: Errand, redirect_uri: str, memo: str, query: Mapping[str, str]) -> Granted:
        """query: what the provider appended to redirect_uri."""
        ...
