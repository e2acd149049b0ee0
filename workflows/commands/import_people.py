"""`interlude import people.csv`: errors by line, all or nothing."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from workflows import importing
from workflows.commands import running


@click.command("import")
@click.argument("path", metavar="PEOPLE.CSV", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def import_people(path: Path, organisation: str | None, as_json: bool) -> None:
    """Brings people in from PEOPLE.CSV; one that is known by email is updated.

    Columns: email, name, zone; and if wanted department, title, seniority, manager (an email), hours (09:00-17:00),
    weekdays (mon,tue,wed), expertise (several separated by semicolons). An empty field leaves what is known as it is.
    Nobody is opted in to anything by it. Where one line is wrong, nothing is saved.
    """
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    done = importing.import_people(parts, found.id, path.read_bytes())
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(done)))
    else:
        click.echo(f"{done.added} added, {done.updated} updated, {done.unchanged} as they were")
