"""`interlude import-notes notes.jsonl`: errors by line, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import click

from workflows import importing_notes
from workflows.commands import running


@click.command("import-notes")
@click.argument("path", metavar="NOTES.JSONL", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def import_notes(path: Path, organisation: str | None, as_json: bool) -> None:
    """Keeps the notes of NOTES.JSONL, a JSON object a line: "person" (an address), "text", and if wanted "at" and
    "source".

    A note that somebody has already is not kept twice. Where one line is wrong, nothing is saved.
    """
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    number = importing_notes.import_notes(parts, found.id, path.read_bytes())
    click.echo(json.dumps({"kept": number}) if as_json else f"{number} notes kept")
