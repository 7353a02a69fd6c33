"""Many players in one thread: load for one's own server, and a report of how it went."""

from __future__ import annotations

import contextlib
import ipaddress
import math
import random
import secrets
import selectors
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.player_client.account import Login
from timmy_actors.player_client.body import Answer, Body
from timmy_actors.player_client.connection import PlayerConnection
from timmy_actors.player_client.crowd_report import CrowdReport, Gaps, spread
from timmy_actors.player_client.endings import Ending
from timmy_actors.player_client.raknet.offline import Address
from timmy_actors.player_client.session import EnteredWorld, Received, SessionEvent

MAX_PLAYERS = 200
MAX_DATAGRAM = 2048
LONGEST_WAIT_S = 0.5
ARRIVALS_PER_S = 50.0
"""How many players begin to log in a second."""
WANDER = 1500.0
"""How far one way of a wandering player leads, in game units."""
CHAT_EVERY_S = 10.0
REFUSED_PAUSE_S = 1.0
"""How long a player rests that could not go."""
LEAVE_WITHIN_S = 2.0

Behaviour = Literal["wander", "follow", "chat"]


@dataclass
class _Player:
    login: Login
    socket: socket.socket
    connection: PlayerConnection
    body: Body
    began: float
    entered: float | None = None
    ended: Ending | None = None
    due: float = 0.0
    """When something is to be done, as of the last time that something was."""
    idle: bool = True
    acts_at: float = 0.0
    """When it next decides what to do, once it is idle."""
    spoke: float | None = None
    """When it said the line that has not come back yet."""


class Crowd:
    """Logs players in and lets them behave.

    Args:
        server: an IPv4 address and port.
        logins: one for each player.
        behaviour: what they do in the world.
        confirmed: whether the server's operator wants this load. A server of this machine needs no confirmation.

    Raises:
        ConfigError: the server is on another machine and not confirmed, or there are too many players.
    """

    def __init__(
        self,
        server: Address,
        logins: Sequence[Login],
        behaviour: Behaviour,
        *,
        confirmed: bool = False,
        seed: int = 1,
    ) -> None:
        if not confirmed and not is_loopback(server[0]):
            raise ConfigError(
                f"{server[0]}: bots are for a server on this machine (127.0.0.1), or for one whose operator confirms"
                " that it wants them: `bots_at` in the bridge's timmy_config.lua"
            )
        if not 0 < len(logins) <= MAX_PLAYERS:
            raise ConfigError(f"there can be 1 to {MAX_PLAYERS} bots, not {len(logins)}")
        self._server = server
        self._waiting = list(logins)
        self._behave = _BEHAVIOURS[behaviour]
        self._random = random.Random(seed)  # noqa: S311  for behaviour, not for secrets
        self._players: list[_Player] = []
        self._gaps = Gaps()
        self._chat_s: list[float] = []
        self._selector = selectors.DefaultSelector()

    def run(self, seconds: float, stop: threading.Event | None = None) -> CrowdReport:
        """Let them play for some seconds, until `stop` is set, or until no connection is left; then they leave."""
        began = time.monotonic()
        try:
            while (now := time.monotonic()) < began + seconds and not (stop and stop.is_set()) and self._any_left():
                self._arrive(now - began)
                self._turn(now, began + seconds)
            seconds = time.monotonic() - began
            self._leave()
            return self._report(seconds)
        finally:
            for player in self._players:
                player.socket.close()
            self._selector.close()

    def _any_left(self) -> bool:
        return bool(self._waiting) or any(player.ended is None for player in self._players)

    def _arrive(self, elapsed_s: float) -> None:
        while self._waiting and len(self._players) <= elapsed_s * ARRIVALS_PER_S:
            login, now = self._waiting.pop(0), time.monotonic()
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            opened.setblocking(False)  # noqa: FBT003
            opened.connect(self._server)
            connection = PlayerConnection(self._server, login, secrets.randbits(64), now)
            player = _Player(login, opened, connection, Body(connection.session), now)
            self._players.append(player)
            self._selector.register(opened, selectors.EVENT_READ, player)
            self._flush(player, now)

    def _turn(self, now: float, until: float) -> None:
        due = min([until, now + LONGEST_WAIT_S, *(player.due for player in self._players)])
        if self._waiting:
            due = min(due, now + 1 / ARRIVALS_PER_S)
        for key, _ in self._selector.select(max(0.0, due - time.monotonic())):
            self._read(key.data)
        now = time.monotonic()
        for player in self._players:
            if player.due <= now:
                self._advance(player, now)

    def _due(self, player: _Player) -> float:
        if player.ended is not None:
            return math.inf
        waits = [player.connection.next_time(), player.body.next_time()]
        if player.entered is not None and player.idle:
            waits.append(player.acts_at)
        return min(waits)

    def _read(self, player: _Player) -> None:
        now = time.monotonic()
        with contextlib.suppress(OSError):
            while player.ended is None:
                data = player.socket.recv(MAX_DATAGRAM)
                self._on_events(player, player.connection.receive(data, now), now)
        self._flush(player, now)

    def _advance(self, player: _Player, now: float) -> None:
        player.body.advance(now)
        if player.entered is not None and player.idle and now >= player.acts_at:
            self._behave(self, player, now)
        self._on_events(player, player.connection.advance(now), now)
        self._flush(player, now)

    def _flush(self, player: _Player, now: float) -> None:
        for data in player.connection.datagrams(now):
            with contextlib.suppress(OSError):
                player.socket.send(data)
        player.due = self._due(player)

    def _on_events(self, player: _Player, events: list[SessionEvent], now: float) -> None:
        for event in events:
            match event:
                case Received(packet):
                    player.body.receive(packet)
                    if player.entered is not None:
                        self._gaps.packet(now)
                    if packet.name == "CHAT_MESSAGE" and player.spoke is not None:
                        self._on_line(player, packet["text"], now)
                case EnteredWorld():
                    player.entered = now
                case Ending():
                    player.ended = event
                    self._selector.unregister(player.socket)

    def _wander(self, player: _Player, now: float) -> None:
        x, y, z = (player.connection.session.view.me.placement or (0.0,) * 6)[:3]
        towards = self._random.uniform(0.0, math.tau)
        point = (x + WANDER * math.sin(towards), y + WANDER * math.cos(towards), z)
        self._go(player, point, now)

    def _follow(self, player: _Player, now: float) -> None:
        others = [other for other in player.connection.session.view.others.values() if other.placement is not None]
        if not others:
            self._wander(player, now)
            return
        x, y, z = (others[0].placement or (0.0,) * 6)[:3]
        self._go(player, (x + self._random.uniform(-100, 100), y + self._random.uniform(-100, 100), z), now)

    def _chat(self, player: _Player, now: float) -> None:
        player.body.act("say", {"text": _line(player)}, now, lambda _: None)
        player.spoke, player.acts_at = now, now + CHAT_EVERY_S

    def _on_line(self, player: _Player, text: str, now: float) -> None:
        if player.spoke is not None and _line(player) in text:
            self._chat_s.append(now - player.spoke)
            player.spoke = None

    def _go(self, player: _Player, point: tuple[float, float, float], now: float) -> None:
        player.idle = False

        def done(answer: Answer | RefusedError) -> None:
            player.idle = True
            if isinstance(answer, RefusedError):  # it is dead, or between two cells
                player.acts_at = now + REFUSED_PAUSE_S

        player.body.act("move", {"points": [point], "pace": "run", "seconds": 30.0}, now, done)

    def _leave(self) -> None:
        present = [player for player in self._players if player.ended is None]
        now = time.monotonic()
        for player in present:
            player.connection.leave(now)
            self._flush(player, now)
        until = now + LEAVE_WITHIN_S
        while time.monotonic() < until and any(player.connection.transport.unacknowledged for player in present):
            for key, _ in self._selector.select(0.05):
                with contextlib.suppress(OSError):
                    key.data.connection.receive(key.data.socket.recv(MAX_DATAGRAM), time.monotonic())
            for player in present:
                self._flush(player, time.monotonic())

    def _report(self, seconds: float) -> CrowdReport:
        links = [player.connection.transport for player in self._players]
        trips = [link.round_trip_s for link in links]
        return CrowdReport(
            players=len(self._players),
            entered=sum(player.entered is not None for player in self._players),
            seconds=seconds,
            endings=dict(Counter(player.ended.code for player in self._players if player.ended is not None)),
            login_ms=tuple((p.entered - p.began) * 1000 for p in self._players if p.entered is not None),
            round_trip_ms=tuple(trip * 1000 for trip in trips if trip is not None),
            chat_ms=tuple(line_s * 1000 for line_s in self._chat_s),
            gaps=spread(self._gaps.counts),
            resent=sum(link.resent for link in links),
            malformed=sum(
                player.connection.malformed_packets + player.connection.transport.malformed for player in self._players
            ),
        )


def _line(player: _Player) -> str:
    return f"{player.login.name} is here."


def is_loopback(host: str) -> bool:
    """Whether an address is one of this machine that no other machine can reach."""
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ipaddress.AddressValueError:
        return False


_BEHAVIOURS: dict[Behaviour, Callable[[Crowd, _Player, float], None]] = {
    "wander": lambda crowd, player, now: crowd._wander(player, now),  # noqa: SLF001  the class's own table
    "follow": lambda crowd, player, now: crowd._follow(player, now),  # noqa: SLF001
    "chat": lambda crowd, player, now: crowd._chat(player, now),  # noqa: SLF001
}
