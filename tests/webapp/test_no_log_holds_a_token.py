"""A token that lets somebody in, answers for them or stops their mail is in an address, so no address is logged."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mentoring.errors import Missing
from tests.webapp.stage import GOOD_ANSWER, GOOD_LINK, GOOD_STOP, application, stage
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


BEARERS = [
    ("GET", f"/stop/{GOOD_STOP}", "stop_page", "GET /stop/<token>"),
    ("POST", f"/stop/{GOOD_STOP}", "stop_by_token", "POST /stop/<token>"),
    ("GET", f"/answer/{GOOD_ANSWER}", "invite", "GET /answer/<token>"),
    ("POST", f"/answer/{GOOD_ANSWER}", "answer_by_token", "POST /answer/<token>"),
]


@pytest.mark.parametrize(("method", "path", "does", "route"), BEARERS)
@pytest.mark.parametrize("problem", [ZeroDivisionError("planted"), Missing("planted")])
def test_what_goes_wrong_where_the_address_is_the_authority_is_logged_by_its_route(
    caplog: pytest.LogCaptureFixture, method: str, path: str, does: str, route: str, problem: Exception
) -> None:
    caplog.set_level(logging.DEBUG)
    on = stage()
    on.raises[does] = problem
    form = {"act": "stop", "answer": "yes", "sequence": "0"} if method == "POST" else None
    assert application(on).test_client().open(path, method=method, data=form).status_code in {404, 500}
    assert route in caplog.text
    assert path.rpartition("/")[2] not in caplog.text


@pytest.mark.parametrize("page", ["sign-in", "stop", "answer"])
@pytest.mark.parametrize("words", ["Error handling request %(U)s", '"%(r)s" "%(f)s"'])
def test_what_the_server_logs_by_itself_is_without_it(words: str, page: str) -> None:
    path = f"/{page}/{GOOD_LINK}"
    atoms = {"U": path, "r": f"POST {path} HTTP/1.1", "f": f"http://x{path}?from=mail"}
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, words, (atoms,), None)
    assert WithoutTokens().filter(record)
    assert f"/{page}/…" in record.getMessage()
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


@pytest.mark.parametrize("door", ["google", "microsoft"])
@pytest.mark.parametrize("words", ["Error handling request %(U)s", '"%(r)s" "%(f)s"'])
def test_nor_the_code_that_google_or_microsoft_sends_somebody_back_with(door: str, words: str) -> None:
    path = f"/oauth/{door}?state=planted-state&code=4/0planted-code&scope=https%3A//www.example/planted"
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, words, None, None)
    record.args = {"U": path, "r": f"GET {path} HTTP/1.1", "f": path}
    assert WithoutTokens().filter(record)
    assert "planted" not in record.getMessage()
    assert f"/oauth/{door}?…" in record.getMessage()
