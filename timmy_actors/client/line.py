"""One connection to a daemon: what is sent and received, and that it ended."""

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
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.system import read_event

LOOK_UP_S = 0.1
"""How often one that waits looks whether the connection was closed meanwhile."""
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.001, 86_400.0


class Ended:
    """The daemon's end of the connection was closed: it ended, was killed, or cut this client off."""


ENDED = Ended()


class Line:
    """A DEALER socket and its monitor. For one thread at a time; only `give_up` may come from another.

    Raises:
        DaemonUnreachableError: nobody listens at the endpoint.
    """

    def __init__(self, endpoint: str, *, timeout_s: float, high_water_mark: int | None = None) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._high_water_mark = high_water_mark
        self._closing = threading.Event()
        probe(endpoint, timeout_s)
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: list[zmq.Socket[bytes]] = []
        # Whoever lets a line go without closing it: a context alone would wait for ever for its sockets' end.
        self._let_go = weakref.finalize(self, _end, self._context, self._sockets)
        self._open()

    def send(self, frame: bytes) -> None:
        """Send, on a new connection where the last one has ended.

        Raises:
            DaemonUnreachableError: nobody listens at the endpoint any more.
        """
        if self._has_ended():
            self.reopen()
        self._socket.send(frame)

    def look(self) -> bytes | Ended | None:
        """What has come, without waiting; that the connection ended comes after all that came by it."""
        if self.is_down:
            return None
        with contextlib.suppress(zmq.Again):
            return self._socket.recv(zmq.NOBLOCK)
        if not self._has_ended():
            return None
        with contextlib.suppress(zmq.Again):
            return self._socket.recv(zmq.NOBLOCK)
        return ENDED

    def wait(self, until: float) -> bytes | Ended | None:
        """The same, waited for until then (monotonic seconds).

        Raises:
            zmq.ZMQError: it was closed meanwhile.
        """
        while (heard := self.look()) is None:
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
        return heard

    async def wait_in_loop(self, until: float) -> bytes | Ended | None:
        """The same in an asyncio event loop, which goes on turning."""
        import asyncio  # noqa: PLC0415  it takes 18 ms to load, and only an asynchronous watch needs it

        loop, news = asyncio.get_running_loop(), asyncio.Event()
        descriptors = [] if self.is_down else [self._socket.FD, self._monitor.FD]
        for descriptor in descriptors:
            loop.add_reader(descriptor, news.set)
        try:
            # libzmq's descriptors tell of changes only: look after clearing, and until there is nothing.
            while (heard := self.look()) is None and (left_s := until - time.monotonic()) > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(left_s, LOOK_UP_S))
                news.clear()
            return heard
        finally:
            for descriptor in descriptors:
                loop.remove_reader(descriptor)

    @property
    def is_down(self) -> bool:
        """Whether there is no connection now, because of `hang_up`."""
        return self._socket.closed

    def reopen(self, timeout_s: float | None = None) -> None:
        """Begin a new connection: what the daemon did for the sake of the last one's calls ends.

        Raises:
            DaemonUnreachableError: nobody listens at the endpoint.
        """
        self.hang_up()
        probe(self.endpoint, self._timeout_s if timeout_s is None else timeout_s)
        self._open()

    def hang_up(self) -> None:
        """End the connection; what was sent and not taken yet is dropped with it."""
        self._ended = True
        if not self.is_down:
            self._socket.disable_monitor()
            self._monitor.close(linger=0)
            self._socket.close(linger=0)
            self._sockets.clear()

    def give_up(self) -> None:
        """End the waiting of another thread; it is to be closed then."""
        self._closing.set()

    def close(self) -> None:
        """End it for good."""
        self._closing.set()
        self._let_go()

    def _open(self) -> None:
        socket: zmq.Socket[bytes] = self._context.socket(zmq.DEALER)
        socket.linger = 0
        socket.probe_router = True  # a daemon ends the connections of those that say nothing
        if self._high_water_mark is not None:
            socket.rcvhwm = self._high_water_mark
        self._socket, self._ended = socket, False
        self._monitor: zmq.Socket[bytes] = socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._sockets += [self._socket, self._monitor]
        self._poller = zmq.Poller()
        self._poller.register(self._socket, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)
        socket.connect(self.endpoint)

    def _has_ended(self) -> bool:
        self._ended = self._ended or read_event(self._monitor) is not None
        return self._ended


def _end(context: zmq.Context[Any], open_sockets: list[zmq.Socket[bytes]]) -> None:
    for socket in open_sockets:
        socket.close(linger=0)
    context.term()


def probe(endpoint: str, timeout_s: float) -> None:
    """See that somebody listens: libzmq would wait for one without a word.

    Raises:
        DaemonUnreachableError: nobody does.
        ConfigError: another user listens there, or could.
    """
    path = endpoint_path(endpoint)
    check_trusted(path)
    with sockets.socket(sockets.AF_UNIX) as probing:
        # Not `settimeout`: with that the system does not wait at all for a daemon that has much to accept.
        probing.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, _timeval(timeout_s))
        try:
            probing.connect(str(path))
        except BlockingIOError:
            raise DaemonUnreachableError(
                f"the daemon at {endpoint} takes no connection within {timeout_s:g} s: it is frozen, or overloaded"
            ) from None
        except OSError as error:
            raise DaemonUnreachableError(
                f"no daemon at {endpoint} ({error.strerror}): start one with 'timmy-actors run',"
                " or name its endpoint with --endpoint or TIMMY_ENDPOINT"
            ) from None
        check_peer(probing, path)


def _timeval(seconds: float) -> bytes:
    """Seconds as setsockopt(2) takes them; none at all would mean to wait for ever."""
    whole, part = divmod(min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S), 1)
    return struct.pack("@ll", int(whole), int(part * 1e6))
