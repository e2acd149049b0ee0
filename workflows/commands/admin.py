"""`interlude admin`: the people who run an installation."""

from __future__ import annotations

import json

import click

from workflows import welcoming
from workflows.commands import running


@click.group()
def admin() -> None:
    """Adds an admin, or a new sign-in link for one."""


@admin.command()
@click.argument("email")
@click.option("--name", default="", help="As others see it.")
@click.option("--organisation", default="", help="Its name; made when there is none of that name.")
@click.option("--zone", default="UTC", show_default=True, help="Their time zone, like Europe/Berlin.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def add(email: str, name: str, organisation: str, zone: str, as_json: bool) -> None:
    """Makes EMAIL an admin and prints an address that signs them in once."""
    link = welcoming.add_admin(running.parts(), email, name, organisation, zone)
    click.echo(json.dumps({"link": link}) if as_json else link)
