"""A running daemon, seen from another process: the same typed calls as `Runtime`'s."""

from __future__ import annotations

import itertools
import math
import secrets
import socket as sockets
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import zmq
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from timmy_actors.endpoint import endpoint_path, resolve_endpoint
from timmy_actors.errors import DaemonUnreachable, ProtocolError, Refused, TimmyError
from timmy_actors.model.action import ActionResult, make_action
from timmy_actors.model.command import CommandResult
from timmy_actors.model.endpoint import (
    DEFAULT_TIMEOUT_S,
    MAX_REQUEST_BYTES,
    PORTAL_TIMEOUT_S,
    Answer,
    CaptureRequest,
    CheckPortalRequest,
    CommandRequest,
    ExecuteRequest,
    Portals,
    PortalsRequest,
    Pushed,
    Request,
    SnapshotRequest,
    StatusRequest,
    UsePortalRequest,
    WatchRequest,
)
from timmy_actors.model.game_state import GameState, make_look
from timmy_actors.model.health import Health
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.model.portal import PortalCheck

T = TypeVar("T")
R = TypeVar("R", bound=BaseModel)

ID_BYTES = 12
"""Random bytes of a command's id: no two are ever alike."""
TRANSPORT_MARGIN_S = 4.0
"""How long past a command's timeout the daemon may take to answer at all."""
PORTAL_PATIENCE_S = 45.0
"""The same for what is done through a portal: an action that was sent in time may last half a minute."""
LOOK_UP_S = 0.1
"""How often a call that waits looks whether the connection was closed meanwhile."""
SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.001, 86_400.0
RENEW_AFTER_MS = 2_000
"""A quiet watch asks again after this, so that a daemon that died is noticed."""


def connect(endpoint: str | None = None, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> Daemon:
    """Connect to the daemon at `endpoint` (default: `TIMMY_ENDPOINT`, else the user's own).

    Raises:
        ConfigError: the endpoint is none that a daemon can listen at.
        DaemonUnreachable: no daemon answers there.
    """
    return Daemon(resolve_endpoint(endpoint), timeout_s=timeout_s)


class Daemon:
    """A connection to a running daemon. Threads may share it; their calls take turns.

    Every call may raise `DaemonUnreachable`: no answer came in time, or the connection is closed; and `ProtocolError`:
    what came is no answer that this version understands.
    """

    def __init__(self, endpoint: str, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.endpoint = endpoint
        self._timeout_s = timeout_s
        self._ids = itertools.count(1)
        self._turn = threading.RLock()
        self._closed = False
        _probe(endpoint, timeout_s)
        self._context: zmq.Context[Any] = zmq.Context()
        self._socket = self._open()

    def close(self) -> None:
        """Let the connection go; a call that waits in another thread ends with `DaemonUnreachable`."""
        self._closed = True
        with self._turn:  # a socket that is closed under another thread's hands ends the process
            self._context.destroy(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def status(self) -> Health:
        """How the daemon does."""
        answer = self._ask(StatusRequest(id=self._id()), self._timeout_s)
        return _present(answer.status)

    def snapshot(self, player: str | None = None) -> PerceptionOutput:
        """What is known of a player (None: the daemon's configured one).

        Raises:
            Refused: `no_such_player`, or `unavailable` when nothing was perceived yet.
        """
        answer = self._ask(_make(SnapshotRequest, id=self._id(), player=player), self._timeout_s)
        return _present(answer.snapshot)

    def command(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game, and wait until it is done. `player` defaults to the daemon's configured one.

        A command that is repeated under the same `command_id` is not carried out again, but answered as before. None
        has one made; the result has it as its `id`.

        Raises:
            Refused: it was not done; `code`, `message` and `field` say why. `in_doubt`: it may have been.
        """
        request = self._command_request(name, arguments, timeout_s, command_id, "done")
        answer = self._ask(request, timeout_s + TRANSPORT_MARGIN_S)
        return CommandResult(id=answer.command_id or request.command_id or "", value=_present(answer.value))

    def submit(
        self, name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
    ) -> str:
        """Have something done in the game, and wait only until it is on its way for good; the command's id.

        With the journal, that is durable: a daemon that dies carries on with it when it comes back. What became of it
        is learnt by giving the same command again under that `command_id`.

        Raises:
            Refused: it was not taken; `code`, `message` and `field` say why.
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
        return _make(
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
            Refused: `bad_arguments`: there is none of that name.
        """
        answer = self._ask(_make(UsePortalRequest, id=self._id(), portal=portal), self._timeout_s)
        return _present(answer.portals)

    def check_portal(self, portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> PortalCheck:
        """What works of a portal (None: the chosen one), and what does not. Starts the servers, and takes a picture.

        Raises:
            Refused: `bad_arguments`: there is none of that name.
        """
        request = _make(CheckPortalRequest, id=self._id(), portal=portal, timeout_s=timeout_s)
        return _present(self._ask(request, timeout_s + PORTAL_PATIENCE_S).check)

    def capture(self, *, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> GameState:
        """The game through the chosen portal, as it is now; what could not be had stands in `problems`.

        `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.

        Raises:
            Refused: `bad_arguments`: an option is wrong.
        """
        request = _make(CaptureRequest, id=self._id(), timeout_s=timeout_s, options=make_look(options))
        return _present(self._ask(request, timeout_s + PORTAL_PATIENCE_S).state)

    def execute(self, action: str, /, *, timeout_s: float = PORTAL_TIMEOUT_S, **params: Any) -> ActionResult:
        """Do something through the chosen portal, once; the result says whether it succeeded, and why not.

        `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
        A daemon that does not answer raises `DaemonUnreachable`: what was asked may have happened.
        """
        made = make_action(action, params)
        request = _make(ExecuteRequest, id=self._id(), action=made, timeout_s=timeout_s)
        return _present(self._ask(request, timeout_s + PORTAL_PATIENCE_S).result)

    def watch(self, player: str | None = None) -> Iterator[Pushed]:
        """What happens from now on: events, and each new snapshot (of `player`, or of everybody).

        Raises:
            DaemonUnreachable: the daemon went away.
        """
        # A connection of its own: its calls need not wait for the watch to end.
        watcher = Daemon(self.endpoint, timeout_s=self._timeout_s)
        try:
            watcher._ask(_make(WatchRequest, id=watcher._id(), player=player), self._timeout_s)
        except TimmyError:
            watcher.close()
            raise
        return watcher._pushes(player)

    def _pushes(self, player: str | None) -> Iterator[Pushed]:
        with self:
            while True:
                with self._open_still():
                    frame = self._next_push(player)
                pushed = _decode(Pushed, frame)
                if pushed.event is not None or pushed.snapshot is not None:
                    yield pushed
                else:
                    _raise_refusal(_decode(Answer, frame))

    def _next_push(self, player: str | None) -> bytes:
        if not self._socket.poll(RENEW_AFTER_MS):
            self._socket.send(_encode(WatchRequest(id=self._id(), player=player)))
            if not self._socket.poll(RENEW_AFTER_MS):
                raise DaemonUnreachable(f"the daemon at {self.endpoint} does not answer any more")
        return self._socket.recv()

    def _open(self) -> zmq.Socket[bytes]:
        socket: zmq.Socket[bytes] = self._context.socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(self.endpoint)
        return socket

    @contextmanager
    def _open_still(self) -> Iterator[None]:
        try:
            yield
        except zmq.ZMQError as error:
            raise DaemonUnreachable(f"the connection to the daemon at {self.endpoint} is closed") from error

    def _hears(self, deadline: float) -> bool:
        """Whether something comes before the deadline."""
        while not self._closed:
            left_s = max(0.0, deadline - time.monotonic())
            if self._socket.poll(round(min(left_s, LOOK_UP_S) * 1000)):
                return True
            if left_s <= LOOK_UP_S:
                return False
        raise zmq.ZMQError(zmq.ENOTSOCK)

    def _id(self) -> str:
        return str(next(self._ids))

    def _ask(self, request: Request, timeout_s: float) -> Answer:
        deadline = time.monotonic() + timeout_s
        with self._turn, self._open_still():
            self._socket.send(_encode(request))
            while self._hears(deadline):
                answer = _decode(Answer, self._socket.recv())
                # An answer to an earlier call that had stopped waiting is not ours.
                if answer.id in (request.id, None):
                    _raise_refusal(answer)
                    return answer
            # What a daemon has not taken yet dies with its socket: one that comes back later must not carry it out.
            self._socket.close(linger=0)
            self._socket = self._open()
        told = f"the daemon at {self.endpoint} did not answer within {timeout_s:g} s"
        if isinstance(request, CommandRequest):
            told += f"; give the command again with the command_id {request.command_id!r} to learn what became of it"
        raise DaemonUnreachable(told)


def _make(kind: type[R], **fields: Any) -> R:
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise Refused("bad_arguments", f"{field or 'request'}: {first['msg']}", field) from error


def _encode(request: Request) -> bytes:
    try:
        frame = request.model_dump_json().encode()
    except PydanticSerializationError as error:
        raise Refused("bad_arguments", f"arguments: {error}", "arguments") from error
    if len(frame) > MAX_REQUEST_BYTES:
        told = f"arguments: the request has {len(frame)} bytes, it may have {MAX_REQUEST_BYTES}"
        raise Refused("bad_arguments", told, "arguments")
    return frame


def _decode(kind: type[R], frame: bytes) -> R:
    try:
        return kind.model_validate_json(frame)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "it"
        raise ProtocolError(
            f"the daemon's answer is not understood ({where}: {first['msg']}): is it of another version?"
        ) from error


def _raise_refusal(answer: Answer) -> None:
    if answer.error is not None:
        raise Refused(answer.error.code, answer.error.message, answer.error.field)


def _present(value: T | None) -> T:
    if value is None:
        raise DaemonUnreachable("the daemon's answer lacks what was asked for: is it of another version?")
    return value


def _probe(endpoint: str, timeout_s: float) -> None:
    """See that somebody listens: libzmq would wait for one without a word."""
    path = endpoint_path(endpoint)
    with sockets.socket(sockets.AF_UNIX) as probe:
        # Not `settimeout`: with that the system does not wait at all for a daemon that has much to accept.
        probe.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, _timeval(timeout_s))
        try:
            probe.connect(str(path))
        except BlockingIOError:
            raise DaemonUnreachable(
                f"the daemon at {endpoint} takes no connection within {timeout_s:g} s: it is frozen, or overloaded"
            ) from None
        except OSError as error:
            raise DaemonUnreachable(
                f"no daemon at {endpoint} ({error.strerror}): start one with 'timmy-actors run',"
                " or name its endpoint with --endpoint or TIMMY_ENDPOINT"
            ) from None


def _timeval(seconds: float) -> bytes:
    """Seconds as setsockopt(2) takes them; none at all would mean to wait for ever."""
    whole, part = divmod(min(max(seconds, SHORTEST_WAIT_S), LONGEST_WAIT_S), 1)
    return struct.pack("@ll", int(whole), int(part * 1e6))
