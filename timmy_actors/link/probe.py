"""Identifies a peer by its first bytes, for the operator: libzmq reports only that the handshake failed."""

from __future__ import annotations

import contextlib
import socket
import time

GREETING_BYTES = 64
"""A ZMTP 3 greeting (RFC 23): signature 10, version 2, mechanism 20, as-server 1, filler 31."""
SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
VERSION_AT, MECHANISM = 10, slice(12, 32)
SHOWN_BYTES = 40
"""Enough to identify a protocol: `HTTP/1.1 400 Bad Request`, `SSH-2.0-OpenSSH_9.2p1`."""


def describe(received: bytes, waited_s: float) -> str:
    """Describe a peer that answered our signature with `received` within `waited_s` seconds. Pure."""
    if not received:
        return f"the peer sent nothing for {waited_s:.1f} s: it is frozen, or expects another protocol than ZeroMQ"
    if not _is_zmtp(received):
        return f"the peer does not use ZeroMQ: its first bytes are {_shown(received)}"
    if len(received) > VERSION_AT and received[VERSION_AT] != 3:
        return f"the peer uses version {received[VERSION_AT]} of ZMTP, but version 3 is required"
    if len(received) < GREETING_BYTES:
        return f"the peer is too slow: it sent {len(received)} of {GREETING_BYTES} bytes in {waited_s:.1f} s"
    mechanism = received[MECHANISM].rstrip(b"\0").decode("ascii", "replace")
    return f"the peer sent a ZeroMQ greeting with the mechanism {mechanism!r}, but did not continue the handshake"


def probe_peer(host: str, port: int, within_s: float) -> str:
    """Connect, send a ZMTP signature, and describe the answer; takes at most `within_s` seconds."""
    began = time.monotonic()
    received = b""
    try:
        with socket.create_connection((host, port), within_s) as peer:
            peer.sendall(SIGNATURE)
            with contextlib.suppress(OSError):  # reset or timed out: describe the bytes received
                while len(received) < GREETING_BYTES and (left_s := began + within_s - time.monotonic()) > 0:
                    peer.settimeout(left_s)
                    chunk = peer.recv(GREETING_BYTES - len(received))
                    if not chunk:
                        break
                    received += chunk
    except OSError as error:
        return f"the connection failed: {error.strerror or error}"
    return describe(received, time.monotonic() - began)


def _is_zmtp(received: bytes) -> bool:
    # The bytes between the first and the last of the signature are a length that ZMTP 3 ignores.
    return received[:1] == SIGNATURE[:1] and received[9:10] in (b"", SIGNATURE[-1:])


def _shown(received: bytes) -> str:
    first_line = received[:SHOWN_BYTES].split(b"\n")[0].rstrip()
    return repr(first_line.decode("ascii")) if first_line.isascii() else repr(first_line)[1:]
