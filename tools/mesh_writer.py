"""Writes the smallest meshes and textures that a game can have: nodes without a shape, and one plain colour.

Sources: the NIF format's description by NIF tools, version 4.0.0.2; Microsoft's description of DDS.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

VERSION = 0x04000002
NOTHING = -1
"""A reference to no record."""
BOX = 1
"""The kind of a bounding volume that is a box."""
UPRIGHT = struct.pack("<9f", 1, 0, 0, 0, 1, 0, 0, 0, 1)
PERSON = (29.0, 29.0, 66.0)
"""Half the extents of a person, in game units."""
DDS_HEADER_BYTES, DDS_FORMAT_BYTES = 124, 32
DDS_FLAGS, DDS_RGB_WITH_ALPHA, DDS_IS_TEXTURE = 0x100F, 0x41, 0x1000
SIDE = 4
"""The width and height of a texture."""


def person_mesh() -> bytes:
    """A body without a shape: its root, and a box for how much room it takes."""
    nodes = _node("Bip01", children=[1]) + _node("Bounding Box", extents=PERSON)
    head = b"NetImmerse File Format, Version 4.0.0.2\n" + struct.pack("<II", VERSION, 2)
    return head + nodes + struct.pack("<Ii", 1, 0)


def _node(name: str, *, children: Sequence[int] = (), extents: tuple[float, float, float] | None = None) -> bytes:
    named = _text("NiNode") + _text(name) + struct.pack("<ii", NOTHING, NOTHING)
    placed = struct.pack("<H3f", 0, 0, 0, 0) + UPRIGHT + struct.pack("<4fI", 1, 0, 0, 0, 0)
    below = struct.pack(f"<I{len(children)}iI", len(children), *children, 0)
    return named + placed + _bounds(extents) + below


def _bounds(extents: tuple[float, float, float] | None) -> bytes:
    if extents is None:
        return struct.pack("<I", 0)
    return struct.pack("<II3f", 1, BOX, 0, 0, extents[2]) + UPRIGHT + struct.pack("<3f", *extents)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("ascii")


def plain_texture(red: int, green: int, blue: int) -> bytes:
    """A texture of one colour, as an uncompressed DDS."""
    masks = 0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000
    pixels = struct.pack("<II4s5I", DDS_FORMAT_BYTES, DDS_RGB_WITH_ALPHA, bytes(4), 32, *masks)
    sizes = struct.pack("<7I", DDS_HEADER_BYTES, DDS_FLAGS, SIDE, SIDE, SIDE * 4, 0, 0)
    header = b"DDS " + sizes + bytes(44) + pixels + struct.pack("<5I", DDS_IS_TEXTURE, 0, 0, 0, 0)
    return header + bytes((blue, green, red, 255)) * SIDE * SIDE
