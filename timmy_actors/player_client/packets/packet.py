"""Packets: from a message's bytes to its fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.packets.blocks import BLOCKS
from timmy_actors.player_client.packets.layouts import TABLE
from timmy_actors.player_client.packets.notation import Notation, Structure
from timmy_actors.player_client.packets.records import RECORDS
from timmy_actors.player_client.raknet.bits import BitReader, BitWriter

HEADER_BYTES = 9
"""A packet's id, and a guid. One that has no more is a request: send me this about yourself."""

Sender = Literal["server", "client", "both", "-"]


@dataclass(frozen=True)
class Layout:
    """A row of the table."""

    number: int
    name: str
    channel: int
    sender: Sender
    use: str
    """`r` this client acts on it, `w` it writes it, `p` it parses it and passes over."""
    text: str
    """The members, in the notation."""
    body: Structure


@dataclass(frozen=True)
class Packet:
    """A packet: `fields` is None for a request, and for one that has no fields."""

    name: str
    guid: int
    fields: Mapping[str, Any] | None = None

    def __getitem__(self, field: str) -> Any:
        """A field's value."""
        return None if self.fields is None else self.fields[field]


def decode(message: bytes) -> Packet:
    """Parse a message.

    Raises:
        ProtocolError: it is no packet of TES3MP 0.8.1, is cut off, or has values that cannot be.
    """
    layout = BY_NUMBER.get(message[0]) if message else None
    if layout is None:
        raise ProtocolError(f"no packet has the id {message[0] if message else 'of an empty message'}")
    reader = BitReader(message)
    try:
        reader.bits(8)
        guid = reader.bits(64)
        if len(message) == HEADER_BYTES:
            return Packet(layout.name, guid)
        fields = layout.body.read(reader, {})
    except ProtocolError as error:
        raise ProtocolError(f"{layout.name}: {error}") from error
    if reader.left >= 8:
        raise ProtocolError(f"{layout.name}: {reader.left} bits are left over")
    return Packet(layout.name, guid, fields)


def encode(packet: Packet) -> bytes:
    """Build a message.

    Raises:
        ValueError: a field is missing, unknown, or has a value that its type cannot carry.
    """
    layout = BY_NAME[packet.name]
    writer = BitWriter()
    writer.bits(layout.number, 8)
    writer.bits(packet.guid, 64)
    if packet.fields is not None:
        try:
            layout.body.write(writer, packet.fields, {})
        except ValueError as error:
            raise ValueError(f"{packet.name}: {error}") from error
    return writer.to_bytes()


def _rows() -> list[str]:
    rows: list[str] = []
    for line in filter(None, TABLE.splitlines()):
        if line[0].isspace():
            rows[-1] += line
        else:
            rows.append(line)
    return rows


def _layout(row: str) -> Layout:
    number, name, channel, sender, use, *members = row.split()
    text = " ".join(members)
    return Layout(int(number), name, int(channel), cast(Sender, sender), use, text, _NOTATION.compile(text))


_NOTATION = Notation({**BLOCKS, **RECORDS})
LAYOUTS = tuple(map(_layout, _rows()))
"""Every packet of TES3MP 0.8.1, in the order of their ids."""
BY_NUMBER = {layout.number: layout for layout in LAYOUTS}
BY_NAME = {layout.name: layout for layout in LAYOUTS}
