"""Where a daemon listens for its owner: a ZeroMQ ipc endpoint in a folder that nobody else can enter."""

from __future__ import annotations

import contextlib
import os
import socket as sockets
import stat
import struct
from pathlib import Path

import zmq

from timmy_actors.errors import CannotCreateError, ConfigError, EndpointInUseError
from timmy_actors.system import PLACE_REMEDY, VARIABLE, LockFile, check_private, default_folder, make_private

SCHEME = "ipc://"
_PEER = struct.Struct("3i")
"""`struct ucred`: process, user, group."""


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


def check_trusted(path: Path) -> None:
    """See that whoever listens on the socket at `path` can only be the user of this process, or root.

    Raises:
        ConfigError: its folder is another user's, or open to others; they could listen there in the daemon's place.
    """
    with contextlib.suppress(OSError):  # then nobody can be reached there, which the caller finds out
        path.lstat()
        check_private(path.parent, path.parent.stat(follow_symlinks=False))


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


class EndpointLock:
    """Holds an endpoint for one daemon; released when the process ends, however it ends."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        path = endpoint_path(endpoint)
        self._file = LockFile(path.with_name(path.name + ".lock"))

    def acquire(self) -> None:
        """Take it.

        Raises:
            EndpointInUseError: another daemon holds it; the message names that one.
            ConfigError: something else is in its place.
            CannotCreateError: its folder cannot be written.
        """
        path = endpoint_path(self._endpoint)
        make_private(path.parent)
        _refuse_anything_else(path)
        try:
            holder = self._file.acquire()
        except OSError as error:
            where = error.filename or path.parent
            raise CannotCreateError(f"{where}: cannot be written: {error.strerror}: {PLACE_REMEDY}") from error
        if holder is not None:
            raise EndpointInUseError(
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
