"""The folder that a daemon keeps its sockets in: its user's, and nobody else can enter it."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from timmy_actors.errors import CannotCreateError, ConfigError

VARIABLE = "TIMMY_ENDPOINT"
PLACE_REMEDY = f"mend that, or choose another place with --endpoint or {VARIABLE}"


def default_folder() -> Path:
    """`$XDG_RUNTIME_DIR/timmy-actors`, else a folder of the user's under the system's temporary one.

    Raises:
        ConfigError: there is no place for temporary files.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "timmy-actors"
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    try:
        return Path(tempfile.gettempdir()) / f"timmy-actors-{user}"
    except OSError as error:
        raise ConfigError(f"no folder for the daemon's socket: {error.strerror}: {PLACE_REMEDY}") from error


def make_private(folder: Path) -> None:
    """Make `folder` if it is not there, and see that it is the user's alone.

    Raises:
        ConfigError: it is somebody else's, or open to others.
        CannotCreateError: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat(follow_symlinks=False)
    except OSError as error:
        told = f"{folder}: cannot make the folder for the daemon's socket: {error.strerror}: {PLACE_REMEDY}"
        raise CannotCreateError(told) from error
    check_private(folder, facts)


def check_private(folder: Path, facts: os.stat_result) -> None:
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        raise ConfigError(f"{folder}: belongs to another user: choose another place with --endpoint or {VARIABLE}")
    if not stat.S_ISDIR(facts.st_mode):
        raise ConfigError(f"{folder}: is a link: name the folder itself with --endpoint or {VARIABLE}")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(
            f"{folder}: others can enter it: name a folder of your own with --endpoint or {VARIABLE}"
            " (mkdir -m 700), or, if this one is, chmod 700 it"
        )
