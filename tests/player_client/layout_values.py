"""Random values for the fields of packets, by their layouts."""

from __future__ import annotations

from random import Random
from typing import Any

from timmy_actors.player_client.packets.codecs import (
    Bit,
    Codec,
    Image,
    Integer,
    Plugins,
    Record,
    Text,
    UnitFloat,
)
from timmy_actors.player_client.packets.notation import Chosen, Series, Structure
from timmy_actors.player_client.packets.packet import Layout, Packet

CHARACTERS = "\x01 %aZ~\x7f\xe9\u0416\u20ac\u4e16\uffff\U0001f409"
LONGEST_TEXT = 12
LONGEST_LIST = 3
DRAWN = {"action": 2, "type": 6, "origin": 5}
"""Members that choose a form, and the last number that does."""
RANGES = {"b": 8, "B": 8, "h": 16, "H": 16, "i": 32, "I": 32}


def packet(chance: Random, layout: Layout) -> Packet:
    """A packet of a layout; one in ten is a request, which has no fields."""
    guid = chance.getrandbits(64)
    if not layout.text or chance.randrange(10) == 0:
        return Packet(layout.name, guid)
    fields: dict[str, Any] = {}
    fill(chance, layout.body, fields)
    return Packet(layout.name, guid, fields)


def fill(chance: Random, structure: Structure, values: dict[str, Any]) -> None:
    """Draw the members that the conditions ask for, in their order."""
    for member in structure.members:
        if (member.condition is not None and not member.condition(values)) or member.counts:
            continue
        if member.name is None:
            assert isinstance(member.codec, Structure)
            fill(chance, member.codec, values)
        elif member.name in DRAWN and isinstance(member.codec, Integer):
            values[member.name] = chance.randint(0, DRAWN[member.name])
        else:
            values[member.name] = value(chance, member.codec, values)


def value(chance: Random, codec: Codec, scope: dict[str, Any]) -> Any:
    """Draw a value that a codec carries."""
    match codec:
        case Structure():
            values: dict[str, Any] = {}
            fill(chance, codec, values)
            return values
        case Series(item, length):
            size = chance.randint(0, LONGEST_LIST) if length is None else length
            return [value(chance, item, scope) for _ in range(size)]
        case Chosen(member, choices):
            return value(chance, choices[scope[member]], scope)
        case Record():
            return record(chance, codec)
    return simple(chance, codec)


def simple(chance: Random, codec: Codec) -> Any:
    """Draw a single value; one in four numbers is at a bound."""
    match codec:
        case Bit():
            return chance.random() < 0.5
        case Integer(size, signed):
            lowest = -(1 << (size - 1)) if signed else 0
            return integer(chance, lowest, lowest + (1 << size) - 1)
        case UnitFloat():
            return integer(chance, 0, 65535) / 32767.5 - 1.0
        case Image():
            return chance.randbytes(chance.randint(0, 20))
        case Plugins():
            return [
                {"name": text(chance), "hashes": [integer(chance, 0, 2**32 - 1) for _ in range(size)]}
                for size in range(chance.randint(0, LONGEST_LIST))
            ]
    assert isinstance(codec, Text)
    return text(chance)


def integer(chance: Random, lowest: int, highest: int) -> int:
    """Draw a number."""
    return chance.choice((lowest, highest)) if chance.random() < 0.25 else chance.randint(lowest, highest)


def text(chance: Random) -> str:
    """Draw a text."""
    return "".join(chance.choices(CHARACTERS, k=chance.randint(0, LONGEST_TEXT)))


def record(chance: Random, codec: Record) -> Any:
    """Draw a C structure's values."""
    form = codec.form.format.removeprefix("<")
    count = len(codec.form.unpack(bytes(codec.form.size)))
    kinds = {kind for kind in form if kind.isalpha() and kind != "x"}
    if kinds <= {"f", "d"}:
        drawn = [integer(chance, -(2**23), 2**23) / 8 for _ in range(count)]
    else:
        highest = (1 << min(RANGES[kind] for kind in kinds) - 1) - 1
        drawn = [integer(chance, 0, highest) for _ in range(count)]
    return drawn[0] if codec.single else tuple(drawn)
