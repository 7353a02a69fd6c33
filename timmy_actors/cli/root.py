"""`timmy-actors`: what it says of itself, and how its errors end it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from timmy_actors.cli.output import checked_output, harmless
from timmy_actors.errors import TimmyError
from timmy_actors.version import __version__

INTERRUPTED = 130
"""What a shell makes of a program that SIGINT ended."""


@dataclass(frozen=True)
class Row:
    """Where a command is (a module of `timmy_actors.cli`, a name in it), and what the group's help says of it."""

    module: str
    attribute: str
    short_help: str


class LazyGroup(click.Group):
    """The commands of a table, by their names."""

    def __init__(self, *, rows: dict[str, Row], **settings: Any) -> None:
        super().__init__(**settings)
        self._rows = rows

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Their names, sorted."""
        return sorted(self._rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  the same
        """Import a command."""
        row = self._rows.get(cmd_name)
        if row is None:
            return None
        try:
            command: click.Command = getattr(import_module(f"timmy_actors.cli.{row.module}"), row.attribute)
        except KeyboardInterrupt:  # it takes half a second: nothing was begun, and nothing is to be said
            sys.exit(INTERRUPTED)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  the same
        """Write the section "Commands" from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._rows[name].short_help) for name in sorted(self._rows)])


endpoint = click.option(
    "--endpoint",
    metavar="ipc://PATH",
    help="The daemon's local endpoint. Default: $TIMMY_ENDPOINT, else one in $XDG_RUNTIME_DIR or the temporary folder.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


COMMANDS = {
    "run": Row("operate", "run", "Run the daemon in the foreground, until Ctrl-C, SIGTERM or SIGHUP."),
    "world": Row("operate", "world", "Run the embedded world alone, without a daemon."),
    "install-lua": Row("install", "install_lua", "Put the bridge into the TES3MP server at SERVER_HOME."),
    "status": Row("health", "status", "Show the verdict, its reasons, the link and the actors."),
    "tree": Row("health", "tree", "Show the tree of actors: who is up, who was restarted how often and why."),
    "journal": Row("journal", "journal", "Show what became of every command, also when the daemon is not running."),
    "snapshot": Row("agent", "snapshot", "Show what is known of a player."),
    "do": Row("agent", "do", "Do something in the game."),
    "watch": Row(
        "agent",
        "watch",
        "Show what happens, line by line, until Ctrl-C: events, snapshots, and the link's ups and downs.",
    ),
    "portals": Row("portals", "portals", "The games there are."),
    "capture": Row(
        "portals", "capture", "Look at the game through the chosen portal: a screenshot, and what Steam knows."
    ),
    "execute": Row("portals", "execute", "Do something in the game, once."),
}


@click.group(cls=LazyGroup, rows=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="timmy-actors")
def cli() -> None:
    """Keep an agent alive in a game world.

    'run' starts the daemon, 'install-lua' puts the bridge into a game server, 'world'
    and 'journal' need no daemon. The others talk to a running one.

    \b
    Environment:
      TIMMY_CONFIG    the configuration file (timmy.toml)
      TIMMY_ENDPOINT  the daemon's local endpoint (ipc://PATH)
      NO_COLOR        not empty: no colours

    \b
    Exit codes: 0 done, 1 declined or not done, 2 wrong usage, 69 no daemon answers,
    another one holds the endpoint or LuaJIT is missing, 70 the daemon did not start or
    gave up, 73 a file or folder of the daemon's cannot be made, 74 standard output or the
    disk does not take what is written, 78 wrong configuration. The journal: 65 it is
    damaged, 66 there is none to read, 75 somebody else holds it.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # https://no-color.org: set, and not empty. None leaves it to click, which colours what a terminal shows.
    colour = False if os.environ.get("NO_COLOR") else None
    try:
        with checked_output(given):
            cli.main(given, prog_name="timmy-actors", color=colour)
    except TimmyError as error:
        with contextlib.suppress(OSError):  # nobody can be told: the exit code says it
            click.echo(harmless(f"timmy-actors: {error}"), err=True)
        sys.exit(error.exit_code)
