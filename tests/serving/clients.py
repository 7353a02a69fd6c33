"""Plain sockets on the daemon's local endpoint, as any program can open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import zmq

from tests.waiting import PATIENCE_S
from timmy_actors import Runtime

Message = dict[str, Any]


class Client:
    """A plain DEALER socket, as any program can open."""

    def __init__(self, endpoint: str, *, high_water_mark: int = 1_000) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.socket: zmq.Socket[bytes] = self.context.socket(zmq.DEALER)
        self.socket.rcvhwm = high_water_mark
        self.socket.connect(endpoint)

    def send(self, frame: bytes | Message) -> None:
        self.socket.send(frame if isinstance(frame, bytes) else json.dumps(frame).encode())

    def receive(self) -> Message:
        assert self.socket.poll(round(PATIENCE_S * 1000)), "no answer"
        message: Message = json.loads(self.socket.recv())
        return message

    def ask(self, frame: bytes | Message) -> Message:
        self.send(frame)
        return self.receive()


@contextmanager
def client(runtime: Runtime, **options: int) -> Iterator[Client]:
    caller = Client(runtime.endpoint, **options)
    try:
        yield caller
    finally:
        caller.context.destroy(linger=0)
