"""Two ROUTERs in a process of their own: one echoes frames as they are, one answers as a game server would."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

import zmq

_COMMAND = re.compile(rb'{"type":"command","id":"([^"\\]+)"')


class EchoProcess:
    """Runs this module; `bare` and `game` are its two addresses."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.echo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ports = json.loads(self._process.stdout.readline())
        self.bare, self.game = (f"tcp://127.0.0.1:{port}" for port in ports)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Serve both until killed."""
    context: zmq.Context[Any] = zmq.Context()
    bare, game = context.socket(zmq.ROUTER), context.socket(zmq.ROUTER)
    ports = [socket.bind_to_random_port("tcp://127.0.0.1") for socket in (bare, game)]
    print(json.dumps(ports), flush=True)
    poller = zmq.Poller()
    poller.register(bare, zmq.POLLIN)
    poller.register(game, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll():
            client, frame = socket.recv_multipart()
            reply = frame if socket is bare else _echo(frame) or _answer(json.loads(frame))
            if reply is not None:
                socket.send_multipart([client, reply])


def _echo(frame: bytes) -> bytes | None:
    # As little as an echo can do: reading and writing JSON would be measured as if it were ours.
    command = _COMMAND.match(frame)
    return b'{"type":"result","value":{},"id":"%s"}' % command[1] if command else None


def _answer(message: dict[str, Any]) -> bytes | None:
    key = message["id"]
    match message["type"]:
        case "hello":
            facts = {"version": "0", "bridge": "0", "tick_ms": 1, "features": [], "scopes": ["observe", "act"],
                     "commands": [], "sections": [], "events": [], "limits": {}}  # fmt: skip
            answer = {"type": "welcome", "protocol": 1, "boot": "b", "now": 0, "remember_s": 600, "server": facts}
        case "ping":
            load = {"tick_ms": 1, "tick_max_ms": 1, "poll_ms": 0, "poll_max_ms": 0, "peers": 1}
            answer = {"type": "pong", "now": 0, "load": load}
        case "subscribe":
            answer = {**message, "type": "subscribed"}
        case _:
            return None
    return json.dumps({**answer, "id": key}).encode()


if __name__ == "__main__":
    main()
