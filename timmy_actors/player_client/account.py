"""What a player logs in with: the account, the server's version, the list of data files, and a new character."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from timmy_actors.errors import ConfigError
from timmy_actors.system import check_secret, read_text

VERSION = "0.8.1"
PROTOCOL = "10"
COMMIT = "68954091c54d0596037c4fb54d2812313b7582a1"
"""The commit of the official packages of TES3MP 0.8.1; a server built from other sources has another."""
OPEN_SERVER = "blankpassword"
"""What a client sends to a server that has no password."""
LONGEST_PASSWORD = 255
MAX_SECRET_BYTES = 1024
MAX_PLUGINS = 255
_PLUGIN = re.compile(r"(?P<name>\S.*?)\s+(?:0x)?(?P<crc>[0-9A-Fa-f]{8})")


@dataclass(frozen=True)
class Character:
    """The looks and the class of a new account's character: records of the game's data."""

    race: str = "dark elf"
    head: str = "b_n_dark elf_m_head_01"
    hair: str = "b_n_dark elf_m_hair_01"
    female: bool = False
    birthsign: str = "elfborn"
    character_class: str = "warrior"


@dataclass(frozen=True)
class Login:
    """Who logs in, and how. The passwords are never printed."""

    name: str
    password: str = field(repr=False)
    commit: str = COMMIT
    server_password: str = field(default=OPEN_SERVER, repr=False)
    plugins: tuple[tuple[str, int], ...] = ()
    """The data files in load order, with their CRC-32; empty: none were given."""
    register: bool = True
    """Whether an account is made if the server has none of this name."""
    character: Character = field(default_factory=Character)

    def connection_password(self) -> bytes:
        """The password of the connection: the server compares it with its own version and commit."""
        return (VERSION + PROTOCOL + self.commit).encode()


def read_secret(path: Path, what: str) -> str:
    """Read a password: the first line of a file that only its owner can read.

    Raises:
        ConfigError: it cannot be read, others can read it, or there is no password in it.
    """
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            raw = file.read(MAX_SECRET_BYTES)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot read {what}: {error.strerror}: write it there, as one line, after umask 077"
        ) from error
    check_secret(path, facts, what)
    try:
        secret = raw.decode().split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: {what} is not UTF-8: write it as one line of text") from error
    if not 0 < len(secret.encode()) <= LONGEST_PASSWORD or "\0" in secret:
        raise ConfigError(f"{path}: {what} must have 1 to {LONGEST_PASSWORD} bytes, on the first line")
    return secret


def read_plugins(path: Path) -> tuple[tuple[str, int], ...]:
    """Read a list of data files: a line each, in load order: the file's name, and its CRC-32 in 8 hexadecimal digits.

    Raises:
        ConfigError: it cannot be read, or a line has another form; the message names it.
    """
    plugins: list[tuple[str, int]] = []
    for number, line in enumerate(read_text(path, "the list of data files").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _PLUGIN.fullmatch(text)
        if match is None:
            raise ConfigError(f"{path}, line {number}: must be a file's name and its CRC-32: Morrowind.esm 7B6AF5B9")
        plugins.append((match["name"], int(match["crc"], 16)))
    if len(plugins) > MAX_PLUGINS:
        raise ConfigError(f"{path}: names {len(plugins)} data files; the game loads at most {MAX_PLUGINS}")
    return tuple(plugins)


def read_commit(path: Path) -> str:
    """Read the commit from an installation's file `resources/version`: its second line.

    Raises:
        ConfigError: it cannot be read, or its second line is no commit.
    """
    lines = read_text(path, "the installation's version file").splitlines()
    commit = lines[1].strip() if len(lines) > 1 else ""
    if re.fullmatch(r"[0-9a-f]{7,40}", commit) is None:
        raise ConfigError(f"{path}: its second line must be the commit that the server was built from")
    return commit
