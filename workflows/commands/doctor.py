"""`interlude doctor`: checks everything and says what to fix."""

from __future__ import annotations

import dataclasses
import json

import click

from workflows import doctor as checking
from workflows.commands import running


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def doctor(as_json: bool) -> None:
    """Checks settings and connections, and says what to fix. Exit code 1 when something needs it."""
    checks = checking.examine(running.parts())
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks]))
    else:
        for check in checks:
            click.echo(f"{'ok ' if check.well else 'FIX'}  {check.name}: {check.found}")
            if check.fix:
                click.echo(f"     {check.fix}")
    if not all(check.well for check in checks):
        raise SystemExit(1)
