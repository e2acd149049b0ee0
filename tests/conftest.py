"""Fixtures that more than one room's tests ask for, and which files take too long for `./run.sh test fast`."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["tests.databases"]

HERE = Path(__file__).parent
SLOW = (
    "browser",
    "integrations/test_contract.py",
    "integrations/test_no_calendar_breaks_the_reading.py",
    "store/test_scoping.py",
    "suggestions/test_candidates.py",
    "test_planted_words.py",
    "workflows/test_cli.py",
    "workflows/test_doctor_command.py",
    "workflows/test_import_command.py",
    "workflows/test_rounds.py",
    "workflows/test_the_main_job_on_both_databases.py",
)
"""Measured: each of these takes ten seconds or more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = [HERE / each for each in SLOW]
    for item in items:
        if any(each == item.path or each in item.path.parents for each in slow):
            item.add_marker(pytest.mark.slow)
