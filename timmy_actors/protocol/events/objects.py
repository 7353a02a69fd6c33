"""Events of objects: used, hit, placed, deleted, locked, opened, talked to.

Their `player` is the one whose client reported the event; they concern every player whose client has loaded the cell.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from timmy_actors.protocol._base import Count, Integer, Model
from timmy_actors.protocol.events._data import EventData


class Thing(Model):
    """An object by the unique index that commands take."""

    unique_index: str
    ref_id: str = ""
    name: str | None = None
    """From the game's data files, as far as they are known."""


class Person(Model):
    """A player that the event happened to."""

    player: str


T = TypeVar("T", bound=Thing)
P = TypeVar("P", bound=Person)


class _ObjectEvent(EventData, Generic[T, P]):
    cell: str
    objects: tuple[T, ...]
    players: tuple[P, ...] = ()
    left_out: Count = 0
    """How many further objects and players are not listed."""


class ActivatedThing(Thing):
    """An activated object; `by` is a player's name, or an actor's unique index."""

    by: str | None = None


class ActivatedPerson(Person):
    """An activated player; `by` is a player's name, or an actor's unique index."""

    by: str | None = None


class ObjectActivate(_ObjectEvent[ActivatedThing, ActivatedPerson]):
    """Objects were activated: a door, a container, an item, a person to talk to."""

    event = "object_activate"


class Blow(Model):
    """The outcome of an attack."""

    by: str | None = None
    success: bool
    damage: float
    blocked: bool
    knocked_down: bool


class HitThing(Thing, Blow):
    """An actor or object that was attacked."""


class HitPerson(Person, Blow):
    """A player that was attacked."""


class ObjectHit(_ObjectEvent[HitThing, HitPerson]):
    """An attack has hit or missed."""

    event = "object_hit"


class LoudThing(Thing):
    """An object, and the sound that it played."""

    sound: str


class LoudPerson(Person):
    """A player, and the sound that it played."""

    sound: str


class ObjectSound(_ObjectEvent[LoudThing, LoudPerson]):
    """Objects or players have played a sound."""

    event = "object_sound"


class PlacedThing(Thing):
    """A placed item and its position."""

    x: float
    y: float
    z: float
    count: Count
    dropped: bool
    """Whether a player dropped it."""


class ObjectPlace(_ObjectEvent[PlacedThing, Person]):
    """Items were placed."""

    event = "object_place"


class SpawnedThing(Thing):
    """A new actor and its position."""

    x: float
    y: float
    z: float
    summoned: bool


class ObjectSpawn(_ObjectEvent[SpawnedThing, Person]):
    """Actors were spawned."""

    event = "object_spawn"


class ObjectDelete(_ObjectEvent[Thing, Person]):
    """Objects were deleted: picking up an item deletes the object, and adds the item to the inventory."""

    event = "object_delete"


class LockedThing(Thing):
    """A locked object; level 0: unlocked."""

    lock_level: Integer


class ObjectLock(_ObjectEvent[LockedThing, Person]):
    """Objects were locked or unlocked."""

    event = "object_lock"


class ObjectTrap(_ObjectEvent[Thing, Person]):
    """Traps were triggered or disarmed."""

    event = "object_trap"


class ScaledThing(Thing):
    """An object and its scale."""

    scale: float


class ObjectScale(_ObjectEvent[ScaledThing, Person]):
    """The scale of objects has changed."""

    event = "object_scale"


class StatedThing(Thing):
    """An object, and whether it is enabled."""

    enabled: bool


class ObjectState(_ObjectEvent[StatedThing, Person]):
    """Objects were enabled or disabled."""

    event = "object_state"


class Purse(Thing):
    """A trader and its gold."""

    gold: Integer


class ObjectGold(_ObjectEvent[Purse, Person]):
    """The gold of traders has changed."""

    event = "object_gold"


class ObjectRestock(_ObjectEvent[Thing, Person]):
    """Containers or traders were restocked."""

    event = "object_restock"


class Talker(Thing):
    """The actor that the player talks to, and the choice."""

    choice: Literal[
        "topic", "persuasion", "companion_share", "barter", "spells", "travel", "spellmaking", "enchanting", "training",
        "repair",
    ]  # fmt: skip
    topic: str | None = None


class DialogueChoice(_ObjectEvent[Talker, Person]):
    """The player has made a choice in a dialogue."""

    event = "dialogue_choice"


class Door(Thing):
    """A door and its state."""

    door: Literal["open", "closed"]


class DoorState(_ObjectEvent[Door, Person]):
    """Doors were opened or closed."""

    event = "door_state"


class Container(_ObjectEvent[Thing, Person]):
    """The contents of containers have changed, or were reported for the first time."""

    event = "container"


class ConsoleCommand(_ObjectEvent[Thing, Person]):
    """The player's client has run a console command, possibly one from the server."""

    event = "console_command"
    command: str


class ScriptLocal(_ObjectEvent[Thing, Person]):
    """Local variables of objects' scripts have changed."""

    event = "script_local"


EVENTS = (
    ObjectActivate, ObjectHit, ObjectSound, ObjectPlace, ObjectSpawn, ObjectDelete, ObjectLock, ObjectTrap, ObjectScale,
    ObjectState, ObjectGold, ObjectRestock, DialogueChoice, DoorState, Container, ConsoleCommand, ScriptLocal,
)  # fmt: skip
