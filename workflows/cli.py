"""`interlude`: one command a file in workflows/commands, imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from mentoring.errors import BadInput, InterludeError

COMMANDS = {
    "demo": "Shows Interlude doing its job on a made-up organisation",
    "up": "Runs everything on this machine",
    "web": "Runs the web pages",
    "worker": "Runs the jobs",
    "cron": "Runs the timetable",
    "inbox": "Reads the replies that come to the mailboxes, by IMAP",
    "sync": "Reads every calendar now",
    "propose": "Runs one round of suggestions now",
    "replay": "Decides a round again from its record, to compare",
    "policy": "Shows the rules and their versions, and goes back to one",
    "why": "Says why somebody was, or was not, suggested to somebody",
    "gaps": "What keeps coming back and nobody can help with",
    "import": "Brings people in from a CSV file",
    "import-notes": "Brings notes in from a file, a JSON object a line",
    "admin": "Adds an admin, or a new sign-in link for one",
    "mail-in": "Takes in a mail that came to the organiser's mailbox",
    "doctor": "Checks settings and connections, and says what to fix",
    "db": "Upgrades, checks, backs up and restores the database",
    "rotate-keys": "Encrypts all passwords and addresses with the newest key",
    "openings": "Times at which two calendars are both free",
    "themes": "What keeps coming back in a file of notes",
}
MODULES = {
    "import": "import_people",
    "import-notes": "import_notes",
    "mail-in": "mail_in",
    "rotate-keys": "rotate_keys",
}


class Commands(click.Group):
    """Imports a command when it is asked for, so that `interlude --help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"workflows.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, MODULES.get(cmd_name, cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="interlude")
def interlude() -> None:
    """Interlude: twenty minutes with the right colleague, before you think to ask.

    Exit codes: 0 it is done, 1 it could not be done now, 2 what was given cannot be used.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Runs a command line; an expected failure is one sentence on stderr, not a traceback."""
    try:
        return interlude.main(args=arguments, prog_name="interlude")
    except BadInput as problem:
        for each in problem.problems:
            click.echo(f"interlude: {each}", err=True)
        sys.exit(2)
    except InterludeError as problem:
        click.echo(f"interlude: {problem}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
