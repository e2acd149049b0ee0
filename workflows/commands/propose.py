"""`interlude propose`: one round now."""

from __future__ import annotations

import json
from typing import Any

import click

from mentoring.people import Person
from workflows import proposing
from workflows.commands import running


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be proposed; change nothing.")
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def propose(dry_run: bool, organisation: str | None, as_json: bool) -> None:
    """One round of suggestions now, for everybody at once."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    decided = proposing.plan(parts, found.id) if dry_run else proposing.run_round(parts, found.id).plan
    people = {person.id: person for person in decided.seen.people}
    if as_json:
        click.echo(json.dumps(_as_json(decided, people, dry_run)))
        return
    if decided.judged.notice:
        click.echo(decided.judged.notice, err=True)
    for each in decided.drafted:
        mentee, mentor = people[each.considered.need.person_id], people[each.considered.mentor_id]
        click.echo(f"{each.opening.interval.start:%a %d %b %H:%M} UTC  {mentee.name} with {mentor.name}")
    verb = "would be proposed" if dry_run else "proposed"
    click.echo(f"{len(decided.drafted)} {verb}; at most {decided.assignment.gap:.2%} from the best possible")


def _as_json(decided: proposing.Plan, people: dict[int, Person], dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "notice": decided.judged.notice,
        "needs": len(decided.judged.needs),
        "considered": len(decided.judged.considered),
        "gap": decided.assignment.gap,
        "proposals": [
            {
                "mentee": people[each.considered.need.person_id].email,
                "mentor": people[each.considered.mentor_id].email,
                "start": f"{each.opening.interval.start:%Y-%m-%dT%H:%M:%SZ}",
                "end": f"{each.opening.interval.end:%Y-%m-%dT%H:%M:%SZ}",
                "score": round(each.considered.score, 4),
            }
            for each in decided.drafted
        ],
    }
