"""The private folder of a daemon's sockets, and its token files."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from timmy_actors.errors import CannotCreateError, ConfigError

ENDPOINT_VARIABLE = "TIMMY_ENDPOINT"
ENDPOINT_REMEDY = f"correct this, or choose another place with --endpoint or {ENDPOINT_VARIABLE}"


USERS_RUNTIME_FOLDERS = Path("/run/user")
"""Where systemd-logind makes each user's runtime folder, and what it names in XDG_RUNTIME_DIR."""


def default_folder() -> Path:
    """`$XDG_RUNTIME_DIR/timmy-actors`, or else a folder of the user in the system's temporary folder.

    Without the variable the folder that it has after a login counts: MCP clients, `sudo` and `cron` start programs
    without it, which would otherwise not find the daemon.

    Raises:
        ConfigError: the system has no temporary folder.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR") or _logins_runtime_folder()
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "timmy-actors"
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    try:
        return Path(tempfile.gettempdir()) / f"timmy-actors-{user}"
    except OSError as error:
        raise ConfigError(f"no folder for the daemon's socket: {error.strerror}: {ENDPOINT_REMEDY}") from error


def _logins_runtime_folder() -> str | None:
    if not hasattr(os, "getuid"):
        return None
    folder = USERS_RUNTIME_FOLDERS / str(os.getuid())
    return str(folder) if folder.is_dir() and folder.stat().st_uid == os.getuid() else None


def make_private(folder: Path) -> None:
    """Create `folder` if missing, and check that only its user can enter it.

    Raises:
        ConfigError: it belongs to another user, or other users can enter it.
        CannotCreateError: it cannot be created.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat(follow_symlinks=False)
    except OSError as error:
        reason = f"{folder}: cannot make the folder for the daemon's socket: {error.strerror}: {ENDPOINT_REMEDY}"
        raise CannotCreateError(reason) from error
    check_private(folder, facts)


def check_private(folder: Path, facts: os.stat_result) -> None:
    """Check that a folder is this user's own, and that no other user can enter it.

    Raises:
        ConfigError: it is not; the message says how to choose another place.
    """
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        raise ConfigError(
            f"{folder}: belongs to another user: choose another place with --endpoint or {ENDPOINT_VARIABLE}"
        )
    if not stat.S_ISDIR(facts.st_mode):
        raise ConfigError(f"{folder}: is a link: name the folder itself with --endpoint or {ENDPOINT_VARIABLE}")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(
            f"{folder}: others can enter it: name a folder of your own with --endpoint or {ENDPOINT_VARIABLE}"
            " (mkdir -m 700), or run chmod 700 on this folder if it is yours"
        )


TOKEN_BYTES = 24
SHORTEST = 16
LONGEST = 255
"""PLAIN's password has a one-byte length."""
MAX_FILE_BYTES = 16384


def fresh_token() -> str:
    """Generate a random token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def make_token_file(path: Path) -> None:
    """Write a new random token to `path`, readable by its owner only.

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
            f"{path}: cannot write the token: {error.strerror}: correct this and start again"
        ) from error


GAME_TOKEN = "write the same text there as in the game server's token file (after umask 077)"  # noqa: S105  a remedy


def read_token(path: Path, remedy: str = GAME_TOKEN) -> str:
    """Read the first token in `path`; `remedy` is what to do if there is none.

    Raises:
        ConfigError: the file cannot be read, others can read it, or its token is invalid.
    """
    try:
        with path.open(encoding="ascii") as file:
            facts = os.fstat(file.fileno())
            text = file.read(MAX_FILE_BYTES)
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the token: {error.strerror}: {remedy}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the token is not plain ASCII text: {remedy}") from error
    check_secret(path, facts, "the token")
    token = next((line.split()[0] for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"), "")
    if not SHORTEST <= len(token) <= LONGEST:
        raise ConfigError(f"{path}: a token has {SHORTEST} to {LONGEST} characters, this one {len(token)}: {remedy}")
    return token


def check_secret(path: Path, facts: os.stat_result, what: str) -> None:
    """Check that only this process's user, or root, can read the file of a secret; `what` names it in errors.

    Raises:
        ConfigError: others can.
    """
    if os.name != "posix":
        return
    if facts.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"{path}: belongs to another user (uid {facts.st_uid}), who knows {what}: create a file of your own"
        )
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(f"{path}: others can read {what}: chmod 600 {path}")
