"""The settings of the embedded world's process, from its command line, and the check of its port."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.system import port_number

ABOUT = "Run the embedded world alone, without a daemon, until Ctrl-C. The first line of its output has the port."


def check_port_is_free(port: int) -> None:
    """Check that the port is free; 0 always is.

    Raises:
        ConfigError: the port is in use, or this user may not use it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ConfigError(
                f"world.port: {port} cannot be used: {error.strerror}. Choose another, or 0 for any free port"
            ) from error


@dataclass(frozen=True)
class EmbeddedSettings:
    """The options of the command line."""

    host: str = "127.0.0.1"
    port: int = 0
    """0: any free port; the ready line has its number."""
    token_file: Path | None = None
    """The file with PLAIN's token; None: the bridge reads `data/timmy.token`."""
    mechanism: str = "PLAIN"
    seed: int = 1
    """The same seed gives the same world, tick for tick."""
    allow_raw: bool = False
    """Whether the commands `console` and `api` are allowed."""
    plugin: Path | None = None
    """A plugin of the game whose doors, ground, people and things the world has; None: its own."""
    ledger: Path | None = None
    """A file to which each item that reaches a player's inventory is appended at once: for audits."""
    crowd: int = 0
    """The number of players, far from each other, instead of Timmy and Jiub; for load tests. 0: Timmy and Jiub."""
    company: int = 30
    """The number of actors around each player of a crowd."""
    control: bool = False
    """Whether clock calls are read from standard input."""
    lifeline: int | None = None
    """The read end of a pipe: when its last writer closes it, the process ends."""


def parse(arguments: Sequence[str] | None = None) -> EmbeddedSettings:
    """Parse the command line; an error ends the process with a usage message (exit code 2)."""
    parser = argparse.ArgumentParser(prog="timmy-actors world", description=ABOUT)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on [127.0.0.1]")
    parser.add_argument("--port", type=port_number, default=0, help="the TCP port; 0: any free port [0]")
    parser.add_argument(
        "--token-file",
        type=Path,
        help="the file with PLAIN's token: 16 characters or more, readable by you only [data/timmy.token]",
    )
    parser.add_argument(
        "--mechanism", choices=("PLAIN", "NULL"), default="PLAIN", help="NULL requires no token [PLAIN]"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same world [1]")
    parser.add_argument("--allow-raw", action="store_true", help="allow the commands console and api")
    parser.add_argument(
        "--plugin", type=Path, help="a plugin (.esm, .esp, .omwaddon) that the world is to be [its own]"
    )
    parser.add_argument("--ledger", type=Path, help="the file to append a line to for each item that reaches a player")
    parser.add_argument("--crowd", type=int, default=0, help="the number of players, instead of Timmy and Jiub")
    parser.add_argument(
        "--company", type=int, default=30, help="the number of actors around each player of a crowd [30]"
    )
    parser.add_argument("--control", action="store_true", help="read clock calls from standard input, and end with it")
    parser.add_argument("--lifeline", type=int, metavar="FD", help="the read end of a pipe: end when it closes")
    return EmbeddedSettings(**vars(parser.parse_args(arguments)))
