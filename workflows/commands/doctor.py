"""`interlude doctor`: checks everything and says what to fix."""

from __future__ import annotations

import dataclasses
import json
import os

import click

from mentoring.errors import BadInput
from workflows import doctor as checking
from workflows.commands import running


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def doctor(as_json: bool) -> None:
    """Checks settings and connections, and says what to fix.

    Exit code 1 when something needs it, 2 when a setting does.
    """
    checks, code = _checks()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks]))
    else:
        for check in checks:
            click.echo(f"{'ok ' if check.well else 'FIX'}  {check.name}: {check.found}")
            if check.fix:
                click.echo(f"     {check.fix}")
    if code:
        raise SystemExit(code)


def _checks() -> tuple[tuple[checking.Check, ...], int]:
    """What was found, and the exit code that says so."""
    try:
        checks = checking.examine(running.parts(), os.environ)
    except BadInput as problem:
        return checking.refused(problem), 2
    return checks, 0 if all(check.well for check in checks) else 1
