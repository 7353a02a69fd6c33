"""Where a daemon listens for its owner: a ZeroMQ ipc endpoint in a folder that nobody else can enter."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import IO

import zmq

from timmy_actors.errors import ConfigError, EndpointInUse

VARIABLE = "TIMMY_ENDPOINT"
SCHEME = "ipc://"
PLACE_REMEDY = f"mend that, or choose another place with --endpoint or {VARIABLE}"


def resolve_endpoint(given: str | None = None) -> str:
    """The endpoint in force: the one given, else `TIMMY_ENDPOINT`, else the user's own.

    Raises:
        ConfigError: it is none that a daemon can listen at.
    """
    endpoint = given or os.environ.get(VARIABLE) or SCHEME + str(default_folder() / "daemon.sock")
    path = endpoint_path(endpoint)
    longest = zmq.IPC_PATH_MAX_LEN
    if len(os.fsencode(path)) > longest:
        raise ConfigError(
            f"endpoint {endpoint}: its path has {len(os.fsencode(path))} bytes, a socket's may have {longest}:"
            f" choose a shorter one with --endpoint or {VARIABLE}"
        )
    return endpoint


def endpoint_path(endpoint: str) -> Path:
    """The socket's file.

    Raises:
        ConfigError: it is no ipc endpoint. TCP would let every user of this machine command the agent.
    """
    path = endpoint.removeprefix(SCHEME)
    if path == endpoint or not path or path.startswith(("@", "*")):
        raise ConfigError(f"endpoint {endpoint!r}: must be {SCHEME} and a file's path (--endpoint or {VARIABLE})")
    return Path(path)


def default_folder() -> Path:
    """`$XDG_RUNTIME_DIR/timmy-actors`, else a folder of the user's under the system's temporary one."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "timmy-actors"
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"timmy-actors-{user}"


def make_private(folder: Path) -> None:
    """Make `folder` if it is not there, and see that it is the user's alone.

    Raises:
        ConfigError: it is somebody else's, or open to others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat(follow_symlinks=False)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot make the folder for the daemon's socket: {error.strerror}") from error
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        raise ConfigError(f"{folder}: belongs to another user: choose another place with --endpoint or {VARIABLE}")
    if not stat.S_ISDIR(facts.st_mode):
        raise ConfigError(f"{folder}: is a link: name the folder itself with --endpoint or {VARIABLE}")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise ConfigError(
            f"{folder}: others can enter it: name a folder of your own with --endpoint or {VARIABLE}"
            " (mkdir -m 700), or, if this one is, chmod 700 it"
        )


class EndpointLock:
    """Holds an endpoint for one daemon; released when the process ends, however it ends."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take it.

        Raises:
            EndpointInUse: another daemon holds it; the message names that one.
            ConfigError: something else is in its place, or its folder cannot be written.
        """
        import fcntl  # noqa: PLC0415  not on every system, and only a daemon needs it

        path = endpoint_path(self._endpoint)
        make_private(path.parent)
        _refuse_anything_else(path)
        file = _open_lock(path.with_name(path.name + ".lock"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = _holder(file.read())
            file.close()
            raise EndpointInUse(
                f"a daemon already serves {self._endpoint}: {holder}."
                f" Stop it, or give this one another endpoint with --endpoint or {VARIABLE}"
            ) from None
        self._file = file
        try:
            os.ftruncate(file.fileno(), 0)
            os.write(file.fileno(), json.dumps({"pid": os.getpid()}).encode())
        except OSError as error:
            self.release()
            raise ConfigError(f"{path.parent}: cannot be written: {error.strerror}: {PLACE_REMEDY}") from error

    def release(self) -> None:
        """Let it go."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _refuse_anything_else(path: Path) -> None:
    # libzmq removes whatever stands in a new socket's place.
    try:
        is_socket = stat.S_ISSOCK(path.stat(follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise ConfigError(f"{path}: is there already, and no socket: choose another with --endpoint or {VARIABLE}")


def _open_lock(path: Path) -> IO[str]:
    try:
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}: {PLACE_REMEDY}") from error


def _holder(text: str) -> str:
    try:
        return f"process {int(json.loads(text)['pid'])}"
    except (ValueError, KeyError, TypeError):
        return "a process that did not say its number"
