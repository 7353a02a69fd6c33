"""A player's state as merged from frames. The `PerceptionOutput` of it is built when it is first read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from timmy_actors.protocol import (
    NEARBY,
    Actor,
    Cadence,
    Gauge,
    Model,
    NearbyActor,
    NearbyActors,
    NearbyObject,
    NearbyObjects,
    NearbyPlayer,
    NearbyPlayers,
    OtherPlayer,
    PerceptionOutput,
    PlacedObject,
    Position,
)


class Known(NamedTuple):
    """An entity in one version; it is replaced when the entity changes."""

    key: int
    subject: Actor | OtherPlayer | PlacedObject
    x: float | None
    y: float | None
    z: float | None
    health: Gauge | None


@dataclass(frozen=True)
class Nearby:
    """What a `nearby_*` section lists, in no order."""

    entities: tuple[Known, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Merged:
    """A player's state after a frame; nothing in it ever changes."""

    player: str
    pid: int
    boot: str
    epoch: int
    revision: int
    game_ms: int | None
    cadence: Cadence | None
    revisions: Mapping[str, int]
    sections: Mapping[str, Model]
    """The sections that are sent whole."""
    nearby: Mapping[str, Nearby]
    timestamp: datetime = field(default_factory=lambda: datetime.now(UTC))
    stale: bool = False
    stale_reason: str | None = None

    @property
    def output(self) -> PerceptionOutput:
        """The snapshot that callers read, built once (twice, if two threads read it first at the same time)."""
        built: PerceptionOutput | None = self.__dict__.get("built")
        if built is None:
            built = self.__dict__.setdefault("built", self._build())
        return built

    def as_stale(self, reason: str) -> Merged:
        """The same, marked stale."""
        stale = replace(self, stale=True, stale_reason=reason)
        built = self.__dict__.get("built")
        if built is not None:
            stale.__dict__["built"] = built.model_copy(update={"stale": True, "stale_reason": reason})
        return stale

    def _build(self) -> PerceptionOutput:
        position = self.sections.get("position")
        eye = _eye(position) if isinstance(position, Position) else (0, 0, 0)
        sections: dict[str, Any] = dict(self.sections)
        sections.update((name, _SECTIONS[name](listed, eye)) for name, listed in self.nearby.items())
        return PerceptionOutput(
            **sections,
            player=self.player,
            pid=self.pid,
            boot=self.boot,
            epoch=self.epoch,
            revision=self.revision,
            game_ms=self.game_ms,
            cadence=self.cadence,
            revisions=dict(self.revisions),
            timestamp=self.timestamp,
            stale=self.stale,
            stale_reason=self.stale_reason,
        )


Snapshot = PerceptionOutput | Merged
"""A published snapshot: merged from perceptions (protocol version 1), or from frames."""


def output_of(snapshot: Snapshot) -> PerceptionOutput:
    """The snapshot that callers read."""
    return snapshot.output if isinstance(snapshot, Merged) else snapshot


Eye = tuple[float, float, float]


def _eye(position: Position) -> Eye:
    """The point from which the bridge measures distances: whole units."""
    return math.floor(position.x), math.floor(position.y), math.floor(position.z)


def _seen(eye: Eye, at: Eye) -> dict[str, Any]:
    """The distance and bearing, in whole units and degrees, computed as the bridge does."""
    east, north, up = at[0] - eye[0], at[1] - eye[1], at[2] - eye[2]
    bearing = math.degrees(math.atan2(east, north)) % 360
    return {
        "distance": float(math.floor(math.sqrt(east * east + north * north + up * up))),
        "bearing": float(math.floor(bearing) % 360),
    }


def _placed(known: Known, eye: Eye) -> dict[str, Any]:
    x, y, z = known.x or 0.0, known.y or 0.0, known.z or 0.0
    return {**known.subject.__dict__, "x": x, "y": y, "z": z, "health": known.health, **_seen(eye, (x, y, z))}


def _actors(listed: Nearby, eye: Eye) -> NearbyActors:
    actors = [NearbyActor.model_construct(**_placed(known, eye)) for known in listed.entities]
    actors.sort(key=attrgetter("distance", "unique_index", "cell"))
    return NearbyActors(actors=tuple(actors), truncated=listed.left_out > 0, left_out=listed.left_out)


def _players(listed: Nearby, eye: Eye) -> NearbyPlayers:
    players = [NearbyPlayer.model_construct(**_placed(known, eye)) for known in listed.entities]
    players.sort(key=attrgetter("distance", "pid"))
    return NearbyPlayers(players=tuple(players), truncated=listed.left_out > 0, left_out=listed.left_out)


def _object(known: Known, eye: Eye) -> NearbyObject:
    fields = known.subject.__dict__
    if known.x is None or known.y is None or known.z is None:
        return NearbyObject.model_construct(**fields)
    at = (math.floor(known.x), math.floor(known.y), math.floor(known.z))
    return NearbyObject.model_construct(**fields, **_seen(eye, at))


def _object_order(thing: NearbyObject) -> tuple[float, str, str]:
    return math.inf if thing.distance is None else thing.distance, thing.unique_index, thing.cell


def _objects(listed: Nearby, eye: Eye) -> NearbyObjects:
    objects = sorted((_object(known, eye) for known in listed.entities), key=_object_order)
    return NearbyObjects(objects=tuple(objects), truncated=listed.left_out > 0, left_out=listed.left_out)


_SECTIONS: Mapping[str, Callable[[Nearby, Eye], Model]] = MappingProxyType(
    dict(zip(NEARBY, (_actors, _players, _objects), strict=True))
)
