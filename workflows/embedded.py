"""What an installation has when nothing is set: secrets, a database and a queue of its own, under var/."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from mentoring.errors import Refused
from workflows.taken import is_taken

SECRETS_FILE = "secrets.env"
SECRETS = ("INTERLUDE_SECRET_KEY", "INTERLUDE_TOKEN_KEYS")
RUNNING_FILE = "running.env"
"""What `up` was told, for as long as it runs; without the secrets."""

LONGEST_SOCKET_PATH = 100
"""A UNIX socket's path must fit into 104 bytes on macOS, 108 on Linux."""


def var_folder(environ: Mapping[str, str]) -> Path:
    """Where everything that Interlude writes goes, as an absolute path."""
    return Path(environ.get("INTERLUDE_VAR", "").strip() or "var").absolute()


def with_defaults(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with what var/ holds filled in where nothing is set: the secrets, and while Interlude runs from
    there, the settings that it runs with. Writes nothing."""
    var = var_folder(environ)
    told = _lines_of(var / RUNNING_FILE) if is_taken(var) else {}
    return _filled(var, {**told, **_said(environ)})


def _said(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if value.strip() or not name.startswith("INTERLUDE_")}


def _filled(var: Path, said: Mapping[str, str]) -> dict[str, str]:
    filled = {**_lines_of(var / SECRETS_FILE), **said}
    filled["INTERLUDE_VAR"] = str(var)
    filled.setdefault("INTERLUDE_DATABASE_URL", own_database(var))
    filled.setdefault("INTERLUDE_REDIS_URL", own_valkey(var))
    filled.setdefault("INTERLUDE_BIND", "127.0.0.1:8000")
    filled.setdefault("INTERLUDE_BASE_URL", _address_of(filled["INTERLUDE_BIND"]))
    return filled


def own_database(var: Path) -> str:
    """The address of the database that is made where none is named."""
    return f"sqlite:///{var / 'interlude.sqlite'}"


def own_valkey(var: Path) -> str:
    """The address of the Valkey that is started where none is named."""
    return f"unix://{quote(str(valkey_socket(var)))}"


@contextlib.contextmanager
def telling_others(var: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, other commands in this folder find the settings that it runs with."""
    told = {
        name: value
        for name, value in environ.items()
        if name.startswith("INTERLUDE_") and name not in SECRETS and "\n" not in value
    }
    _write_privately(var / RUNNING_FILE, told)
    try:
        yield
    finally:
        (var / RUNNING_FILE).unlink(missing_ok=True)


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
    return _filled(var, _said(environ))


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


def _lines_of(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        raise Refused(f"cannot read {file} ({problem.strerror}): it belongs to who started Interlude here") from problem
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _keep_secrets(var: Path, environ: Mapping[str, str]) -> None:
    kept = _lines_of(var / SECRETS_FILE)
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
