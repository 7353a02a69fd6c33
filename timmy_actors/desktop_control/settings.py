"""The server's settings and command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from timmy_actors.system import default_folder, port_number


@dataclass(frozen=True)
class DesktopSettings:
    """The settings of the process."""

    http: int | None = None
    """The port on 127.0.0.1; 0: any free port, which the ready line contains. None: MCP over stdin and stdout."""
    token_file: Path = field(default_factory=lambda: default_folder() / "desktop-control.token")
    """The file with the token for HTTP; created if it is missing."""
    captures: Path = Path("captures")
    """The folder that `take_screenshot` writes into."""
    display: str | None = field(default_factory=lambda: os.environ.get("DISPLAY"))
    """The X display."""


def parse(arguments: Sequence[str] | None = None) -> DesktopSettings:
    """Parse the command line; an invalid argument ends the process with a usage message (exit code 2)."""
    unset = DesktopSettings()
    parser = argparse.ArgumentParser(
        prog="python -m timmy_actors.desktop_control",
        description="An MCP server for the screen, the mouse and the keyboard of an X display (DISPLAY).",
    )
    parser.add_argument(
        "--http", type=port_number, metavar="PORT", help="serve HTTP on 127.0.0.1 (0: any free port), not stdio"
    )
    parser.add_argument(
        "--token-file", type=Path, default=unset.token_file, help="the token for HTTP; created if missing (%(default)s)"
    )
    parser.add_argument(
        "--captures", type=Path, default=unset.captures, help="the folder for screenshots (%(default)s)"
    )
    return DesktopSettings(**vars(parser.parse_args(arguments)))
