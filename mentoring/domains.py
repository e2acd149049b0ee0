"""Domains of mail addresses, as an organisation names those that are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mentoring.errors import BadInput, Problem

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST = 253
MOST = 100


def domain_of(address: str) -> str:
    """What follows the last @, in lower case; nothing where there is none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def domains(text: str) -> tuple[str, ...]:
    """Those of a text with one a line, in lower case, letters of other scripts as the network writes them (RFC 5891).

    Raises BadInput with a problem for each line that is none, its field "line 2".
    """
    lines = list(_lines(text))
    problems = [Problem(f"line {number}", f"“{line}” is no domain") for number, line in lines if not _domain(line)]
    if len(lines) > MOST:
        problems.append(Problem("", f"these are more than {MOST}"))
    if problems:
        raise BadInput(*problems)
    return tuple(dict.fromkeys(_domain(line) for _, line in lines))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Those that say anything, numbered as they stand."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.strip()


def _domain(line: str) -> str:
    """The line as a domain; nothing where it is none. An @ before it is how people write them."""
    try:
        name = line.removeprefix("@").lower().encode("idna").decode()
    except UnicodeError:
        return ""
    labels = name.split(".")
    fits = len(labels) > 1 and len(name) <= LONGEST and all(LABEL.fullmatch(each) for each in labels)
    return name if fits and not labels[-1].isdigit() else ""
