"""Where in a picture something stands that was perceived. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from timmy_actors.recording.describe import find_section
from timmy_actors.recording.training.models import Box

View = Literal["map", "first-person"]
MAP_SPAN = 2_048.0
"""Game units from one side of a drawn map to the other."""
MAP_MARK = 9
"""Pixels of a mark on a map of 256 pixels."""
EYE_HEIGHT = 120.0
"""Game units from the ground to a player's eyes."""
ACTOR_SIZE = (60.0, 130.0)
"""Width and height of a person, in game units; creatures differ."""
OBJECT_SIZE = (50.0, 50.0)
NEAREST, FARTHEST = 40.0, 4_096.0
"""What is nearer fills the view; what is farther is a few pixels."""
SMALLEST_PIXELS = 3


@dataclass(frozen=True)
class Camera:
    """How a picture was taken."""

    view: View
    width: int
    height: int
    vertical_degrees: float = 60.0
    """The vertical field of view, as OpenMW's setting `field of view`; only for `first-person`."""


@dataclass(frozen=True)
class _Seen:
    label: str
    ref_id: str
    at: tuple[float, float, float]
    size: tuple[float, float]


def project(observation: dict[str, Any], camera: Camera) -> tuple[Box, ...]:
    """The boxes of the perceived actors and objects that are inside the picture, the nearest first.

    Walls are not perceived: whether something is occluded is not known.
    """
    position = find_section(observation, "position")
    here = _point(position)
    if here is None:
        return ()
    place = _on_map if camera.view == "map" else _in_view
    boxes = (place(seen, here, position, camera) for seen in _perceived(observation))
    return tuple(box for box in boxes if box is not None)


def _perceived(observation: dict[str, Any]) -> Iterator[_Seen]:
    for section, key, size in (("nearby_actors", "actors", ACTOR_SIZE), ("nearby_objects", "objects", OBJECT_SIZE)):
        for thing in find_section(observation, section).get(key, ()):
            at = _point(thing) if isinstance(thing, dict) else None
            if at is not None and isinstance(thing.get("ref_id"), str) and thing["ref_id"]:
                yield _Seen(_label(thing, section), thing["ref_id"], at, size)


def _label(thing: dict[str, Any], section: str) -> str:
    kind = "actor" if section == "nearby_actors" else str(thing.get("kind", "object"))
    return f"dead {kind}" if thing.get("dead") else kind


def _on_map(seen: _Seen, here: tuple[float, float, float], _position: dict[str, Any], camera: Camera) -> Box | None:
    column = camera.width / 2 + (seen.at[0] - here[0]) / MAP_SPAN * camera.width
    row = camera.height / 2 - (seen.at[1] - here[1]) / MAP_SPAN * camera.height
    half = MAP_MARK * camera.width / 512
    return _box(seen, (column - half, row - half, column + half, row + half), camera)


def _in_view(seen: _Seen, here: tuple[float, float, float], position: dict[str, Any], camera: Camera) -> Box | None:
    yaw, pitch = (math.radians(_number(position.get(key)) or 0.0) for key in ("yaw", "pitch"))
    east, north = seen.at[0] - here[0], seen.at[1] - here[1]
    ahead, aside = east * math.sin(yaw) + north * math.cos(yaw), east * math.cos(yaw) - north * math.sin(yaw)
    focal = camera.height / 2 / math.tan(math.radians(camera.vertical_degrees) / 2)
    edges = []
    for up in (seen.at[2] - here[2] - EYE_HEIGHT, seen.at[2] - here[2] - EYE_HEIGHT + seen.size[1]):
        depth = ahead * math.cos(pitch) - up * math.sin(pitch)
        if not NEAREST <= depth <= FARTHEST:
            return None
        edges.append((depth, camera.height / 2 - focal * (up * math.cos(pitch) + ahead * math.sin(pitch)) / depth))
    half, middle = focal * seen.size[0] / 2 / edges[0][0], camera.width / 2 + focal * aside / edges[0][0]
    return _box(seen, (middle - half, edges[1][1], middle + half, edges[0][1]), camera)


def _box(seen: _Seen, edges: tuple[float, float, float, float], camera: Camera) -> Box | None:
    left, right = (round(min(max(edge, 0), camera.width)) for edge in (edges[0], edges[2]))
    top, bottom = (round(min(max(edge, 0), camera.height)) for edge in (edges[1], edges[3]))
    if right - left < SMALLEST_PIXELS or bottom - top < SMALLEST_PIXELS:
        return None
    return Box(label=seen.label, ref_id=seen.ref_id, x=left, y=top, width=right - left, height=bottom - top)


def _point(section: dict[str, Any]) -> tuple[float, float, float] | None:
    x, y, z = (_number(section.get(key)) for key in ("x", "y", "z"))
    return None if x is None or y is None else (x, y, z or 0.0)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
