"""Faulty connections: a listener that sends nothing or garbage, and a proxy that can be frozen."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from typing import Self


def free_port() -> int:
    """A port on which no process listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Babbler:
    """Accepts connections, sends `words` on each, and nothing else."""

    def __init__(self, words: bytes = b"") -> None:
        self._words = words
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for taken in [*self._taken, self._listener]:
            taken.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _ = self._listener.accept()
                self._taken.append(taken)
                taken.sendall(self._words)


class Proxy:
    """Forwards bytes between clients and `port`. While it is frozen it forwards nothing, and closes nothing."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._other: dict[socket.socket, socket.socket] = {}
        self._wake, self._woken = socket.socketpair()
        self._frozen = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._wake.send(b"stop")
        self._thread.join()
        for each in [*self._other, self._listener, self._wake, self._woken]:
            each.close()

    def freeze(self) -> None:
        """Stop forwarding; connections stay open, and only the system accepts new ones."""
        self._frozen = True
        self._wake.send(b"look")

    def thaw(self) -> None:
        """Forward the waiting bytes, and all later ones."""
        self._frozen = False
        self._wake.send(b"look")

    def _run(self) -> None:
        while True:
            sources = [self._woken] if self._frozen else [self._woken, self._listener, *self._other]
            for ready in select.select(sources, [], [])[0]:
                if ready is self._woken:
                    if ready.recv(4) == b"stop":
                        return
                elif ready is self._listener:
                    self._accept()
                elif ready in self._other:
                    self._pass_on(ready)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            client.close()
            return
        self._other[client], self._other[server] = server, client

    def _pass_on(self, source: socket.socket) -> None:
        try:
            chunk = source.recv(65536)
            self._other[source].sendall(chunk)
        except OSError:
            chunk = b""
        if not chunk:
            other = self._other.pop(source)
            self._other.pop(other)
            source.close()
            other.close()
