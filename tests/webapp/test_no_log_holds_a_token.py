"""A one-time token is in the address of a page, so no address is logged."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.webapp.stage import GOOD_LINK, application, stage
from webapp.logs import WithoutTokens


def test_a_form_without_its_csrf_token_is_logged_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    application(stage()).test_client().post(f"/sign-in/{GOOD_LINK}")
    assert "form refused: POST /sign-in/<token>" in caplog.text
    assert GOOD_LINK not in caplog.text


def test_a_bug_while_signing_in_is_logged_by_its_route(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    on = stage()
    on.raises["by_link"] = ZeroDivisionError("planted")
    client = application(on, csrf=False).test_client()
    client.get(f"/sign-in/{GOOD_LINK}")
    assert client.post(f"/sign-in/{GOOD_LINK}").status_code == 500
    assert "POST /sign-in/<token>" in caplog.text
    assert GOOD_LINK not in caplog.text


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("Error handling request %s", (f"/sign-in/{GOOD_LINK}",)),
        ('"%(r)s" "%(f)s"', ({"r": f"POST /sign-in/{GOOD_LINK} HTTP/1.1", "f": f"http://x/sign-in/{GOOD_LINK}"},)),
    ],
)
def test_what_the_server_logs_by_itself_is_without_it(words: str, arguments: tuple[object, ...]) -> None:
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, words, arguments, None)
    assert WithoutTokens().filter(record)
    assert "/sign-in/…" in record.getMessage()
    assert GOOD_LINK not in record.getMessage()


LOOK = """
import logging, wsgi
print(logging.getLevelName(logging.getLogger().level))
print(*(type(each).__name__ for each in logging.getLogger("gunicorn.error").filters))
"""


def test_the_web_process_logs_at_the_level_that_is_set(tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "INTERLUDE_DATABASE_URL": f"sqlite:///{tmp_path}/web.sqlite",
        "INTERLUDE_REDIS_URL": "redis://127.0.0.1:1/0",
        "INTERLUDE_SECRET_KEY": "s" * 40,
        "INTERLUDE_TOKEN_KEYS": Fernet.generate_key().decode(),
        "INTERLUDE_LOG_LEVEL": "error",
    }
    said = subprocess.run([sys.executable, "-c", LOOK], env=environ, capture_output=True, text=True, check=False)
    assert said.stdout.splitlines() == ["ERROR", "WithoutTokens"], said.stderr
