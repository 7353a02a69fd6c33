"""System messages of a connection: its beginning, pings, and its end."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.raknet.offline import (
    ADDRESS_SIZE,
    NO_ADDRESS,
    Address,
    decode_address,
    encode_address,
)

OWN_ADDRESSES = 10
"""Addresses that each side names as its own; only the first is ever used."""
_TIME = 1 << 64


class SystemId(IntEnum):
    """The first byte of a system message. Packets of TES3MP begin with 135 and above."""

    PING = 0x00
    PONG = 0x03
    DETECT_LOST = 0x04
    REQUEST = 0x09
    ACCEPTED = 0x10
    NEW_CONNECTION = 0x13
    FULL = 0x14
    DISCONNECTED = 0x15
    BANNED = 0x17
    WRONG_PASSWORD = 0x18


FIRST_PACKET = 0x80
"""Messages that begin with this or more are TES3MP's."""


@dataclass(frozen=True)
class ConnectionRequest:
    """Asks to be let in, with the password as bare bytes."""

    client: int
    time: int
    password: bytes


@dataclass(frozen=True)
class Accepted:
    """The server lets the client in."""

    client: Address
    client_time: int
    server_time: int
    index: int = 0
    """The number of the connection on the server."""
    own: Address = NO_ADDRESS
    """The server's own address."""


@dataclass(frozen=True)
class NewConnection:
    """The client's last word of the handshake."""

    server: Address
    own: Address
    server_time: int
    client_time: int


@dataclass(frozen=True)
class SystemPing:
    """To be answered at once; `time` is the sender's clock."""

    time: int


@dataclass(frozen=True)
class SystemPong:
    """Answers a ping."""

    ping_time: int
    time: int


@dataclass(frozen=True)
class Notice:
    """A message that has no body worth reading."""

    kind: SystemId


SystemMessage = ConnectionRequest | Accepted | NewConnection | SystemPing | SystemPong | Notice


def milliseconds(seconds: float) -> int:
    """A time as the protocol has it."""
    return int(seconds * 1000) % _TIME


def encode_system(message: SystemMessage) -> bytes:
    """Build a system message."""
    match message:
        case ConnectionRequest(client, time, password):
            return bytes((SystemId.REQUEST,)) + struct.pack(">QQB", client, time, 0) + password
        case Accepted():
            body = encode_address(message.client) + struct.pack(">H", message.index) + _own_addresses(message.own)
            return bytes((SystemId.ACCEPTED,)) + body + struct.pack(">QQ", message.client_time, message.server_time)
        case NewConnection(server, own, server_time, client_time):
            body = encode_address(server) + _own_addresses(own)
            return bytes((SystemId.NEW_CONNECTION,)) + body + struct.pack(">QQ", server_time, client_time)
        case SystemPing(time):
            return bytes((SystemId.PING,)) + struct.pack(">Q", time)
        case SystemPong(ping_time, time):
            return bytes((SystemId.PONG,)) + struct.pack(">QQ", ping_time, time)
        case Notice(kind):
            return bytes((kind,))


def _own_addresses(own: Address) -> bytes:
    return encode_address(own) + encode_address(NO_ADDRESS) * (OWN_ADDRESSES - 1)


def decode_system(data: bytes) -> SystemMessage:
    """Parse a system message.

    Raises:
        ProtocolError: it is cut off, or unknown.
    """
    try:
        return _decode(data)
    except (struct.error, ValueError) as error:
        raise ProtocolError(f"a system message cannot be read: {data[:1].hex() or 'empty'}: {error}") from error


def _decode(data: bytes) -> SystemMessage:
    kind, body = SystemId(data[0] if data else -1), data[1:]
    match kind:
        case SystemId.PING:
            return SystemPing(*struct.unpack(">Q", body))
        case SystemId.PONG:
            return SystemPong(*struct.unpack(">QQ", body))
        case SystemId.REQUEST:
            client, time, _ = struct.unpack(">QQB", body[:17])
            return ConnectionRequest(client, time, body[17:])
        case SystemId.ACCEPTED:
            address, index, own = struct.unpack(f">{ADDRESS_SIZE}sH{ADDRESS_SIZE}s", body[: 2 * ADDRESS_SIZE + 2])
            client_time, server_time = struct.unpack(">QQ", body[-16:])
            return Accepted(decode_address(address), client_time, server_time, index, decode_address(own))
        case SystemId.NEW_CONNECTION:
            times = struct.unpack(">QQ", body[-16:])
            own = decode_address(body[ADDRESS_SIZE : 2 * ADDRESS_SIZE])
            return NewConnection(decode_address(body[:ADDRESS_SIZE]), own, *times)
    return Notice(kind)
