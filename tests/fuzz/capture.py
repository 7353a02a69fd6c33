"""Records what real clients say to the listener, for the corpus: `python -m tests.fuzz.capture`."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import zmq

from tests.link.lua_listener import LuaListener, ask, hello

CORPUS = Path(__file__).parent / "corpus"
CLIENTS = {"dealer": zmq.DEALER, "req": zmq.REQ}


class Recorder:
    """A wire to `port` that keeps what the client said."""

    def __init__(self, port: int) -> None:
        self.said = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._server = socket.create_connection(("127.0.0.1", port))
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def stop(self) -> bytes:
        """What was said, once both sides have closed."""
        for thread in self._threads:
            thread.join()
        self._listener.close()
        return self.said

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        back = threading.Thread(target=self._answer, args=(client,))
        back.start()
        while chunk := client.recv(65536):
            self.said += chunk
            self._server.sendall(chunk)
        self._server.close()
        back.join()
        client.close()

    def _answer(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := self._server.recv(65536):
                client.sendall(chunk)


def main() -> None:
    """Write the corpus anew."""
    for mechanism in ("NULL", "PLAIN"):
        for name, kind in CLIENTS.items():
            stream = _record(mechanism, kind)
            (CORPUS / f"{name}_{mechanism.lower()}.bin").write_bytes(stream)
            sys.stdout.write(f"{name} {mechanism}: {len(stream)} bytes\n")


def _record(mechanism: str, kind: int) -> bytes:
    listener, context = LuaListener(mechanism=mechanism), zmq.Context[Any]()
    recorder = Recorder(listener.port)
    listener.port = recorder.port
    peer = listener.connect(context, kind)
    peer.heartbeat_ivl = 50
    hello(peer)
    ask(peer, type="observe", id="2", player="Timmy", sections=["world"])
    ask(peer, type="command", id="3", name="message", arguments={"player": "Timmy", "text": "hi"}, deadline=10**13)
    ask(peer, type="ping", id="4")
    listener.kill()
    context.destroy(linger=0)
    return recorder.stop()


if __name__ == "__main__":
    main()
