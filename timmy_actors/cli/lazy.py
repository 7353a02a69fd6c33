"""A group of commands that are imported when they are used: `--help` needs none of them, `status` not the daemon's."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

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
