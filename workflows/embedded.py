"""What an installation has when nothing is set: secrets, a database and a queue of its own, under var/."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from mentoring.errors import Refused

SECRETS_FILE = "secrets.env"
LONGEST_SOCKET_PATH = 100
"""A UNIX socket's path must fit into 104 bytes on macOS, 108 on Linux."""


def var_folder(environ: Mapping[str, str]) -> Path:
    """Where everything that Interlude writes goes, as an absolute path."""
    return Path(environ.get("INTERLUDE_VAR", "").strip() or "var").absolute()


def with_defaults(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with what var/ holds filled in where nothing is set. Writes nothing."""
    var = var_folder(environ)
    said = {name: value for name, value in environ.items() if value.strip() or not name.startswith("INTERLUDE_")}
    filled = {**_kept_secrets(var), **said}
    filled["INTERLUDE_VAR"] = str(var)
    filled.setdefault("INTERLUDE_DATABASE_URL", f"sqlite:///{var / 'interlude.sqlite'}")
    filled.setdefault("INTERLUDE_REDIS_URL", f"unix://{quote(str(valkey_socket(var)))}")
    filled.setdefault("INTERLUDE_BIND", "127.0.0.1:8000")
    filled.setdefault("INTERLUDE_BASE_URL", _address_of(filled["INTERLUDE_BIND"]))
    return filled


def made_ready(environ: Mapping[str, str]) -> dict[str, str]:
    """The same, after making var/ and generating the secrets that are neither set nor kept there yet.

    Raises Refused where var/ cannot be written.
    """
    var = var_folder(environ)
    try:
        for folder in (var, var / "log", var / "valkey", valkey_socket(var).parent):
            _private_folder(folder)
        _keep_secrets(var, environ)
    except OSError as problem:
        raise Refused(
            f"cannot write to {problem.filename or var} ({problem.strerror}): give yourself write access to it,"
            " or name another folder in INTERLUDE_VAR"
        ) from problem
    return with_defaults(environ)


def valkey_socket(var: Path) -> Path:
    """Where the embedded Valkey listens: in var/, or where that is too long a path, in a private temporary folder."""
    usual = var / "valkey" / "valkey.sock"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_PATH:
        return usual
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"interlude-{os.getuid()}-{name}" / "valkey.sock"


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(1, "it belongs to somebody else", str(folder))
    probe = folder / f".writable-{os.getpid()}"
    probe.touch(mode=0o600)
    probe.unlink()


def _kept_secrets(var: Path) -> dict[str, str]:
    try:
        lines = (var / SECRETS_FILE).read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        raise Refused(
            f"cannot read {var / SECRETS_FILE} ({problem.strerror}): it belongs to who started Interlude here"
        ) from problem
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _keep_secrets(var: Path, environ: Mapping[str, str]) -> None:
    kept = _kept_secrets(var)
    generated = {
        "INTERLUDE_SECRET_KEY": secrets.token_urlsafe(48),
        "INTERLUDE_TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    missing = {
        name: value for name, value in generated.items() if name not in kept and not environ.get(name, "").strip()
    }
    if missing:
        _write_privately(var / SECRETS_FILE, {**kept, **missing})


def _write_privately(file: Path, values: Mapping[str, str]) -> None:
    """Whole or not at all, and never readable by others, not for a moment."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.writelines(f"{name}={value}\n" for name, value in values.items())
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.replace(file)


def _address_of(bind: str) -> str:
    host, _, port = bind.rpartition(":")
    return f"http://{'127.0.0.1' if host in {'', '0.0.0.0', '[::]'} else host}:{port}"  # noqa: S104 (compared, not bound)
