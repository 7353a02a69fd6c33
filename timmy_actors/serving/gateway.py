"""The gateway: answers the requests of a daemon's owner over the local endpoint."""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pykka
import zmq
from pydantic import ValidationError

from timmy_actors.commands import MAX_PENDING
from timmy_actors.errors import MailboxFullError, RefusedError
from timmy_actors.perception import Numbered, Watch
from timmy_actors.portals import Caller
from timmy_actors.protocol import (
    MAX_REQUEST_BYTES,
    REQUEST,
    Answer,
    CaptureRequest,
    CheckPortalRequest,
    CommandRequest,
    ErrorInfo,
    ExecuteRequest,
    Request,
    WatchRequest,
    first_mistake,
)
from timmy_actors.serving import connections
from timmy_actors.serving.answers import command_id, explain, readable_id, to_answer, unanswered
from timmy_actors.serving.connections import Connections
from timmy_actors.serving.listeners import Listener
from timmy_actors.serving.outbox import HIGH_WATER_MARK, FairShare, Outbox
from timmy_actors.serving.service import Service
from timmy_actors.supervision import Reply
from timmy_actors.supervision.sockets import Arrived, SocketActor, SourceFailed

log = logging.getLogger(__name__)

MAX_WATCHERS = 64
BOUNDED = (CommandRequest, CaptureRequest, ExecuteRequest, CheckPortalRequest)
"""Requests that take long: a client can have only its share of them pending."""
STOPPING = "the daemon is stopping"
FINISH_WITHIN_S = 1.0
"""How long a stopping daemon waits for pending answers; then it answers each caller that it is stopping."""
LAST_WORDS_MS = 500
"""How long closing the socket waits for clients to read the last answers."""


@dataclass(frozen=True)
class _Sender:
    """The address of an answer."""

    client: bytes
    envelope: tuple[bytes, ...] = ()
    """The frames before the request, up to an empty one; they are sent back before the answer (REQ, RFC 28)."""
    only_answers: bool = False
    """Whether the client is a REQ socket, which drops unrequested messages."""


@dataclass(eq=False)
class _Open:
    """A request that another actor is answering."""

    sender: _Sender
    request: Request
    caller: Caller = field(default_factory=Caller)


@dataclass(frozen=True)
class _Answered:
    open: _Open
    answer: Answer


@dataclass(frozen=True)
class _News:
    """There are pushes to send."""


@dataclass(frozen=True)
class _Retry:
    """Timer: send again to clients whose queues were full."""


@dataclass(frozen=True)
class _EndSilent:
    """Timer: disconnect clients that sent nothing."""


@dataclass(frozen=True)
class _Finish:
    """Timer: stop, whatever is unanswered."""


class GatewayActor(SocketActor):
    """Serves one ROUTER socket. It never blocks: another actor's reply comes back as a message."""

    def __init__(
        self,
        *,
        listener: Listener,
        context: zmq.Context[Any],
        service: Service,
    ) -> None:
        super().__init__()
        self._listener = listener
        self._context = context
        self._service = service
        self._perceptions = service.perceptions
        self._watches: dict[bytes, Watch] = {}
        self._woken = False
        """Whether a `_News` is in the mailbox."""
        self._open: set[_Open] = set()
        self._stopping = False
        self._places = FairShare(MAX_PENDING)
        self._left: deque[bytes] = deque()
        """Clients whose `BOUNDED` requests were answered, added by the answering thread: each gives a place back."""
        self._socket: zmq.Socket[bytes] | None = None

    def on_start(self) -> None:
        """Open the endpoint."""
        socket: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        self._socket = socket
        socket.sndhwm = HIGH_WATER_MARK
        socket.maxmsgsize = MAX_REQUEST_BYTES
        socket.router_mandatory = True
        self._outbox, self._connections = Outbox(socket), Connections(socket, self._listener)
        self._listener.open(self._context, socket, self.sockets)
        self.sockets.attach("connections", self._connections.monitor, self._connections.gone)
        self.sockets.attach("clients", socket, lambda: _read(socket))
        self.mailbox.schedule("silent", connections.SPEAK_WITHIN_S, _EndSilent(), every=True)

    def on_receive(self, message: Any) -> None:
        """Answer requests, and push to watchers."""
        match message:
            case Arrived("clients", frames):
                self._on_frames(frames)
            case Arrived("connections", gone):
                self._forget(gone)
            case _Answered(open, answer):
                self._settle(open, answer)
            case _News():
                self._push_news()
            case _Retry():
                self._retry()
            case _EndSilent():
                self._forget(self._connections.gone())
                self._connections.end_silent()
            case _Finish():
                self.leave()
            case SourceFailed(_, error):
                raise error

    def actor_may_stop(self) -> bool:
        """Wait for pending commands, at most `FINISH_WITHIN_S`; cancel portal actions now."""
        self._stopping = True
        for waiting in tuple(self._open):
            if not isinstance(waiting.request, CommandRequest):
                self._settle(waiting, unanswered(waiting.request, STOPPING))
                waiting.caller.leave()
        if self._open:
            self.mailbox.schedule("finish", FINISH_WITHIN_S, _Finish())
        return not self._open

    def on_stop(self) -> None:
        """Answer the pending requests, and close the endpoint."""
        self._close(STOPPING)

    def on_failure(self, *_: object) -> None:
        """Answer the pending requests with the failure, and close the endpoint."""
        self._close("the daemon's gateway failed")

    def _close(self, why: str) -> None:
        if self._socket is None:
            return
        self._woken = True  # send no `_News` any more
        for waiting in tuple(self._open):
            waiting.caller.leave()
            self._settle(waiting, unanswered(waiting.request, why))
        for watch in self._watches.values():
            watch.close()
        self.sockets.detach("clients")
        self.sockets.detach("connections")
        self._connections.close(self._socket)
        self._socket.close(linger=LAST_WORDS_MS)
        self._socket = None
        self._listener.close(self.sockets)

    # Requests.

    def _on_frames(self, frames: list[zmq.Frame]) -> None:
        self._forget(self._connections.gone())
        if self._connections.note(frames):
            self._listener.arrived(frames[0].bytes, frames[-1])
            sender = _sender_of(frames)
            self._outbox.hurry(sender.client)
            self._on_request(sender, frames[-1].bytes)
            self._retry()

    def _on_request(self, sender: _Sender, frame: bytes) -> None:
        try:
            request = REQUEST.validate_json(frame)
        except ValidationError as error:
            mistake = first_mistake(error)
            refusal = ErrorInfo(code="bad_message", message=mistake.at("request"), field=mistake.field)
            self._send(sender, Answer(id=readable_id(frame), error=refusal))
            return
        try:
            self._answer(sender, request)
        except RefusedError as refused:
            self._send(sender, Answer(id=request.id, command_id=command_id(request), error=explain(refused)))

    def _answer(self, sender: _Sender, request: Request) -> None:
        if self._stopping:
            raise RefusedError("unavailable", STOPPING)
        if isinstance(request, WatchRequest):
            self._watch(sender, request)
            return
        if isinstance(request, BOUNDED):
            self._take_place(sender.client)
        if isinstance(request, CommandRequest) and not self._listener.same_clock:
            request = request.model_copy(update={"deadline": None})
        waiting = _Open(sender, request)
        reply = self._service.ask(request, waiting.caller)
        if isinstance(request, BOUNDED):
            reply.add_done_callback(lambda _: self._left.append(sender.client))
        if reply.done:
            self._send(sender, to_answer(request, reply))
        else:
            self._answer_later(waiting, reply)

    def _take_place(self, client: bytes) -> None:
        while self._left:
            self._places.leave(self._left.popleft())
        if not self._places.admit(client):
            raise RefusedError("overloaded", "this client has too many pending requests: wait for their answers")

    def _answer_later(self, waiting: _Open, reply: Reply) -> None:
        self._open.add(waiting)
        tell = self._tell_self
        reply.add_done_callback(lambda done: tell(_Answered(waiting, to_answer(waiting.request, done))))

    def _settle(self, waiting: _Open, answer: Answer) -> None:
        if waiting not in self._open:
            return
        self._open.discard(waiting)
        self._send(waiting.sender, answer)
        if self._stopping and not self._open:
            self.leave()

    def _tell_self(self, message: _Answered | _News) -> bool:
        """Send the message, from the thread that has the answer or the news. Returns whether it was delivered."""
        try:
            self.actor_ref.tell(message)
        except pykka.ActorDeadError:
            log.debug("dropped an answer: the gateway has ended")
        except MailboxFullError as error:
            log.warning("dropped an answer, its client must ask again: %s", error)
        else:
            return True
        return False

    def _send(self, sender: _Sender, answer: Answer) -> None:
        if self._socket is not None:
            frames = (*sender.envelope, answer.model_dump_json(by_alias=True).encode())
            self._outbox.answer(sender.client, frames, time.monotonic())
            self._try_again_in_time()

    def _forget(self, gone: list[bytes]) -> None:
        """Drop all state of disconnected clients, and cancel their pending requests."""
        for client in gone:
            self._listener.left(client)
            self._outbox.forget(client)
            watch = self._watches.pop(client, None)
            if watch is not None:
                watch.close()
            for waiting in [waiting for waiting in self._open if waiting.sender.client == client]:
                self._open.discard(waiting)
                waiting.caller.leave()

    # Watches.

    def _watch(self, sender: _Sender, request: WatchRequest) -> None:
        client, interest = sender.client, request.interest
        if sender.only_answers:
            raise RefusedError("not_permitted", "a REQ socket receives only answers: connect a DEALER to watch")
        watch = self._watches.get(client)
        if watch is None and len(self._watches) >= MAX_WATCHERS:
            raise RefusedError("overloaded", f"the daemon has its maximum of {MAX_WATCHERS} watchers: close one")
        if watch is None or watch.interest != interest:
            if watch is not None:
                watch.close()
            self._watches[client] = self._perceptions.watch(Watch(interest, on_news=self._on_news))
        # Answer last: a client that has the answer gets every later event.
        self._send(sender, Answer(id=request.id, watching=True, link=self._perceptions.link.value))

    def _on_news(self) -> None:
        # Called by whichever thread adds pushes to the watches: one message covers them all.
        if not self._woken:
            self._woken = True
            if not self._tell_self(_News()):
                self._woken = False  # the next news tries again

    def _push_news(self) -> None:
        """Send one push to each watcher, so that requests get their turn in between."""
        self._woken = False
        self._push(self._watches)

    def _push(self, clients: Iterable[bytes]) -> None:
        more = [self._push_one(client, self._watches[client]) for client in clients if client in self._watches]
        if any(more):
            self._on_news()
        self._try_again_in_time()

    def _push_one(self, client: bytes, watch: Watch) -> bool:
        """Send one push to a client. Returns whether it can take another now."""
        if not watch.has_news or self._outbox.is_full(client):
            return False
        taken = watch.take()
        if taken is None:
            return False
        if self._outbox.push(client, _pushed(taken), time.monotonic()):
            return watch.has_news
        watch.put_back(taken)
        return False

    def _retry(self) -> None:
        now = time.monotonic()
        if self._outbox.next_try() <= now:
            self._push(self._outbox.retry(now))

    def _try_again_in_time(self) -> None:
        again_in_s = self._outbox.next_try() - time.monotonic()
        if again_in_s < math.inf:
            self.mailbox.schedule("retry", max(0.0, again_in_s), _Retry())


def _read(socket: zmq.Socket[bytes]) -> list[zmq.Frame] | None:
    """The frames of one request; they have the descriptor of their connection."""
    try:
        return socket.recv_multipart(zmq.NOBLOCK, copy=False)
    except zmq.Again:
        return None


def _sender_of(frames: list[zmq.Frame]) -> _Sender:
    """The sender of a request: the first frame is its routing id, the last one the request."""
    client, envelope, request = frames[0].bytes, tuple(frame.bytes for frame in frames[1:-1]), frames[-1]
    if not envelope or envelope[-1]:
        return _Sender(client)  # without an empty frame at its end it is no envelope: ignore those frames
    return _Sender(client, envelope, request.get("Socket-Type") == "REQ")


def _pushed(taken: Numbered) -> bytes:
    """A `Pushed` as JSON, around the JSON of the event, which is written once for all watchers."""
    return b'{"seq":%d,"left_out":%d,%s' % (taken.seq, taken.left_out, taken.happened.json[1:])
