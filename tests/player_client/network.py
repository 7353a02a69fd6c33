"""A network in virtual time between clients and a server's end, with loss, duplication and reordering."""

from __future__ import annotations

import heapq
import itertools
import random
from dataclasses import dataclass, field

from benchmarks.stand_in.raknet import FromClient, RakNetServer, ServerEvent
from timmy_actors.player_client.raknet.client import ClientEvent, RakNetClient
from timmy_actors.player_client.raknet.offline import Address

SERVER: Address = ("127.0.0.1", 25565)
CLIENT: Address = ("127.0.0.1", 40000)
STEP_S = 0.01
"""The server's network thread wakes this often."""


@dataclass
class Network:
    """Carries datagrams between one client and the server."""

    client: RakNetClient
    server: RakNetServer
    seed: int = 0
    loss: float = 0.0
    duplicates: float = 0.0
    delay_s: tuple[float, float] = (0.005, 0.005)
    """The shortest and the longest time on the way: datagrams overtake each other where these differ."""
    now: float = 100.0
    seen_by_client: list[ClientEvent] = field(default_factory=list)
    seen_by_server: list[ServerEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with nothing on the way."""
        self._random = random.Random(self.seed)
        self._travelling: list[tuple[float, int, bool, bytes]] = []
        self._order = itertools.count()

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        until = self.now + seconds
        while self.now < until:
            self._exchange()
            self.now += STEP_S

    def server_messages(self) -> list[bytes]:
        """The packets that the server received."""
        return [event.data for event in self.seen_by_server if isinstance(event, FromClient)]

    def _exchange(self) -> None:
        while self._travelling and self._travelling[0][0] <= self.now:
            _, _, to_server, data = heapq.heappop(self._travelling)
            if to_server:
                self.seen_by_server += self.server.receive(data, CLIENT, self.now)
            else:
                self.seen_by_client += self.client.receive(data, self.now)
        self.seen_by_client += self.client.advance(self.now)
        self.seen_by_server += self.server.advance(self.now)
        for data in self.client.datagrams(self.now):
            self._post(data, to_server=True)
        for data, _ in self.server.datagrams(self.now):
            self._post(data, to_server=False)

    def _post(self, data: bytes, *, to_server: bool) -> None:
        for _ in range(2 if self._random.random() < self.duplicates else 1):
            if self._random.random() >= self.loss:
                arrives = self.now + self._random.uniform(*self.delay_s)
                heapq.heappush(self._travelling, (arrives, next(self._order), to_server, data))
