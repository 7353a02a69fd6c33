"""The endpoints of many daemons, by the names of their worlds: from a file, and from DNS."""

from __future__ import annotations

import os
import re
import socket as sockets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from timmy_actors.client import resolve_address
from timmy_actors.errors import ConfigError
from timmy_actors.system import KeyPair, expand_user, from_folder, read_text

FLEET_VARIABLE = "TIMMY_FLEET"
MAX_WORLDS = 1_000
DNS = "dns://"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
REMEDY = "write one line 'NAME ENDPOINT [KEYS]' for each world"


@dataclass(frozen=True)
class Endpoint:
    """Where the daemon of a world listens.

    Raises:
        ConfigError: no daemon can listen there, or its keys are missing or invalid.
    """

    address: str
    """`ipc://PATH`; `tcp://HOST:PORT`; or `dns://HOST:PORT`: a world at each address of the host."""
    keys: KeyPair | Path | str | None = None
    """The keys for `tcp` and `dns`, or their file. None: the file `TIMMY_KEYS`."""

    def __post_init__(self) -> None:
        tcp = self.address.replace(DNS, "tcp://", 1) if self.address.startswith(DNS) else self.address
        if not tcp:
            raise ConfigError("endpoint '': must be ipc://PATH, tcp://HOST:PORT or dns://HOST:PORT")
        object.__setattr__(self, "keys", resolve_address(tcp, self.keys)[1])

    def worlds(self, name: str) -> Iterator[tuple[str, Endpoint]]:
        """The worlds at this endpoint by their names: one, or `NAME@ADDRESS` for each address of a `dns` endpoint.

        Raises:
            OSError: DNS does not know the host.
            UnicodeError: the host's name is none that DNS can have.
        """
        if not self.address.startswith(DNS):
            yield name, self
            return
        host, _, port = self.address.removeprefix(DNS).rpartition(":")
        for address in dict.fromkeys(info[4][0] for info in sockets.getaddrinfo(host, port, type=sockets.SOCK_STREAM)):
            shown = f"[{address}]" if ":" in str(address) else address
            yield f"{name}@{address}", Endpoint(f"tcp://{shown}:{port}", self.keys)


def check_name(name: str, where: str) -> None:
    """Check the name of a world.

    Raises:
        ConfigError: it is invalid; `where` begins the message.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(f"{where}: the name {name[:80]!r} must have 1 to 64 letters, digits or any of . _ -")


def read_endpoints(path: Path | str | None = None) -> dict[str, Endpoint]:
    """Read the endpoints in a file (None: the file `TIMMY_FLEET`), one `NAME ENDPOINT [KEYS]` per line.

    KEYS is the path of a file with keys, relative to this file's folder. Empty lines and those that start with `#` are
    skipped.

    Raises:
        ConfigError: the file cannot be read or is invalid; the message names the line.
    """
    chosen = path or os.environ.get(FLEET_VARIABLE)
    if not chosen:
        raise ConfigError(f"no endpoints: name their file with --fleet or {FLEET_VARIABLE}, and {REMEDY} in it")
    file = expand_user(str(chosen), FLEET_VARIABLE)
    endpoints: dict[str, Endpoint] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(read_text(file, "the endpoints", REMEDY).splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        where = f"{file}, line {number}"
        if len(words) not in (2, 3):
            raise ConfigError(f"{where}: has {len(words)} words: {REMEDY}")
        name = words[0]
        check_name(name, where)
        if name in lines:
            raise ConfigError(f"{where}: the name {name!r} is that of line {lines[name]} too: rename one")
        lines[name], endpoints[name] = number, _endpoint(words, file.parent, where)
    if not 1 <= len(endpoints) <= MAX_WORLDS:
        raise ConfigError(f"{file}: has {len(endpoints)} worlds, must have 1 to {MAX_WORLDS}: {REMEDY}")
    return endpoints


def _endpoint(words: list[str], folder: Path, where: str) -> Endpoint:
    keys = from_folder(words[2], folder) if len(words) == 3 else None
    try:
        return Endpoint(words[1], keys)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error
