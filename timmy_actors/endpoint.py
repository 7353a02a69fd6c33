"""Where a daemon listens for its owner: a ZeroMQ ipc endpoint in a folder that nobody else can enter."""

from __future__ import annotations

import contextlib
import os
import socket as sockets
import stat
import struct
import tempfile
from pathlib import Path

import zmq

from timmy_actors.errors import CannotCreate, ConfigError, EndpointInUse
from timmy_actors.lockfile import LockFile

VARIABLE = "TIMMY_ENDPOINT"
SCHEME = "ipc://"
_PEER = struct.Struct("3i")
"""`struct ucred`: process, user, group."""
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
        CannotCreate: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat(follow_symlinks=False)
    except OSError as error:
        told = f"{folder}: cannot make the folder for the daemon's socket: {error.strerror}: {PLACE_REMEDY}"
        raise CannotCreate(told) from error
    _check_private(folder, facts)


def check_trusted(path: Path) -> None:
    """See that whoever listens on the socket at `path` can only be the user of this process, or root.

    Raises:
        ConfigError: its folder is another user's, or open to others; they could listen there in the daemon's place.
    """
    with contextlib.suppress(OSError):  # then nobody can be reached there, which the caller finds out
        path.lstat()
        _check_private(path.parent, path.parent.stat(follow_symlinks=False))


def check_peer(connected: sockets.socket, path: Path) -> None:
    """See that the process at the other end of a Unix socket is this user's, or root's (unix(7), `SO_PEERCRED`).

    Raises:
        ConfigError: it is another user's.
    """
    _, owner = peer_of(connected)
    if owner not in (None, os.geteuid(), 0):
        raise ConfigError(
            f"{path}: another user (uid {owner}) listens there, and is not trusted: run this as the daemon's user,"
            f" or choose another place with --endpoint or {VARIABLE}"
        )


def peer_of(connected: sockets.socket) -> tuple[int | None, int | None]:
    """The process and the user at the other end of a Unix socket; None where the system does not say."""
    if not hasattr(sockets, "SO_PEERCRED"):
        return None, None
    process, owner, _ = _PEER.unpack(connected.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, _PEER.size))
    return process, owner


def _check_private(folder: Path, facts: os.stat_result) -> None:
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
        path = endpoint_path(endpoint)
        self._file = LockFile(path.with_name(path.name + ".lock"))

    def acquire(self) -> None:
        """Take it.

        Raises:
            EndpointInUse: another daemon holds it; the message names that one.
            ConfigError: something else is in its place.
            CannotCreate: its folder cannot be written.
        """
        path = endpoint_path(self._endpoint)
        make_private(path.parent)
        _refuse_anything_else(path)
        try:
            holder = self._file.acquire()
        except OSError as error:
            where = error.filename or path.parent
            raise CannotCreate(f"{where}: cannot be written: {error.strerror}: {PLACE_REMEDY}") from error
        if holder is not None:
            raise EndpointInUse(
                f"a daemon already serves {self._endpoint}: {holder}."
                f" Stop it, or give this one another endpoint with --endpoint or {VARIABLE}"
            )

    def release(self) -> None:
        """Let it go."""
        self._file.release()


def _refuse_anything_else(path: Path) -> None:
    # libzmq removes whatever stands in a new socket's place.
    try:
        is_socket = stat.S_ISSOCK(path.stat(follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise ConfigError(f"{path}: is there already, and no socket: choose another with --endpoint or {VARIABLE}")
