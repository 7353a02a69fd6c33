"""Tokens: the secret that PLAIN asks for, in a file that only its owner can read.

The file is the game server's too (`lua/timmy/wire/token.lua`): one token a line, and after it what it is good for. A
daemon uses the first.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from timmy_actors.errors import CannotCreateError, ConfigError

TOKEN_BYTES = 24
SHORTEST = 16
LONGEST = 255
"""PLAIN's password has a one-byte length."""
MAX_FILE_BYTES = 16384


def fresh_token() -> str:
    """A random token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def make_token_file(path: Path) -> None:
    """Write a fresh random token to `path`, for its owner only.

    Raises:
        CannotCreateError: it cannot be written.
    """
    try:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(fresh_token() + "\n")
    except OSError as error:
        raise CannotCreateError(
            f"{path}: cannot write the token: {error.strerror}: mend that, and start again"
        ) from error


def read_token(path: Path) -> str:
    """The first token in `path`.

    Raises:
        ConfigError: it cannot be read, others can read it, or it is no token.
    """
    remedy = "the same text as in the game server's token file belongs there (umask 077 before writing it)"
    try:
        with path.open(encoding="ascii") as file:
            facts = os.fstat(file.fileno())
            text = file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the token: {error.strerror}: {remedy}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: a token is plain ASCII text: {remedy}") from error
    if os.name == "posix" and facts.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"{path}: belongs to another user (uid {facts.st_uid}), who knows the token: make one of your own"
        )
    if os.name == "posix" and stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(f"{path}: others can read the token: chmod 600 {path}")
    token = next((line.split()[0] for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"), "")
    if not SHORTEST <= len(token) <= LONGEST:
        raise ConfigError(f"{path}: a token has {SHORTEST} to {LONGEST} characters, this one {len(token)}: {remedy}")
    return token
