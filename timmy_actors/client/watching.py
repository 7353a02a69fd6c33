"""A watch of a daemon in another process: it survives the daemon's restarts, and reports them."""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import zmq

from timmy_actors.client.codec import decode_watched, encode, raise_refusal
from timmy_actors.client.line import Ended, Line
from timmy_actors.client.remote import Address
from timmy_actors.errors import DaemonUnreachableError, WatchTimeoutError
from timmy_actors.protocol import Answer, Interest, LinkStatus, Pushed, WatchRequest

if TYPE_CHECKING:
    import asyncio

RENEW_AFTER_S = 2.0
"""A quiet watch renews its request after this time, which detects a frozen daemon; one that ended is seen at once."""
TRY_AGAIN_S = 0.1
"""How often a watch tries to reconnect to a daemon that ended."""
HIGH_WATER_MARK = 8
"""Pushes buffered in this process for a slow reader: further ones wait in the daemon, which keeps the newest."""


class Following:
    """Numbers received pushes, and reports when the daemon ended and came back. Pure: times are monotonic seconds."""

    def __init__(self, endpoint: str, reconnect_s: float) -> None:
        self._endpoint = endpoint
        self._reconnect_s = reconnect_s
        self._last = 0
        """The number of the last push delivered."""
        self._ahead = 0
        """Added to the daemon's numbers: it does not count our own pushes, nor those of the daemon before it."""
        self._away_since: float | None = None
        self._unanswered = False
        self.due = math.inf
        """When to request (or renew) the watch."""

    def asked(self, now: float, *, reconnected: bool) -> None:
        """Record that the watch was requested: over the same connection, or `reconnected` over a new one."""
        self._unanswered = True
        self.due = now + RENEW_AFTER_S
        if reconnected:
            self._ahead = self._last

    def received(self, message: Pushed | Answer, now: float) -> Pushed | None:
        """Record a message from the daemon; the push to deliver, if any."""
        was_away, self._away_since, self._unanswered = self._away_since is not None, None, False
        self.due = now + RENEW_AFTER_S
        if isinstance(message, Pushed):
            self._last = message.seq + self._ahead
            return message.model_copy(update={"seq": self._last})
        if message.error is None or message.error.code != "unavailable":  # a stopping daemon; its end follows
            raise_refusal(message)
        # The daemon itself reports a link that is down.
        return self._own(message.link) if was_away and message.link is not None and message.link.carries else None

    def ended(self, now: float) -> Pushed | None:
        """Record that the connection has ended; the push to deliver, if any."""
        self.due = now + TRY_AGAIN_S
        return self._away(now, f"the daemon at {self._endpoint} ended")

    def overdue(self, now: float) -> Pushed | None:
        """The request is `due` again: if the last one was not answered, the push that reports it."""
        if not self._unanswered:
            return None
        self.due = now + TRY_AGAIN_S
        return self._away(now, f"the daemon at {self._endpoint} does not answer: it is frozen, or overloaded")

    @property
    def waits_for_answer(self) -> bool:
        """Whether the last request is unanswered."""
        return self._unanswered

    def _away(self, now: float, why: str) -> Pushed | None:
        if self._away_since is None:
            self._away_since = now
            return self._own(LinkStatus(state="down", reason=why))
        if now - self._away_since > self._reconnect_s:
            raise DaemonUnreachableError(f"{why}, and did not come back within {self._reconnect_s:g} s")
        return None

    def _own(self, link: LinkStatus) -> Pushed:
        self._last += 1
        self._ahead += 1
        return Pushed(seq=self._last, link=link)


class _Watching:
    """The common part of the two kinds of watch: everything but the waiting."""

    _line: Line

    def __init__(self, address: Address, interest: Interest, *, timeout_s: float | None, reconnect_s: float) -> None:
        self._address = address
        self._timeout_s = timeout_s
        self._interest = interest
        self._ids = itertools.count(1)
        self._following = Following(address.endpoint, reconnect_s)

    def _open(self) -> Line:
        at = self._address
        return Line(at.endpoint, timeout_s=at.timeout_s, keys=at.keys, high_water_mark=HIGH_WATER_MARK)

    def _ask(self, *, reconnected: bool) -> None:
        self._line.send(encode(WatchRequest(id=str(next(self._ids)), **dict(self._interest))))
        self._following.asked(time.monotonic(), reconnected=reconnected)

    def _on(self, received: bytes | Ended | None) -> Pushed | None:
        """The push to deliver for a received frame, or for none."""
        now = time.monotonic()
        if isinstance(received, Ended):
            self._line.hang_up()
            return self._following.ended(now)
        if received is not None:
            return self._following.received(decode_watched(received), now)
        if now < self._following.due:
            return None
        return self._reconnect(now) if self._line.is_down else self._renew(now)

    def _reconnect(self, now: float) -> Pushed | None:
        with contextlib.suppress(DaemonUnreachableError):
            self._line.reopen(TRY_AGAIN_S)
            self._ask(reconnected=True)
            return None
        return self._following.ended(now)

    def _renew(self, now: float) -> Pushed | None:
        if self._following.waits_for_answer:
            return self._following.overdue(now)
        self._ask(reconnected=False)
        return None

    def _on_begin(self, received: bytes | Ended | None) -> None:
        """Check that the first frame is the daemon's confirmation of the watch.

        Raises:
            RefusedError: the daemon refused the watch.
            DaemonUnreachableError: the daemon ended, or did not answer.
        """
        if received is None or isinstance(received, Ended):
            how = "ended" if received is not None else f"did not answer within {self._address.timeout_s:g} s"
            raise DaemonUnreachableError(f"the daemon at {self._line.endpoint} {how}")
        answer = decode_watched(received)
        if isinstance(answer, Answer):
            raise_refusal(answer)
        self._following.received(answer, time.monotonic())


class DaemonWatch(_Watching, Iterator[Pushed]):
    """Iterates over the pushes of a daemon in another process. Threads may share it; each push goes to one of them."""

    def __init__(self, address: Address, interest: Interest, *, timeout_s: float | None, reconnect_s: float) -> None:
        super().__init__(address, interest, timeout_s=timeout_s, reconnect_s=reconnect_s)
        self._turn = threading.RLock()
        self._closed = False
        self._line = self._open()
        try:
            self._ask(reconnected=True)
            self._on_begin(self._line.wait(time.monotonic() + address.timeout_s))
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Pushed:
        """Wait for the next push; see `read`."""
        return self.read(self._timeout_s)

    def read(self, timeout_s: float | None) -> Pushed:
        """Wait for the next push, for at most `timeout_s` (None: for ever).

        Raises:
            StopIteration: the watch was closed.
            WatchTimeoutError: no push came within `timeout_s`; the watch can still be read.
            DaemonUnreachableError: the daemon ended, and did not come back within `reconnect_s`.
        """
        until = _until(timeout_s)
        with self._turn:
            while not self._closed:
                pushed = self._on(self._wait(min(until, self._following.due)))
                if pushed is not None:
                    return pushed
                if time.monotonic() >= until:
                    raise WatchTimeoutError.after(timeout_s)
            raise StopIteration

    def _wait(self, until: float) -> bytes | Ended | None:
        try:
            return self._line.wait(until)
        except zmq.ZMQError:
            if self._closed:  # by another thread
                raise StopIteration from None
            raise

    def close(self) -> None:
        """Close the watch; a thread that waits for the next push gets `StopIteration`."""
        self._closed = True
        self._line.give_up()
        with self._turn:  # libzmq aborts the process when a socket is closed while another thread uses it
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


class AsyncDaemonWatch(_Watching, AsyncIterator[Pushed]):
    """`DaemonWatch` for the coroutines of one event loop. It starts when it is entered, or else when first read."""

    _has_begun = False
    _closed = False
    _beginning: asyncio.Lock | None = None

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def __anext__(self) -> Pushed:
        """Wait for the next push; see `DaemonWatch`.

        Raises:
            StopAsyncIteration: the watch was closed.
        """
        await self._begin()
        until = _until(self._timeout_s)
        while not self._closed:
            pushed = self._on(await self._wait(min(until, self._following.due)))
            if pushed is not None:
                return pushed
            if time.monotonic() >= until:
                raise WatchTimeoutError.after(self._timeout_s)
        raise StopAsyncIteration

    async def _wait(self, until: float) -> bytes | Ended | None:
        try:
            return await self._line.wait_in_loop(until)
        except zmq.ZMQError:
            if self._closed:  # by another coroutine
                raise StopAsyncIteration from None
            raise

    async def close(self) -> None:
        """Close the watch."""
        self._closed = True
        if self._has_begun:
            self._line.close()

    async def _begin(self) -> None:
        if self._has_begun or self._closed:
            return
        import asyncio  # noqa: PLC0415  as in `Line.wait_in_loop`

        self._beginning = self._beginning or asyncio.Lock()
        async with self._beginning:  # several coroutines may read first
            if self._has_begun or self._closed:
                return
            try:
                self._line = await asyncio.to_thread(self._open)  # blocks, for seconds if another machine is silent
                self._has_begun = True
                await self._await_confirmation()
            except BaseException:
                await self.close()
                raise

    async def _await_confirmation(self) -> None:
        if self._closed:  # by another coroutine
            self._line.close()
            return
        self._ask(reconnected=True)
        self._on_begin(await self._line.wait_in_loop(time.monotonic() + self._address.timeout_s))


def _until(timeout_s: float | None) -> float:
    return math.inf if timeout_s is None else time.monotonic() + timeout_s
