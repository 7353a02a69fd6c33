"""The command line, one file a group of commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130
"""What a shell makes of a program that SIGINT ended."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    try:
        from timmy_actors.cli.root import main as run  # noqa: PLC0415  half a second, in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run(arguments)


__all__ = ["main"]
