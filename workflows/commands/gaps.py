"""`interlude gaps`: what keeps coming back and nobody can help with."""

from __future__ import annotations

import dataclasses
import json

import click

from workflows import gaps as gaps_
from workflows.commands import running

WHY = {
    gaps_.Why.NOBODY_KNOWS: "nobody who offers help knows it",
    gaps_.Why.ALL_FULL: "those who know it have been full for weeks",
    gaps_.Why.CALENDARS_UNKNOWN: "the calendars of those who know it cannot be read",
}


@click.command()
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def gaps(organisation: str | None, as_json: bool) -> None:
    """Says which topics keep coming back to a group of people while nobody can help, as the latest round found it.

    Numbers of people are rounded to 5; topics of smaller groups are only counted.
    """
    parts = running.parts()
    found_at = running.only_organisation(parts, organisation)
    with parts.database.reading(found_at.id) as memory:
        found = gaps_.gaps(memory)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), default=str))
        return
    for each in found.gaps:
        click.echo(f"{each.topic}: about {each.people} people since {each.since:%Y-%m-%d}; {WHY[each.why]}")
        if each.nearest:
            click.echo(f"    nearest: {', '.join(each.nearest)}")
    if found.smaller:
        click.echo(f"and {found.smaller} topics of fewer than {found.minimum_group} people")
    if not (found.gaps or found.smaller):
        click.echo("No gaps." if found.at else "No round has been made yet.")
