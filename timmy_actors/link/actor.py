"""The connection: one socket, one incarnation. It fails on link loss, and its supervisor starts the next."""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pykka
import zmq

from timmy_actors.errors import LinkLostError, ProtocolError
from timmy_actors.link import game_socket, probe
from timmy_actors.link.codec import decode, encode
from timmy_actors.link.game_socket import Hear, is_numeric
from timmy_actors.link.messages import LinkDown, LinkUp, Received, Transmit
from timmy_actors.link.state import LinkState, ServerClock, Signal, advance, wants_a_look, why_down
from timmy_actors.protocol import (
    PROTOCOL_VERSION,
    Error,
    ErrorInfo,
    Event,
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

HEARTBEAT_TIMEOUT_INTERVALS = 2
"""At three a frozen peer would be seen after more than 3.5 intervals half the time (measured, n=40)."""
STOOD_STILL_INTERVALS = 2.0
"""Without a turn of this actor, which pings each interval: its process was stopped, or had no processor."""
SUSPECT_AFTER_INTERVALS = 1.5
"""Of silence. A ping goes out each interval, and its answer is long here by then from any server that is well."""
LOOK_WITHIN_S = 0.5
"""How long it is listened to what fails the handshake; the link is known to be down by then."""
TELLING_ROUND_TRIP_MS = 250.0
"""A pong that took longer says too little of the server's clock, which drifts against ours by seconds a day."""
MAX_UNANSWERED = 10_000
"""Messages without an answer; a server that leaves more is not working."""
MOST_COMPLAINTS = 8
"""Different things wrong with what the server says that one incarnation logs; a flood of them must not fill the log."""
RIVAL_PAUSE_S = 5.0
"""Two daemons of one name take the server from each other: they do it this slowly, and the reason can be read."""
LISTENERS = ("perception", "command", "health")
"""Who hears of the link's ups and downs."""


@dataclass(frozen=True)
class LinkOptions:
    """How to reach the game."""

    address: Callable[[], str]
    """Asked at every start: the embedded world's port may change. Raises `LinkLostError` when there is none yet."""
    token: Callable[[], str | None]
    """The shared secret for PLAIN, read anew at every start; None for the NULL mechanism."""
    client: str
    heartbeat_interval_s: float
    resolve: Callable[[str, Hear], object]
    """Looks a host's name up, without blocking."""

    @property
    def patience_s(self) -> float:
        """How long the peer may be silent."""
        return HEARTBEAT_TIMEOUT_INTERVALS * self.heartbeat_interval_s


@dataclass(frozen=True)
class _Resolved:
    address: str | None


class ConnectionActor(SocketActor):
    """Opens its socket and returns: being up is a state, not a start. Holds nothing worth saving."""

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
        self._state = LinkState.RESOLVING
        self._senders: dict[str, str] = {}
        self._takes_bytes = math.inf
        """The largest message that the server takes; it would close the connection at a larger one."""
        self._complaints: set[str] = set()
        self._pings = itertools.count(1)
        self._pinged = ""
        self._pinged_at = 0.0
        self._opened_at = self._heard_at = self._turned_at = time.monotonic()
        self._stood_still_s, self._stood_still_until = 0.0, -math.inf
        """The last time that this process itself did not run."""
        self._socket: zmq.Socket[bytes] | None = None
        self._monitor: zmq.Socket[bytes] | None = None

    def on_start(self) -> None:
        """Look the server's name up, or connect at once; what becomes of it arrives as messages."""
        address = self._options.address()
        self._host, _, self._port = address.removeprefix("tcp://").rpartition(":")
        self._publish(address=address)
        self.mailbox.schedule("up", game_socket.UP_WITHIN_S, Signal.MUTE)
        if is_numeric(self._host):
            self._on_resolved(self._host)
        else:
            self._options.resolve(self._host, self._hear_of_host)

    def _hear_of_host(self, address: str | None) -> None:
        with contextlib.suppress(pykka.ActorDeadError):  # it has ended meanwhile: its successor asks anew
            self.actor_ref.tell(_Resolved(address))

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
        self.sockets.attach("game", socket, lambda: read_frames(socket))

    def on_receive(self, message: Any) -> None:
        """Move messages between the socket and the actors."""
        self._notice_standstill()
        match message:
            case Transmit():
                self._transmit(message)
            case _Resolved(address):
                self._on_resolved(address)
            case LinkLostError():
                raise message
            case Arrived("game", frames):
                self._on_frames(frames)
            case Arrived("monitor", signal) | (Signal() as signal):
                self._on_signal(signal)
            case "ping":
                self._ping()
            case SourceFailed(_, error):
                raise LinkLostError(f"the socket failed: {error}")

    def on_stop(self) -> None:
        """Close the socket and say so."""
        self._end("stopped")

    def on_failure(self, _type: object, failure: BaseException | None, _traceback: object) -> None:
        """The same, with the reason."""
        self._end(str(failure))

    def _on_signal(self, signal: Signal) -> None:
        before, self._state = self._state, advance(self._state, signal)
        if before is LinkState.DOWN:
            return
        if self._state is LinkState.DOWN:
            raise LinkLostError(self._why(before, signal))
        if self._state is before:
            return
        self._publish()
        if self._state is LinkState.GREETING:
            self._send(Hello(id="hello", client=self._options.client))

    def _notice_standstill(self) -> None:
        now = time.monotonic()
        still_s, self._turned_at = now - self._turned_at, now
        if self._state.carries and still_s > STOOD_STILL_INTERVALS * self._options.heartbeat_interval_s:
            self._stood_still_s, self._stood_still_until = still_s, now

    def _stood_still(self, now: float) -> float:
        """How long this process had not run just before: what was heard of the peer by then says nothing of it."""
        return self._stood_still_s if now - self._stood_still_until <= self._options.patience_s else 0.0

    def _why(self, before: LinkState, signal: Signal) -> str:
        now, patience_s = time.monotonic(), self._options.patience_s
        silent_s, stood_still_s = now - self._heard_at, self._stood_still(now)
        why = why_down(before, signal, silent_s=silent_s, patience_s=patience_s, stood_still_s=stood_still_s)
        if wants_a_look(before, signal):
            self._end(why)
            why = f"{why}: {probe.look(self._host, int(self._port), LOOK_WITHIN_S)}"
        return why

    def _on_frames(self, frames: list[bytes]) -> None:
        self._heard_at = time.monotonic()
        if self._state is LinkState.SUSPECT:
            self._on_signal(Signal.HEARD)
        try:
            message = decode(frames[-1])
        except ProtocolError as error:
            self._complain(f"dropped what the game server said: {error}")
            return
        match message:
            case Welcome() if self._state is LinkState.GREETING:
                self._on_welcome(message)
            case Pong():
                self._on_pong(message)
            case Error(id="hello"):
                raise LinkLostError(f"the server declined: {message.error.message}")
            case Error(id=None) if message.error.code == "not_permitted" and message.error.field == "client":
                self._give_way()
            case Perception(id=None) | Event():
                self._directory.tell("perception", Received(self._epoch, message))
            case _:
                self._route(message.id, Received(self._epoch, message))

    def _give_way(self) -> None:
        lost = LinkLostError(
            f"another connection uses the name {self._options.client!r} that this daemon has in link.client:"
            " stop that daemon, or give one of them another name"
        )
        self._end(str(lost))
        self.mailbox.cancel("ping")
        self.mailbox.schedule("give way", RIVAL_PAUSE_S, lost)

    def _route(self, key: str | None, received: Received) -> None:
        sender = self._senders.pop(key, None) if key is not None else None
        if sender is not None:
            self._directory.tell(sender, received)
        elif isinstance(received.message, Error):
            self._complain(f"the game server says: {received.message.error.message}")
        elif isinstance(received.message, Result):
            log.debug("a second answer to %s was dropped", key)

    def _complain(self, words: str) -> None:
        if words in self._complaints or len(self._complaints) >= MOST_COMPLAINTS:
            log.debug("%s", words)
            return
        self._complaints.add(words)
        log.warning("%s", words)

    def _on_welcome(self, welcome: Welcome) -> None:
        if welcome.protocol != PROTOCOL_VERSION:
            raise LinkLostError(
                f"the server speaks version {welcome.protocol} of the bridge's protocol, this daemon version"
                f" {PROTOCOL_VERSION}: update the older of them"
            )
        self._state = advance(self._state, Signal.WELCOMED)
        self.mailbox.cancel("up")
        self.mailbox.schedule("ping", self._options.heartbeat_interval_s, "ping", every=True)
        self._takes_bytes = welcome.server.limits.get("frame_bytes", math.inf)
        took_ms = (self._heard_at - self._opened_at) * 1000
        clock = ServerClock.heard(welcome.now, self._heard_at)
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
        if now - self._heard_at > suspect_after_s and not self._stood_still(now):
            self._on_signal(Signal.SILENT)
        self._pinged = f"ping-{next(self._pings)}"
        self._send(Ping(id=self._pinged))

    def _on_pong(self, pong: Pong) -> None:
        update: dict[str, Any] = {"load": pong.load}
        if pong.id == self._pinged:
            round_trip_ms = (self._heard_at - self._pinged_at) * 1000
            update["round_trip_ms"] = round(round_trip_ms, 3)
            if round_trip_ms <= TELLING_ROUND_TRIP_MS:
                update["server_clock_ms"] = ServerClock.heard(pong.now, self._heard_at).offset_ms
        self._status.value = self._status.value.model_copy(update=update)

    def _transmit(self, message: Transmit) -> None:
        if message.epoch != self._epoch or not self._state.carries:
            log.debug("dropped a message of epoch %d in epoch %d", message.epoch, self._epoch)
            return
        if len(self._senders) >= MAX_UNANSWERED:
            raise LinkLostError(f"the server left {MAX_UNANSWERED} messages unanswered")
        frame = encode(message.message)
        if len(frame) > self._takes_bytes:
            self._decline(message, len(frame))
            return
        self._senders[message.message.id] = message.sender
        self._send_frame(frame)

    def _decline(self, message: Transmit, size: int) -> None:
        """Answer in the server's place: sent, it would end the link, and again each time that it went out anew."""
        told = f"it has {size} bytes as a message, the game server takes {self._takes_bytes:g} (limits.frame_bytes)"
        error = Error(id=message.message.id, error=ErrorInfo(code="bad_arguments", message=told, field="arguments"))
        self._directory.tell(message.sender, Received(self._epoch, error))

    def _send(self, message: Any) -> None:
        self._send_frame(encode(message))

    def _send_frame(self, frame: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.send(frame, zmq.NOBLOCK)
        except zmq.Again:
            self._take_signals()  # a link that has just ended looks like one that is full
            if self._state is not LinkState.DOWN:
                raise LinkLostError("the server does not read what it is sent") from None

    def _take_signals(self) -> None:
        while self._monitor is not None and (signal := game_socket.read_signal(self._monitor)) is not None:
            self._on_signal(signal)

    def _end(self, reason: str) -> None:
        was_up = self._state.carries or self._status.value.carries
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
        self._publish(reason=reason, round_trip_ms=None, load=None)
        if was_up:
            self._tell_listeners(LinkDown(self._epoch, reason))

    def _tell_listeners(self, message: LinkUp | LinkDown) -> None:
        for name in LISTENERS:
            self._directory.notify(name, message)

    def _publish(self, **changes: Any) -> None:
        status: LinkStatus = self._status.value
        state = self._state.value
        since = status.since if status.state == state else datetime.now(UTC)
        update = {"state": state, "since": since, "epoch": self._epoch, **changes}
        self._status.value = status.model_copy(update=update)
