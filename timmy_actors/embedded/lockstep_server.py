"""The process of a world in lockstep: takes its owner's requests until the owner closes the connection."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from typing import Any

from timmy_actors.embedded.framing import Receiver, send
from timmy_actors.embedded.lockstep import LockstepTurn, LockstepWorld
from timmy_actors.errors import ConfigError, TimmyError, WorldGoneError


class Server:
    """Executes requests on one world. A fork of it goes on with a connection of its own."""

    def __init__(self, connection: socket.socket, world: LockstepWorld) -> None:
        self._world = world
        self._connect(connection)

    def run(self) -> None:
        """Execute requests until the connection ends, or the world does."""
        while (request := self._receiver.receive()) is not None:
            try:
                answer = self._execute(json.loads(request))
            except TimmyError as error:
                answer = _failure(error)
            if answer is not None:
                send(self._connection, answer)

    def _connect(self, connection: socket.socket) -> None:
        self._connection, self._receiver = connection, Receiver(connection)

    def _execute(self, request: list[Any]) -> bytes | None:
        match request:
            case ["turn", command, ms, observe]:
                return self._world.turn(LockstepTurn(command, ms, observe))
            case ["reset", seed]:
                self._world.reset(seed)
            case ["save"]:
                return self._world.save()
            case ["restore", saved]:
                self._world.restore(saved.encode())
            case ["fork"]:
                return self._fork()
        return b"null"

    def _fork(self) -> bytes | None:
        """Start the copy, which answers on the connection that came with the request. The original answers its id."""
        taken = socket.socket(fileno=self._receiver.descriptors.pop(0))
        pid = os.fork()
        if pid != 0:
            taken.close()
            return json.dumps(pid).encode()
        self._connection.close()
        self._connect(taken)
        return None


def _failure(error: TimmyError) -> bytes:
    kind = "config" if isinstance(error, ConfigError) else "gone"
    return json.dumps({"error": kind, "message": str(error)}).encode()


def to_error(message: bytes) -> TimmyError | None:
    """The error in an answer, if there is one."""
    if not message.startswith(b'{"error"'):
        return None
    failure = json.loads(message)
    kind = ConfigError if failure["error"] == "config" else WorldGoneError
    return kind(failure["message"])


def main() -> None:
    """Run a world on the connection whose descriptor is the first argument; the second is the seed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the owner, which closes the connection
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies that end leave no zombies
    descriptor, seed = map(int, sys.argv[1:])
    with socket.socket(fileno=descriptor) as connection:
        Server(connection, LockstepWorld(seed)).run()


if __name__ == "__main__":
    main()
