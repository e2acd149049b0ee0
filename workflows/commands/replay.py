"""`interlude replay ROUND`: whether a round, decided again from its record alone, comes to the same."""

from __future__ import annotations

import json
from typing import Any

import click

from mentoring.errors import BadInput
from workflows import replaying
from workflows.commands import running
from workflows.kept_rounds import Meant, NotReplayable


@click.command()
@click.argument("round_id", metavar="ROUND", type=int)
@click.option("--organisation", default=None, help="Its name, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def replay(round_id: int, organisation: str | None, as_json: bool) -> None:
    """Decides ROUND again from its record alone. Its number is on the admins' page of rounds.

    Exit code 0 where the same comes of it, 1 where something else does or where the record does not tell all.
    """
    parts = running.parts()
    found = running.only_organisation(parts, organisation)
    try:
        told = replaying.replay(parts, found.id, round_id)
    except KeyError as problem:
        raise BadInput.of("ROUND", f"there is no round {round_id}; they are kept for some weeks") from problem
    except NotReplayable as problem:
        if as_json:
            click.echo(json.dumps({"round": round_id, "replayable": False, "why": str(problem)}))
        raise
    if as_json:
        click.echo(json.dumps(_as_json(told)))
    else:
        click.echo(_sentence(told))
    if not told.same:
        click.get_current_context().exit(1)


def _sentence(told: replaying.Replay) -> str:
    number = len(told.recorded)
    proposals = {0: "no proposal", 1: "its one proposal"}.get(number, f"the same {number} proposals")
    if told.same:
        return f"Round {told.round_id}, decided again from its record, makes {proposals}: pairs, topics and times."
    gone, new = len(told.only_recorded), len(told.only_again)
    return (
        f"Round {told.round_id}, decided again from its record, does not come to the same: "
        f"{gone} of {number} proposals are not made, and {new} others are."
    )


def _as_json(told: replaying.Replay) -> dict[str, Any]:
    return {
        "round": told.round_id,
        "replayable": True,
        "same": told.same,
        "proposals": [_row(each) for each in told.again],
        "only_recorded": [_row(each) for each in told.only_recorded],
        "only_again": [_row(each) for each in told.only_again],
    }


def _row(each: Meant) -> dict[str, Any]:
    start = f"{each.start:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "mentee_id": each.pair.mentee_id,
        "mentor_id": each.pair.mentor_id,
        "theme_id": each.theme_id,
        "start": start,
    }
