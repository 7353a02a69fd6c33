"""`timmy-actors`: what it says of itself, and how its errors end it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from timmy_actors.cli.agent import do, snapshot, watch
from timmy_actors.cli.harmless import harmless
from timmy_actors.cli.install import install_lua
from timmy_actors.cli.journal import journal
from timmy_actors.cli.operate import run, status, tree, world
from timmy_actors.cli.portals import capture, execute, portals
from timmy_actors.errors import TimmyError
from timmy_actors.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="timmy-actors")
def cli() -> None:
    """Keep an agent alive in a game world.

    'run' starts the daemon, 'install-lua' puts the bridge into a game server, 'world'
    and 'journal' need no daemon. The others talk to a running one.

    \b
    Environment:
      TIMMY_CONFIG    the configuration file (timmy.toml)
      TIMMY_ENDPOINT  the daemon's local endpoint (ipc://PATH)

    \b
    Exit codes: 0 done, 1 declined or not done, 2 wrong usage, 69 no daemon answers,
    another one holds the endpoint or LuaJIT is missing, 70 the daemon did not start or
    gave up, 78 wrong configuration. The journal: 65 it is damaged, 66 there is none to
    read, 73 it cannot be made, 74 the disk does not take it, 75 somebody else holds it.
    """


COMMANDS = (
    run, status, tree, snapshot, do, watch, journal,
    portals, capture, execute, world, install_lua,
)  # fmt: skip
for command in COMMANDS:
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    try:
        cli.main(list(arguments) if arguments is not None else None, prog_name="timmy-actors")
    except TimmyError as error:
        click.echo(harmless(f"timmy-actors: {error}"), err=True)
        sys.exit(error.exit_code)
