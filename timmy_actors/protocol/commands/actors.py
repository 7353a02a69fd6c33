"""Commands for creatures and NPCs: spawn, equip, change stats, move, speak, kill."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import Angle, AtPlace, Coordinate, ItemCount, OfObject, Slot, Text
from timmy_actors.protocol.commands.ai import AI_ERRORS, FARGOTH
from timmy_actors.protocol.patterns import ANIMATION_GROUP
from timmy_actors.protocol.records import NpcRecord

MOST_LINES = 32

ActorStat = Literal[
    "health", "magicka", "fatigue", "level", "disposition", "fight", "flee", "alarm", "hello", "strength",
    "intelligence", "willpower", "agility", "speed", "endurance", "personality", "luck", "block", "armorer",
    "mediumarmor", "heavyarmor", "bluntweapon", "longblade", "axe", "spear", "athletics", "enchant", "destruction",
    "alteration", "illusion", "conjuration", "mysticism", "restoration", "alchemy", "unarmored", "security", "sneak",
    "acrobatics", "lightarmor", "shortblade", "marksman", "mercantile", "speechcraft", "handtohand",
]  # fmt: skip


class NewNpc(NpcRecord):
    """An NPC's record, whose `type` may be left out."""

    type: Literal["npc"] = "npc"


class SpawnActor(AtPlace):
    """Spawn a creature or an NPC, by the id of its record."""

    command = "spawn_actor"
    idempotent = False
    errors = ("no_such_cell", "no_such_target")
    example = {"ref_id": "rat"}

    ref_id: Name


class SpawnNpc(AtPlace):
    """Create an NPC (name, race, class, looks, stats, items) and spawn it.

    `lines` appear in the chat of a player who talks to it, one per talk: no function of the server adds texts to the
    dialogue window, which shows the game's own texts for such an NPC.
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
    """Equip an actor with an item, which is added to its inventory if necessary."""

    command = "equip_actor"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "slot": "robe", "item": "common_robe_01"}

    slot: Slot
    item: Name
    count: ItemCount = 1


class UnequipActor(OfObject):
    """Unequip the item in one of an actor's slots."""

    command = "unequip_actor"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "slot": "robe"}

    slot: Slot


class SetActorStat(OfObject):
    """Set a stat of an actor; for health, magicka and fatigue both the current value and the maximum.

    The client that simulates the actor applies it: attributes and skills are lost when its cell is reloaded.
    """

    command = "set_actor_stat"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "stat": "health", "value": 120}

    stat: ActorStat
    value: Annotated[int, Field(ge=0, le=100_000)]


class SayAsActor(OfObject):
    """Let an actor speak: a text in the chat of every player near it, a voice at its position, or both.

    No text can be shown above an actor. `name` is shown before the text; default: the name of a record created at run
    time, else the record's id, as the server knows no other names.
    """

    command = "say_as_actor"
    idempotent = False
    errors = AI_ERRORS
    example = {**FARGOTH, "text": "Have you seen my ring?", "voice": "Vo\\w\\m\\Hlo_WM001.mp3", "name": "Fargoth"}

    text: Text | None = None
    voice: Name | None = None
    """A sound file in the clients' data."""
    name: Name | None = None
    radius: Annotated[float, Field(ge=1, le=100_000)] = 2048
    """The radius in which players get the text, in game units."""

    @model_validator(mode="after")
    def _something_to_say(self) -> SayAsActor:
        if self.text is None and self.voice is None:
            raise ValueError("give a text, a voice (a sound file of the clients), or both")
        return self


class AnimateActor(OfObject):
    """Let an actor play an animation group (`idle2` to `idle9`, `attack1`, ...), once or repeatedly.

    Only the client that simulates the actor gets the command.
    """

    command = "animate_actor"
    idempotent = False
    errors = AI_ERRORS
    example = {**FARGOTH, "group": "idle3"}

    group: Annotated[str, Field(pattern=ANIMATION_GROUP, max_length=64)]
    loops: Annotated[int, Field(ge=0, le=1000)] = 0


class MoveActor(OfObject):
    """Move an actor at once to another position, in its cell or another."""

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
    """Kill an actor, without a killer."""

    command = "kill_actor"
    idempotent = False
    errors = AI_ERRORS
    example = FARGOTH


class SetActorLines(OfObject):
    """Set an actor's lines for the chat of a player who talks to it, one per talk; an empty list removes them."""

    command = "set_actor_lines"
    idempotent = True
    errors = AI_ERRORS
    example = {**FARGOTH, "lines": ["Have you seen my ring?"]}

    lines: Annotated[list[Text], Field(max_length=MOST_LINES)]


COMMANDS = (
    AnimateActor, EquipActor, KillActor, MoveActor, SayAsActor, SetActorLines, SetActorStat, SpawnActor, SpawnNpc,
    UnequipActor,
)  # fmt: skip
