"""One connection to a daemon: sends and receives frames, and detects the connection's end."""

from __future__ import annotations

import contextlib
import socket as sockets
import struct
import threading
import time
import weakref
from typing import Any

import zmq

from timmy_actors.client.endpoint import check_peer, check_trusted, endpoint_path
from timmy_actors.client.remote import HANDSHAKE_FAILED, await_handshake, probe_remote, set_up
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.system import KeyPair, read_event

LOOK_UP_S = 0.1
"""How often a waiting thread checks whether the connection was closed."""
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.001, 86_400.0


class Ended:
    """The daemon closed the connection: it ended, was killed, or disconnected this client."""


ENDED = Ended()


class Line:
    """A DEALER socket and its monitor. For one thread at a time; only `give_up` may be called from another thread.

    Raises:
        DaemonUnreachableError: no daemon listens on the endpoint.
    """

    def __init__(
        self, endpoint: str, *, timeout_s: float, keys: KeyPair | None = None, high_water_mark: int | None = None
    ) -> None:
        self.endpoint = endpoint
        self._keys = keys
        """The keys for a daemon on another machine; None: it is on this one."""
        self._timeout_s = timeout_s
        self._high_water_mark = high_water_mark
        self._closing = threading.Event()
        self._probe(timeout_s)
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: list[zmq.Socket[bytes]] = []
        # For callers that drop a line without closing it: terminating a context waits for ever for its open sockets.
        self._let_go = weakref.finalize(self, _end, self._context, self._sockets)
        self._open(timeout_s)

    def send(self, frame: bytes) -> None:
        """Send a frame, on a new connection if the last one has ended.

        Raises:
            DaemonUnreachableError: no daemon listens on the endpoint any more.
        """
        if self.has_ended():
            self.reopen()
        self._socket.send(frame)

    def look(self) -> bytes | Ended | None:
        """The next frame, without waiting; `ENDED` after the last frame of a connection that ended."""
        if self.is_down:
            return None
        with contextlib.suppress(zmq.Again):
            return self._socket.recv(zmq.NOBLOCK)
        if not self.has_ended():
            return None
        with contextlib.suppress(zmq.Again):
            return self._socket.recv(zmq.NOBLOCK)
        return ENDED

    def wait(self, until: float) -> bytes | Ended | None:
        """The next frame, waiting for it until `until` (monotonic seconds); None when none came.

        Raises:
            zmq.ZMQError: the line was closed during the wait.
        """
        while (received := self.look()) is None:
            left_s = until - time.monotonic()
            if left_s <= 0:
                return None
            left_s = min(left_s, LOOK_UP_S)
            if self.is_down:
                self._closing.wait(left_s)
            else:
                self._poller.poll(round(left_s * 1000) + 1)
            if self._closing.is_set():
                raise zmq.ZMQError(zmq.ENOTSOCK)
        return received

    async def wait_in_loop(self, until: float) -> bytes | Ended | None:
        """`wait` for coroutines: it does not block the asyncio event loop.

        Raises:
            zmq.ZMQError: the line was closed during the wait, or is to be.
        """
        import asyncio  # noqa: PLC0415  it takes 18 ms to load, and only coroutines need it

        loop, news = asyncio.get_running_loop(), asyncio.Event()
        descriptors = [] if self.is_down else [self._socket.FD, self._monitor.FD]
        for descriptor in descriptors:
            loop.add_reader(descriptor, news.set)
        try:
            # libzmq's descriptors signal changes only: look after clearing, until nothing is left.
            while (received := self.look()) is None and (left_s := until - time.monotonic()) > 0:
                # Not `wait_for`: before Python 3.12 it drops a cancellation that comes together with the news.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(left_s, LOOK_UP_S)):
                        await news.wait()
                news.clear()
                if self._closing.is_set():
                    raise zmq.ZMQError(zmq.ENOTSOCK)
            return received
        finally:
            for descriptor in descriptors:
                loop.remove_reader(descriptor)

    @property
    def is_down(self) -> bool:
        """Whether the connection was closed by `hang_up`."""
        return self._socket.closed

    def reopen(self, timeout_s: float | None = None) -> None:
        """Open a new connection; the daemon cancels what it did for the calls of the last one.

        `timeout_s` is how long this may block (None: the line's own timeout). With one, a connection to another machine
        is only begun, as it takes longer: what is sent waits for it.

        Raises:
            DaemonUnreachableError: no daemon listens on the endpoint.
        """
        self.hang_up()
        if self._keys is None or timeout_s is None:
            self._probe(self._timeout_s if timeout_s is None else timeout_s)
        self._open(None if timeout_s is not None else self._timeout_s)

    def hang_up(self) -> None:
        """Close the connection; frames that the daemon has not read are dropped."""
        self._ended = True
        if not self.is_down:
            self._socket.disable_monitor()
            self._monitor.close(linger=0)
            self._socket.close(linger=0)
            self._sockets.clear()

    def give_up(self) -> None:
        """End a wait in another thread or coroutine; close the line afterwards."""
        self._closing.set()

    def close(self) -> None:
        """Close the line for good."""
        self._closing.set()
        self._let_go()

    def _probe(self, timeout_s: float) -> None:
        if self._keys is None:
            probe(self.endpoint, timeout_s)
        else:
            probe_remote(self.endpoint, timeout_s)

    def _open(self, handshake_s: float | None) -> None:
        socket: zmq.Socket[bytes] = self._context.socket(zmq.DEALER)
        socket.linger = 0
        socket.probe_router = True  # a daemon disconnects clients that send nothing
        if self._high_water_mark is not None:
            socket.rcvhwm = self._high_water_mark
        self._socket, self._ended = socket, False
        if self._keys is not None:
            set_up(socket, self.endpoint, self._keys)
        awaits = self._keys is not None and handshake_s is not None
        events = zmq.EVENT_DISCONNECTED | HANDSHAKE_FAILED | (zmq.EVENT_HANDSHAKE_SUCCEEDED if awaits else 0)
        self._monitor: zmq.Socket[bytes] = socket.get_monitor_socket(events)
        self._sockets += [self._socket, self._monitor]
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)
        socket.connect(self.endpoint)
        if awaits and handshake_s is not None:
            try:
                await_handshake(self._monitor, self.endpoint, handshake_s)
            except BaseException:
                self.hang_up()
                raise

    def has_ended(self) -> bool:
        """Whether the daemon closed the connection. Its last frames may not be read yet."""
        self._ended = self._ended or read_event(self._monitor) is not None
        return self._ended


def _end(context: zmq.Context[Any], open_sockets: list[zmq.Socket[bytes]]) -> None:
    for socket in open_sockets:
        socket.close(linger=0)
    context.term()


def probe(endpoint: str, timeout_s: float) -> None:
    """Check that a daemon listens on the endpoint: libzmq would wait silently until one does.

    Raises:
        DaemonUnreachableError: no daemon listens.
        ConfigError: another user listens there, or could.
    """
    path = endpoint_path(endpoint)
    check_trusted(path)
    with sockets.socket(sockets.AF_UNIX) as probing:
        # Not `settimeout`: with it, the system does not wait for a daemon whose accept queue is full.
        probing.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, _timeval(timeout_s))
        try:
            probing.connect(str(path))
        except BlockingIOError:
            raise DaemonUnreachableError(
                f"the daemon at {endpoint} did not accept the connection within {timeout_s:g} s:"
                " it is frozen, or overloaded"
            ) from None
        except OSError as error:
            raise DaemonUnreachableError(
                f"no daemon at {endpoint} ({error.strerror}): start one with 'timmy-actors run',"
                " or name its endpoint with --endpoint or TIMMY_ENDPOINT"
            ) from None
        check_peer(probing, path)


def _timeval(seconds: float) -> bytes:
    """Seconds in setsockopt(2)'s form; never zero, which would mean to wait for ever."""
    whole, part = divmod(min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S), 1)
    return struct.pack("@ll", int(whole), int(part * 1e6))
