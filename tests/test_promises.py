"""docs/promises.md names the tests that show each promise; this keeps it from naming tests that are not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(\S+?\.py)::(\w+)`")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
HOW_MANY = 19


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's test functions, those of its classes included."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_every_promise_has_its_rows_in_order() -> None:
    numbers = [int(number) for number, _, _ in ROW.findall(TABLE)]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, HOW_MANY + 1))


@pytest.mark.parametrize(("number", "promise", "shown"), ROW.findall(TABLE))
def test_a_row_names_tests_or_says_that_it_comes_later(number: str, promise: str, shown: str) -> None:
    assert promise[0].isupper()
    assert NAMED.search(shown) or shown.startswith("Later:")


@pytest.mark.parametrize("named", sorted(set(NAMED.findall(TABLE))), ids="::".join)
def test_every_test_that_is_named_is_there(named: tuple[str, str]) -> None:
    file, name = named
    assert (ROOT / "tests" / file).exists()
    assert name in names_in(file)


def test_no_test_is_named_in_a_way_that_is_not_looked_up() -> None:
    assert TABLE.count("::") == len(NAMED.findall(TABLE))
