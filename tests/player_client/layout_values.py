"""Hypothesis strategies for packets, derived from their layouts."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

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
from timmy_actors.player_client.packets.packet import LAYOUTS, Packet

TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12)
PLUGIN = st.fixed_dictionaries({"name": TEXT, "hashes": st.lists(st.integers(0, 2**32 - 1), max_size=3)})
LONGEST_LIST = 3
DRAWN = {"action": st.integers(0, 2), "type": st.integers(0, 6), "origin": st.integers(0, 5)}
"""Members that choose a form: their values are drawn from those that do."""
RANGES = {"b": 8, "B": 8, "h": 16, "H": 16, "i": 32, "I": 32}


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """A packet of any layout."""
    layout = LAYOUTS[draw(st.integers(0, len(LAYOUTS) - 1))]  # a layout itself would be printed at length
    guid = draw(st.integers(0, 2**64 - 1))
    if not layout.text or draw(st.integers(0, 9)) == 0:
        return Packet(layout.name, guid)
    fields: dict[str, Any] = {}
    fill(draw, layout.body, fields)
    return Packet(layout.name, guid, fields)


def fill(draw: st.DrawFn, structure: Structure, values: dict[str, Any]) -> None:
    """Draw the members that the conditions ask for, in their order."""
    for member in structure.members:
        if (member.condition is not None and not member.condition(values)) or member.counts:
            continue
        if member.name is None:
            assert isinstance(member.codec, Structure)
            fill(draw, member.codec, values)
        elif member.name in DRAWN and isinstance(member.codec, Integer):
            values[member.name] = draw(DRAWN[member.name])
        else:
            values[member.name] = value(draw, member.codec, values)


def value(draw: st.DrawFn, codec: Codec, scope: dict[str, Any]) -> Any:
    """Draw a value that a codec carries."""
    match codec:
        case Structure():
            values: dict[str, Any] = {}
            fill(draw, codec, values)
            return values
        case Series(item, length):
            size = draw(st.integers(0, LONGEST_LIST)) if length is None else length
            return [value(draw, item, scope) for _ in range(size)]
        case Chosen(member, choices):
            return value(draw, choices[scope[member]], scope)
        case Record():
            return record(draw, codec)
    return draw(simple(codec))


def simple(codec: Codec) -> st.SearchStrategy[Any]:
    """The strategy of a single value."""
    match codec:
        case Bit():
            return st.booleans()
        case Integer(size, signed):
            lowest = -(1 << (size - 1)) if signed else 0
            return st.integers(lowest, lowest + (1 << size) - 1)
        case UnitFloat():
            return st.integers(0, 65535).map(lambda steps: steps / 32767.5 - 1.0)
        case Image():
            return st.binary(max_size=20)
        case Plugins():
            return st.lists(PLUGIN, max_size=LONGEST_LIST)
    assert isinstance(codec, Text)
    return TEXT


def record(draw: st.DrawFn, codec: Record) -> Any:
    """Draw a C structure's values."""
    form = codec.form.format.removeprefix("<")
    values = codec.form.unpack(bytes(codec.form.size))
    kinds = {kind for kind in form if kind.isalpha() and kind != "x"}
    if kinds <= {"f", "d"}:
        number = st.integers(-(2**23), 2**23).map(lambda eighths: eighths / 8)
    else:
        number = st.integers(0, (1 << min(RANGES[kind] for kind in kinds) - 1) - 1)
    drawn = draw(st.lists(number, min_size=min(2, len(values)), max_size=min(2, len(values))))
    drawn = (drawn * len(values))[: len(values)]
    return drawn[0] if codec.single else tuple(drawn)
