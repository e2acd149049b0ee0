"""`interlude why MENTEE [MENTOR]`: what stood in the way."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import click

from mentoring.errors import BadInput
from mentoring.people import Person
from mentoring.times_in_words import city, short_day, span
from scheduler.hour_by_hour import Stretch
from store import people
from workflows import explaining, hours_in_words
from workflows.commands import running


@click.command()
@click.argument("mentee")
@click.argument("mentor", required=False)
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def why(mentee: str, mentor: str | None, organisation: str | None, as_json: bool) -> None:
    """Says why MENTEE was, or was not, suggested anybody, or MENTOR in particular. Each is a name or an email."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    with parts.database.reading(found.id) as memory:
        everyone = people.everyone(memory)
    mentee_id = _person(everyone, mentee, "MENTEE").id
    mentor_id = _person(everyone, mentor, "MENTOR").id if mentor else None
    told = explaining.explain(parts, found.id, mentee_id, mentor_id)
    if as_json:
        findings = [dataclasses.asdict(each) for each in told.findings]
        hours = [_as_json(each, told.asked_about) for each in told.hours]
        click.echo(json.dumps({"proposed": told.proposed, "findings": findings, "hours": hours}))
        return
    click.echo("A suggestion is open." if told.proposed else "No suggestion is open.")
    for each in told.findings:
        sign = "✗" if each.veto else f"{each.points:+.2f}" if each.points else "·"
        click.echo(f"  {sign:>6}  {each.rule}: {each.words}")
    _hours(told, found.zone)


def _hours(told: explaining.Explained, zone: str) -> None:
    if told.hours:
        click.echo(f"Hour by hour, in {city(zone)} time:")
    for day, lines in hours_in_words.days(told.hours, told.asked_about, zone):
        click.echo(f"  {short_day(day, zone)}")
        for each in lines:
            starts = f" ({each.starts} possible {'start' if each.starts == 1 else 'starts'})" if each.starts else ""
            click.echo(f"    {span(each.interval, zone)}  {each.words}{starts}")


def _as_json(stretch: Stretch, people: Sequence[Person]) -> dict[str, Any]:
    """taken_by: {address: cause}, empty where it was free."""
    return {
        "start": stretch.interval.start.isoformat(),
        "end": stretch.interval.end.isoformat(),
        "taken_by": {each.email: stretch.taken_by[each.id] for each in people if each.id in stretch.taken_by},
        "starts": stretch.starts,
    }


def _person(everyone: tuple[Person, ...], wanted: str, field: str) -> Person:
    """Raises BadInput when that is nobody, or could be several."""
    fitting = [each for each in everyone if wanted.lower() in (each.email.lower(), each.name.lower())]
    if not fitting:
        fitting = [each for each in everyone if each.name.lower().startswith(wanted.lower())]
    if len(fitting) != 1:
        known = f"could be {', '.join(each.name for each in fitting)}" if fitting else "is nobody here"
        raise BadInput.of(field, f"{wanted!r} {known}")
    return fitting[0]
