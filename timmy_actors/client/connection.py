"""A client for a daemon in another process, with the same typed calls as `Runtime`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import zmq

from timmy_actors.client.call import Call
from timmy_actors.client.calls import Calls
from timmy_actors.client.codec import answer_to, encode, make, raise_refusal
from timmy_actors.client.line import Line
from timmy_actors.client.remote import Address, resolve_address
from timmy_actors.client.tracing import traced
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.protocol import DEFAULT_TIMEOUT_S, RECONNECT_S, Interest
from timmy_actors.system import KeyPair

if TYPE_CHECKING:
    from timmy_actors.client.watching import AsyncDaemonWatch, DaemonWatch
    from timmy_actors.protocol import Answer, Request

T = TypeVar("T")


def connect(
    endpoint: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S, keys: KeyPair | Path | str | None = None
) -> Daemon:
    """Connect to the daemon at `endpoint` (default: `TIMMY_ENDPOINT`, else the user's own).

    An endpoint `tcp://HOST:PORT`, on another machine, needs `keys` (default: the file `TIMMY_KEYS`).

    Raises:
        ConfigError: no daemon can listen on the endpoint, another user listens or could listen there, or keys are
            missing or invalid.
        DaemonUnreachableError: no daemon answers there, or it refuses the keys.
    """
    endpoint, keys = resolve_address(endpoint, keys)
    return Daemon(endpoint, timeout_s=timeout_s, keys=keys)


class Daemon(Calls):
    """A connection to a running daemon. Threads may share it; their calls take turns.

    Every call may raise `DaemonUnreachableError`: no answer came in time, the daemon ended before it answered, or the
    connection is closed; and `ProtocolError`: the answer is not valid in this version. After the daemon restarts, the
    next call reconnects. Interrupting a call (with Ctrl-C, say) closes its connection; the daemon then cancels the
    portal action of that call. A command is not cancelled: its outcome can be queried by its id.
    """

    def __init__(self, endpoint: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, keys: KeyPair | None = None) -> None:
        self.endpoint = endpoint
        self._address = Address(endpoint, keys, timeout_s)
        self._timeout_s = timeout_s
        self._turn = threading.RLock()
        self._line = Line(endpoint, timeout_s=timeout_s, keys=keys)

    def close(self) -> None:
        """Close the connection; a call that waits in another thread ends with `DaemonUnreachableError`."""
        self._line.give_up()
        with self._turn:  # libzmq aborts the process when a socket is closed while another thread uses it
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def watch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
        reconnect_s: float = RECONNECT_S,
    ) -> DaemonWatch:
        """Iterate over new events, new snapshots (of `player`, or of all players), and changes of the link's state.

        While the link is down, a watch starts with that state and with the last snapshots, marked stale. `events`
        filters by name: only these events are delivered, and snapshots only with `snapshots=True`. `seq` numbers the
        pushes, and `left_out` counts the pushes dropped because the reader was too slow.

        When the daemon ends, the watch reports the link as down and reconnects; what happens until then is lost.

        Args:
            timeout_s: how long to wait for each push; None: for ever.
            reconnect_s: how long to try to reconnect to a daemon that ended.

        Raises:
            RefusedError: `bad_arguments`: the player's name is invalid, or an event is unknown; `overloaded`: the
                daemon has too many watchers.
            WatchTimeoutError: from `next`: no push came within `timeout_s`; the watch can still be read.
            DaemonUnreachableError: no daemon answers; from `next`: it did not come back within `reconnect_s`.
        """
        interest = make(Interest, player=player, events=events, snapshots=snapshots)
        # Imported late: most clients never watch.
        from timmy_actors.client.watching import DaemonWatch  # noqa: PLC0415

        return DaemonWatch(self._address, interest, timeout_s=timeout_s, reconnect_s=reconnect_s)

    def awatch(
        self,
        player: str | None = None,
        *,
        events: Collection[str] | None = None,
        snapshots: bool | None = None,
        timeout_s: float | None = None,
        reconnect_s: float = RECONNECT_S,
    ) -> AsyncDaemonWatch:
        """`watch` for coroutines: `async with daemon.awatch() as pushes: async for pushed in pushes: ...`.

        The watch starts when it is entered, or else when it is first read.
        """
        interest = make(Interest, player=player, events=events, snapshots=snapshots)
        from timmy_actors.client.watching import AsyncDaemonWatch  # noqa: PLC0415  as in `watch`

        return AsyncDaemonWatch(self._address, interest, timeout_s=timeout_s, reconnect_s=reconnect_s)

    @property
    def has_ended(self) -> bool:
        """Whether the daemon closed the connection; the next call opens another one."""
        with self._turn:
            return self._line.has_ended()

    def begin(self, call: Call[T]) -> Callable[[], T]:
        """Send a request without waiting. Returns the function that waits for its answer, to be called in this thread.

        Calls of other threads wait until it was called.
        """
        stack = ExitStack()
        try:
            stack.enter_context(self._turn)
            stack.enter_context(self._closed_as_error())
            self._line.send(encode(call.request))
        except BaseException as error:
            stack.__exit__(type(error), error, error.__traceback__)
            raise
        deadline = time.monotonic() + self._timeout_s

        def finish() -> T:
            with stack:
                answer = self._await_answer_or_hang_up(call.request, deadline, self._timeout_s)
            raise_refusal(answer)
            return call.result(answer)

        return finish

    def _ask(self, call: Call[T]) -> T:
        timeout_s = self._timeout_s if call.answer_within_s is None else call.answer_within_s
        deadline = time.monotonic() + timeout_s
        with traced(call.request) as request:
            answer = self._answer(request, deadline, timeout_s)
            raise_refusal(answer)
            return call.result(answer)

    def _answer(self, request: Request, deadline: float, timeout_s: float) -> Answer:
        frame = encode(request)
        with self._turn, self._closed_as_error():
            self._line.send(frame)
            return self._await_answer_or_hang_up(request, deadline, timeout_s)

    def _await_answer_or_hang_up(self, request: Request, deadline: float, timeout_s: float) -> Answer:
        try:
            return self._await_answer(request, deadline, timeout_s)
        except BaseException:
            # Closing the connection drops the request if the daemon has not read it, so that a daemon that comes back
            # later does not execute it. The daemon cancels the portal action of this call.
            self._line.hang_up()
            raise

    def _await_answer(self, request: Request, deadline: float, timeout_s: float) -> Answer:
        while True:
            answer = answer_to(request, self._line.wait(deadline), endpoint=self.endpoint, timeout_s=timeout_s)
            if answer is not None:
                return answer

    @contextmanager
    def _closed_as_error(self) -> Iterator[None]:
        try:
            yield
        except zmq.ZMQError as error:
            raise DaemonUnreachableError(f"the connection to the daemon at {self.endpoint} is closed") from error
