"""Every setting, read once at the edge, immutable, every problem reported together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mentoring.errors import BadInput, Problem

LEAST_SECRET_LENGTH = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class GoogleApp:
    """Interlude as Google knows it, and where Google is. set_up: whether anybody can connect with it."""

    client_id: str
    client_secret: str = field(repr=False)
    auth_url: str
    token_url: str
    revoke_url: str
    certs_url: str
    api_url: str

    @property
    def set_up(self) -> bool:
        return bool(self.client_id)


@dataclass(frozen=True)
class MicrosoftApp:
    """Interlude as Microsoft Entra knows it, and where Microsoft is. authority_url: with the tenant."""

    client_id: str
    client_secret: str = field(repr=False)
    authority_url: str
    graph_url: str

    @property
    def set_up(self) -> bool:
        return bool(self.client_id)

    @property
    def of_several(self) -> bool:
        """Whether the accounts of more than one organisation come in, so that hardly any address can be believed."""
        return urlsplit(self.authority_url).path.strip("/").lower() in {"common", "organizations", "consumers"}


@dataclass(frozen=True)
class Settings:
    """How this installation runs.

    var: folder of everything that Interlude writes. allow_hosts: "host:port" of private addresses that calendars may
    live at. token_keys: Fernet keys, the first one encrypts, all of them decrypt. bind: where the web process listens.
    trusted_proxies: how many proxies stand before it and say for whom they ask; none is believed otherwise.
    demo: the sign-in page shows the sample people. model_path, tokenizer_path: another text model than the shipped one.
    push_url: where Google and Microsoft reach us to tell of changes; empty: they are asked instead. google_…,
    microsoft_…, graph_url: each provider's addresses, and Interlude's own name and secret there.
    """

    database_url: str
    redis_url: str
    secret_key: str = field(repr=False)
    token_keys: tuple[str, ...] = field(repr=False)
    var: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    bind: str = "127.0.0.1:8000"
    allow_hosts: frozenset[str] = frozenset()
    organiser_name: str = "Interlude"
    organiser_address: str = "interlude@localhost"
    workers: int = 2
    web_workers: int = 2
    trusted_proxies: int = 0
    demo: bool = False
    log_level: str = "INFO"
    model_path: str = ""
    tokenizer_path: str = ""
    push_url: str = ""
    google_auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address, no password
    google_revoke_url: str = "https://oauth2.googleapis.com/revoke"
    google_certs_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    google_api_url: str = "https://www.googleapis.com/calendar/v3/"
    google_client_id: str = ""
    google_client_secret: str = field(default="", repr=False)
    microsoft_authority_url: str = "https://login.microsoftonline.com/common"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    microsoft_client_id: str = ""
    microsoft_client_secret: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Reads INTERLUDE_* variables. Raises BadInput with the whole list of problems."""
        return _Reader(environ).settings()

    @property
    def secure(self) -> bool:
        """Whether people reach us over https, so that cookies are for https only."""
        return self.base_url.startswith("https://")

    @property
    def google(self) -> GoogleApp:
        return GoogleApp(
            self.google_client_id,
            self.google_client_secret,
            self.google_auth_url,
            self.google_token_url,
            self.google_revoke_url,
            self.google_certs_url,
            self.google_api_url,
        )

    @property
    def microsoft(self) -> MicrosoftApp:
        return MicrosoftApp(
            self.microsoft_client_id, self.microsoft_client_secret, self.microsoft_authority_url, self.graph_url
        )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[Problem] = []

    def text(self, name: str, otherwise: str = "") -> str:
        return self.environ.get(f"INTERLUDE_{name}", "").strip() or otherwise

    def wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(f"INTERLUDE_{name}", message))

    def number(self, name: str, otherwise: int, least: int, most: int) -> int:
        text = self.text(name)
        if not text:
            return otherwise
        if not text.isdecimal() or not least <= int(text) <= most:
            self.wrong(name, f"must be a whole number from {least} to {most}, not {text!r}")
            return otherwise
        return int(text)

    def flag(self, name: str) -> bool:
        text = self.text(name, "0").lower()
        if text not in {"0", "1", "true", "false", "yes", "no"}:
            self.wrong(name, f"must be 1 or 0, not {text!r}")
        return text in {"1", "true", "yes"}

    def url(self, name: str, schemes: tuple[str, ...], otherwise: str = "") -> str:
        text = self.text(name, otherwise)
        if not text:
            self.wrong(name, "is needed and not set")
        elif urlsplit(text).scheme.split("+")[0] not in schemes:
            self.wrong(name, f"must begin with {' or '.join(f'{scheme}:' for scheme in schemes)}")
        return text

    def peer(self, name: str, otherwise: str, ending: str = "") -> str:
        """The address of a provider: https, or http on this machine, for tests."""
        text = self.text(name, otherwise)
        parsed = urlsplit(text)
        if parsed.scheme not in {"http", "https"} or not parsed.hostname:
            self.wrong(name, "must begin with https:")
        elif parsed.scheme == "http" and parsed.hostname not in LOOPBACK:
            self.wrong(name, "must begin with https: (http is for an address of this machine only)")
        elif not text.endswith(ending):
            self.wrong(name, f"must end in {ending}")
        return text

    def app(self, provider: str) -> tuple[str, str]:
        """Client id and secret, which go together."""
        client_id, secret = self.text(f"{provider}_CLIENT_ID"), self.text(f"{provider}_CLIENT_SECRET")
        if bool(client_id) != bool(secret):
            lacking = "CLIENT_SECRET" if client_id else "CLIENT_ID"
            self.wrong(f"{provider}_{lacking}", "is missing: client id and secret go together")
        return client_id, secret

    def push_url(self, base_url: str) -> str:
        """By default ours, where it is one that Google and Microsoft would call; "none" where nobody may call us."""
        if self.text("PUSH_URL").lower() == "none":
            return ""
        if self.text("PUSH_URL"):
            return self.peer("PUSH_URL", "").rstrip("/")
        return base_url if base_url.startswith("https://") and urlsplit(base_url).hostname not in LOOPBACK else ""

    def secret(self, name: str) -> str:
        text = self.text(name)
        if len(text) < LEAST_SECRET_LENGTH:
            self.wrong(name, f"must be set, to {LEAST_SECRET_LENGTH} characters or more")
        return text

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in self.text(name).split(",") if word.strip())

    def token_keys(self) -> tuple[str, ...]:
        keys = self.words("TOKEN_KEYS")
        if not keys:
            self.wrong("TOKEN_KEYS", "must be set: one or more keys, comma-separated, the newest first")
        return keys

    def allow_hosts(self) -> frozenset[str]:
        hosts = frozenset(word.lower() for word in self.words("ALLOW_HOSTS"))
        for host in sorted(hosts):
            name, _, port = host.rpartition(":")
            if not name or not port.isdecimal():
                self.wrong("ALLOW_HOSTS", f"holds host:port pairs, and {host!r} is not one")
        return hosts

    def settings(self) -> Settings:
        base_url = self.url("BASE_URL", ("http", "https"), "http://127.0.0.1:8000").rstrip("/")
        google_id, google_secret = self.app("GOOGLE")
        microsoft_id, microsoft_secret = self.app("MICROSOFT")
        settings = Settings(
            database_url=self.url("DATABASE_URL", ("sqlite", "postgresql")),
            redis_url=self.url("REDIS_URL", ("redis", "rediss", "unix")),
            secret_key=self.secret("SECRET_KEY"),
            token_keys=self.token_keys(),
            var=Path(self.text("VAR", "var")),
            base_url=base_url,
            bind=self.text("BIND", "127.0.0.1:8000"),
            allow_hosts=self.allow_hosts(),
            organiser_name=self.text("ORGANISER_NAME", "Interlude"),
            organiser_address=self.text("ORGANISER_ADDRESS", "interlude@localhost"),
            workers=self.number("WORKERS", 2, 1, 64),
            web_workers=self.number("WEB_WORKERS", 2, 1, 64),
            trusted_proxies=self.number("TRUSTED_PROXIES", 0, 0, 9),
            demo=self.flag("DEMO"),
            log_level=self.text("LOG_LEVEL", "INFO").upper(),
            model_path=self.text("MODEL_PATH"),
            tokenizer_path=self.text("TOKENIZER_PATH"),
            push_url=self.push_url(base_url),
            google_auth_url=self.peer("GOOGLE_AUTH_URL", Settings.google_auth_url),
            google_token_url=self.peer("GOOGLE_TOKEN_URL", Settings.google_token_url),
            google_revoke_url=self.peer("GOOGLE_REVOKE_URL", Settings.google_revoke_url),
            google_certs_url=self.peer("GOOGLE_CERTS_URL", Settings.google_certs_url),
            google_api_url=self.peer("GOOGLE_API_URL", Settings.google_api_url, ending="/calendar/v3/"),
            google_client_id=google_id,
            google_client_secret=google_secret,
            microsoft_authority_url=self.peer("MICROSOFT_AUTHORITY_URL", Settings.microsoft_authority_url).rstrip("/"),
            graph_url=self.peer("GRAPH_URL", Settings.graph_url, ending="/v1.0"),
            microsoft_client_id=microsoft_id,
            microsoft_client_secret=microsoft_secret,
        )
        if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            self.wrong("LOG_LEVEL", "must be DEBUG, INFO, WARNING or ERROR")
        if bool(settings.model_path) != bool(settings.tokenizer_path):
            self.wrong("MODEL_PATH", "and INTERLUDE_TOKENIZER_PATH go together: set both or neither")
        if self.problems:
            raise BadInput(*self.problems)
        return settings
