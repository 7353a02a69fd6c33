"""A client for a daemon in another process, with the same typed calls as `Runtime`."""

from __future__ import annotations

import itertools
import math
import secrets
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import zmq

from timmy_actors.client.clock_calls import ClockCalls
from timmy_actors.client.codec import decode_answer, encode, make, raise_refusal
from timmy_actors.client.endpoint import resolve_endpoint
from timmy_actors.client.line import Ended, Line
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.protocol import (
    CLOCK_TIMEOUT_S,
    DEFAULT_TIMEOUT_S,
    LONGEST_ACTION_S,
    PORTAL_TIMEOUT_S,
    RECONNECT_S,
    CaptureRequest,
    CheckPortalRequest,
    ClockRequest,
    CommandRequest,
    CommandResult,
    ExecuteRequest,
    Interest,
    PortalsRequest,
    Request,
    Revision,
    SnapshotRequest,
    StatusRequest,
    UsePortalRequest,
    make_action,
)

if TYPE_CHECKING:
    from timmy_actors.client.watching import AsyncDaemonWatch, DaemonWatch
    from timmy_actors.protocol import (
        ActionResult,
        Answer,
        GameState,
        Health,
        PerceptionOutput,
        PortalCheck,
        Portals,
        WorldClock,
    )

T = TypeVar("T")

ID_BYTES = 12
"""Random bytes in a command's id: enough that ids do not collide."""
TRANSPORT_MARGIN_S = 2.0
"""How long past a command's timeout the daemon may take to answer: it waits 1 s for a late result from the game."""
PORTAL_MARGIN_S = 5.0
"""The same margin for portal calls: keys that a failed action left pressed are released before its answer."""


def connect(endpoint: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Daemon:
    """Connect to the daemon at `endpoint` (default: `TIMMY_ENDPOINT`, else the user's own).

    Raises:
        ConfigError: no daemon can listen on the endpoint, or another user listens or could listen there.
        DaemonUnreachableError: no daemon answers there.
    """
    return Daemon(resolve_endpoint(endpoint), timeout_s=timeout_s)


class Daemon(ClockCalls):
    """A connection to a running daemon. Threads may share it; their calls take turns.

    Every call may raise `DaemonUnreachableError`: no answer came in time, the daemon ended before it answered, or the
    connection is closed; and `ProtocolError`: the answer is not valid in this version. After the daemon restarts, the
    next call reconnects. Interrupting a call (with Ctrl-C, say) closes its connection; the daemon then cancels the
    portal action of that call. A command is not cancelled: its outcome can be queried by its id.
    """

    def __init__(self, endpoint: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)
        self._turn = threading.RLock()
        self._line = Line(endpoint, timeout_s=timeout_s)

    def close(self) -> None:
        """Close the connection; a call that waits in another thread ends with `DaemonUnreachableError`."""
        self._line.give_up()
        with self._turn:  # libzmq aborts the process when a socket is closed while another thread uses it
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def status(self) -> Health:
        """The daemon's health."""
        answer = self._ask(StatusRequest(id=self._id()), self._timeout_s)
        return _present(answer.status)

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> PerceptionOutput:
        """The latest snapshot of a player (None: the daemon's configured one).

        With `after`, the `revision` of a command's result, it waits until a snapshot shows that command's effects.

        Raises:
            RefusedError: `no_such_player`; `unavailable` when there is no snapshot yet; `expired`: no snapshot
                reached the revision `after` within `timeout_s`.
        """
        request = make(SnapshotRequest, id=self._id(), player=player, after=after, timeout_s=timeout_s)
        waits_s = self._timeout_s if after is None else timeout_s + TRANSPORT_MARGIN_S
        return _present(self._ask(request, waits_s).snapshot)

    def command(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Execute a command in the game and wait for its result. `player` defaults to the daemon's configured one.

        A command repeated under the same `command_id` is not executed again; it gets the stored answer. None generates
        an id, which the result has as its `id`. After `timeout_s` the command is no longer started; the call itself
        lasts at most 2 s longer, to wait for a late result.

        Raises:
            RefusedError: the command was not executed; `code`, `message` and `field` say why. `in_doubt`: it may have
                been executed.
        """
        request = self._command_request(name, arguments, timeout_s, command_id, "done")
        answer = self._ask(request, timeout_s + TRANSPORT_MARGIN_S)
        key = answer.command_id or request.command_id or ""
        return CommandResult(id=key, value=_present(answer.value), revision=answer.revision, game_ms=answer.game_ms)

    def submit(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> str:
        """Submit a command and wait only until the daemon has accepted it. Returns the command's id.

        With the journal, accepted commands are durable: a daemon that crashes resumes them after its restart. To get
        the outcome, submit the same command again under that `command_id`.

        Raises:
            RefusedError: the command was not accepted; `code`, `message` and `field` say why.
        """
        request = self._command_request(name, arguments, timeout_s, command_id, "accepted")
        _present(self._ask(request, timeout_s + TRANSPORT_MARGIN_S).accepted)
        return request.command_id or ""

    def _command_request(
        self,
        name: str,
        arguments: dict[str, Any],
        timeout_s: float,
        command_id: str | None,
        until: Literal["accepted", "done"],
    ) -> CommandRequest:
        # The id is generated here: whatever happens to the daemon, the caller can repeat the command under it.
        return make(
            CommandRequest,
            id=self._id(),
            name=name,
            arguments=arguments,
            command_id=secrets.token_hex(ID_BYTES) if command_id is None else command_id,
            timeout_s=timeout_s,
            deadline=time.monotonic() + timeout_s if math.isfinite(timeout_s) else None,
            until=until,
        )

    def portals(self) -> Portals:
        """List the portals and which one is chosen."""
        answer = self._ask(PortalsRequest(id=self._id()), self._timeout_s)
        return _present(answer.portals)

    def use_portal(self, portal: str) -> Portals:
        """Choose another portal, until the daemon ends.

        Raises:
            RefusedError: `bad_arguments`: there is no such portal.
        """
        answer = self._ask(make(UsePortalRequest, id=self._id(), portal=portal), self._timeout_s)
        return _present(answer.portals)

    def check_portal(self, portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> PortalCheck:
        """Check what works of a portal (None: the chosen one). Starts its servers, and takes a screenshot.

        Raises:
            RefusedError: `bad_arguments`: there is no such portal.
        """
        request = make(CheckPortalRequest, id=self._id(), portal=portal, timeout_s=timeout_s)
        return _present(self._ask(request, timeout_s + PORTAL_MARGIN_S).check)

    def capture(self, *, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> GameState:
        """Capture the game's state through the chosen portal; parts that are missing are listed in `problems`.

        `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.
        The wait is added to `timeout_s`.

        Raises:
            RefusedError: `bad_arguments`: an option is wrong.
        """
        # Imported late: most clients never capture.
        from timmy_actors.protocol import make_look  # noqa: PLC0415

        look = make_look(options)
        request = make(CaptureRequest, id=self._id(), timeout_s=timeout_s, options=look)
        return _present(self._ask(request, timeout_s + look.waits_s + PORTAL_MARGIN_S).state)

    def execute(self, action: str, /, *, timeout_s: float | None = None, **params: Any) -> ActionResult:
        """Execute an action through the chosen portal, once; the result says whether it succeeded, and why not.

        `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
        `timeout_s` bounds the whole call: an action that takes longer by its own arguments (a character of text counts
        0.03 s) is refused before it starts, and one still running at the timeout is cancelled. None: 15 s plus the
        action's duration. A daemon that does not answer raises `DaemonUnreachableError`: the action may have happened.
        """
        request = make(ExecuteRequest, id=self._id(), action=make_action(action, params), timeout_s=timeout_s)
        longest_s = PORTAL_TIMEOUT_S + LONGEST_ACTION_S if timeout_s is None else timeout_s
        return _present(self._ask(request, longest_s + PORTAL_MARGIN_S).result)

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

        return DaemonWatch(
            self.endpoint, interest, answer_s=self._timeout_s, timeout_s=timeout_s, reconnect_s=reconnect_s
        )

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

        return AsyncDaemonWatch(
            self.endpoint, interest, answer_s=self._timeout_s, timeout_s=timeout_s, reconnect_s=reconnect_s
        )

    def _clock(self, request: ClockRequest) -> WorldClock:
        numbered = request.model_copy(update={"id": self._id()})
        return _present(self._ask(numbered, CLOCK_TIMEOUT_S + TRANSPORT_MARGIN_S).clock)

    @contextmanager
    def _closed_as_error(self) -> Iterator[None]:
        try:
            yield
        except zmq.ZMQError as error:
            raise DaemonUnreachableError(f"the connection to the daemon at {self.endpoint} is closed") from error

    def _id(self) -> str:
        return str(next(self._ids))

    def _ask(self, request: Request, timeout_s: float) -> Answer:
        deadline = time.monotonic() + timeout_s
        frame = encode(request)
        with self._turn, self._closed_as_error():
            self._line.send(frame)
            try:
                answer = self._await_answer(request, deadline, timeout_s)
            except BaseException:
                # Closing the connection drops the request if the daemon has not read it, so that a daemon that comes
                # back later does not execute it. The daemon cancels the portal action of this call.
                self._line.hang_up()
                raise
        raise_refusal(answer)
        return answer

    def _await_answer(self, request: Request, deadline: float, timeout_s: float) -> Answer:
        while (frame := self._line.wait(deadline)) is not None:
            if isinstance(frame, Ended):
                raise DaemonUnreachableError(
                    _unanswered(request, f"the daemon at {self.endpoint} ended before it answered")
                )
            answer = decode_answer(frame)
            # Skip the answer to an earlier call that had stopped waiting.
            if answer.id in (request.id, None):
                return answer
        reason = f"the daemon at {self.endpoint} did not answer within {timeout_s:g} s"
        raise DaemonUnreachableError(_unanswered(request, reason))


def _unanswered(request: Request, why: str) -> str:
    if not isinstance(request, CommandRequest):
        return why
    return f"{why}; give the command again with the command_id {request.command_id!r} to get its outcome"


def _present(value: T | None) -> T:
    if value is None:
        raise DaemonUnreachableError(
            "the daemon's answer lacks the requested value: check that the daemon has this client's version"
        )
    return value
