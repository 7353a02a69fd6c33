"""What is done to things: opened, locked, placed, taken, hit, spoken to.

The `player` of these is the one whose client told of it; they concern everybody whose client has the cell loaded.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from timmy_actors.protocol._base import Count, Integer, Model
from timmy_actors.protocol.events._data import EventData


class Thing(Model):
    """A thing by the name that commands take."""

    unique_index: str
    ref_id: str = ""


class Person(Model):
    """A player that it was done to."""

    player: str


T = TypeVar("T", bound=Thing)
P = TypeVar("P", bound=Person)


class _ObjectEvent(EventData, Generic[T, P]):
    cell: str
    objects: tuple[T, ...]
    players: tuple[P, ...] = ()
    left_out: Count = 0
    """How many more there were."""


class ActivatedThing(Thing):
    """By a player's name, or an actor's unique index."""

    by: str | None = None


class ActivatedPerson(Person):
    """The same for a player that was activated."""

    by: str | None = None


class ObjectActivate(_ObjectEvent[ActivatedThing, ActivatedPerson]):
    """Things were used: a door, a container, an item, a person to talk to."""

    event = "object_activate"


class Blow(Model):
    """How a blow went."""

    by: str | None = None
    success: bool
    damage: float
    blocked: bool
    knocked_down: bool


class HitThing(Thing, Blow):
    """An actor or thing that was hit."""


class HitPerson(Person, Blow):
    """A player that was hit."""


class ObjectHit(_ObjectEvent[HitThing, HitPerson]):
    """Somebody was hit, or missed."""

    event = "object_hit"


class LoudThing(Thing):
    """A thing and the sound it made."""

    sound: str


class LoudPerson(Person):
    """A player and the sound it made."""

    sound: str


class ObjectSound(_ObjectEvent[LoudThing, LoudPerson]):
    """Something was to be heard."""

    event = "object_sound"


class PlacedThing(Thing):
    """An item, where it lies now."""

    x: float
    y: float
    z: float
    count: Count
    dropped: bool
    """Whether a player dropped it."""


class ObjectPlace(_ObjectEvent[PlacedThing, Person]):
    """Items were put down."""

    event = "object_place"


class SpawnedThing(Thing):
    """An actor that was not there before."""

    x: float
    y: float
    z: float
    summoned: bool


class ObjectSpawn(_ObjectEvent[SpawnedThing, Person]):
    """Actors came into being."""

    event = "object_spawn"


class ObjectDelete(_ObjectEvent[Thing, Person]):
    """Things are gone: who picks something up deletes it, and gets it in its inventory."""

    event = "object_delete"


class LockedThing(Thing):
    """0 is unlocked."""

    lock_level: Integer


class ObjectLock(_ObjectEvent[LockedThing, Person]):
    """Things were locked or unlocked."""

    event = "object_lock"


class ObjectTrap(_ObjectEvent[Thing, Person]):
    """Traps went off, or were disarmed."""

    event = "object_trap"


class ScaledThing(Thing):
    """A thing of another size."""

    scale: float


class ObjectScale(_ObjectEvent[ScaledThing, Person]):
    """Things have grown or shrunk."""

    event = "object_scale"


class StatedThing(Thing):
    """Whether it is there for the players."""

    enabled: bool


class ObjectState(_ObjectEvent[StatedThing, Person]):
    """Things were enabled or disabled."""

    event = "object_state"


class Purse(Thing):
    """A trader and the gold it has."""

    gold: Integer


class ObjectGold(_ObjectEvent[Purse, Person]):
    """Traders have more or less gold."""

    event = "object_gold"


class ObjectRestock(_ObjectEvent[Thing, Person]):
    """Containers or traders were filled up."""

    event = "object_restock"


class Talker(Thing):
    """Whom the player talks to, and about what."""

    choice: Literal[
        "topic", "persuasion", "companion_share", "barter", "spells", "travel", "spellmaking", "enchanting", "training",
        "repair",
    ]  # fmt: skip
    topic: str | None = None


class DialogueChoice(_ObjectEvent[Talker, Person]):
    """The player chose something in a conversation."""

    event = "dialogue_choice"


class Door(Thing):
    """How it stands now."""

    door: Literal["open", "closed"]


class DoorState(_ObjectEvent[Door, Person]):
    """Doors were opened or closed."""

    event = "door_state"


class Container(_ObjectEvent[Thing, Person]):
    """What is in containers has changed, or was told for the first time."""

    event = "container"


class ConsoleCommand(_ObjectEvent[Thing, Person]):
    """The player's client ran a console command, the server's own among them."""

    event = "console_command"
    command: str


class ScriptLocal(_ObjectEvent[Thing, Person]):
    """Variables of the scripts on things have changed."""

    event = "script_local"


EVENTS = (
    ObjectActivate, ObjectHit, ObjectSound, ObjectPlace, ObjectSpawn, ObjectDelete, ObjectLock, ObjectTrap, ObjectScale,
    ObjectState, ObjectGold, ObjectRestock, DialogueChoice, DoorState, Container, ConsoleCommand, ScriptLocal,
)  # fmt: skip
