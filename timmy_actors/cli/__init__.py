"""The command line, one file per group of commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

INTERRUPTED = 130
"""A shell's exit code for a program that SIGINT ended."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    try:
        from timmy_actors.cli.root import main as run  # noqa: PLC0415  importing takes half a second, in which Ctrl-C may come
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run(arguments)


__all__ = ["main"]
