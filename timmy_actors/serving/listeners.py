"""How a gateway listens: on this machine's ipc endpoint, or for other machines on TCP with CURVE."""

from __future__ import annotations

import contextlib
import logging
import socket as sockets
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import zmq
from zmq.utils import z85

from timmy_actors.client import endpoint_path, peer_of
from timmy_actors.errors import AddressUnusableError, ConfigError
from timmy_actors.supervision.sockets import SocketMailbox
from timmy_actors.system import KeyPair

log = logging.getLogger(__name__)

ZAP_ENDPOINT = "inproc://zeromq.zap.01"
ZAP_DOMAIN = "remote"
HANDSHAKE_TIMEOUT_MS = 5_000
HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS = 10_000, 30_000
"""TCP alone does not report a machine that has gone."""
MAX_REMOTE_CONNECTIONS = 256
"""Open connections from other machines, also those that have not shown a key yet: further ones replace the oldest."""
MAX_REFUSALS_LOGGED = 64
"""Different unknown keys that are logged; further ones are only refused."""


class Listener(Protocol):
    """Where a gateway's clients come from."""

    most: int
    """The most connections; a further one replaces the oldest that has sent nothing."""
    same_clock: bool
    """Whether the clients' monotonic clock is this machine's, so that their deadlines mean something."""

    def open(self, context: zmq.Context[Any], socket: zmq.Socket[bytes], mailbox: SocketMailbox) -> None:
        """Bind the socket."""
        ...

    def close(self, mailbox: SocketMailbox) -> None:
        """Release what `open` took, after the socket was closed."""
        ...

    def owns(self, connection: sockets.socket) -> bool:
        """Whether a connection of this process belongs to the listener's socket."""
        ...

    def describe(self, connection: sockets.socket) -> str:
        """The other end of a connection."""
        ...

    def arrived(self, client: bytes, frame: zmq.Frame) -> None:
        """A client has sent a message, whose last frame is `frame`."""
        ...

    def left(self, client: bytes) -> None:
        """The connection of a client has ended."""
        ...


class LocalListener:
    """The ipc endpoint, whose folder only its owner can enter."""

    most = 1_000_000
    same_clock = True

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._path = endpoint_path(endpoint)

    def open(self, context: zmq.Context[Any], socket: zmq.Socket[bytes], mailbox: SocketMailbox) -> None:  # noqa: ARG002  as Listener's
        """Bind the socket; only its owner can connect."""
        socket.bind(self._endpoint)
        self._path.chmod(0o600)

    def close(self, mailbox: SocketMailbox) -> None:  # noqa: ARG002  as Listener's
        """Remove the socket's file."""
        self._path.unlink(missing_ok=True)

    def owns(self, connection: sockets.socket) -> bool:
        """Whether a connection was made to this endpoint."""
        return str(connection.getsockname()) == str(self._path)

    def describe(self, connection: sockets.socket) -> str:
        """The process at the other end, where the system provides it."""
        return f"process {peer_of(connection)[0]}"

    def arrived(self, client: bytes, frame: zmq.Frame) -> None:
        """No-op: local clients are all the same user's."""

    def left(self, client: bytes) -> None:
        """No-op."""


class RemoteListener:
    """A TCP address with CURVE: encrypted, and open only to the holders of authorized keys.

    libzmq asks about each key over ZAP (RFC 27), which this answers in the gateway's thread. `clients` reads the
    authorized keys anew for each connection, so that a removed one is refused from then on.
    """

    most = MAX_REMOTE_CONNECTIONS
    same_clock = False

    def __init__(self, address: str, keys: KeyPair, clients: Callable[[], Mapping[str, str]]) -> None:
        self._address = address
        self._keys = keys
        self._clients = clients
        self._names: dict[bytes, str] = {}
        """The connected clients by routing id."""
        self._refused: set[str] = set()
        self._zap: zmq.Socket[bytes] | None = None
        self._port = 0

    def open(self, context: zmq.Context[Any], socket: zmq.Socket[bytes], mailbox: SocketMailbox) -> None:
        """Bind the socket, which then refuses every client without an authorized key."""
        zap: zmq.Socket[bytes] = context.socket(zmq.REP)
        self._zap = zap
        zap.linger = 0
        try:
            zap.bind(ZAP_ENDPOINT)
        except zmq.ZMQError as error:
            raise AddressUnusableError(f"remote: an earlier gateway still holds its keys' socket: {error}") from error
        mailbox.attach("zap", zap, lambda: self._answer(zap))
        socket.zap_domain = ZAP_DOMAIN.encode()
        socket.curve_server = True
        socket.curve_publickey, socket.curve_secretkey = self._keys.public.encode(), self._keys.secret.encode()
        socket.handshake_ivl = HANDSHAKE_TIMEOUT_MS
        socket.heartbeat_ivl, socket.heartbeat_timeout = HEARTBEAT_INTERVAL_MS, HEARTBEAT_TIMEOUT_MS
        socket.ipv6 = "[" in self._address
        try:
            socket.bind(self._address)
        except zmq.ZMQError as error:
            raise AddressUnusableError(
                f"remote.address {self._address}: {error}: free it, or choose another"
            ) from error
        bound = socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self._port = int(bound.rpartition(":")[2])
        log.info("remote access at %s, public key of %s: %s", bound, self._keys.name, self._keys.public)

    def close(self, mailbox: SocketMailbox) -> None:
        """Stop answering about keys."""
        if self._zap is not None:
            mailbox.detach("zap")
            with contextlib.suppress(zmq.ZMQError):  # it was not bound
                self._zap.unbind(ZAP_ENDPOINT)  # at once; closing alone would leave the name taken for a moment
            self._zap.close()
            self._zap = None

    def owns(self, connection: sockets.socket) -> bool:
        """Whether a connection was made to this address."""
        is_tcp = connection.family in (sockets.AF_INET, sockets.AF_INET6)
        return is_tcp and connection.getsockname()[1] == self._port

    def describe(self, connection: sockets.socket) -> str:
        """The address of the other end."""
        return str(connection.getpeername()[0])

    def arrived(self, client: bytes, frame: zmq.Frame) -> None:
        """Log a new client by the name of its key."""
        if client not in self._names:
            self._names[client] = str(frame.get("User-Id"))
            log.info("client %s connected from %s", self._names[client], frame.get("Peer-Address"))

    def left(self, client: bytes) -> None:
        """Log its end."""
        name = self._names.pop(client, None)
        if name is not None:
            log.info("client %s disconnected", name)

    def _answer(self, zap: zmq.Socket[bytes]) -> None:
        try:
            frames = zap.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return
        version, request, _domain, address, _identity, mechanism, *credentials = frames
        key = z85.encode(credentials[0]).decode() if mechanism == b"CURVE" and credentials else ""
        name = self._name_of(key, address.decode("ascii", "replace"))
        status = [b"200", b"OK", name.encode()] if name is not None else [b"400", b"unknown key", b""]
        zap.send_multipart([version, request, *status, b""])

    def _name_of(self, key: str, address: str) -> str | None:
        try:
            name = self._clients().get(key)
        except ConfigError as error:
            log.error("no client is let in: %s", error)  # noqa: TRY400  the message has the remedy
            return None
        if name is None and key not in self._refused and len(self._refused) < MAX_REFUSALS_LOGGED:
            self._refused.add(key)
            log.warning("refused a client from %s: its key %s is not authorized", address, key)
        return name
