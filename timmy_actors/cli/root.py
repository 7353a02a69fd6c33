"""The `timmy-actors` command: its subcommands, its help, and the exit codes of its errors."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from timmy_actors.cli.output import checked_output, escaped
from timmy_actors.errors import TimmyError
from timmy_actors.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INTERRUPTED = 130
"""A shell's exit code for a program that SIGINT ended."""


@dataclass(frozen=True)
class Row:
    """A command's location (a module of `timmy_actors.cli` and a name in it), and its line in the help."""

    module: str
    attribute: str
    short_help: str


class LazyGroup(click.Group):
    """A group that imports a command only when it is used."""

    def __init__(self, *, rows: dict[str, Row], **settings: Any) -> None:
        super().__init__(**settings)
        self._rows = rows

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing it."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415  only a shell's completion needs it

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=self._rows[name].short_help) for name in names), *options]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The names of the commands, sorted."""
        return sorted(self._rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import a command."""
        row = self._rows.get(cmd_name)
        if row is None:
            return None
        command: click.Command = getattr(import_module(f"timmy_actors.cli.{row.module}"), row.attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Import and run a command; click's own answer to Ctrl-C is the exit code of a refusal."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; the error about an unknown one names those that are spelled alike."""
        alike = get_close_matches(args[0], self._rows) if args and args[0] not in self._rows else []
        if alike:
            ctx.fail(f"No such command {args[0]!r}; did you mean {' or '.join(alike)}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """Write the section "Commands" from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._rows[name].short_help) for name in sorted(self._rows)])


endpoint = click.option(
    "--endpoint",
    metavar="ENDPOINT",
    help="The daemon's endpoint: ipc://PATH, or tcp://HOST:PORT on another machine with $TIMMY_KEYS. Default:"
    " $TIMMY_ENDPOINT, else one in the runtime folder ($XDG_RUNTIME_DIR, /run/user/UID) or the temporary folder.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


COMMANDS = {
    "run": Row("operate", "run", "Run the daemon in the foreground, until Ctrl-C, SIGTERM or SIGHUP."),
    "world": Row("world", "world", "Run the embedded world alone, without a daemon."),
    "install-lua": Row("install", "install_lua", "Install the bridge in the TES3MP server at SERVER_HOME."),
    "status": Row("health", "status", "Show the verdict, its reasons, the link and the actors."),
    "server-report": Row("server_report", "server_report", "Show what the bridge costs the game server."),
    "tree": Row("health", "tree", "Show the tree of actors with their states, restarts and reasons."),
    "doctor": Row("doctor", "doctor", "Check what a daemon needs: one line per check with its remedy."),
    "keys": Row("keys", "keys", "Create and show the keys for connections between machines."),
    "completion": Row("completion", "completion", "Print the script that completes commands in bash, zsh or fish."),
    "journal": Row("journal", "journal", "Show the outcome of every command, even when the daemon is not running."),
    "episodes": Row("episodes", "episodes", "List, play, check and export recorded episodes."),
    "data": Row("data", "data", "Make and check training data: annotated pictures, dialogues, decisions."),
    "flight-record": Row(
        "flight_record", "flight_record", "Dump the messages of the last minutes on the link to the game."
    ),
    "clock": Row("clock", "clock", "Stop the embedded world's time, let it pass in steps, and start it again."),
    "heartbeat": Row("heartbeat", "heartbeat", "Control the heartbeat, which perceives, decides, acts and records."),
    "tasks": Row("tasks", "tasks", "List the tasks of the embedded world, and have agents play them."),
    "snapshot": Row("agent", "snapshot", "Show the latest snapshot of a player."),
    "do": Row("agent", "do", "Execute a command in the game."),
    "watch": Row(
        "agent",
        "watch",
        "Show events, snapshots and changes of the link, one per line, until Ctrl-C.",
    ),
    "fleet": Row("fleet", "fleet", "See many daemons in one view, and route commands to them."),
    "describe": Row("game_data", "describe", "Describe a thing, person, quest or cell by the game's data files."),
    "look-up": Row("game_data", "look_up", "Find records of the game's data files by a part of their name."),
    "route": Row("game_data", "route", "Find a way on foot to a cell, a town, a person or a thing."),
    "index-game-data": Row(
        "game_data", "index_game_data", "Index the game's data files, and show what is wrong with them."
    ),
    "portals": Row("portals", "portals", "List the portals, that is, the games."),
    "capture": Row("portals", "capture", "Capture the game through the chosen portal: a screenshot, and Steam's data."),
    "execute": Row("portals", "execute", "Execute an action in the game, once."),
    "bots": Row("bots", "bots", "Load a TES3MP server of one's own with N players, and report how it went."),
    "mcp": Row("mcp_server", "mcp", "Serve a running daemon to an LLM client, over MCP."),
}


@click.group(cls=LazyGroup, rows=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="timmy-actors")
def cli() -> None:
    """Keep an agent alive in a game world.

    'run' starts the daemon, 'install-lua' installs the bridge in a game server; 'world', 'tasks',
    'episodes', 'data', 'journal', 'keys', 'doctor', 'bots', 'index-game-data' and 'completion' need
    no daemon. The others connect to a running one.

    \b
    Environment:
      TIMMY_CONFIG    the configuration file (timmy.toml)
      TIMMY_ENDPOINT  the daemon's endpoint (ipc://PATH, or tcp://HOST:PORT on another machine)
      TIMMY_KEYS      the file with the keys for tcp://
      TIMMY_FLEET     the file with the endpoints for 'fleet'
      NO_COLOR        not empty: no colours

    \b
    Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 69 no daemon answers,
    another one holds the endpoint or LuaJIT is missing, 70 the daemon did not start or
    gave up, 73 a file or folder of the daemon cannot be created, 74 standard output or
    the disk cannot be written, 78 wrong configuration, 130 Ctrl-C, 141 the reader of
    standard output is gone. The journal and episodes: 65 damaged, 66 the file or
    episode does not exist, 75 locked by another process.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    # https://no-color.org: set, and not empty. None lets click decide, which uses colours on a terminal.
    colour = False if os.environ.get("NO_COLOR") else None
    try:
        with checked_output(line):
            cli.main(line, prog_name="timmy-actors", color=colour)
    except TimmyError as error:
        with contextlib.suppress(OSError):  # if standard error fails too, there is still the exit code
            click.echo(escaped(f"timmy-actors: {error}"), err=True)
        sys.exit(error.exit_code)
