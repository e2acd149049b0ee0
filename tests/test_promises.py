"""docs/promises.md and docs/security.md name the tests that show what they say, and every document leads somewhere;
this keeps them from naming tests, files or pictures that are not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("promises.md", "security.md")}
PROMISES, SECURITY = DOCUMENTS.values()
NAMED = re.compile(r"`(\S+?\.py)::(\w+)`")
SOURCE = re.compile(r"`((?:\w+/)+(?:\w+\.py)?)`")
PROMISE = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
THREAT = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+::[^|]+) \|$", re.MULTILINE)
CHAPTER = re.compile(r"^\| V(\d+) [^|]+ \| (met|partly|not met|does not apply) \| ([^|]+)\. \|$", re.MULTILINE)
LINK = re.compile(r"""\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"\s]+)["\s]""")
HOW_MANY = 19
CHAPTERS = 17
"""Of OWASP ASVS 5.0.0."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's test functions, those of its classes included."""
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_every_promise_has_its_rows_in_order() -> None:
    numbers = [int(number) for number, _, _ in PROMISE.findall(PROMISES)]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, HOW_MANY + 1))


@pytest.mark.parametrize(("number", "promise", "shown"), PROMISE.findall(PROMISES))
def test_a_row_names_tests_or_says_that_it_comes_later(number: str, promise: str, shown: str) -> None:
    assert promise[0].isupper()
    assert NAMED.search(shown) or shown.startswith("Later:")


@pytest.mark.parametrize(
    "named", sorted({each for text in DOCUMENTS.values() for each in NAMED.findall(text)}), ids="::".join
)
def test_every_test_that_is_named_is_there(named: tuple[str, str]) -> None:
    file, name = named
    assert (ROOT / "tests" / file).exists()
    assert name in names_in(file)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_test_is_named_in_a_way_that_is_not_looked_up(name: str) -> None:
    assert DOCUMENTS[name].count("::") == len(NAMED.findall(DOCUMENTS[name]))


def test_every_threat_says_where_it_is_answered_and_what_shows_it() -> None:
    section = SECURITY.partition("## Threats")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    threats = THREAT.findall(section)
    assert len(threats) == len(rows) > 20
    for *_, where, shown in threats:
        assert SOURCE.search(where)
        assert NAMED.search(shown)


@pytest.mark.parametrize("source", sorted(set(SOURCE.findall(SECURITY)) - {"tests/"}))
def test_every_file_that_is_named_is_there(source: str) -> None:
    assert (ROOT / source).exists()


def links() -> list[tuple[str, str]]:
    """(document, where it leads within the project), of links and pictures."""
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    found = [
        (str(each.relative_to(ROOT)), next(filter(None, leads)).partition("#")[0])
        for each in documents
        for leads in LINK.findall(each.read_text(encoding="utf-8"))
    ]
    return sorted({(each, leads) for each, leads in found if leads and not re.match(r"[a-z]+:", leads)})


@pytest.mark.parametrize(("document", "leads"), links())
def test_every_link_and_picture_of_a_document_is_there(document: str, leads: str) -> None:
    assert (ROOT / document).parent.joinpath(leads).exists()


def test_every_chapter_of_the_standard_has_its_row() -> None:
    assert [int(number) for number, _, _ in CHAPTER.findall(SECURITY)] == list(range(1, CHAPTERS + 1))
