"""`interlude sync`: reads calendars now."""

from __future__ import annotations

import json

import click

from store import calendars, people
from workflows import syncing
from workflows.commands import running


@click.command()
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def sync(organisation: str | None, as_json: bool) -> None:
    """Reads every calendar that counts as busy, now. Exit code 1 when some could not be read."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    with parts.database.reading(found.id) as memory:
        ids = [each.id for each in calendars.calendars(memory, None) if each.counts_as_busy]
        names = {each.id: each.name for each in people.everyone(memory)}
    looks = syncing.sync(parts, found.id, ids)
    failed = [look for look in looks if look.problem]
    if as_json:
        problems = [
            {
                "calendar": look.calendar.id,
                "person": names[look.calendar.person_id],
                "name": look.calendar.name,
                "problem": str(look.problem),
            }
            for look in failed
        ]
        click.echo(json.dumps({"read": len(looks) - len(failed), "failed": problems}))
    else:
        click.echo(f"{len(looks) - len(failed)} of {len(looks)} calendars read")
        for look in failed:
            click.echo(f"  {names[look.calendar.person_id]}, {look.calendar.name}: {look.problem}")
    if failed:
        raise SystemExit(1)
