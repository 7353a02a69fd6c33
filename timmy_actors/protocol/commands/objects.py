"""Objects in the world: placed, deleted, moved, turned, scaled, locked, opened, used."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import ErrorCode, Name
from timmy_actors.protocol.commands._arguments import Angle, AtPlace, Coordinate, ItemCount, OfObject

OBJECT_ERRORS: tuple[ErrorCode, ...] = ("no_such_cell", "no_such_target", "game_refused")
BARREL = {"unique_index": "103001-0", "cell": "-2, -9"}
"""A barrel of the embedded world, near where its players start."""


class PlaceItem(AtPlace):
    """Put an item on the ground.

    A record made at run time is named by its id. Items of the game that clients don't have are not drawn by them.
    """

    command = "place_item"
    idempotent = False
    errors = ("no_such_cell", "no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 25, "x": -11200, "y": -70900, "z": 220}

    item: Name
    count: ItemCount = 1
    charge: Annotated[int, Field(ge=-1, le=1_000_000)] = -1
    """What is left of its uses or its condition; -1 for a new one."""
    soul: Name | None = None
    """The creature in a soul gem, by its id."""


class DeleteObject(OfObject):
    """Delete an object or an actor for everybody, for good."""

    command = "delete_object"
    idempotent = False
    errors = OBJECT_ERRORS
    example = BARREL


class MoveObject(OfObject):
    """Move an object within its cell.

    What was placed on the server stays there; an object of the data files returns when its cell is loaded anew, and
    the answer says `lasting: false`. Actors are moved with `move_actor`.
    """

    command = "move_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "x": -11100, "y": -70800, "z": 220}

    x: Coordinate
    y: Coordinate
    z: Coordinate


class RotateObject(OfObject):
    """Turn an object to these angles, in degrees. It lasts as long as a move does."""

    command = "rotate_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "yaw": 90}

    yaw: Angle
    pitch: Angle = 0
    roll: Angle = 0


class ScaleObject(OfObject):
    """Make an object or an actor larger or smaller than its record says (1)."""

    command = "scale_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "scale": 2}

    scale: Annotated[float, Field(ge=0.1, le=10)]


class LockObject(OfObject):
    """Lock a door or a container."""

    command = "lock_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "level": 40}

    level: Annotated[int, Field(ge=1, le=100)] = 50


class UnlockObject(OfObject):
    """Unlock a door or a container."""

    command = "unlock_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class UntrapObject(OfObject):
    """Disarm the trap of a door or a container. No function of the server sets a trap."""

    command = "untrap_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class SetDoor(OfObject):
    """Open or close a door that swings. Doors that lead elsewhere are used with `activate_object`."""

    command = "set_door"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "state": "open"}

    state: Literal["open", "closed"]


class EnableObject(OfObject):
    """Let an object or an actor that was disabled be there again."""

    command = "enable_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class DisableObject(OfObject):
    """Let an object or an actor be as if it were not there, until it is enabled."""

    command = "disable_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class ActivateObject(OfObject):
    """Let the player use an object: open the door or container, take the item, talk to the NPC."""

    command = "activate_object"
    idempotent = False
    errors = OBJECT_ERRORS
    example = BARREL


class PlayObjectSound(OfObject):
    """Let everybody near an object hear a sound (an id of the game's) from it."""

    command = "play_object_sound"
    idempotent = False
    errors = OBJECT_ERRORS
    example = {**BARREL, "sound": "Door Creaky Open"}

    sound: Name
    volume: Annotated[float, Field(ge=0, le=1)] = 1
    pitch: Annotated[float, Field(ge=0.1, le=10)] = 1


class SetMerchantGold(OfObject):
    """Set how much gold an actor has to trade with."""

    command = "set_merchant_gold"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {"unique_index": "102001-0", "gold": 500}

    gold: Annotated[int, Field(ge=0, le=1_000_000_000)]


class SetDoorDestination(OfObject):
    """Let a door lead elsewhere, for the players who are here now: the server keeps no such change."""

    command = "set_door_destination"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "to_cell": "Balmora, Guild of Mages", "x": -755, "y": -1007, "z": -644}

    to_cell: Name
    x: Coordinate
    y: Coordinate
    z: Coordinate
    yaw: Angle = 0


COMMANDS = (
    PlaceItem, DeleteObject, MoveObject, RotateObject, ScaleObject, LockObject, UnlockObject, UntrapObject, SetDoor,
    EnableObject, DisableObject, ActivateObject, PlayObjectSound, SetMerchantGold, SetDoorDestination,
)  # fmt: skip
