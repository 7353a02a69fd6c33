"""What listens there, by the first bytes that it says: for the operator, when libzmq only says that it failed."""

from __future__ import annotations

import contextlib
import socket
import time

GREETING_BYTES = 64
"""A ZMTP 3 greeting (RFC 23): signature 10, version 2, mechanism 20, as-server 1, filler 31."""
SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
VERSION_AT, MECHANISM = 10, slice(12, 32)
SHOWN_BYTES = 40
"""Enough to know a protocol by: `HTTP/1.1 400 Bad Request`, `SSH-2.0-OpenSSH_9.2p1`."""


def describe(heard: bytes, waited_s: float) -> str:
    """What a peer is that answered our signature with `heard` within `waited_s` seconds. Pure."""
    if not heard:
        return f"it said nothing for {waited_s:.1f} s: it is frozen, or waits for something else than ZeroMQ"
    if not _is_zmtp(heard):
        return f"it does not speak ZeroMQ, but began with {_shown(heard)}"
    if len(heard) > VERSION_AT and heard[VERSION_AT] != 3:
        return f"it speaks version {heard[VERSION_AT]} of ZeroMQ's protocol, and 3 is needed"
    if len(heard) < GREETING_BYTES:
        return f"it is too slow: {len(heard)} of {GREETING_BYTES} bytes of its greeting came within {waited_s:.1f} s"
    mechanism = heard[MECHANISM].rstrip(b"\0").decode("ascii", "replace")
    return f"it greeted as ZeroMQ with the mechanism {mechanism!r}, but did not go on"


def look(host: str, port: int, within_s: float) -> str:
    """Connect, greet as ZeroMQ does, and describe what comes back; at most `within_s` seconds."""
    began = time.monotonic()
    heard = b""
    try:
        with socket.create_connection((host, port), within_s) as peer:
            peer.sendall(SIGNATURE)
            with contextlib.suppress(OSError):  # it broke off, or said no more in time: what was heard tells
                while len(heard) < GREETING_BYTES and (left_s := began + within_s - time.monotonic()) > 0:
                    peer.settimeout(left_s)
                    chunk = peer.recv(GREETING_BYTES - len(heard))
                    if not chunk:
                        break
                    heard += chunk
    except OSError as error:
        return f"it does not listen any more: {error.strerror or error}"
    return describe(heard, time.monotonic() - began)


def _is_zmtp(heard: bytes) -> bool:
    # Between the first and the last byte of the signature stands a length that nobody reads.
    return heard[:1] == SIGNATURE[:1] and heard[9:10] in (b"", SIGNATURE[-1:])


def _shown(heard: bytes) -> str:
    first_line = heard[:SHOWN_BYTES].split(b"\n")[0].rstrip()
    return repr(first_line.decode("ascii")) if first_line.isascii() else repr(first_line)[1:]
