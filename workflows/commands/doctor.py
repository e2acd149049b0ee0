"""`interlude doctor`: checks everything and says what to fix."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Generator, Iterable
from contextlib import closing

import click

from mentoring.errors import BadInput
from workflows import doctor as checking
from workflows import trying
from workflows.bootstrap import Parts
from workflows.checks import Check
from workflows.commands import running


@click.command()
@click.option("--live", is_flag=True, help="Also send a real invite, from each organisation to itself.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def doctor(live: bool, as_json: bool) -> None:
    """Checks settings and connections, says what to register at Google and Microsoft, and what to fix.

    With --live each organisation invites itself, by the account or the mailbox that it invites others with; the invite
    is read back where that can be done, and taken back in any case. Nobody else gets anything.

    Exit code 1 when something needs to be fixed, 2 when a setting does.
    """
    try:
        parts = running.parts()
    except BadInput as problem:
        _told(checking.refused(problem), as_json)
        raise SystemExit(2) from problem
    with closing(_checks(parts, live)) as checks:  # what was begun is taken back, though somebody stops us
        found = _told(checks, as_json)
    if not all(check.well for check in found):
        raise SystemExit(1)


def _checks(parts: Parts, live: bool) -> Generator[Check]:
    yield from checking.examine(parts, os.environ)
    if live:
        yield from trying.live(parts)


def _told(checks: Iterable[Check], as_json: bool) -> list[Check]:
    """Says each as it is found, to a person; all together, to a program."""
    found = []
    for check in checks:
        found.append(check)
        if not as_json:
            _tell(check)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in found]))
    return found


def _tell(check: Check) -> None:
    click.echo(f"{'ok ' if check.well else 'FIX'}  {check.name}: {check.found}")
    if check.fix:
        click.echo(f"     {check.fix}")
