"""`interlude rotate-keys`: everything that is encrypted goes under the newest key."""

from __future__ import annotations

import json

import click

from store import calendars, inboxes, mailboxes, organisations, organisers, watches
from store.calendars import Rotated
from workflows.bootstrap import Parts
from workflows.commands import running


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def rotate_keys(as_json: bool) -> None:
    """Encrypts all passwords and addresses with the first key.

    Put a new key in front of INTERLUDE_TOKEN_KEYS and restart everything, so that nothing is encrypted with the old one
    any more; run this; then take the old key away.
    """
    rotated = _everywhere(running.parts())
    click.echo(json.dumps({"done": rotated.done, "lost": rotated.lost}) if as_json else _told(rotated))


def _everywhere(parts: Parts) -> Rotated:
    with parts.database.reading_all() as memory:
        known = organisations.all(memory)
    each = [_of(parts, organisation.id) for organisation in known]
    return Rotated(sum(one.done for one in each), sum(one.lost for one in each))


def _of(parts: Parts, organisation_id: int) -> Rotated:
    with parts.database.writing(organisation_id) as memory:
        mail = (mailboxes.rotate_secret(memory), inboxes.rotate_secret(memory))
        each = [calendars.rotate_secrets(memory), organisers.rotate_secrets(memory)]
        watches.rotate_secrets(memory)
    done, lost = sum(one.done for one in each), sum(one.lost for one in each)
    return Rotated(done + mail.count(True), lost + mail.count(False))


def _told(rotated: Rotated) -> str:
    done = f"{rotated.done} {'account is' if rotated.done == 1 else 'accounts are'} under the first key now."
    if not rotated.lost:
        return f"{done} The other keys can be removed."
    return f"{done} {rotated.lost} can be opened by none of the keys: their owners are asked to connect them again."
