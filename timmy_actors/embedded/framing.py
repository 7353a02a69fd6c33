"""The messages between a world's process and its owner: each a length in four bytes, and JSON."""

from __future__ import annotations

import socket
import struct

LENGTH = struct.Struct("!I")
MAX_BYTES = 256 * 1024 * 1024
"""The longest message: the saved state of the longest history."""


def send(connection: socket.socket, payload: bytes, descriptors: tuple[int, ...] = ()) -> None:
    """Send a message, with open file descriptors beside it."""
    frame = LENGTH.pack(len(payload)) + payload
    if descriptors:
        sent = socket.send_fds(connection, [frame], list(descriptors))
        frame = frame[sent:]
    connection.sendall(frame)


class Receiver:
    """Receives messages, and the file descriptors that come beside them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""
        self.descriptors: list[int] = []
        """The received descriptors not taken yet."""

    def receive(self) -> bytes | None:
        """The next message; None at the end of the connection.

        Raises:
            TimeoutError: it did not come within the connection's timeout.
            OSError: the connection failed.
        """
        header = self._take(LENGTH.size)
        if header is None:
            return None
        (size,) = LENGTH.unpack(header)
        if size > MAX_BYTES:
            raise OSError(f"a message of {size} bytes is too long")
        return self._take(size)

    def _take(self, size: int) -> bytes | None:
        while len(self._buffer) < size:
            chunk, descriptors, _, _ = socket.recv_fds(self._connection, max(65536, size - len(self._buffer)), 1)
            self.descriptors += descriptors
            if not chunk:
                return None
            self._buffer += chunk
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken
