"""Notes from somebody's own programs, by a personal key: all of a request are kept, or none."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mentoring.errors import BadInput, ChangedMeanwhile, Missing, Problem
from mentoring.intervals import utc
from store import api_keys, people
from store.api_keys import ApiKey
from workflows import noting
from workflows.bootstrap import Parts
from workflows.noting import Noted
from workflows.views import Who

MOST = 100
MOST_KEYS = 10
LONGEST_NAME = 60
LONGEST_REQUEST = 200
SOURCE = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
FIELDS = {"text", "at", "source"}
OLDEST = timedelta(days=5 * 366)
AHEAD = timedelta(minutes=5)
"""How far a program's clock may be ahead of ours."""

REQUESTS_KEPT = timedelta(days=2)


def keys(parts: Parts, who: Who) -> tuple[ApiKey, ...]:
    with parts.database.reading(who.organisation_id) as memory:
        return api_keys.of_person(memory, who.person_id)


def make_key(parts: Parts, who: Who, name: str) -> ApiKey:
    """A new one, whose token is told this once. Raises BadInput for a name that is none, and for one key too many."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME or not words.isprintable():
        raise BadInput.of("name", f"say in up to {LONGEST_NAME} characters what the key is for")
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        if len(api_keys.of_person(memory, who.person_id)) >= MOST_KEYS:
            raise BadInput.of("name", f"{MOST_KEYS} keys are enough; revoke one first")
        return api_keys.create(memory, who.person_id, words, parts.clock())


def revoke_key(parts: Parts, who: Who, key_id: int) -> None:
    """It opens nothing any more. Raises Missing for one that is not theirs, or does not work."""
    with parts.database.writing(who.organisation_id) as memory:
        if not api_keys.revoke(memory, who.person_id, parts.clock(), key_id):
            raise Missing(key_id)


def whose(parts: Parts, token: str) -> tuple[Who, int]:
    """Who writes by that key, and which it is. Raises Missing for one that opens nothing."""
    with parts.database.reading_all() as memory:
        found = api_keys.whose_anywhere(memory, token)
    if found is None:
        raise Missing("a key that is none")
    organisation_id, person_id, key_id = found
    with parts.database.reading(organisation_id) as memory:
        if people.get(memory, person_id).leaving_at is not None:
            raise Missing(person_id)
    return Who(organisation_id, person_id), key_id


def post_notes(parts: Parts, token: str, body: object, request: str = "") -> list[int]:
    """Keeps them as that person's. request: the program's own name for this request; the same again, with the same
    body, is answered alike and keeps nothing more.

    Returns their ids. Raises Missing as whose does, BadInput naming every field that is wrong, and ChangedMeanwhile for
    a name that another body had.
    """
    who, key_id = whose(parts, token)
    now = parts.clock()
    notes = read(body, now)
    if len(request) > LONGEST_REQUEST:
        raise BadInput.of("Idempotency-Key", f"keep it under {LONGEST_REQUEST} characters")
    body_hash = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    with parts.database.writing(who.organisation_id) as memory:
        people.hold(memory, [who.person_id])
        before = api_keys.answered(memory, who.person_id, request) if request else None
        if before is not None:
            if before[0] != body_hash:
                raise ChangedMeanwhile("this Idempotency-Key was used for another body")
            return before[1]
        ids = noting.keep(memory, who, notes, now)
        api_keys.used(memory, key_id, now)
        if request:
            api_keys.remember(memory, who.person_id, request, body_hash, ids, now)
    noting.to_sort(parts, who)
    return ids


def read(body: object, now: datetime) -> list[Noted]:
    """One note, or {"notes": [up to 100]}. Raises BadInput with every problem, each naming its field."""
    if isinstance(body, Mapping) and "notes" in body:
        many = body["notes"]
        if set(body) != {"notes"} or not isinstance(many, list) or not many:
            raise BadInput.of("notes", "it must be a list of notes, and stand alone")
        if len(many) > MOST:
            raise BadInput.of("notes", f"send at most {MOST} at once, this has {len(many)}")
        named = [(f"notes[{number}].", each) for number, each in enumerate(many)]
    else:
        named = [("", body)]
    problems: list[Problem] = []
    notes = [note for prefix, each in named for note in _one(each, prefix, now, problems)]
    if problems:
        raise BadInput(*problems)
    return notes


def _one(said: Any, prefix: str, now: datetime, problems: list[Problem]) -> list[Noted]:
    if not isinstance(said, Mapping):
        problems.append(Problem(prefix.rstrip("."), 'it must be an object such as {"text": "…"}'))
        return []
    before = len(problems)
    problems += [Problem(f"{prefix}{name}", "there is no such field") for name in sorted(set(said) - FIELDS)]
    values: dict[str, Any] = {}
    for name, reads in (("text", _text), ("at", lambda value: _at(value, now)), ("source", _source)):
        try:
            values[name] = reads(said.get(name))
        except BadInput as wrong:
            problems += [Problem(f"{prefix}{name}", each.message) for each in wrong.problems]
    return [Noted(**values)] if len(problems) == before else []


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadInput.of("text", "it is missing, or no text")
    return noting.checked(value)


def _at(value: Any, now: datetime) -> datetime | None:
    if value is None:
        return None
    try:
        moment = utc(datetime.fromisoformat(value))
    except (TypeError, ValueError, OverflowError) as problem:
        raise BadInput.of("at", "write a moment with its zone, such as 2026-11-24T09:30:00+01:00") from problem
    if not now - OLDEST <= moment <= now + AHEAD:
        raise BadInput.of("at", "it must lie within the last five years, and not ahead")
    return moment


def _source(value: Any) -> str:
    if value is None:
        return "api"
    if not isinstance(value, str) or not SOURCE.fullmatch(value):
        raise BadInput.of("source", "a word of up to 32 small letters, digits, - and _")
    return value
