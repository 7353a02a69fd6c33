"""Creatures and NPCs: spawned, dressed, strengthened, moved, made to speak and to die."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import Angle, AtPlace, Coordinate, ItemCount, OfObject, Text
from timmy_actors.protocol.commands.ai import AI_ERRORS, FARGOTH
from timmy_actors.protocol.records import NpcRecord

MOST_LINES = 32

Slot = Literal[
    "helmet", "cuirass", "greaves", "left_pauldron", "right_pauldron", "left_gauntlet", "right_gauntlet", "boots",
    "shirt", "pants", "skirt", "robe", "left_ring", "right_ring", "amulet", "belt", "carried_right", "carried_left",
    "ammunition",
]  # fmt: skip

ActorStat = Literal[
    "health", "magicka", "fatigue", "level", "disposition", "fight", "flee", "alarm", "hello", "strength",
    "intelligence", "willpower", "agility", "speed", "endurance", "personality", "luck", "block", "armorer",
    "mediumarmor", "heavyarmor", "bluntweapon", "longblade", "axe", "spear", "athletics", "enchant", "destruction",
    "alteration", "illusion", "conjuration", "mysticism", "restoration", "alchemy", "unarmored", "security", "sneak",
    "acrobatics", "lightarmor", "shortblade", "marksman", "mercantile", "speechcraft", "handtohand",
]  # fmt: skip


class NewNpc(NpcRecord):
    """An NPC's record, whose type goes without saying."""

    type: Literal["npc"] = "npc"


class SpawnActor(AtPlace):
    """Put a creature or an NPC into the world, by the id of its record."""

    command = "spawn_actor"
    idempotent = False
    errors = ("no_such_cell", "no_such_target")
    example = {"ref_id": "rat"}

    ref_id: Name


class SpawnNpc(AtPlace):
    """Make an NPC of its own (name, race, class, looks, stats, belongings) and put it into the world.

    `lines` are what it says in the chat of who speaks to it, one after another: no function of the server adds to the
    texts of the dialogue window, which opens with what the game has for such an NPC.
    """

    command = "spawn_npc"
    idempotent = False
    errors = ("no_such_cell", "game_refused")
    example = {
        "npc": {
            "name": "Sirilonwe's Courier", "race": "High Elf", "class": "Mage", "gender": "female", "level": 5,
            "health": 80, "items": [{"id": "common_robe_01"}],
        },
        "lines": ["Sirilonwe sends me.", "Will you come with me?"],
    }  # fmt: skip

    npc: NewNpc
    lines: Annotated[list[Text], Field(min_length=1, max_length=MOST_LINES)] | None = None


class EquipActor(OfObject):
    """Let an actor wear or wield an item, which it gets if it has none."""

    command = "equip_actor"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "slot": "robe", "item": "common_robe_01"}

    slot: Slot
    item: Name
    count: ItemCount = 1


class UnequipActor(OfObject):
    """Let an actor take off what it wears in a place."""

    command = "unequip_actor"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "slot": "robe"}

    slot: Slot


class SetActorStat(OfObject):
    """Set a stat of an actor; health, magicka and fatigue both what is left and what is full.

    The client that simulates the actor does it: attributes and skills are forgotten when its cell is loaded anew.
    """

    command = "set_actor_stat"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "stat": "health", "value": 120}

    stat: ActorStat
    value: Annotated[int, Field(ge=0, le=100_000)]


class SayAsActor(OfObject):
    """Let an actor speak: a text in the chat of everybody near it, a voice from where it stands, or both.

    No text can be shown over an actor. `name` is what stands before the text; without one it is the name of a record
    made at run time, else the record's id: the server knows no other names.
    """

    command = "say_as_actor"
    idempotent = False
    errors = AI_ERRORS
    example = {**FARGOTH, "text": "Have you seen my ring?", "voice": "Vo\\w\\m\\Hlo_WM001.mp3", "name": "Fargoth"}

    text: Text | None = None
    voice: Name | None = None
    """A sound file of the clients."""
    name: Name | None = None
    radius: Annotated[float, Field(ge=1, le=100_000)] = 2048
    """How far the text is heard, in game units."""

    @model_validator(mode="after")
    def _something_to_say(self) -> SayAsActor:
        if self.text is None and self.voice is None:
            raise ValueError("give a text, a voice (a sound file of the clients), or both")
        return self


class AnimateActor(OfObject):
    """Let an actor play an animation group (`idle2` to `idle9`, `attack1`, ...), once or for some loops.

    Only the client that simulates the actor is told.
    """

    command = "animate_actor"
    idempotent = False
    errors = AI_ERRORS
    example = {**FARGOTH, "group": "idle3"}

    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]*$", max_length=64)]
    loops: Annotated[int, Field(ge=0, le=1000)] = 0


class MoveActor(OfObject):
    """Put an actor elsewhere at once, in its cell or another."""

    command = "move_actor"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "x": -11100, "y": -70700, "z": 214}

    x: Coordinate
    y: Coordinate
    z: Coordinate
    to_cell: Name | None = None
    yaw: Angle = 0


class KillActor(OfObject):
    """Kill an actor, by nobody's hand."""

    command = "kill_actor"
    idempotent = False
    errors = AI_ERRORS
    example = FARGOTH


class SetActorLines(OfObject):
    """Give an actor lines for the chat of who speaks to it, one after another; an empty list takes them away."""

    command = "set_actor_lines"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "lines": ["Have you seen my ring?"]}

    lines: Annotated[list[Text], Field(max_length=MOST_LINES)]


COMMANDS = (
    AnimateActor, EquipActor, KillActor, MoveActor, SayAsActor, SetActorLines, SetActorStat, SpawnActor, SpawnNpc,
    UnequipActor,
)  # fmt: skip
