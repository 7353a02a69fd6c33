"""How the embedded world is run: its command line."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.errors import ConfigError


def check_port_is_free(port: int) -> None:
    """See that nobody listens there; 0 is always free.

    Raises:
        ConfigError: somebody does, or it may not be used.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"world.port: {port} cannot be used: {error.strerror}. Choose another, or 0 for any free one"
            ) from error


MAX_PORT = 65535
ABOUT = (
    "The embedded world alone, until Ctrl-C: the Lua bridge without a game and a daemon. Its first line names the port."
)


@dataclass(frozen=True)
class WorldSettings:
    """What the process is told."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free port; the ready line names it."""
    token_file: Path | None = None
    """Where PLAIN's token is; without one the bridge looks for `data/timmy.token`."""
    mechanism: str = "PLAIN"
    seed: int = 1
    """The same seed gives the same world, tick for tick."""
    allow_raw: bool = False
    """Whether the commands `console` and `api` are let through."""
    ledger: Path | None = None
    """A file that gets a line for each item that reaches a player's inventory, at once: for audits."""
    crowd: int = 0
    """So many players instead of Timmy and Jiub, far from each other: to measure on."""
    company: int = 30
    """So many actors around each of a crowd."""
    lifeline: int | None = None
    """A pipe's read end: when its last writer is gone, the process ends."""


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= MAX_PORT:
        raise ValueError
    return port


def parse(arguments: Sequence[str] | None = None) -> WorldSettings:
    """Read the command line; a mistake ends the process with a usage message (exit code 2)."""
    parser = argparse.ArgumentParser(prog="timmy-actors world", description=ABOUT)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on [127.0.0.1]")
    parser.add_argument("--port", type=_port, default=0, help="the TCP port; 0, the default: any free one")
    parser.add_argument(
        "--token-file",
        type=Path,
        help="PLAIN's token: a file of 16 characters or more that only you can read [data/timmy.token]",
    )
    parser.add_argument("--mechanism", choices=("PLAIN", "NULL"), default="PLAIN", help="NULL asks for no token")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same world [1]")
    parser.add_argument("--allow-raw", action="store_true", help="let the commands console and api through")
    parser.add_argument("--ledger", type=Path, help="append a line for each item that reaches a player")
    parser.add_argument("--crowd", type=int, default=0, help="so many players, instead of Timmy and Jiub")
    parser.add_argument("--company", type=int, default=30, help="so many actors around each of a crowd [30]")
    parser.add_argument("--lifeline", type=int, metavar="FD", help="end when this pipe closes")
    return WorldSettings(**vars(parser.parse_args(arguments)))
