"""Forgetting a person: every row about them, and every trace of them in rows that stay.

Other rooms find forget() in store.people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, or_

from store import tables
from store.memory import Memory, batches

SOMEBODY = "somebody who left"
"""What stands where their name or address stood in what is kept: the log of changes, the policies, what a server
answered."""

PEOPLE_KEYS = frozenset({"person", "mentee", "mentor", "people", "mentees", "mentors"})
"""The keys under which a round's record names people, each also as …_id and …_ids.

A JSON object with the person's id there goes. Where such a key holds a list, the person leaves it; other lists beside
it that are as long are columns of the same table, and its row goes. A key that is the person's id goes everywhere.
"""


def forget(memory: Memory, person_id: int) -> None:
    """Deletes everything about the person; rounds they were in can no longer be replayed exactly. Raises KeyError.

    What lies in other people's calendars stays there: withdraw the person's proposals first, and let that be told.
    """
    person = memory.get(tables.people, person_id)
    shared = _themes_of(memory, person_id)
    memory.changed(memory.delete(tables.people).where(tables.people.c.id == person_id))
    _strike_labels(memory, shared)
    # A cache, and a sentence can be guessed from its vector: the next round makes anew what it needs.
    memory.changed(memory.delete(tables.embeddings))
    memory.changed(memory.delete(tables.looks))
    names = _pattern([person.email, person.name])
    _strike(memory, tables.audit, ("who", "what", "subject"), names)
    _strike(memory, tables.policies, ("author", "reason"), names)
    # What a mail server says of an address, it says with the address.
    _strike(memory, tables.mailboxes, ("problem", "inbox_problem"), names)
    _strike(memory, tables.organisers, ("problem",), names)
    _strike(memory, tables.outbox, ("last_error",), names)
    _strike(memory, tables.policy_drafts, ("author",), names)
    _strike_pairs(memory, person_id, names)
    # Tables and figures over everybody: whoever wants them asks again.
    memory.changed(memory.delete(tables.trials))
    _strike_rounds(memory, person_id, names)


def _themes_of(memory: Memory, person_id: int) -> list[int]:
    members, challenges = tables.theme_challenges, tables.challenges
    statement = memory.select(members, members.c.theme_id).join(challenges, challenges.c.id == members.c.challenge_id)
    return sorted({row.theme_id for row in memory.rows(statement.where(challenges.c.person_id == person_id))})


def _strike_labels(memory: Memory, theme_ids: Sequence[int]) -> None:
    """A theme that only they had goes; another's label loses the words that nobody else used, until the next round."""
    for ids in batches(theme_ids):
        themes = memory.rows(memory.select(tables.themes).where(tables.themes.c.id.in_(ids)))
        for theme in themes:
            used = _words_of(memory, theme.id)
            label = " ".join(word for word in theme.label.split() if _bare(word) in used)
            for table, key in ((tables.themes, "id"), (tables.needs, "theme_id")):
                memory.changed(memory.update(table).where(table.c[key] == theme.id).values(label=label))
            # Fewer people share its words now: the next round finds which of them are still enough.
            memory.changed(memory.update(tables.themes).where(tables.themes.c.id == theme.id).values(group_label=""))
    members, proposals = tables.theme_challenges, tables.proposals
    kept = memory.select(members, members.c.theme_id).union(memory.select(proposals, proposals.c.theme_id))
    for ids in batches(theme_ids):
        memory.changed(memory.delete(tables.themes).where(tables.themes.c.id.in_(ids), tables.themes.c.id.not_in(kept)))


def _words_of(memory: Memory, theme_id: int) -> set[str]:
    members, challenges = tables.theme_challenges, tables.challenges
    statement = memory.select(challenges, challenges.c.text).join(members, challenges.c.id == members.c.challenge_id)
    rows = memory.rows(statement.where(members.c.theme_id == theme_id))
    return {_bare(word) for row in rows for word in row.text.split()}


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted((name for name in names if name.strip()), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in longest_first) + r")(?!\w)", re.IGNORECASE)


def _strike(memory: Memory, table: Table, columns: Sequence[str], names: re.Pattern[str]) -> None:
    said = or_(*(table.c[name] != "" for name in columns))
    for row in memory.rows(memory.select(table, table.c.id, *(table.c[name] for name in columns)).where(said)):
        before = {name: getattr(row, name) for name in columns}
        after = {name: names.sub(SOMEBODY, text) for name, text in before.items()}
        if after != before:
            memory.changed(memory.update(table).where(table.c.id == row.id).values(**after))


def _strike_pairs(memory: Memory, person_id: int, names: re.Pattern[str]) -> None:
    """Out of whom the policies, and the draft of one, forbid to meet."""
    for table in (tables.policies, tables.policy_drafts):
        for row in memory.rows(memory.select(table, table.c.id, table.c.body)):
            left = without(row.body, person_id, names)
            left["forbidden_pairs"] = [each for each in left.get("forbidden_pairs", ()) if len(each["people_ids"]) == 2]
            if left != row.body:
                memory.changed(memory.update(table).where(table.c.id == row.id).values(body=left))


def _strike_rounds(memory: Memory, person_id: int, names: re.Pattern[str]) -> None:
    rounds = tables.rounds
    for row in memory.rows(memory.select(rounds, rounds.c.id)):
        record = memory.get(rounds, row.id).record
        left = without(record, person_id, names)
        if left != record:
            values = {"record": left, "replayable": False}
            memory.changed(memory.update(rounds).where(rounds.c.id == row.id).values(**values))


def without(part: Any, person_id: int, names: re.Pattern[str]) -> Any:
    """That part of a record without the person, as PEOPLE_KEYS says."""
    if isinstance(part, str):
        return names.sub(SOMEBODY, part)
    if isinstance(part, list):
        return [without(each, person_id, names) for each in part if not _about(each, person_id)]
    if isinstance(part, Mapping):
        kept = {key: value for key, value in _columns_without(part, person_id).items() if key != str(person_id)}
        return {
            names.sub(SOMEBODY, key): without(value, person_id, names)
            for key, value in kept.items()
            if not _about(value, person_id)
        }
    return part


def _about(part: Any, person_id: int) -> bool:
    """Whether it is a row about the person."""
    return isinstance(part, Mapping) and any(_names_people(key) and part[key] == person_id for key in part)


def _names_people(key: str) -> bool:
    return key.removesuffix("s").removesuffix("_id") in PEOPLE_KEYS or key in PEOPLE_KEYS


def _columns_without(part: Mapping[str, Any], person_id: int) -> dict[str, Any]:
    named = [value for key, value in part.items() if _names_people(key) and isinstance(value, list)]
    gone = {place for column in named for place, each in enumerate(column) if each == person_id}
    if not gone:
        return dict(part)
    lengths = {len(column) for column in named}
    return {
        key: [each for place, each in enumerate(value) if place not in gone]
        if isinstance(value, list) and len(value) in lengths
        else value
        for key, value in part.items()
    }
