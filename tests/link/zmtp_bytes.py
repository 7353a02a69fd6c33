"""The bytes that a ZMTP client sends, for peers that send them slowly, incorrectly, or not at all."""

from __future__ import annotations


def greeting(mechanism: str, version: tuple[int, int] = (3, 1)) -> bytes:
    """The 64 bytes of a client's greeting."""
    return b"\xff" + bytes(8) + b"\x7f" + bytes(version) + mechanism.encode().ljust(20, b"\0") + bytes(32)


def frame(body: bytes, flags: int = 0) -> bytes:
    """A frame; `flags` without LONG."""
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body


def command(name: str, data: bytes = b"") -> bytes:
    """A command frame."""
    return frame(bytes([len(name)]) + name.encode() + data, 4)


def metadata(socket_type: str) -> bytes:
    """A socket type as metadata."""
    return b"\x0bSocket-Type" + len(socket_type).to_bytes(4, "big") + socket_type.encode()


def opening(mechanism: str, token: str, socket_type: str = "DEALER") -> bytes:
    """All bytes of the handshake up to READY or INITIATE."""
    if mechanism == "NULL":
        return greeting("NULL") + command("READY", metadata(socket_type))
    secret = b"\x05timmy" + bytes([len(token)]) + token.encode()
    return greeting("PLAIN") + command("HELLO", secret) + command("INITIATE", metadata(socket_type))
