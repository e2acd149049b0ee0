"""`interlude policy`: the rules in force, their versions, and going back to one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import click

from mentoring.errors import BadInput
from mentoring.policy import Policy
from mentoring.policy_changes import changes
from store import directory, policies
from workflows import drafting
from workflows.commands import running
from workflows.rule_words import ChangeLine, in_words

COMMAND_LINE = "command line"


@click.group()
def policy() -> None:
    """Shows the rules in force and their versions, and goes back to one. They are tuned on the page Admin, Rules."""


@policy.command()
@click.argument("version", type=int, required=False)
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def show(version: int | None, organisation: str | None, as_json: bool) -> None:
    """What VERSION, or the one in force, sets otherwise than Interlude does as it comes."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    with parts.database.reading(found.id) as memory:
        shown = _known(policies.history(memory), version)
        lines = [in_words(each, directory.names(memory)) for each in changes(Policy(), shown)]
    if as_json:
        click.echo(json.dumps({**_signature(shown), "policy": policies.body_of(shown)}))
        return
    click.echo(_headline(shown))
    for line in lines:
        click.echo(f"  {_sentence(line)}")
    if not lines:
        click.echo("  Everything is as it comes.")


@policy.command()
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def history(organisation: str | None, as_json: bool) -> None:
    """Every version, the latest first: who published it, when and why, and what it changed."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    with parts.database.reading(found.id) as memory:
        versions, names = policies.history(memory), directory.names(memory)
    told = [
        (each, [in_words(change, names) for change in changes(before, each)])
        for each, before in zip(versions, (*versions[1:], versions[-1]), strict=True)
    ]
    if as_json:
        click.echo(json.dumps([{**_signature(each), "changes": [asdict(line) for line in of]} for each, of in told]))
        return
    for each, lines in told:
        click.echo(_headline(each))
        for line in lines:
            click.echo(f"  {_sentence(line)}")


@policy.command()
@click.argument("version", type=int)
@click.option("--reason", required=True, help="Kept with the new version, for the admins.")
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def restore(version: int, reason: str, organisation: str | None, as_json: bool) -> None:
    """Puts the rules of VERSION in force again, as a new version. Whether anything is sent stays as it is."""
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    made = drafting.restore_by(parts, found.id, COMMAND_LINE, version, reason)
    click.echo(json.dumps(_signature(made)) if as_json else _headline(made))


def _known(versions: tuple[Policy, ...], version: int | None) -> Policy:
    if version is None:
        return versions[0]
    shown = next((each for each in versions if each.version == version), None)
    if shown is None:
        raise BadInput.of("VERSION", f"there is no version {version}; the latest is {versions[0].version}")
    return replace(shown)


def _signature(of: Policy) -> dict[str, Any]:
    at = of.at.isoformat() if of.at else None
    return {"version": of.version, "author": of.author, "at": at, "reason": of.reason}


def _headline(of: Policy) -> str:
    when = f", {of.at:%Y-%m-%d %H:%M} UTC" if of.at else ""
    return f"Version {of.version}{when}, by {of.author}: {of.reason}"


def _sentence(line: ChangeLine) -> str:
    return f"{line.what}: {line.before} → {line.after}"
