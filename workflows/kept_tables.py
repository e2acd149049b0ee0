"""What rules measured of many pairs, as columns of JSON: each fact once, at the person or need that it is of."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from suggestions.kinds import Fact, Kind
from suggestions.rules import BY_NAME, Facts

Table = dict[str, Any]
"""Columns of one length."""

AS_MENTEE, AS_MENTOR, OF_NEED, OF_PAIR = "as mentee: ", "as mentor: ", "of need: ", "of pair: "

Row = tuple[int, int, int]
"""(mentee, mentor, theme)."""

KEYS: tuple[tuple[str, Callable[[Row], Hashable]], ...] = (
    (AS_MENTEE, lambda row: row[0]),
    (AS_MENTOR, lambda row: row[1]),
    (OF_NEED, lambda row: (row[0], row[2])),
)


def put(
    rows: Sequence[Row], facts: Sequence[Facts], people: Sequence[int], needs: Sequence[tuple[int, int]]
) -> tuple[Table, Table, Table]:
    """The columns to be kept beside the rows, beside the people and beside the needs. What is the same in all rows of a
    person or need is kept there."""
    of_pairs: Table = {}
    of_people: Table = {}
    of_needs: Table = {}
    for name in BY_NAME:
        column = [_plain(each.get(name)) for each in facts]
        if all(each is None for each in column):
            continue
        prefix, found = next(filter(None, (_by(rows, column, *each) for each in KEYS)), (OF_PAIR, {}))
        if prefix == OF_PAIR:
            of_pairs[OF_PAIR + name] = column
        elif prefix == OF_NEED:
            of_needs[OF_NEED + name] = [found.get(each) for each in needs]
        else:
            of_people[prefix + name] = [found.get(each) for each in people]
    return of_pairs, of_people, of_needs


def _by(
    rows: Sequence[Row], column: Sequence[Any], prefix: str, key: Callable[[Row], Hashable]
) -> tuple[str, dict[Hashable, Any]] | None:
    found: dict[Hashable, Any] = {}
    for row, value in zip(rows, column, strict=True):
        if found.setdefault(key(row), value) != value:
            return None
    return prefix, found


def _plain(fact: Fact | None) -> Any:
    if isinstance(fact, tuple):
        return fact[0] if len(fact) == 1 else list(fact)
    return fact


def got(rows: Sequence[Row], of_pairs: Table, of_people: Table, of_needs: Table) -> list[dict[str, Fact]]:
    """The facts of each row, as they were put."""
    sources = dict(_sources(of_pairs, of_people, of_needs, rows))
    return [
        {
            name: _fact(name, value)
            for name, (key, values) in sources.items()
            if (value := values.get(key(row, place))) is not None
        }
        for place, row in enumerate(rows)
    ]


Source = tuple[str, tuple[Callable[[Row, int], Hashable], Mapping[Hashable, Any]]]


def _sources(of_pairs: Table, of_people: Table, of_needs: Table, rows: Sequence[Row]) -> Iterable[Source]:
    """(rule, (what its values are found by, its values))."""
    needs = list(zip(of_needs.get("person_id", ()), of_needs.get("theme_id", ()), strict=True))
    places = range(len(rows))
    ways: tuple[tuple[str, Table, Sequence[Hashable], Callable[[Row, int], Hashable]], ...] = (
        (AS_MENTEE, of_people, of_people.get("person_id", ()), lambda row, _: row[0]),
        (AS_MENTOR, of_people, of_people.get("person_id", ()), lambda row, _: row[1]),
        (OF_NEED, of_needs, needs, lambda row, _: (row[0], row[2])),
        (OF_PAIR, of_pairs, places, lambda _, place: place),
    )
    for prefix, table, keys, key in ways:
        for name in BY_NAME:
            if prefix + name in table:
                yield name, (key, dict(zip(keys, table[prefix + name], strict=True)))


def _fact(name: str, value: Any) -> Fact:
    if BY_NAME[name].spec.kind is Kind.LIMIT:
        return tuple(value) if isinstance(value, list) else (value,)
    fact: Fact = value
    return fact
