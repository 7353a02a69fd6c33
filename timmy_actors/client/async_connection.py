"""A client for the coroutines of one event loop, with the calls of `Daemon`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import zmq

from timmy_actors.client.call import Call
from timmy_actors.client.calls import AsyncCalls
from timmy_actors.client.codec import answer_to, encode, make, raise_refusal
from timmy_actors.client.line import Line
from timmy_actors.client.remote import Address, resolve_address
from timmy_actors.client.tracing import traced
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.protocol import DEFAULT_TIMEOUT_S, RECONNECT_S, Interest
from timmy_actors.system import KeyPair

if TYPE_CHECKING:
    from timmy_actors.client.watching import AsyncDaemonWatch
    from timmy_actors.protocol import Answer, Request

T = TypeVar("T")

MAX_CONNECTIONS = 16
"""Calls at the same time; each has a connection. Further calls wait for one of them, within their own timeout."""


def aconnect(
    endpoint: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S, keys: KeyPair | Path | str | None = None
) -> AsyncDaemon:
    """The daemon at `endpoint` (default: `TIMMY_ENDPOINT`, else the user's own), for coroutines.

    ```python
    async with aconnect() as timmy:
        print((await timmy.snapshot()).position)
    ```

    It connects when it is entered, or else with its first call. An endpoint `tcp://HOST:PORT`, on another machine,
    needs `keys` (default: the file `TIMMY_KEYS`).

    Raises:
        ConfigError: no daemon can listen on the endpoint, or keys are missing or invalid.
    """
    endpoint, keys = resolve_address(endpoint, keys)
    return AsyncDaemon(endpoint, timeout_s=timeout_s, keys=keys)


class AsyncDaemon(AsyncCalls):
    """A client of a running daemon, for the coroutines of one event loop; their calls run concurrently.

    Every call may raise `DaemonUnreachableError`: no daemon listens, no answer came in time, the daemon ended before it
    answered, or the client is closed; `ConfigError`: another user listens on the endpoint, or could; and
    `ProtocolError`: the answer is not valid in this version. After the daemon restarts, the next call reconnects.

    Cancelling a call closes its connection; the daemon then cancels its portal action. A command is not cancelled: its
    outcome can be queried by its id.
    """

    def __init__(self, endpoint: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, keys: KeyPair | None = None) -> None:
        self.endpoint = endpoint
        self._address = Address(endpoint, keys, timeout_s)
        self._timeout_s = timeout_s
        self._idle: list[Line] = []
        self._used: set[Line] = set()
        self._places = asyncio.Semaphore(MAX_CONNECTIONS)
        self._closed = False

    async def __aenter__(self) -> Self:
        """Connect.

        Raises:
            ConfigError: another user listens on the endpoint, or could listen there.
            DaemonUnreachableError: no daemon answers there.
        """
        async with self._line(time.monotonic() + self._timeout_s):
            return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; calls that still wait end with `DaemonUnreachableError`."""
        self._closed = True
        for line in self._used:
            line.give_up()
        while self._idle:
            self._idle.pop().close()

    def watch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
        reconnect_s: float = RECONNECT_S,
    ) -> AsyncDaemonWatch:
        """`Daemon.watch` for coroutines: `async with daemon.watch() as pushes: async for pushed in pushes: ...`.

        The watch starts when it is entered, or else when it is first read.
        """
        interest = make(Interest, player=player, events=events, snapshots=snapshots)
        # Imported late: most clients never watch.
        from timmy_actors.client.watching import AsyncDaemonWatch  # noqa: PLC0415

        return AsyncDaemonWatch(self._address, interest, timeout_s=timeout_s, reconnect_s=reconnect_s)

    async def _ask(self, call: Call[T]) -> T:
        timeout_s = self._timeout_s if call.answer_within_s is None else call.answer_within_s
        deadline = time.monotonic() + timeout_s
        with traced(call.request) as request:
            frame = encode(request)
            async with self._line(deadline) as line:
                line.send(frame)
                answer = await self._await_answer(line, request, deadline, timeout_s)
            raise_refusal(answer)
            return call.result(answer)

    async def _await_answer(self, line: Line, request: Request, deadline: float, timeout_s: float) -> Answer:
        while True:
            try:
                received = await line.wait_in_loop(deadline)
            except zmq.ZMQError as error:
                raise self._closed_error() from error
            answer = answer_to(request, received, endpoint=self.endpoint, timeout_s=timeout_s)
            if answer is not None:
                return answer

    @asynccontextmanager
    async def _line(self, deadline: float) -> AsyncIterator[Line]:
        """A connection for one call. If the call does not complete, the connection is closed, as in `Daemon`."""
        await self._take_place(deadline)
        try:
            line = await self._connected(deadline)
            self._used.add(line)
            try:
                yield line
            except BaseException:
                line.close()
                raise
            finally:
                self._used.discard(line)
            self._give_back(line)
        finally:
            self._places.release()

    async def _take_place(self, deadline: float) -> None:
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                await self._places.acquire()
        except TimeoutError:
            raise DaemonUnreachableError(
                f"not sent to the daemon at {self.endpoint} in time: {MAX_CONNECTIONS} calls already wait for answers"
            ) from None

    async def _connected(self, deadline: float) -> Line:
        while self._idle:
            line = self._idle.pop()
            if not line.has_ended():
                return line
            line.close()
        self._refuse_closed()
        # In a thread: a daemon that is frozen may not accept the connection for a while.
        left_s = max(0.0, deadline - time.monotonic())
        line = await asyncio.to_thread(Line, self.endpoint, timeout_s=left_s, keys=self._address.keys)
        self._refuse_closed()
        return line

    def _give_back(self, line: Line) -> None:
        if self._closed:
            line.close()
        else:
            self._idle.append(line)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise self._closed_error()

    def _closed_error(self) -> DaemonUnreachableError:
        return DaemonUnreachableError(f"the connection to the daemon at {self.endpoint} is closed")
