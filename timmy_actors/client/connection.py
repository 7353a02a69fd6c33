"""A running daemon, seen from another process: the same typed calls as `Runtime`'s."""

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

from timmy_actors.client.codec import decode_answer, encode, make, raise_refusal
from timmy_actors.client.endpoint import resolve_endpoint
from timmy_actors.client.line import Ended, Line
from timmy_actors.errors import DaemonUnreachableError
from timmy_actors.protocol import (
    DEFAULT_TIMEOUT_S,
    LONGEST_ACTION_S,
    PORTAL_TIMEOUT_S,
    RECONNECT_S,
    CaptureRequest,
    CheckPortalRequest,
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
    from timmy_actors.protocol import ActionResult, Answer, GameState, Health, PerceptionOutput, PortalCheck, Portals

T = TypeVar("T")

ID_BYTES = 12
"""Random bytes of a command's id: no two are ever alike."""
TRANSPORT_MARGIN_S = 2.0
"""How long past a command's timeout the daemon may take to answer: it waits a second for the game's late word."""
PORTAL_MARGIN_S = 5.0
"""The same for what is done through a portal: what a failed action left pressed is let go before its answer."""


def connect(endpoint: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Daemon:
    """Connect to the daemon at `endpoint` (default: `TIMMY_ENDPOINT`, else the user's own).

    Raises:
        ConfigError: the endpoint is none that a daemon can listen at, or another user could listen, or does, there.
        DaemonUnreachableError: no daemon answers there.
    """
    return Daemon(resolve_endpoint(endpoint), timeout_s=timeout_s)


class Daemon:
    """A connection to a running daemon. Threads may share it; their calls take turns.

    Every call may raise `DaemonUnreachableError`: no answer came in time, the daemon ended before it answered, or the
    connection is closed; and `ProtocolError`: what came is no answer that this version understands. A daemon that was
    restarted is found again by the next call. A call that is given up (Ctrl-C, say) ends with its connection, and with
    it what the daemon does through a portal for its sake; a command goes on, and can be asked for by its id.
    """

    def __init__(self, endpoint: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)
        self._turn = threading.RLock()
        self._line = Line(endpoint, timeout_s=timeout_s)

    def close(self) -> None:
        """Let the connection go; a call that waits in another thread ends with `DaemonUnreachableError`."""
        self._line.give_up()
        with self._turn:  # a socket that is closed under another thread's hands ends the process
            self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def status(self) -> Health:
        """How the daemon does."""
        answer = self._ask(StatusRequest(id=self._id()), self._timeout_s)
        return _present(answer.status)

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
    ) -> PerceptionOutput:
        """What is known of a player (None: the daemon's configured one).

        With `after`, the `revision` of a command's result, it waits until what that command did is perceived.

        Raises:
            RefusedError: `no_such_player`, or `unavailable` when nothing was perceived yet; `expired`: what was to be
                waited for was not perceived within `timeout_s`.
        """
        request = make(SnapshotRequest, id=self._id(), player=player, after=after, timeout_s=timeout_s)
        waits_s = self._timeout_s if after is None else timeout_s + TRANSPORT_MARGIN_S
        return _present(self._ask(request, waits_s).snapshot)

    def command(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game, and wait until it is done. `player` defaults to the daemon's configured one.

        A command that is repeated under the same `command_id` is not carried out again, but answered as before. None
        has one made; the result has it as its `id`. After `timeout_s` it is not begun any more; the call itself lasts
        at most 2 s longer, for the game's late word.

        Raises:
            RefusedError: it was not done; `code`, `message` and `field` say why. `in_doubt`: it may have been.
        """
        request = self._command_request(name, arguments, timeout_s, command_id, "done")
        answer = self._ask(request, timeout_s + TRANSPORT_MARGIN_S)
        key = answer.command_id or request.command_id or ""
        return CommandResult(id=key, value=_present(answer.value), revision=answer.revision)

    def submit(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> str:
        """Have something done in the game, and wait only until it is on its way for good; the command's id.

        With the journal, that is durable: a daemon that dies carries on with it when it comes back. What became of it
        is learnt by giving the same command again under that `command_id`.

        Raises:
            RefusedError: it was not taken; `code`, `message` and `field` say why.
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
        # An id of our own making: whatever happens to the daemon, the same command can be given again under it.
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
        """Which portals there are, and which one is chosen."""
        answer = self._ask(PortalsRequest(id=self._id()), self._timeout_s)
        return _present(answer.portals)

    def use_portal(self, portal: str) -> Portals:
        """Choose another portal, until the daemon ends.

        Raises:
            RefusedError: `bad_arguments`: there is none of that name.
        """
        answer = self._ask(make(UsePortalRequest, id=self._id(), portal=portal), self._timeout_s)
        return _present(answer.portals)

    def check_portal(self, portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> PortalCheck:
        """What works of a portal (None: the chosen one), and what does not. Starts the servers, and takes a picture.

        Raises:
            RefusedError: `bad_arguments`: there is none of that name.
        """
        request = make(CheckPortalRequest, id=self._id(), portal=portal, timeout_s=timeout_s)
        return _present(self._ask(request, timeout_s + PORTAL_MARGIN_S).check)

    def capture(self, *, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> GameState:
        """The game through the chosen portal, as it is now; what could not be had stands in `problems`.

        `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.
        What is waited for comes on top of `timeout_s`.

        Raises:
            RefusedError: `bad_arguments`: an option is wrong.
        """
        # Not at the top: a client that only asks needs none of it.
        from timmy_actors.protocol import make_look  # noqa: PLC0415

        look = make_look(options)
        request = make(CaptureRequest, id=self._id(), timeout_s=timeout_s, options=look)
        return _present(self._ask(request, timeout_s + look.waits_s + PORTAL_MARGIN_S).state)

    def execute(self, action: str, /, *, timeout_s: float | None = None, **params: Any) -> ActionResult:
        """Do something through the chosen portal, once; the result says whether it succeeded, and why not.

        `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
        `timeout_s` bounds the whole call: what lasts longer by its own arguments (a character of text counts 0.03 s) is
        refused before it begins, and what is under way then is ended. None: 15 s, and what the action lasts.
        A daemon that does not answer raises `DaemonUnreachableError`: what was asked may have happened.
        """
        made = make_action(action, params)
        request = make(ExecuteRequest, id=self._id(), action=made, timeout_s=timeout_s)
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
        """What happens from now on: events, each new snapshot (of `player`, or of everybody), and the link's changes.

        While the link is down, a watch begins with that and with the last snapshots, which are stale. `events` names
        those that are wanted: then only these are told, and snapshots only with `snapshots=True`. `seq` numbers what is
        told, and `left_out` counts what a reader missed who read too slowly.

        A daemon that went away shows as a link that is down, and is waited for: what happened until it is back is not
        known.

        Args:
            timeout_s: how long each push is waited for; None: for ever.
            reconnect_s: how long a daemon that went away is waited for.

        Raises:
            RefusedError: `bad_arguments`: no player can have that name, or no event is called so; `overloaded`: too
                many watch already.
            WatchTimeoutError: while it is read: nothing came within `timeout_s`; it can be read on.
            DaemonUnreachableError: there is no daemon; while it is read: it did not come back within `reconnect_s`.
        """
        interest = make(Interest, player=player, events=events, snapshots=snapshots)
        # Not at the top: a client that only asks needs none of it.
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
        """The same for coroutines: `async with daemon.awatch() as pushes: async for pushed in pushes: ...`.

        It begins as it is entered, or else when it is first read.
        """
        interest = make(Interest, player=player, events=events, snapshots=snapshots)
        from timmy_actors.client.watching import AsyncDaemonWatch  # noqa: PLC0415  the same

        return AsyncDaemonWatch(
            self.endpoint, interest, answer_s=self._timeout_s, timeout_s=timeout_s, reconnect_s=reconnect_s
        )

    @contextmanager
    def _open_still(self) -> Iterator[None]:
        try:
            yield
        except zmq.ZMQError as error:
            raise DaemonUnreachableError(f"the connection to the daemon at {self.endpoint} is closed") from error

    def _id(self) -> str:
        return str(next(self._ids))

    def _ask(self, request: Request, timeout_s: float) -> Answer:
        deadline = time.monotonic() + timeout_s
        frame = encode(request)
        with self._turn, self._open_still():
            self._line.send(frame)
            try:
                answer = self._await_answer(request, deadline, timeout_s)
            except BaseException:
                # What a daemon has not taken yet dies with the connection: one that comes back later must not carry it
                # out. What it does for the sake of this call alone ends.
                self._line.hang_up()
                raise
        raise_refusal(answer)
        return answer

    def _await_answer(self, request: Request, deadline: float, timeout_s: float) -> Answer:
        while (heard := self._line.wait(deadline)) is not None:
            if isinstance(heard, Ended):
                raise DaemonUnreachableError(
                    _unanswered(request, f"the daemon at {self.endpoint} ended before it answered")
                )
            answer = decode_answer(heard)
            # An answer to an earlier call that had stopped waiting is not ours.
            if answer.id in (request.id, None):
                return answer
        told = f"the daemon at {self.endpoint} did not answer within {timeout_s:g} s"
        raise DaemonUnreachableError(_unanswered(request, told))


def _unanswered(request: Request, why: str) -> str:
    if not isinstance(request, CommandRequest):
        return why
    return f"{why}; give the command again with the command_id {request.command_id!r} to learn what became of it"


def _present(value: T | None) -> T:
    if value is None:
        raise DaemonUnreachableError("the daemon's answer lacks what was asked for: is it of another version?")
    return value
