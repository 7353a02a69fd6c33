"""The connection actor: one socket per incarnation. It fails on link loss, and its supervisor restarts it."""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import time
from datetime import UTC, datetime
from typing import Any, Literal

import pykka
import zmq

from timmy_actors.errors import LinkLostError, ProtocolError
from timmy_actors.link import game_socket, probe
from timmy_actors.link.codec import decode, encode
from timmy_actors.link.game_socket import is_loopback, is_numeric
from timmy_actors.link.messages import LinkDown, LinkUp, Received, Transmit
from timmy_actors.link.options import LinkOptions
from timmy_actors.link.state import LinkState, ServerClock, Signal, advance, needs_probe, why_down
from timmy_actors.link.timers import KNOCK_EVERY_S, KNOCK_FOR_S, Knock, Resolved, SendPing
from timmy_actors.link.tracing import CommandSpans
from timmy_actors.protocol import (
    FIRST_VERSION,
    PROTOCOL_VERSION,
    Error,
    ErrorInfo,
    Event,
    Frame,
    Hello,
    LinkStatus,
    Perception,
    Ping,
    Pong,
    Result,
    Welcome,
)
from timmy_actors.supervision import Directory, SharedValue
from timmy_actors.supervision.sockets import Arrived, SocketActor, SourceFailed, read_frames

log = logging.getLogger(__name__)

STOOD_STILL_INTERVALS = 2.0
"""If this actor, which pings each interval, does not run for this long, its process was stopped or starved of CPU."""
SUSPECT_AFTER_INTERVALS = 1.5
"""Silence after which a link is suspect. A ping is sent each interval, and a healthy server answers well before."""
PROBE_TIMEOUT_S = 0.5
"""How long a peer that failed the handshake is probed; the link is already published as down."""
MAX_CLOCK_ROUND_TRIP_MS = 250.0
"""A slower pong is too inaccurate to update the server's clock, which drifts against ours by seconds a day."""
GATHER_S = 0.005
"""Pushes that come within this time are read together, while no answer is awaited."""
MAX_UNANSWERED = 10_000
"""Unanswered messages; a server that leaves more is considered broken, and the link is dropped."""
MAX_WARNINGS = 8
"""Distinct warnings about the server's messages per incarnation, so that invalid messages cannot flood the log."""
RIVAL_PAUSE_S = 5.0
"""Pause before reconnecting when another daemon took over the client name, so that the two do not alternate quickly."""
LISTENERS = ("perception", "command", "health")
"""The actors that receive `LinkUp` and `LinkDown`."""


class ConnectionActor(SocketActor):
    """Owns the socket. Its start returns before the link is up, which is a state; it holds nothing worth saving."""

    actor_in_senders_thread = (Transmit,)

    def __init__(
        self,
        options: LinkOptions,
        *,
        epoch: int,
        context: zmq.Context[Any],
        directory: Directory,
        status: SharedValue[LinkStatus],
    ) -> None:
        super().__init__()
        self._options = options
        self._epoch = epoch
        self._context = context
        self._directory = directory
        self._status = status
        self._tap = options.tap
        self._state = LinkState.RESOLVING
        self._senders: dict[str, str] = {}
        self._spans = CommandSpans()
        self._max_frame_bytes = math.inf
        """The largest message that the server accepts; a larger one makes it close the connection."""
        self._is_older = False
        """Whether the server declined the newest version of the protocol."""
        self._warnings: set[str] = set()
        self._pings = itertools.count(1)
        self._pinged = ""
        self._pinged_at = 0.0
        self._opened_at = self._received_at = self._ran_at = time.monotonic()
        self._stood_still_s, self._stood_still_until = 0.0, -math.inf
        """The last suspension of this process: its length, and when it ended."""
        self._socket: zmq.Socket[bytes] | None = None
        self._monitor: zmq.Socket[bytes] | None = None

    def on_start(self) -> None:
        """Resolve the server's name, or connect at once; the results arrive as messages."""
        address = self._options.address()
        self._host, _, self._port = address.removeprefix("tcp://").rpartition(":")
        self._publish(address=address)
        self.mailbox.schedule("up", game_socket.UP_WITHIN_S, Signal.MUTE)
        if is_numeric(self._host):
            self._on_resolved(self._host)
        else:
            self._options.resolve(self._host, self._on_address)

    def _on_address(self, address: str | None) -> None:
        with contextlib.suppress(pykka.ActorDeadError):  # this incarnation has ended; its successor resolves again
            self.actor_ref.tell(Resolved(address))

    def _on_resolved(self, address: str | None) -> None:
        self._on_signal(Signal.RESOLVED if address is not None else Signal.UNRESOLVED)
        self._socket, self._monitor = game_socket.connect(
            self._context,
            f"tcp://{address}:{self._port}",
            self._options.token(),
            self._options.heartbeat_interval_s,
            self._options.patience_s,
        )
        socket, monitor = self._socket, self._monitor
        self.sockets.attach("monitor", monitor, lambda: game_socket.read_signal(monitor))
        self.sockets.attach(
            "game", socket, lambda: read_frames(socket), gather_s=GATHER_S, is_urgent=self._awaits_answer
        )

    def _awaits_answer(self) -> bool:
        return bool(self._senders) or bool(self._pinged) or self._state is not LinkState.UP

    def on_receive(self, message: Any) -> None:
        """Pass messages between the socket and the actors, and follow the link's state."""
        self._notice_standstill()
        match message:
            case Transmit():
                self._transmit(message)
            case Resolved(address):
                self._on_resolved(address)
            case LinkLostError():
                raise message
            case Arrived("game", frames):
                self._on_frames(frames)
            case Arrived("monitor", signal) | (Signal() as signal):
                self._on_signal(signal)
            case SendPing():
                self._ping()
            case Knock():
                self._knock(message)
            case SourceFailed(_, error):
                raise LinkLostError(f"the socket failed: {error}")

    def on_stop(self) -> None:
        """Close the socket and publish that the link is down."""
        self._end("stopped")

    def on_failure(self, _type: object, failure: BaseException | None, _traceback: object) -> None:
        """Close the socket and publish the failure as the reason."""
        self._end(str(failure))

    def _on_signal(self, signal: Signal) -> None:
        before, self._state = self._state, advance(self._state, signal)
        if before is LinkState.DOWN:
            return
        if self._state is LinkState.DOWN:
            why = self._down_reason(before, signal)
            if before is LinkState.CONNECTING and signal is not Signal.MUTE and is_loopback(self._host):
                self._end(why)
                self._knock(Knock(time.monotonic() + KNOCK_FOR_S, why))
                return
            raise LinkLostError(why)
        if self._state is before:
            return
        self._publish()
        if self._state is LinkState.GREETING:
            self._say_hello(PROTOCOL_VERSION)

    def _knock(self, knock: Knock) -> None:
        """Connect when a server of this machine listens again: knocking costs a hundredth of a new incarnation."""
        if game_socket.listens(self._host, int(self._port)):
            self._state = LinkState.RESOLVING
            self._opened_at = self._received_at = time.monotonic()
            self.mailbox.schedule("up", game_socket.UP_WITHIN_S, Signal.MUTE)
            self._on_resolved(self._host)
        elif time.monotonic() >= knock.until:
            raise LinkLostError(knock.why)
        else:
            self.mailbox.cancel("up")
            self.mailbox.schedule("knock", KNOCK_EVERY_S, knock)

    def _say_hello(self, version: int) -> None:
        self._send(Hello(id="hello", protocol=version, client=self._options.client))

    def _notice_standstill(self) -> None:
        now = time.monotonic()
        still_s, self._ran_at = now - self._ran_at, now
        if self._state.carries and still_s > STOOD_STILL_INTERVALS * self._options.heartbeat_interval_s:
            self._stood_still_s, self._stood_still_until = still_s, now

    def _stood_still(self, now: float) -> float:
        """How long this process was suspended just before `now`, or 0; a peer's silence in that time proves nothing."""
        return self._stood_still_s if now - self._stood_still_until <= self._options.patience_s else 0.0

    def _down_reason(self, before: LinkState, signal: Signal) -> str:
        now, patience_s = time.monotonic(), self._options.patience_s
        silent_s, stood_still_s = now - self._received_at, self._stood_still(now)
        why = why_down(before, signal, silent_s=silent_s, patience_s=patience_s, stood_still_s=stood_still_s)
        if needs_probe(before, signal):
            self._end(why)
            why = f"{why}: {probe.probe_peer(self._host, int(self._port), PROBE_TIMEOUT_S)}"
        return why

    def _on_frames(self, frames: list[bytes]) -> None:
        self._received_at = time.monotonic()
        self._observe("received", frames[-1])
        if self._state is LinkState.SUSPECT:
            self._on_signal(Signal.RECEIVED)
        try:
            message = decode(frames[-1])
        except ProtocolError as error:
            self._warn_once(f"dropped an invalid message from the game server: {error}")
            return
        match message:
            case Welcome() if self._state is LinkState.GREETING:
                self._on_welcome(message)
            case Pong():
                self._on_pong(message)
            case Error(id="hello") if message.error.code == "unsupported_version" and not self._is_older:
                self._is_older = True
                self._say_hello(FIRST_VERSION)
            case Error(id="hello"):
                raise LinkLostError(f"the server declined: {message.error.message}")
            case Error(id=None) if message.error.code == "not_permitted" and message.error.field == "client":
                self._give_way()
            case Perception(id=None) | Frame() | Event():
                self._directory.tell("perception", Received(self._epoch, message))
            case _:
                self._route(message.id, Received(self._epoch, message))

    def _give_way(self) -> None:
        lost = LinkLostError(
            f"another connection uses the name {self._options.client!r}, which is this daemon's link.client:"
            " stop the other daemon, or give one of them another name"
        )
        self._end(str(lost))
        self.mailbox.cancel("ping")
        self.mailbox.schedule("give way", RIVAL_PAUSE_S, lost)

    def _route(self, key: str | None, received: Received) -> None:
        sender = self._senders.pop(key, None) if key is not None else None
        if sender is not None:
            if isinstance(received.message, Result | Error):
                self._spans.end(received.message, self._status.value)
            self._directory.tell(sender, received)
        elif isinstance(received.message, Error):
            self._warn_once(f"the game server reported an error: {received.message.error.message}")
        elif isinstance(received.message, Result):
            log.debug("dropped a second answer to %s", key)

    def _warn_once(self, text: str) -> None:
        if text in self._warnings or len(self._warnings) >= MAX_WARNINGS:
            log.debug("%s", text)
            return
        self._warnings.add(text)
        log.warning("%s", text)

    def _on_welcome(self, welcome: Welcome) -> None:
        if not FIRST_VERSION <= welcome.protocol <= PROTOCOL_VERSION:
            raise LinkLostError(
                f"the server uses version {welcome.protocol} of the bridge protocol, this daemon versions"
                f" {FIRST_VERSION} to {PROTOCOL_VERSION}: update the older of the two"
            )
        self._state = advance(self._state, Signal.WELCOMED)
        self.mailbox.cancel("up")
        self.mailbox.schedule("ping", self._options.heartbeat_interval_s, SendPing(), every=True)
        self._max_frame_bytes = welcome.server.limits.get("frame_bytes", math.inf)
        took_ms = (self._received_at - self._opened_at) * 1000
        clock = ServerClock.measured(welcome.now, self._received_at)
        self._publish(
            reason=None,
            up_after_ms=round(took_ms, 3),
            boot=welcome.boot,
            remember_s=welcome.remember_s,
            server=welcome.server,
            server_clock_ms=clock.offset_ms,
        )
        self._tell_listeners(LinkUp(self._epoch, welcome.boot))
        self._ping()

    def _ping(self) -> None:
        now = self._pinged_at = time.monotonic()
        suspect_after_s = SUSPECT_AFTER_INTERVALS * self._options.heartbeat_interval_s
        if now - self._received_at > suspect_after_s and not self._stood_still(now):
            self._on_signal(Signal.SILENT)
        self._pinged = f"ping-{next(self._pings)}"
        self._send(Ping(id=self._pinged))

    def _on_pong(self, pong: Pong) -> None:
        update: dict[str, Any] = {"load": pong.load}
        if pong.id == self._pinged:
            round_trip_ms = (self._received_at - self._pinged_at) * 1000
            update["round_trip_ms"] = round(round_trip_ms, 3)
            if round_trip_ms <= MAX_CLOCK_ROUND_TRIP_MS:
                update["server_clock_ms"] = ServerClock.measured(pong.now, self._received_at).offset_ms
            self._pinged = ""
        self._status.value = self._status.value.model_copy(update=update)

    def _transmit(self, message: Transmit) -> None:
        if message.epoch != self._epoch or not self._state.carries:
            log.debug("dropped a message of epoch %d in epoch %d", message.epoch, self._epoch)
            return
        if len(self._senders) >= MAX_UNANSWERED:
            raise LinkLostError(f"the server left {MAX_UNANSWERED} messages unanswered")
        frame = encode(self._spans.begin(message.message, self._status.value))
        if len(frame) > self._max_frame_bytes:
            self._decline(message, len(frame))
            return
        self._senders[message.message.id] = message.sender
        self._send_frame(frame)

    def _decline(self, message: Transmit, size: int) -> None:
        """Refuse an oversized message here: the server would close the link, and again at each retransmission."""
        reason = (
            f"the message has {size} bytes, the game server accepts {self._max_frame_bytes:g} (limits.frame_bytes):"
            " shorten the arguments"
        )
        error = Error(id=message.message.id, error=ErrorInfo(code="bad_arguments", message=reason, field="arguments"))
        self._spans.end(error, self._status.value)
        self._directory.tell(message.sender, Received(self._epoch, error))

    def _send(self, message: Any) -> None:
        self._send_frame(encode(message))

    def _send_frame(self, frame: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(frame, zmq.NOBLOCK)
            self._observe("sent", frame)
        except zmq.Again:
            self._take_signals()  # a link that has just ended also raises Again
            if self._state is not LinkState.DOWN:
                raise LinkLostError("the server does not read the messages sent to it") from None

    def _take_signals(self) -> None:
        while self._monitor is not None and (signal := game_socket.read_signal(self._monitor)) is not None:
            self._on_signal(signal)

    def _end(self, reason: str) -> None:
        was_up = self._state.carries or self._status.value.carries
        self._spans.end_all()
        self._state = LinkState.DOWN
        self.sockets.detach("monitor")
        self.sockets.detach("game")
        if self._socket is not None:
            self._socket.disable_monitor()
            self._socket.close(linger=0)
            self._socket = None
        if self._monitor is not None:
            self._monitor.close(linger=0)
            self._monitor = None
        if was_up:  # before it is published: whoever sees that the link is down finds its end in the flight recorder
            self._observe("down", reason.encode())
        self._publish(reason=reason, round_trip_ms=None, load=None)
        if was_up:
            self._tell_listeners(LinkDown(self._epoch, reason))

    def _observe(self, what: Literal["sent", "received", "down"], data: bytes) -> None:
        if self._tap is None:
            return
        try:
            self._tap(what, self._epoch, data)
        except Exception:  # whatever it is, an observer must not end the link
            self._tap = None
            log.exception("the observer of the link failed and is dropped")

    def _tell_listeners(self, message: LinkUp | LinkDown) -> None:
        for name in LISTENERS:
            self._directory.notify(name, message)

    def _publish(self, **changes: Any) -> None:
        status: LinkStatus = self._status.value
        state = self._state.value
        since = status.since if status.state == state else datetime.now(UTC)
        update = {"state": state, "since": since, "epoch": self._epoch, **changes}
        self._status.value = status.model_copy(update=update)
