"""Connections to a daemon on another machine: TCP with CURVE only."""

from __future__ import annotations

import os
import re
import socket as sockets
import time
from dataclasses import dataclass
from pathlib import Path

import zmq

from timmy_actors.client.endpoint import resolve_endpoint
from timmy_actors.errors import ConfigError, DaemonUnreachableError
from timmy_actors.system import ENDPOINT_VARIABLE, MAX_PORT, KeyPair, expand_user, read_event, read_keys, require_curve

TCP = "tcp://"
KEYS_VARIABLE = "TIMMY_KEYS"
_ADDRESS = re.compile(r"tcp://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][\w.-]*):\d{1,5}", re.ASCII)
HANDSHAKE_WITHIN_S = 1.0
"""The least time for the handshake: five messages there and back, also to a distant machine."""
HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS = 10_000, 30_000
"""TCP alone does not report a machine that has gone."""
HANDSHAKE_FAILED = (
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)


@dataclass(frozen=True)
class Address:
    """Where a daemon listens, and how to reach it there."""

    endpoint: str
    keys: KeyPair | None
    """The keys for a daemon on another machine; None: it is on this one."""
    timeout_s: float
    """How long to wait for a connection, and for an answer."""


def resolve_address(
    endpoint: str | None = None, keys: KeyPair | Path | str | None = None
) -> tuple[str, KeyPair | None]:
    """The endpoint to connect to, and the keys for it (None: it is on this machine).

    `endpoint` defaults to `TIMMY_ENDPOINT`, else the user's own; `keys` to those in the file `TIMMY_KEYS`.

    Raises:
        ConfigError: the endpoint is invalid; or it is on TCP, and the keys are missing or lack the server's.
    """
    endpoint = endpoint or os.environ.get(ENDPOINT_VARIABLE) or ""
    if not endpoint.startswith(TCP):
        return resolve_endpoint(endpoint), None
    if not _ADDRESS.fullmatch(endpoint) or not 1 <= int(endpoint.rpartition(":")[2]) <= MAX_PORT:  # libzmq would wrap
        raise ConfigError(f"endpoint {endpoint!r}: must be tcp://HOST:PORT, the port from 1 to {MAX_PORT}")
    require_curve()
    return endpoint, _keys(endpoint, keys or os.environ.get(KEYS_VARIABLE))


def _keys(endpoint: str, keys: KeyPair | Path | str | None) -> KeyPair:
    if not keys:
        raise ConfigError(
            f"endpoint {endpoint}: TCP is encrypted only, and needs keys: create them with"
            f" 'timmy-actors keys generate NAME --server KEY', and name their file with keys= or {KEYS_VARIABLE}"
        )
    if not isinstance(keys, KeyPair):
        keys = read_keys(expand_user(str(keys), KEYS_VARIABLE))
    if keys.server is None:
        raise ConfigError(f"the keys of {keys.name!r} have no server's key: generate them with --server KEY")
    return keys


def set_up(socket: zmq.Socket[bytes], endpoint: str, keys: KeyPair) -> None:
    """Prepare a client's socket for CURVE."""
    socket.curve_serverkey = (keys.server or "").encode()
    socket.curve_publickey, socket.curve_secretkey = keys.public.encode(), keys.secret.encode()
    socket.heartbeat_ivl, socket.heartbeat_timeout = HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS
    socket.ipv6 = "[" in endpoint


def probe_remote(endpoint: str, timeout_s: float) -> None:
    """Check that something listens: libzmq would wait silently until it does.

    Raises:
        DaemonUnreachableError: nothing does.
    """
    host, _, port = endpoint.removeprefix(TCP).rpartition(":")
    try:
        sockets.create_connection((host.strip("[]"), int(port)), max(timeout_s, HANDSHAKE_WITHIN_S)).close()
    except OSError as error:
        raise DaemonUnreachableError(
            f"no daemon at {endpoint} ({error.strerror or error}): check the address, that [remote] is enabled there,"
            " and that its port is open"
        ) from None


def await_handshake(monitor: zmq.Socket[bytes], endpoint: str, timeout_s: float) -> None:
    """Wait until the daemon has accepted the keys.

    Raises:
        DaemonUnreachableError: it has not; the message says why, if that is known.
    """
    deadline = time.monotonic() + max(timeout_s, HANDSHAKE_WITHIN_S)
    while (left_s := deadline - time.monotonic()) > 0:
        if not monitor.poll(round(left_s * 1_000) + 1):
            break
        number, _ = read_event(monitor) or (0, 0)
        if number == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            return
        if number:
            raise DaemonUnreachableError(f"the daemon at {endpoint} refused the connection: {_why(number)}")
    raise DaemonUnreachableError(f"the daemon at {endpoint} did not complete the handshake within {timeout_s:g} s")


def _why(event: int) -> str:
    if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
        return "it does not know this key: add the line that 'timmy-actors keys show' prints to its clients file"
    return "the keys do not match: check that 'server' in the keys' file is the public key of this daemon"
