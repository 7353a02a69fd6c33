"""Writes the smallest meshes, animations and textures that a game can have.

The meshes are nodes without a shape, the animations move none of them, and a texture has squares of two colours.

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
EYES = (0.0, 0.0, 120.0)
"""Where a person sees from, in game units above the feet."""
ANIMATIONS = ("idle", *(f"{gait}{way}" for gait in ("walk", "run") for way in ("forward", "back", "left", "right")))
MARKS = {"start": 0.0, "loop start": 0.0, "loop stop": 0.9, "stop": 0.9}
"""The marks of an animation, in seconds after its start. One starts every second."""
ACTIVE, LINEAR = 8, 1
"""The flag of a controller that runs, and the kind of keys between which places are interpolated linearly."""
DDS_HEADER_BYTES, DDS_FORMAT_BYTES = 124, 32
DDS_FLAGS, DDS_RGB_WITH_ALPHA, DDS_IS_TEXTURE = 0x100F, 0x41, 0x1000
Vector = tuple[float, float, float]
Colour = tuple[int, int, int]
"""Red, green and blue, each of 0 to 255."""
SIDE = 64
"""The width and height of a texture."""


def person_mesh() -> bytes:
    """A body without a shape: its root, a box for how much room it takes, and where it sees from."""
    return _file(
        _node("Person", children=[1, 2]),
        _node("Bounding Box", extents=PERSON),
        _node("Bip01", children=[3]),
        _node("Camera", place=EYES),
    )


def person_animation() -> bytes:
    """The names and times of a person's animations. They do not move its root.

    OpenMW 0.47 does not move a person without an animation of walking. If that animation does not move the root, the
    speed follows from the person's attributes.
    """
    keys = b"".join(_keys(start, name) for start, name in enumerate(ANIMATIONS))
    return _file(
        _text("NiSequenceStreamHelper") + _text("") + struct.pack("<ii", 1, 3),
        _text("NiTextKeyExtraData") + _extra(2, struct.pack("<I", len(ANIMATIONS) * len(MARKS)) + keys),
        _text("NiStringExtraData") + _extra(NOTHING, _text("Bip01")),
        _text("NiKeyframeController") + struct.pack("<iH4fii", NOTHING, ACTIVE, 1, 0, 0, len(ANIMATIONS), 0, 4),
        _text("NiKeyframeData") + struct.pack("<III4fI", 0, 1, LINEAR, 0, 0, 0, 0, 0),
    )


def _keys(start: float, animation: str) -> bytes:
    return b"".join(struct.pack("<f", start + after) + _text(f"{animation}: {mark}") for mark, after in MARKS.items())


def _extra(following: int, content: bytes) -> bytes:
    return struct.pack("<iI", following, len(content)) + content


def _file(*records: bytes) -> bytes:
    head = b"NetImmerse File Format, Version 4.0.0.2\n" + struct.pack("<II", VERSION, len(records))
    return head + b"".join(records) + struct.pack("<Ii", 1, 0)


def _node(
    name: str, *, children: Sequence[int] = (), extents: Vector | None = None, place: Vector = (0.0, 0.0, 0.0)
) -> bytes:
    named = _text("NiNode") + _text(name) + struct.pack("<ii", NOTHING, NOTHING)
    placed = struct.pack("<H3f", 0, *place) + UPRIGHT + struct.pack("<4fI", 1, 0, 0, 0, 0)
    below = struct.pack(f"<I{len(children)}iI", len(children), *children, 0)
    return named + placed + _bounds(extents) + below


def _bounds(extents: Vector | None) -> bytes:
    if extents is None:
        return struct.pack("<I", 0)
    return struct.pack("<II3f", 1, BOX, 0, 0, extents[2]) + UPRIGHT + struct.pack("<3f", *extents)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("ascii")


def chequered_texture(one: Colour, other: Colour) -> bytes:
    """A texture of four squares in two colours, as an uncompressed DDS: on one colour a walk would not be visible."""
    masks = 0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000
    pixels = struct.pack("<II4s5I", DDS_FORMAT_BYTES, DDS_RGB_WITH_ALPHA, bytes(4), 32, *masks)
    sizes = struct.pack("<7I", DDS_HEADER_BYTES, DDS_FLAGS, SIDE, SIDE, SIDE * 4, 0, 0)
    header = b"DDS " + sizes + bytes(44) + pixels + struct.pack("<5I", DDS_IS_TEXTURE, 0, 0, 0, 0)
    first, second = (bytes((blue, green, red, 255)) * (SIDE // 2) for red, green, blue in (one, other))
    return header + (first + second) * (SIDE // 2) + (second + first) * (SIDE // 2)
