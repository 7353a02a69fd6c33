"""The player client's actor: one UDP socket, one login at a time. It fails on link loss, and is then restarted."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import secrets
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pykka

from timmy_actors.errors import ConfigError, PlayerLinkLostError, RefusedError
from timmy_actors.player_client.account import Login
from timmy_actors.player_client.body import Answer, Body
from timmy_actors.player_client.combat_acts import COMBAT_ACTS
from timmy_actors.player_client.connection import PlayerConnection
from timmy_actors.player_client.endings import Ending
from timmy_actors.player_client.item_acts import ITEM_ACTS
from timmy_actors.player_client.perceiving import boot_of, perceive
from timmy_actors.player_client.raknet.offline import Address
from timmy_actors.player_client.recovery_acts import RECOVERY_ACTS
from timmy_actors.player_client.session import EnteredWorld, Received, SessionEvent
from timmy_actors.player_client.way_acts import WAY_ACTS
from timmy_actors.player_client.ways import SeenWays
from timmy_actors.protocol import PerceptionOutput, PlayerClientStatus, Revision
from timmy_actors.supervision import DEFERRED, Reply, SharedValue
from timmy_actors.supervision.sockets import Arrived, SocketActor, SourceFailed

log = logging.getLogger(__name__)

MAX_DATAGRAM = 2048
MAX_DATAGRAMS_AT_ONCE = 64
BUFFER_BYTES = 1 << 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0
"""How long to wait after a kick or from a full server; each time in a row twice as long, at most an hour."""
GHOST_PAUSE_S, SHORTEST_GHOST_PAUSE_S, GHOST_TRIES = 12.0, 2.0, 2
"""After a kick while connecting, the next tries are so long after the one before began, and at least so long after its
end: a server forgets a player that was cut off after 10 s of silence, and a kick shows as late as that."""
STABLE_AFTER_S = 600.0
"""After this time in the world, the next pause is the first again."""
LEAVE_WITHIN_S = 1.0
"""How long a stop waits for the server to acknowledge the goodbye."""
PUBLISH_EVERY_S = 0.1
"""How often a changed perception is published."""
MAX_ACTS = 64

OnResolved = Callable[[str | None], object]


@dataclass(frozen=True)
class PlayerClientOptions:
    """How to connect, and as whom."""

    host: str
    port: int
    name: str
    login: Callable[[], Login]
    """Reads the account's files, at every login. Raises `ConfigError`."""
    resolve: Callable[[str, OnResolved], object]
    """Resolves a host's name without blocking."""
    all_cells: bool = False
    combat: bool = False


@dataclass(frozen=True)
class PlayerAct:
    """Ask the player to do something (see `Body`); answered when it is done."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Acted:
    """The answer to an act, and the revision of the perception that shows its effects."""

    value: Answer
    revision: Revision


@dataclass(frozen=True)
class _Resolved:
    address: str | None


@dataclass(frozen=True)
class _Tick:
    """Timer: something is due."""


@dataclass(frozen=True)
class _Again:
    """Timer: the pause after a refusal is over."""


class PlayerClientActor(SocketActor):
    """Logs in, keeps the connection, and carries out acts. Being in the world is a state, not a start."""

    def __init__(
        self,
        options: PlayerClientOptions,
        *,
        epochs: Iterator[int],
        status: SharedValue[PlayerClientStatus | None],
        perception: SharedValue[PerceptionOutput | None],
        ways: SeenWays | None = None,
    ) -> None:
        super().__init__()
        self._options = options
        self._epochs = epochs
        self._epoch = 0
        self._status = status
        self._perception = perception
        self._ways = SeenWays() if ways is None else ways
        self._socket: socket.socket | None = None
        self._connection: PlayerConnection | None = None
        self._body: Body | None = None
        self._acts = 0
        self._began = self._entered_at = 0.0
        self._pause_s = FIRST_PAUSE_S
        self._ghost_tries = 0
        self._published = (-1, -1.0)
        """The revision of the last published perception, and when."""

    def on_start(self) -> None:
        """Begin to log in; the results arrive as messages."""
        self._publish(state="connecting")
        self._resolve()

    def on_receive(self, message: Any) -> Any:
        """Pass datagrams to the connection, and acts to the body."""
        match message:
            case Arrived("server", datagrams):
                self._on_datagrams(datagrams)
            case _Tick():
                self._advance()
            case PlayerAct(name, params):
                return self._act(name, params)
            case _Resolved(address):
                self._on_resolved(address)
            case _Again():
                self._resolve()
            case SourceFailed(_, error):
                raise PlayerLinkLostError(f"the socket failed: {error}")
        return None

    def on_stop(self) -> None:
        """Say goodbye, and wait a moment for the server's acknowledgement."""
        self._leave()
        self._close("stopped")

    def on_failure(self, _type: object, failure: BaseException | None, _traceback: object) -> None:
        """Close the socket and publish the failure as the reason."""
        self._close(str(failure))

    # Connecting.

    def _resolve(self) -> None:
        try:
            self._on_resolved(str(ipaddress.IPv4Address(self._options.host)))
        except ipaddress.AddressValueError:
            self._options.resolve(self._options.host, self._on_address)

    def _on_address(self, address: str | None) -> None:
        with contextlib.suppress(pykka.ActorDeadError):  # this incarnation has ended; its successor resolves again
            self.actor_ref.tell(_Resolved(address))

    def _on_resolved(self, address: str | None) -> None:
        if address is None:
            raise PlayerLinkLostError(f"the name {self._options.host} cannot be resolved: check player_client.server")
        try:
            login = self._options.login()
        except ConfigError as error:
            self._publish(state="refused", code="bad_settings", reason=str(error))
            return
        self._connect((address, self._options.port), login)

    def _connect(self, server: Address, login: Login) -> None:
        self._began, self._entered_at, self._epoch = time.monotonic(), 0.0, next(self._epochs)
        self._socket = _open(server)
        receiver = self._socket
        self.sockets.attach("server", receiver.fileno(), lambda: _read(receiver))
        self._connection = PlayerConnection(
            server, login, secrets.randbits(64), self._began, all_cells=self._options.all_cells
        )
        acts = {**ITEM_ACTS, **COMBAT_ACTS, **RECOVERY_ACTS, **WAY_ACTS}
        self._body = Body(self._connection.session, acts, combat=self._options.combat, ways=self._ways)
        self._publish(state="connecting")
        self._advance()

    # Running.

    def _on_datagrams(self, datagrams: list[bytes]) -> None:
        connection, now = self._connection, time.monotonic()
        if connection is not None:
            self._on_events([event for data in datagrams for event in connection.receive(data, now)], now)
            self._advance()

    def _advance(self) -> None:
        connection, body, now = self._connection, self._body, time.monotonic()
        if connection is None or body is None:
            return
        body.advance(now)
        events = connection.advance(now)
        self._send(connection, now)
        self._on_events(events, now)
        if self._connection is connection:
            self._publish_perception(now)
            due = min(connection.next_time(), body.next_time(), self._publish_time())
            self.mailbox.schedule("tick", max(0.0, due - time.monotonic()), _Tick())

    def _send(self, connection: PlayerConnection, now: float) -> None:
        for data in connection.datagrams(now):
            with contextlib.suppress(OSError):  # a full buffer, or no route: both lose datagrams, as a network does
                if self._socket is not None:
                    self._socket.send(data)

    def _on_events(self, events: list[SessionEvent], now: float) -> None:
        for event in events:
            match event:
                case Received(packet):
                    if self._body is not None:
                        self._body.receive(packet)
                    if packet.name == "GAME_SETTINGS" and self._state() == "connecting":
                        self._publish(state="logging_in")
                case EnteredWorld():
                    self._entered_at, self._ghost_tries = now, 0
                    self._publish(
                        state="in_world", code=None, reason=None, login_ms=round((now - self._began) * 1000, 1)
                    )
                case Ending():
                    self._on_ending(event, now)
                    return

    def _on_ending(self, ending: Ending, now: float) -> None:
        if self._connection is not None:
            self._send(self._connection, now)  # the acknowledgement of a disconnection
        if self._entered_at and now - self._entered_at > STABLE_AFTER_S:
            self._pause_s = FIRST_PAUSE_S
        if ending.again == "at once":
            self._publish(code=ending.code)
            raise PlayerLinkLostError(ending.message)
        self._close(ending.message)
        if ending.again == "later":
            pause_s = self._next_pause(ending, now)
            reason = f"{ending.message}; the next try is in {pause_s:.0f} s"
            self._publish(state="waiting", code=ending.code, reason=reason)
            self.mailbox.schedule("again", pause_s, _Again())
        else:
            self._publish(state="refused", code=ending.code, reason=ending.message)
        log.warning("player %s at %s: %s", self._options.name, self._server(), ending.message)

    def _next_pause(self, ending: Ending, now: float) -> float:
        if ending.code == "kicked_while_connecting" and self._ghost_tries < GHOST_TRIES:
            self._ghost_tries += 1
            return max(SHORTEST_GHOST_PAUSE_S, GHOST_PAUSE_S - (now - self._began))
        pause_s, self._pause_s = self._pause_s, min(LONGEST_PAUSE_S, self._pause_s * 2)
        return pause_s

    def _act(self, name: str, params: Mapping[str, Any]) -> object:
        if self._body is None or self._connection is None:
            raise RefusedError("unavailable", f"the player is not in the world: {self._reason()}")
        if self._acts >= MAX_ACTS:
            raise RefusedError("overloaded", f"{MAX_ACTS} acts are not done yet: try again later")
        self._acts += 1
        reply: Reply = self.take_reply()
        session, epoch = self._connection.session, self._epoch

        def done(answer: Answer | RefusedError) -> None:
            self._acts -= 1
            if isinstance(answer, RefusedError):
                reply.fail(answer)
            else:
                reply.set(Acted(answer, Revision(boot=boot_of(epoch), number=session.view.revision)))

        self._body.act(name, params, time.monotonic(), done)
        self._advance()
        return DEFERRED

    # Ending.

    def _leave(self) -> None:
        connection, server = self._connection, self._socket
        if connection is None or server is None or not connection.transport.connected:
            return
        until = time.monotonic() + LEAVE_WITHIN_S
        connection.leave(time.monotonic())
        while (now := time.monotonic()) < until:
            self._send(connection, now)
            if connection.transport.unacknowledged == 0:
                return
            select.select([server], [], [], max(0.0, min(until, connection.next_time()) - now))
            for data in _read(server) or ():
                connection.receive(data, now)

    def _close(self, reason: str) -> None:
        if self._body is not None:
            self._body.end(RefusedError("unavailable", f"the player's connection ended: {reason}"))
        self.mailbox.cancel("tick")
        self.sockets.detach("server")
        if self._socket is not None:
            self._socket.close()
        self._socket = self._connection = self._body = None
        self._publish(state="down", reason=reason, round_trip_ms=None, cells=(), authority=())
        snapshot = self._perception.value
        if snapshot is not None and not snapshot.stale:
            self._perception.value = snapshot.model_copy(update={"stale": True, "stale_reason": reason})

    # Publishing.

    def _publish_time(self) -> float:
        connection = self._connection
        changed = connection is not None and connection.session.view.revision != self._published[0]
        return self._published[1] + PUBLISH_EVERY_S if changed else time.monotonic() + LONGEST_PAUSE_S

    def _publish_perception(self, now: float) -> None:
        connection = self._connection
        if connection is None or self._state() != "in_world" or now < self._publish_time():
            return
        session, transport = connection.session, connection.transport
        self._published = (session.view.revision, now)
        self._perception.value = perceive(session, name=self._options.name, epoch=self._epoch)
        round_trip_s = transport.round_trip_s
        self._publish(
            round_trip_ms=None if round_trip_s is None else round(round_trip_s * 1000, 2),
            cells=tuple(sorted(cell.description for cell in session.loaded)),
            authority=tuple(sorted(cell.description for cell in session.view.authority)),
            malformed=transport.malformed + connection.malformed_packets,
            resent=transport.resent,
        )

    def _state(self) -> str:
        return "down" if self._status.value is None else self._status.value.state

    def _reason(self) -> str:
        status = self._status.value
        return "it has not started" if status is None else status.reason or status.state

    def _server(self) -> str:
        return f"{self._options.host}:{self._options.port}"

    def _publish(self, **changes: Any) -> None:
        status = self._status.value or PlayerClientStatus(state="down", server="", name="")
        state = changes.get("state", status.state)
        since = status.since if status.state == state else datetime.now(UTC)
        fixed = {"server": self._server(), "name": self._options.name, "epoch": self._epoch, "since": since}
        self._status.value = status.model_copy(update={**fixed, **changes})


def _open(server: Address) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)  # noqa: FBT003
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        opened.connect(server)  # only this server's datagrams arrive
    except OSError as error:
        opened.close()
        raise PlayerLinkLostError(f"no UDP socket to {server[0]}:{server[1]}: {error.strerror}") from error
    return opened


def _read(receiver: socket.socket) -> list[bytes] | None:
    datagrams: list[bytes] = []
    for _ in range(MAX_DATAGRAMS_AT_ONCE):
        try:
            datagrams.append(receiver.recv(MAX_DATAGRAM))
        except BlockingIOError:
            break
        except OSError:
            continue  # no server listens there, or a firewall refuses: the handshake's time limit decides
    return datagrams or None
