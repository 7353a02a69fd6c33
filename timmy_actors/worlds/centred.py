"""A player's snapshot as seen from an actor near it. Pure."""

from __future__ import annotations

import math

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import (
    NearbyActor,
    NearbyActors,
    NearbyObjects,
    NearbyPlayer,
    NearbyPlayers,
    PerceptionOutput,
    Position,
)


def centred(snapshot: PerceptionOutput, unique_index: str) -> PerceptionOutput:
    """The snapshot with distances and bearings from the actor, the host among the players, and nothing of the host.

    Raises:
        RefusedError: `no_such_target`: the actor is not in it.
    """
    actors = () if snapshot.nearby_actors is None else snapshot.nearby_actors.actors
    actor = next((each for each in actors if each.unique_index == unique_index), None)
    if actor is None:
        raise RefusedError("no_such_target", f"{snapshot.player} does not see {unique_index}", "unique_index")
    return PerceptionOutput(
        player=actor.name or actor.ref_id, pid=snapshot.pid, boot=snapshot.boot, epoch=snapshot.epoch,
        revision=snapshot.revision, revisions=snapshot.revisions, timestamp=snapshot.timestamp, stale=snapshot.stale,
        stale_reason=snapshot.stale_reason, position=_position(actor, snapshot.position), world=snapshot.world,
        chat=snapshot.chat, nearby_actors=_actors(actor, snapshot), nearby_players=_players(actor, snapshot),
        nearby_objects=_objects(actor, snapshot),
    )  # fmt: skip


def _position(actor: NearbyActor, host: Position | None) -> Position:
    return Position(
        cell=actor.cell, exterior=host is not None and host.exterior, region="" if host is None else host.region,
        place=None if host is None else host.place, x=actor.x, y=actor.y, z=actor.z, pitch=0.0, yaw=0.0,
    )  # fmt: skip


def _from(actor: NearbyActor, x: float, y: float, z: float) -> dict[str, float]:
    east, north = x - actor.x, y - actor.y
    return {
        "distance": math.hypot(east, north, z - actor.z),
        "bearing": math.degrees(math.atan2(east, north)) % 360,
    }


def _actors(actor: NearbyActor, snapshot: PerceptionOutput) -> NearbyActors | None:
    if snapshot.nearby_actors is None:
        return None
    others = (each for each in snapshot.nearby_actors.actors if each.unique_index != actor.unique_index)
    seen = [each.model_copy(update=_from(actor, each.x, each.y, each.z)) for each in others]
    return snapshot.nearby_actors.model_copy(update={"actors": tuple(sorted(seen, key=lambda each: each.distance))})


def _players(actor: NearbyActor, snapshot: PerceptionOutput) -> NearbyPlayers | None:
    if snapshot.nearby_players is None:
        return None
    seen = [each.model_copy(update=_from(actor, each.x, each.y, each.z)) for each in snapshot.nearby_players.players]
    host = snapshot.position
    if host is not None:
        place = _from(actor, host.x, host.y, host.z)
        seen.append(
            NearbyPlayer(
                name=snapshot.player,
                pid=snapshot.pid,
                cell=host.cell,
                x=host.x,
                y=host.y,
                z=host.z,
                distance=place["distance"],
                bearing=place["bearing"],
            )
        )
    return snapshot.nearby_players.model_copy(update={"players": tuple(sorted(seen, key=lambda each: each.distance))})


def _objects(actor: NearbyActor, snapshot: PerceptionOutput) -> NearbyObjects | None:
    if snapshot.nearby_objects is None:
        return None
    seen = [
        each.model_copy(update=_from(actor, each.x, each.y, each.z))
        if each.x is not None and each.y is not None and each.z is not None
        else each
        for each in snapshot.nearby_objects.objects
    ]
    seen.sort(key=lambda each: math.inf if each.distance is None else each.distance)
    return snapshot.nearby_objects.model_copy(update={"objects": tuple(seen)})
