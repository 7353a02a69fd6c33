"""A login in virtual time, against the stand-in server's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.stand_in.game import StandInGame
from benchmarks.stand_in.raknet import RakNetServer
from tests.player_client.network import CLIENT, SERVER, STEP_S
from timmy_actors.player_client.account import Login
from timmy_actors.player_client.connection import PlayerConnection
from timmy_actors.player_client.endings import Ending
from timmy_actors.player_client.session import EnteredWorld, SessionEvent

COMMIT = "49be5b6405"
TIMMY = Login("Timmy", "a password", COMMIT)


@dataclass
class Host:
    """The server and its clients, with a network that loses nothing."""

    game: StandInGame = field(
        default_factory=lambda: StandInGame(RakNetServer(Login("", "", COMMIT).connection_password()))
    )
    now: float = 100.0
    clients: list[PlayerConnection] = field(default_factory=list)
    events: list[list[SessionEvent]] = field(default_factory=list)

    def join(self, login: Login = TIMMY, **options: Any) -> PlayerConnection:
        """A client that begins to log in."""
        client = PlayerConnection(SERVER, login, 1000 + len(self.clients), self.now, **options)
        self.clients.append(client)
        self.events.append([])
        return client

    def run(self, seconds: float) -> None:
        """Let virtual time pass; a datagram takes one step."""
        until = self.now + seconds
        network = self.game.network
        while self.now < until:
            for number, client in enumerate(self.clients):
                self.events[number] += client.advance(self.now)
                for data in client.datagrams(self.now):
                    self.game.handle(network.receive(data, (CLIENT[0], CLIENT[1] + number), self.now), self.now)
            self.game.handle(network.advance(self.now), self.now)
            for data, (_, port) in network.datagrams(self.now):
                number = port - CLIENT[1]
                self.events[number] += self.clients[number].receive(data, self.now)
            self.now += STEP_S

    def entered(self, number: int = 0) -> EnteredWorld | None:
        """How a client came into the world; None: it did not."""
        return next((event for event in self.events[number] if isinstance(event, EnteredWorld)), None)

    def ending(self, number: int = 0) -> Ending | None:
        """How a client's connection ended; None: it did not."""
        return next((event for event in self.events[number] if isinstance(event, Ending)), None)
