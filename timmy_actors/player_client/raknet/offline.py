"""Offline messages: what is exchanged before there is a connection."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from enum import IntEnum

from timmy_actors.errors import ProtocolError

MAGIC = bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")
PROTOCOL_VERSION = 7
UDP_HEADER = 28
"""Bytes of IP's and UDP's headers, which an MTU includes."""
MTUS = (1492, 1200, 576)
"""The MTUs to try, as TES3MP's own client."""
ADDRESS_SIZE = 7
Address = tuple[str, int]
NO_ADDRESS: Address = ("0.0.0.0", 0)  # noqa: S104  a value of the protocol; nothing is bound to it


class OfflineId(IntEnum):
    """The first byte of an offline message."""

    PING = 0x01
    OPEN_REQUEST_1 = 0x05
    OPEN_REPLY_1 = 0x06
    OPEN_REQUEST_2 = 0x07
    OPEN_REPLY_2 = 0x08
    ALREADY_CONNECTED = 0x12
    FULL = 0x14
    BANNED = 0x17
    WRONG_VERSION = 0x19
    TOO_RECENT = 0x1A
    PONG = 0x1C


REFUSALS = frozenset((OfflineId.ALREADY_CONNECTED, OfflineId.FULL, OfflineId.BANNED, OfflineId.TOO_RECENT))


@dataclass(frozen=True)
class OpenRequest1:
    """The first datagram; it has the size of the MTU that it tries."""

    mtu: int
    version: int = PROTOCOL_VERSION

    def encode(self) -> bytes:
        """The datagram's bytes."""
        head = bytes((OfflineId.OPEN_REQUEST_1,)) + MAGIC + bytes((self.version,))
        return head.ljust(self.mtu - UDP_HEADER, b"\0")


@dataclass(frozen=True)
class OpenReply1:
    """The server's answer, with the MTU that arrived."""

    server: int
    mtu: int

    def encode(self) -> bytes:
        """The datagram's bytes."""
        return bytes((OfflineId.OPEN_REPLY_1,)) + MAGIC + struct.pack(">QBH", self.server, 0, self.mtu)


@dataclass(frozen=True)
class OpenRequest2:
    """Asks for a connection: the server's address as the client sees it, and the client's guid."""

    server: Address
    mtu: int
    client: int

    def encode(self) -> bytes:
        """The datagram's bytes."""
        body = encode_address(self.server) + struct.pack(">HQ", self.mtu, self.client)
        return bytes((OfflineId.OPEN_REQUEST_2,)) + MAGIC + body


@dataclass(frozen=True)
class OpenReply2:
    """The server has room for the client."""

    server: int
    client: Address
    mtu: int

    def encode(self) -> bytes:
        """The datagram's bytes."""
        body = struct.pack(">Q", self.server) + encode_address(self.client) + struct.pack(">HB", self.mtu, 0)
        return bytes((OfflineId.OPEN_REPLY_2,)) + MAGIC + body


@dataclass(frozen=True)
class Refused:
    """The server declines; `version` is the server's, where the version is why."""

    kind: OfflineId
    server: int
    version: int | None = None

    def encode(self) -> bytes:
        """The datagram's bytes."""
        version = b"" if self.version is None else bytes((self.version,))
        return bytes((self.kind,)) + version + MAGIC + struct.pack(">Q", self.server)


OfflineMessage = OpenRequest1 | OpenReply1 | OpenRequest2 | OpenReply2 | Refused


def encode_address(address: Address) -> bytes:
    """An IPv4 address and port, as RakNet writes it."""
    host, port = address
    return b"\x04" + bytes(byte ^ 0xFF for byte in ipaddress.IPv4Address(host).packed) + struct.pack(">H", port)


def decode_address(data: bytes) -> Address:
    """Read an address.

    Raises:
        ProtocolError: it is cut off, or not of IPv4.
    """
    if len(data) != ADDRESS_SIZE or data[0] != 4:
        raise ProtocolError("an address is expected")
    host = ipaddress.IPv4Address(bytes(byte ^ 0xFF for byte in data[1:5]))
    return str(host), int.from_bytes(data[5:], "big")


def decode_offline(data: bytes) -> OfflineMessage:
    """Parse an offline message.

    Raises:
        ProtocolError: it is cut off, or none that this client or its server knows.
    """
    if not data:
        raise ProtocolError("an empty datagram")
    kind, rest = data[0], data[1:]
    version = None
    if kind == OfflineId.WRONG_VERSION and rest:
        version, rest = rest[0], rest[1:]
    if not rest.startswith(MAGIC):
        raise ProtocolError(f"no offline message: it begins with {kind:#04x}")
    body = rest[len(MAGIC) :]
    try:
        return _decode_body(kind, body, version, len(data))
    except struct.error as error:
        raise ProtocolError(f"an offline message {kind:#04x} has a wrong size") from error


def _decode_body(kind: int, body: bytes, version: int | None, size: int) -> OfflineMessage:
    match kind:
        case OfflineId.OPEN_REQUEST_1 if body:
            return OpenRequest1(size + UDP_HEADER, body[0])
        case OfflineId.OPEN_REPLY_1:
            server, _, mtu = struct.unpack(">QBH", body)
            return OpenReply1(server, mtu)
        case OfflineId.OPEN_REQUEST_2:
            mtu, client = struct.unpack(">HQ", body[ADDRESS_SIZE:])
            return OpenRequest2(decode_address(body[:ADDRESS_SIZE]), mtu, client)
        case OfflineId.OPEN_REPLY_2:
            server, address, mtu, _ = struct.unpack(f">Q{ADDRESS_SIZE}sHB", body)
            return OpenReply2(server, decode_address(address), mtu)
        case OfflineId.WRONG_VERSION:
            (server,) = struct.unpack(">Q", body)
            return Refused(OfflineId.WRONG_VERSION, server, version)
        case _ if kind in REFUSALS:
            (server,) = struct.unpack(">Q", body)
            return Refused(OfflineId(kind), server)
    raise ProtocolError(f"no offline message has the id {kind:#04x}")
