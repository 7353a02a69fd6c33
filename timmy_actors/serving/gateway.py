"""The gateway: answers a daemon's owner over the local endpoint, from what is published where it can."""

from __future__ import annotations

import logging
import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import pykka
import zmq
from pydantic import ValidationError

from timmy_actors.actors.board import Board
from timmy_actors.actors.command import MAX_PENDING
from timmy_actors.actors.messages import Do, Happened
from timmy_actors.actors.portal import PORTAL_MARGIN_S, Capture, CheckPortal, Execute, ListPortals, UsePortal
from timmy_actors.endpoint import endpoint_path
from timmy_actors.errors import ActorError, MailboxFull, Refused
from timmy_actors.link.mailbox import Arrived, SourceFailed, read_frames
from timmy_actors.link.socket_actor import SocketActor
from timmy_actors.model._base import Model
from timmy_actors.model.action import ActionResult
from timmy_actors.model.command import CommandResult, ErrorInfo
from timmy_actors.model.endpoint import (
    MAX_REQUEST_BYTES,
    REQUEST,
    Answer,
    CaptureRequest,
    CheckPortalRequest,
    CommandRequest,
    ExecuteRequest,
    PortalsRequest,
    Pushed,
    Request,
    RequestId,
    SnapshotRequest,
    StatusRequest,
    UsePortalRequest,
    WatchRequest,
)
from timmy_actors.model.error_code import ErrorCode
from timmy_actors.model.game_state import GameState
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.model.portal import PortalCheck
from timmy_actors.serving.fair_share import FairShare
from timmy_actors.supervision import Directory, Reply

log = logging.getLogger(__name__)

MAX_WATCHERS = 64
PORTALS_TIMEOUT_S = 2.0
ANSWER_MARGIN_S = 2.0
"""How long past a command's own timeout its actor may take to say how it ended."""


@dataclass(frozen=True)
class _Answered:
    client: bytes
    answer: Answer


class GatewayActor(SocketActor):
    """One ROUTER socket. Nothing here waits: what another actor has to answer comes back as a message."""

    def __init__(
        self, *, endpoint: str, player: str, context: zmq.Context[Any], directory: Directory, board: Board
    ) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._player = player
        self._context = context
        self._directory = directory
        self._board = board
        self._watchers: dict[bytes, str | None] = {}
        self._places = FairShare(MAX_PENDING)
        self._left: deque[bytes] = deque()
        """Clients whose commands were answered, noted in whichever thread did: each has one place to give back."""
        self._socket: zmq.Socket[bytes] | None = None

    def on_start(self) -> None:
        """Open the endpoint."""
        socket: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        self._socket = socket
        socket.linger = 0
        socket.maxmsgsize = MAX_REQUEST_BYTES
        socket.router_mandatory = True
        socket.bind(self._endpoint)
        endpoint_path(self._endpoint).chmod(0o600)
        self.sockets.attach("clients", socket, lambda: read_frames(socket))

    def on_receive(self, message: Any) -> None:
        """Answer, and push to those who watch."""
        match message:
            case Arrived("clients", frames):
                self._on_request(frames[0], frames[-1])
            case _Answered(client, answer):
                self._send(client, answer)
            case Happened():
                self._push(message)
            case SourceFailed(_, error):
                raise error

    def on_stop(self) -> None:
        """Close the endpoint."""
        self.sockets.detach("clients")
        if self._socket is not None:
            self._socket.close(linger=0)
            self._socket = None
            endpoint_path(self._endpoint).unlink(missing_ok=True)

    def on_failure(self, *_: object) -> None:
        """The same."""
        self.on_stop()

    def _on_request(self, client: bytes, frame: bytes) -> None:
        try:
            request = REQUEST.validate_json(frame)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or None
            refusal = ErrorInfo(code="bad_message", message=f"{where or 'request'}: {first['msg']}", field=where)
            self._send(client, Answer(id=_readable_id(frame), error=refusal))
            return
        try:
            self._answer(client, request)
        except Refused as refused:
            self._send(client, Answer(id=request.id, command_id=_command_id(request), error=explain(refused)))

    def _answer(self, client: bytes, request: Any) -> None:
        match request:
            case StatusRequest():
                self._send(client, Answer(id=request.id, status=self._board.current_health()))
            case SnapshotRequest():
                snapshot = find_snapshot(self._board, request.player or self._player)
                self._send(client, Answer(id=request.id, snapshot=snapshot))
            case CommandRequest():
                self._command(client, request)
            case PortalsRequest():
                reply = self._directory.ask("portal", ListPortals(), timeout_s=PORTALS_TIMEOUT_S)
                self._answer_later(client, request, reply)
            case UsePortalRequest() | CheckPortalRequest() | CaptureRequest() | ExecuteRequest():
                self._portal(client, request)
            case WatchRequest():
                self._watch(client, request)

    def _command(self, client: bytes, request: CommandRequest) -> None:
        arguments = request.arguments
        if "player" not in arguments:
            arguments = {"player": self._player, **arguments}
        deadline = math.inf if request.deadline is None else request.deadline
        do = Do(request.name, arguments, request.timeout_s, request.command_id, request.until, deadline)
        while self._left:
            self._places.leave(self._left.popleft())
        if not self._places.admit(client):
            raise Refused("overloaded", "too many of this client's commands are on their way already")
        reply = self._directory.ask("command", do, timeout_s=request.timeout_s + ANSWER_MARGIN_S)
        reply.add_done_callback(lambda _: self._left.append(client))
        self._answer_later(client, request, reply)

    def _portal(self, client: bytes, request: Any) -> None:
        message, takes_s = _for_portal(request)
        reply = self._directory.ask("portal", message, timeout_s=takes_s + ANSWER_MARGIN_S)
        self._answer_later(client, request, reply)

    def _watch(self, client: bytes, request: WatchRequest) -> None:
        if client not in self._watchers and len(self._watchers) >= MAX_WATCHERS:
            self._forget_vanished()
        if client not in self._watchers and len(self._watchers) >= MAX_WATCHERS:
            raise Refused("overloaded", f"{MAX_WATCHERS} watch already")
        self._watchers[client] = request.player
        self._send(client, Answer(id=request.id, watching=True))

    def _forget_vanished(self) -> None:
        # That somebody is gone shows only when he is told something, and while the link is down nothing is pushed.
        for watcher in tuple(self._watchers):
            self._send(watcher, Answer(watching=True))

    def _answer_later(self, client: bytes, request: Request, reply: Reply) -> None:
        tell = self._tell_self
        reply.add_done_callback(lambda done: tell(_Answered(client, _to_answer(request, done))))

    def _tell_self(self, answered: _Answered) -> None:
        # Called in whichever thread has the answer.
        try:
            self.actor_ref.tell(answered)
        except pykka.ActorDeadError:
            log.debug("the gateway ended before an answer")
        except MailboxFull as error:
            log.warning("an answer was dropped, its client will ask again: %s", error)

    def _push(self, happened: Happened) -> None:
        pushed = Pushed(event=happened.event, snapshot=happened.snapshot)
        subject = happened.event or happened.snapshot
        for client, player in list(self._watchers.items()):
            if subject is not None and player in (None, subject.player):
                self._send(client, pushed)

    def _send(self, client: bytes, message: Model) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send_multipart([client, message.model_dump_json(by_alias=True).encode()], zmq.NOBLOCK)
        except zmq.Again:
            self._drop_slow(client)
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
            self._watchers.pop(client, None)

    def _drop_slow(self, client: bytes) -> None:
        # Said of one who watched, and once: a flood of requests whose answers are not read must not fill the log.
        if client in self._watchers:
            del self._watchers[client]
            log.warning("a client does not read what it watches: it is told nothing more until it asks again")


class _Identified(Model):
    id: RequestId


def _readable_id(frame: bytes) -> str | None:
    try:
        return _Identified.model_validate_json(frame).id
    except ValidationError:
        return None


def find_snapshot(board: Board, player: str) -> PerceptionOutput:
    """The published snapshot of a player.

    Raises:
        Refused: there is none.
    """
    snapshot = board.snapshot(player)
    if snapshot is not None:
        return snapshot
    snapshots = board.snapshots.value
    if not snapshots:
        link = board.link.value
        raise Refused("unavailable", f"nothing is perceived yet: the link is {link.state}")
    raise Refused(
        "no_such_player", f"nothing is known of {player!r}; perceived: {', '.join(sorted(snapshots))}", "player"
    )


def explain(error: Exception) -> ErrorInfo:
    """An exception, as what a client is told of it."""
    if isinstance(error, Refused):
        return ErrorInfo.model_validate({"code": error.code, "message": error.message, "field": error.field})
    code: ErrorCode = "unavailable" if isinstance(error, ActorError) else "internal"
    if isinstance(error, MailboxFull):
        code = "overloaded"
    return ErrorInfo(code=code, message=str(error) or type(error).__name__)


def _to_answer(request: Request, reply: Reply) -> Answer:
    try:
        outcome = reply.get(timeout=0)
    except Exception as error:  # noqa: BLE001  whatever it was, the client is told
        return Answer(id=request.id, command_id=_command_id(request), error=explain(error))
    return Answer(id=request.id, **_told(request, outcome))


def _told(request: Request, outcome: Any) -> dict[str, Any]:
    match outcome:
        case CommandResult(id=key) if isinstance(request, CommandRequest) and request.until == "accepted":
            return {"command_id": key, "accepted": True}
        case CommandResult(id=key, value=value):
            return {"command_id": key, "value": value or {}}
        case PortalCheck():
            return {"check": outcome}
        case GameState():
            return {"state": outcome}
        case ActionResult():
            return {"result": outcome}
    return {"portals": outcome}


def _for_portal(
    request: UsePortalRequest | CheckPortalRequest | CaptureRequest | ExecuteRequest,
) -> tuple[object, float]:
    """What the portal is told of a request, and for how long its answer is waited for."""
    match request:
        case UsePortalRequest(portal=portal):
            return UsePortal(portal), PORTALS_TIMEOUT_S
        case CheckPortalRequest(portal=portal, timeout_s=timeout_s):
            return CheckPortal(portal, timeout_s), timeout_s + PORTAL_MARGIN_S
        case CaptureRequest(timeout_s=timeout_s, options=options):
            return Capture(timeout_s, options), timeout_s + PORTAL_MARGIN_S
        case ExecuteRequest(action=action, timeout_s=timeout_s):
            return Execute(action, timeout_s), timeout_s + PORTAL_MARGIN_S


def _command_id(request: Request) -> str | None:
    return request.command_id if isinstance(request, CommandRequest) else None
