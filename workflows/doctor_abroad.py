"""Google and Microsoft as the settings describe them: what must be registered there, letter by letter, and what could
not work. Nobody there is asked: that is what `doctor --live` does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from integrations.guarded_addresses import Gate, port_of
from mentoring.errors import InterludeError
from mentoring.settings import LOOPBACK, Settings
from store.organisations import Organisation
from store.watches import WatchState
from workflows.bootstrap import Parts
from workflows.checks import Check
from workflows.consenting import back_at
from workflows.watched import HOOKS, watched

DOCS = {"google": "google.md", "outlook": "microsoft.md"}
NAMES = {"google": "Google", "outlook": "Microsoft"}
GOOGLES_CLIENTS = ".apps.googleusercontent.com"
SEVERAL = {
    "common": "any organisation's accounts, and private ones",
    "organizations": "any organisation's accounts",
    "consumers": "private accounts only",
}
"""What the last part of Microsoft's authority lets in, where it names no single organisation."""


def looks(parts: Parts) -> Iterator[Check]:
    """Every check of the two, and of the address at which they tell of changes."""
    settings = parts.settings
    yield from _google(parts)
    yield from _microsoft(parts)
    if settings.google.set_up or settings.microsoft.set_up:
        yield from _hooks(parts)


def _google(parts: Parts) -> Iterator[Check]:
    settings = parts.settings
    if not settings.google.set_up:
        yield Check("Google", True, "not set up, so nobody connects a Google calendar; docs/google.md says how to")
        return
    client_id = settings.google_client_id
    real = settings.google_auth_url == Settings.google_auth_url
    if real and not client_id.endswith(GOOGLES_CLIENTS):
        fix = "copy INTERLUDE_GOOGLE_CLIENT_ID anew from the project's page Clients (docs/google.md)"
        yield Check("Google", False, f"no client id of Google's: they end in {GOOGLES_CLIENTS}", fix)
    else:
        yield Check("Google", True, f"set up as {client_id}{'' if real else f', at {settings.google_auth_url}'}")
    yield _redirect("Google", parts, "google", _google_takes(urlsplit(settings.base_url)))


def _google_takes(base: SplitResult) -> str:
    """Why Google would not register that address; empty where it does.

    https://developers.google.com/identity/protocols/oauth2/web-server#uri-validation
    """
    host = base.hostname or ""
    if host in LOOPBACK:
        return ""
    if base.scheme != "https":
        return "Google takes http for an address of this machine only"
    if host.replace(".", "").isdecimal() or ":" in host:
        return "Google takes a name, not a number"
    return ""


def _microsoft(parts: Parts) -> Iterator[Check]:
    settings = parts.settings
    if not settings.microsoft.set_up:
        yield Check(
            "Microsoft", True, "not set up, so nobody connects an Outlook calendar; docs/microsoft.md says how to"
        )
        return
    yield Check("Microsoft", True, f"set up as {settings.microsoft_client_id}, at {settings.microsoft_authority_url}")
    yield _redirect("Microsoft", parts, "outlook", _microsoft_takes(urlsplit(settings.base_url)))
    tenant = urlsplit(settings.microsoft_authority_url).path.strip("/").lower()
    if tenant in SEVERAL:
        found = (
            f"{SEVERAL[tenant]} may connect. Microsoft vouches for nobody's address then, so that whoever signs in with"
            " Microsoft is found by it only once they are known, and where domains are named, not at all; to have your"
            " own organisation's people found at once, set INTERLUDE_MICROSOFT_AUTHORITY_URL to"
            " https://login.microsoftonline.com/ and your directory's id"
        )
        yield Check("Microsoft: whose accounts", True, found)
    else:
        yield Check(
            "Microsoft: whose accounts", True, f"those of the organisation {tenant}, whose addresses are believed"
        )


def _microsoft_takes(base: SplitResult) -> str:
    """The same for Microsoft: https://learn.microsoft.com/entra/identity-platform/reply-url"""
    if base.scheme == "https" or base.hostname == "localhost":
        return ""
    if base.hostname in LOOPBACK:
        return "Microsoft's page takes http for the name localhost only: set INTERLUDE_BASE_URL to http://localhost:…"
    return "Microsoft takes http for localhost only"


def _redirect(name: str, parts: Parts, provider: str, refused: str) -> Check:
    register = f"register exactly {back_at(parts, provider)}"
    if not refused:
        return Check(f"{name}: redirect address", True, register)
    fix = "put a TLS proxy in front and set INTERLUDE_BASE_URL to https://…"
    return Check(f"{name}: redirect address", False, f"{register}, but {refused}", fix)


def _hooks(parts: Parts) -> Iterator[Check]:
    """Told of changes where there is an address that they would call; asked for them otherwise."""
    settings = parts.settings
    if not settings.push_url:
        found = (
            "no address that Google or Microsoft could call, so they are asked for changes; that is slower, and works"
        )
        yield Check("told of changes", True, found)
        return
    for provider, path in HOOKS.items():
        if provider == "google" and settings.google.set_up:
            yield Check("Google: told of changes at", True, f"{settings.push_url}{path}; nothing to register")
        if provider == "outlook" and settings.microsoft.set_up:
            at = f"{settings.push_url}{path} and {settings.push_url}{path}/lifecycle"
            yield Check("Microsoft: told of changes at", True, f"{at}; nothing to register")
    yield _reached(parts, urlsplit(settings.push_url))


def untold(parts: Parts, organisation: Organisation) -> Iterator[Check]:
    """Those of the two that would tell of no calendar at all: then it is not for the calendars that they would not."""
    asked: dict[str, list[WatchState]] = defaultdict(list)
    for each in watched(parts, organisation.id):
        asked[each.provider] += [watch.state for watch in each.watches]
    for provider, states in asked.items():
        if states and all(state is WatchState.RESTING for state in states):
            found = "of no calendar: it refuses, so that they are asked for changes all the time"
            fix = f"the worker's log says why (“will not tell of changes”), and docs/{DOCS[provider]} what to do"
            yield Check(f"{organisation.name}: told of changes by {NAMES[provider]}", False, found, fix)


def _reached(parts: Parts, push: SplitResult) -> Check:
    """As far as that can be seen from here: https, a public address, and our own page behind it."""
    name, fix = "reached by them", "see to INTERLUDE_PUSH_URL and the proxy, or set it to none and let them be asked"
    if push.scheme != "https":
        return Check(name, False, "the address is http, and Google and Microsoft call https only", fix)
    try:
        Gate().addresses(push.hostname or "", port_of(push))
        answer = parts.http.request("GET", f"{push.geturl()}/healthz")
    except InterludeError as problem:
        return Check(name, False, f"not from here: {problem}", fix)
    if b'"database"' in answer.body:
        return Check(name, True, f"{push.hostname} is public, and Interlude answers there with a valid certificate")
    return Check(name, False, f"something else than Interlude answers at {push.hostname} ({answer.status})", fix)
