"""`interlude themes NOTES.jsonl`: what keeps coming back in a file of notes. Needs no database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mentoring.errors import BadInput
from mentoring.intervals import utc
from mentoring.needs import Challenge, Need, Theme
from suggestions.embedding import load_embedder
from suggestions.languages import NAMES, is_read, language_of
from suggestions.needs import find_needs
from suggestions.themes import find_themes

KEYS = ("person", "at", "text")


@dataclass(frozen=True)
class Note:
    """One line of the file. line: counted from 0."""

    line: int
    person: str
    at: datetime
    text: str


@click.command()
@click.argument("path", metavar="NOTES.JSONL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", default="", help="Another sentence model (ONNX) than the one shipped; needs --tokenizer.")
@click.option("--tokenizer", default="", help="Its tokenizer.json.")
@click.option("--days", default=3, show_default=True, type=click.IntRange(2, 10), help="Days that make a need.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def themes(path: Path, model: str, tokenizer: str, days: int, as_json: bool) -> None:
    """Groups the notes of one organisation into themes, and says which keep coming back to whom.

    Each line of NOTES.JSONL is {"person": …, "at": …, "text": …}; a time carries its zone, as in 2026-11-23T09:30:00Z.
    A need's probability is that the theme comes up again within 28 days of the newest note. Its rate is in days a week,
    its trend what that changes by in a week; between next_from and next_until it comes up next with a chance of four in
    five, if it does. English is read; lines that seem to be in another language are listed as not analysed, counted
    from 0 with --json and from 1 without.
    """
    notes = read_notes(path)
    languages = {note.line: language_of(note.text) for note in notes}
    others = {line: language for line, language in languages.items() if not is_read(language)}
    people = sorted({note.person for note in notes})
    found, needs = _judged([note for note in notes if note.line not in others], people, model, tokenizer, days)
    if as_json:
        left_out = [{"line": line, "language": language} for line, language in others.items()]
        click.echo(json.dumps(_as_json(found, needs, people) | {"not_analysed": left_out}))
    else:
        click.echo(_listing(found, needs, people, {note.line: note for note in notes}))
        for line, language in others.items():
            click.echo(f"Line {line + 1} was not analysed: it seems to be {NAMES[language]}, and English is read.")


def _judged(
    notes: list[Note], people: list[str], model: str, tokenizer: str, days: int
) -> tuple[tuple[Theme, ...], tuple[Need, ...]]:
    if not notes:
        return (), ()
    embedder = load_embedder(model, tokenizer)
    if embedder.notice:
        click.echo(f"interlude: {embedder.notice}", err=True)
    ids = {person: at for at, person in enumerate(people)}
    challenges = [Challenge(note.line, ids[note.person], note.text, note.at) for note in notes]
    found = find_themes(challenges, embedder.embed([note.text for note in notes]), recurrence_days=days).themes
    return found, find_needs(found, challenges, max(note.at for note in notes), recurrence_days=days)


def read_notes(path: Path) -> list[Note]:
    """The notes of a JSON Lines file; blank lines hold none. Raises BadInput naming the first bad line, counted from
    1."""
    lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [_note(number, line) for number, line in enumerate(lines) if line.strip()]


def _note(number: int, line: bytes) -> Note:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise _bad(number, "is not UTF-8 text") from problem
    except (ValueError, RecursionError) as problem:
        raise _bad(number, "is not JSON") from problem
    if not isinstance(row, dict):
        raise _bad(number, 'is not an object like {"person": …, "at": …, "text": …}')
    values = {key: _value(number, row, key) for key in KEYS}
    return Note(number, values["person"], _moment(number, values["at"]), values["text"])


def _value(number: int, row: Mapping[str, Any], key: str) -> str:
    if key not in row:
        raise _bad(number, f'has no "{key}"')
    if not isinstance(row[key], str):
        raise _bad(number, f'has a "{key}" that is not text')
    if not row[key].strip():
        raise _bad(number, f'has an empty "{key}"')
    return str(row[key])


def _moment(number: int, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise _bad(number, f'has an "at" that is not a time like 2026-11-23T09:30:00Z: {text!r}') from problem
    try:
        utc(moment)
    except ValueError as problem:
        raise _bad(number, f'has an "at" without a time zone: {text!r}') from problem
    except OverflowError as problem:
        raise _bad(number, f'has an "at" out of range: {text!r}') from problem
    return moment


def _bad(number: int, what: str) -> BadInput:
    return BadInput.of("", f"line {number + 1} {what}")


def _as_json(found: tuple[Theme, ...], needs: tuple[Need, ...], people: list[str]) -> dict[str, Any]:
    return {
        "themes": [{"id": theme.id, "label": theme.label, "notes": list(theme.challenge_ids)} for theme in found],
        "needs": [
            {
                "person": people[need.person_id],
                "theme": need.theme_id,
                "evidence": list(need.evidence),
                "probability": round(need.probability, 4),
                "rate": round(need.rate, 4),
                "trend": round(need.trend, 4),
                "season_days": need.season_days,
                "next_at": _iso(need.next_at),
                "next_from": _iso(need.next_from),
                "next_until": _iso(need.next_until),
            }
            for need in needs
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _listing(found: tuple[Theme, ...], needs: tuple[Need, ...], people: list[str], notes: Mapping[int, Note]) -> str:
    """What a person wants to know: whom something keeps coming back to, the likeliest first, with the notes it is seen
    in."""
    if not needs:
        return f"{len(found)} themes; nothing comes back to anybody yet."
    lines = [f"{len(found)} themes, {len(needs)} needs of {len({need.person_id for need in needs})} people"]
    mine: dict[int, list[Need]] = {}
    for need in sorted(needs, key=lambda each: (people[each.person_id], -each.probability, each.theme_id)):
        mine.setdefault(need.person_id, []).append(need)
    for person, theirs in mine.items():
        lines += ["", people[person]]
        for need in theirs:
            lines.append(f"  {need.label}: on {need.days} days, {need.probability:.0%} likely again within 28 days")
            lines += [f"      {notes[line].at:%Y-%m-%d}  {_one_line(notes[line].text)}" for line in need.evidence]
    return "\n".join(lines)


def _one_line(text: str, longest: int = 90) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
