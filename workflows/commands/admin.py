"""`interlude admin`: the people who run an installation."""

from __future__ import annotations

import click

from workflows import welcoming
from workflows.commands import running


@click.group()
def admin() -> None:
    """Adds an admin, or a new sign-in link for one."""


@admin.command()
@click.argument("email")
@click.option("--name", default="", help="As others see it.")
@click.option("--organisation", default="", help="Its name; made when there is none yet.")
@click.option("--zone", default="UTC", show_default=True, help="Their time zone, like Europe/Berlin.")
def add(email: str, name: str, organisation: str, zone: str) -> None:
    """Makes EMAIL an admin and prints an address that signs them in once."""
    parts = running.parts()
    click.echo(welcoming.add_admin(parts, email, name, organisation, zone))
