"""The command line, one file a group of commands."""

from timmy_actors.cli.root import main

__all__ = ["main"]
