"""A UDP relay before a server, which loses, repeats and reorders datagrams."""

from __future__ import annotations

import heapq
import itertools
import random
import select
import socket
import threading
import time
from types import TracebackType
from typing import Self

from timmy_actors.player_client.raknet.offline import Address

MAX_DATAGRAM = 2048
LONGEST_WAIT_S = 0.05


class LossyProxy:
    """Relays between one client and a server while it is entered."""

    def __init__(self, server: Address, *, loss: float, duplicates: float, delay_s: float, seed: int) -> None:
        self._server = server
        self._loss, self._duplicates, self._delay_s = loss, duplicates, delay_s
        self._random = random.Random(seed)
        self._order = itertools.count()
        self._travelling: list[tuple[float, int, bool, bytes]] = []
        self._client: Address | None = None
        self._stopping = False
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._run, name="lossy proxy")
        self.lost = 0

    @property
    def address(self) -> Address:
        """Where clients send to."""
        host, port = self._front.getsockname()
        return host, port

    def __enter__(self) -> Self:
        """Listen."""
        for each in (self._front, self._back):
            each.bind(("127.0.0.1", 0))
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Stop relaying."""
        self._stopping = True
        self._thread.join()
        self._front.close()
        self._back.close()

    def _run(self) -> None:
        while not self._stopping:
            due = self._travelling[0][0] - time.monotonic() if self._travelling else LONGEST_WAIT_S
            readable, _, _ = select.select([self._front, self._back], [], [], min(LONGEST_WAIT_S, max(0.0, due)))
            for each in readable:
                data, sender = each.recvfrom(MAX_DATAGRAM)
                if each is self._front:
                    self._client = sender
                self._post(data, to_server=each is self._front)
            self._deliver()

    def _post(self, data: bytes, *, to_server: bool) -> None:
        for _ in range(2 if self._random.random() < self._duplicates else 1):
            if self._random.random() < self._loss:
                self.lost += 1
                continue
            arrives = time.monotonic() + self._random.uniform(0.0, self._delay_s)
            heapq.heappush(self._travelling, (arrives, next(self._order), to_server, data))

    def _deliver(self) -> None:
        while self._travelling and self._travelling[0][0] <= time.monotonic():
            _, _, to_server, data = heapq.heappop(self._travelling)
            if to_server:
                self._back.sendto(data, self._server)
            elif self._client is not None:
                self._front.sendto(data, self._client)
