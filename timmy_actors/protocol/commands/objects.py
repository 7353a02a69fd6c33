"""Objects in the world: place, delete, move, rotate, scale, lock, open, activate."""

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

    A record created at run time is named by its id. Clients do not draw items that they do not have.
    """

    command = "place_item"
    idempotent = False
    errors = ("no_such_cell", "no_such_target", "game_refused")
    example = {"item": "gold_001", "count": 25, "x": -11200, "y": -70900, "z": 220}

    item: Name
    count: ItemCount = 1
    charge: Annotated[int, Field(ge=-1, le=1_000_000)] = -1
    """The remaining uses or condition; -1: full."""
    soul: Name | None = None
    """The creature in a soul gem, by its id."""


class DeleteObject(OfObject):
    """Delete an object or an actor for all players, permanently."""

    command = "delete_object"
    idempotent = False
    errors = OBJECT_ERRORS
    example = BARREL


class MoveObject(OfObject):
    """Move an object within its cell.

    An object placed on the server stays there; an object of the data files returns to its place when its cell is
    reloaded, and the answer has `lasting: false`. Use `move_actor` for actors.
    """

    command = "move_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "x": -11100, "y": -70800, "z": 220}

    x: Coordinate
    y: Coordinate
    z: Coordinate


class RotateObject(OfObject):
    """Rotate an object to these angles, in degrees. The rotation lasts as long as that of `move_object`."""

    command = "rotate_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "yaw": 90}

    yaw: Angle
    pitch: Angle = 0
    roll: Angle = 0


class ScaleObject(OfObject):
    """Scale an object or an actor; 1 is its original size."""

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
    """Open or close a swinging door. For doors that lead to another cell use `activate_object`."""

    command = "set_door"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {**BARREL, "state": "open"}

    state: Literal["open", "closed"]


class EnableObject(OfObject):
    """Enable an object or an actor that was disabled."""

    command = "enable_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class DisableObject(OfObject):
    """Disable an object or an actor, which hides it until it is enabled."""

    command = "disable_object"
    idempotent = True
    errors = OBJECT_ERRORS
    example = BARREL


class ActivateObject(OfObject):
    """Let the player activate an object: open the door or container, take the item, talk to the NPC."""

    command = "activate_object"
    idempotent = False
    errors = OBJECT_ERRORS
    example = BARREL


class PlayObjectSound(OfObject):
    """Play a sound (an id of the game's) at an object, for all players near it."""

    command = "play_object_sound"
    idempotent = False
    errors = OBJECT_ERRORS
    example = {**BARREL, "sound": "Door Creaky Open"}

    sound: Name
    volume: Annotated[float, Field(ge=0, le=1)] = 1
    pitch: Annotated[float, Field(ge=0.1, le=10)] = 1


class SetMerchantGold(OfObject):
    """Set an actor's gold for trading."""

    command = "set_merchant_gold"
    idempotent = True
    errors = OBJECT_ERRORS
    example = {"unique_index": "102001-0", "gold": 500}

    gold: Annotated[int, Field(ge=0, le=1_000_000_000)]


class SetDoorDestination(OfObject):
    """Change a door's destination for the connected players; the server does not store the change."""

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
