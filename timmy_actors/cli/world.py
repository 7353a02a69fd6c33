"""The command that runs the embedded world alone. It loads nothing of the daemon."""

from __future__ import annotations

import os
import sys

import click


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def world(arguments: tuple[str, ...]) -> None:
    """Run the embedded world alone, without a daemon. 'world --help' lists its options."""
    command = [sys.executable, "-m", "timmy_actors.embedded", *arguments]
    # Replace this process: the world gets its signals and terminal, and sets its exit code.
    os.execv(sys.executable, command)  # noqa: S606  our own module
