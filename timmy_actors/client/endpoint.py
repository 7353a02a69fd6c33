"""The daemon's local endpoint: a ZeroMQ ipc socket in a folder that only its owner can enter."""

from __future__ import annotations

import contextlib
import os
import socket as sockets
import stat
import struct
from pathlib import Path

import zmq

from timmy_actors.errors import CannotCreateError, ConfigError, EndpointInUseError
from timmy_actors.system import (
    ENDPOINT_REMEDY,
    ENDPOINT_VARIABLE,
    LockFile,
    check_private,
    default_folder,
    make_private,
)

SCHEME = "ipc://"
_PEER = struct.Struct("3i")
"""`struct ucred`: process, user, group."""


def resolve_endpoint(endpoint: str | None = None) -> str:
    """The local endpoint to use: `endpoint`, else `TIMMY_ENDPOINT`, else the user's default.

    Raises:
        ConfigError: no daemon can listen on it.
    """
    endpoint = endpoint or os.environ.get(ENDPOINT_VARIABLE) or SCHEME + str(default_folder() / "daemon.sock")
    path = endpoint_path(endpoint)
    longest = zmq.IPC_PATH_MAX_LEN
    if len(os.fsencode(path)) > longest:
        raise ConfigError(
            f"endpoint {endpoint}: its path has {len(os.fsencode(path))} bytes, the limit for a socket is {longest}:"
            f" choose a shorter path with --endpoint or {ENDPOINT_VARIABLE}"
        )
    return endpoint


def endpoint_path(endpoint: str) -> Path:
    """The path of the socket's file.

    Raises:
        ConfigError: it is not an ipc endpoint. TCP would let every user of this machine command the agent.
    """
    path = endpoint.removeprefix(SCHEME)
    if path == endpoint or not path or path.startswith(("@", "*")):
        raise ConfigError(
            f"endpoint {endpoint!r}: must be {SCHEME} and a file's path (--endpoint or {ENDPOINT_VARIABLE})."
            " A daemon serves other machines with [remote] in its configuration"
        )
    return Path(path)


def check_trusted(path: Path) -> None:
    """Check that only this process's user, or root, can listen on the socket at `path`.

    Raises:
        ConfigError: its folder belongs to another user, or is open to others: they could impersonate the daemon.
    """
    with contextlib.suppress(OSError):  # then no daemon can be reached there, and connecting reports it
        path.lstat()
        check_private(path.parent, path.parent.stat(follow_symlinks=False))


def check_peer(connected: sockets.socket, path: Path) -> None:
    """Check that the process at the other end of a Unix socket runs as this user or root (unix(7), `SO_PEERCRED`).

    Raises:
        ConfigError: it runs as another user.
    """
    _, owner = peer_of(connected)
    if owner not in (None, os.geteuid(), 0):
        raise ConfigError(
            f"{path}: another user (uid {owner}) listens there, and is not trusted: run this as the daemon's user,"
            f" or choose another path with --endpoint or {ENDPOINT_VARIABLE}"
        )


def peer_of(connected: sockets.socket) -> tuple[int | None, int | None]:
    """The process id and user id at the other end of a Unix socket; None where the system does not provide them."""
    if not hasattr(sockets, "SO_PEERCRED"):
        return None, None
    process, owner, _ = _PEER.unpack(connected.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, _PEER.size))
    return process, owner


class EndpointLock:
    """Reserves an endpoint for one daemon; released when the process ends, however it ends."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        path = endpoint_path(endpoint)
        self._file = LockFile(path.with_name(path.name + ".lock"))

    def acquire(self) -> None:
        """Acquire the lock.

        Raises:
            EndpointInUseError: another daemon holds it; the message names its process.
            ConfigError: a file that is not a socket has the endpoint's path.
            CannotCreateError: the folder cannot be written.
        """
        path = endpoint_path(self._endpoint)
        make_private(path.parent)
        _refuse_other_files(path)
        try:
            holder = self._file.acquire()
        except OSError as error:
            where = error.filename or path.parent
            raise CannotCreateError(f"{where}: cannot be written: {error.strerror}: {ENDPOINT_REMEDY}") from error
        if holder is not None:
            raise EndpointInUseError(
                f"a daemon already serves {self._endpoint}: {holder}."
                f" Stop it, or start this one on another endpoint with --endpoint or {ENDPOINT_VARIABLE}"
            )

    def release(self) -> None:
        """Release the lock."""
        self._file.release()


def _refuse_other_files(path: Path) -> None:
    # When libzmq binds a socket, it deletes whatever file has its path.
    try:
        is_socket = stat.S_ISSOCK(path.stat(follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return
    if not is_socket:
        raise ConfigError(
            f"{path}: exists already and is not a socket: choose another path with --endpoint or {ENDPOINT_VARIABLE}"
        )
