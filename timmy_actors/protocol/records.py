"""Records that can be created at run time, one model per type; the fields are CoreScripts', with underscores.

The game's data format defines the numbers and flags (https://en.uesp.net/wiki/Morrowind_Mod:Mod_File_Format). A missing
field has the value of the record `base_id`; without a `base_id`, the fields that the type needs are required.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.record_parts import (
    Actor,
    Amount,
    AnyRecord,
    Color,
    Damage,
    Effects,
    EnchantableItem,
    Int,
    Item,
    Items,
    LongText,
    Parts,
    Range,
    Rate,
    SkillId,
    Switch,
    Thing,
    Tool,
    Weight,
)


class ActivatorRecord(Thing):
    """An object that can be activated."""

    type: Literal["activator"]


class ApparatusRecord(Item):
    """An alchemy apparatus."""

    type: Literal["apparatus"]
    subtype: Amount | None = None
    quality: Weight | None = None


class ArmorRecord(EnchantableItem):
    """A piece of armor."""

    type: Literal["armor"]
    subtype: Amount | None = None
    health: Amount | None = None
    armor_rating: Amount | None = None
    parts: Parts | None = None


class BodyPartRecord(AnyRecord):
    """A head, hair or another body part."""

    needed = ("subtype", "part", "model")

    type: Literal["bodypart"]
    subtype: Amount | None = None
    part: Annotated[int, Field(ge=0, le=14)] | None = None
    model: Name | None = None
    race: Name | None = None
    vampire_state: bool | None = None
    flags: Amount | None = None


class BookRecord(EnchantableItem):
    """A book or a scroll."""

    type: Literal["book"]
    text: LongText | None = None
    scroll_state: bool | None = None
    skill_id: SkillId | None = None


class CellRecord(AnyRecord):
    """An interior cell, by its name (`id`)."""

    needed = ("id",)

    type: Literal["cell"]


class ClothingRecord(EnchantableItem):
    """A piece of clothing."""

    type: Literal["clothing"]
    subtype: Amount | None = None
    parts: Parts | None = None


class ContainerRecord(Thing):
    """A chest, a barrel, a plant."""

    type: Literal["container"]
    weight: Weight | None = None
    flags: Amount | None = None
    items: Items | None = None


class CreatureRecord(Actor):
    """A creature; it must be based on another (`base_id`)."""

    needed = ("base_id",)

    type: Literal["creature"]
    model: Name | None = None
    subtype: Amount | None = None
    scale: Annotated[float, Field(ge=0.1, le=10)] | None = None
    blood_type: Annotated[int, Field(ge=0, le=7)] | None = None
    soul_value: Amount | None = None
    damage_chop: Damage | None = None
    damage_slash: Damage | None = None
    damage_thrust: Damage | None = None
    flags: Amount | None = None


class DoorRecord(Thing):
    """A door."""

    type: Literal["door"]
    open_sound: Name | None = None
    close_sound: Name | None = None


class EnchantmentRecord(AnyRecord):
    """An enchantment, for `enchantment_id` of other records."""

    needed = ("effects",)

    type: Literal["enchantment"]
    subtype: Amount | None = None
    cost: Amount | None = None
    charge: Amount | None = None
    flags: Amount | None = None
    effects: Effects | None = None


class GameSettingRecord(AnyRecord):
    """A game setting, by its id, with one of the three values."""

    needed = ("id",)

    type: Literal["gamesetting"]
    int_var: Int | None = None
    float_var: Annotated[float, Field(ge=-1e6, le=1e6)] | None = None
    string_var: LongText | None = None


class IngredientRecord(Item):
    """An ingredient; only the first four effects are used."""

    type: Literal["ingredient"]
    effects: Effects | None = None


class LightRecord(Item):
    """A lamp or a torch."""

    needed = ("model",)

    type: Literal["light"]
    sound: Name | None = None
    time: Int | None = None
    radius: Amount | None = None
    color: Color | None = None
    flags: Amount | None = None


class LockpickRecord(Tool):
    """A lockpick."""

    type: Literal["lockpick"]


class MiscellaneousRecord(Item):
    """An item without a type of its own; a key if `key_state` is true."""

    type: Literal["miscellaneous"]
    key_state: bool | None = None


class NpcRecord(Actor):
    """An NPC. Its race and class must be the game's; its dialogue is the game's too."""

    needed = ("name", "race", "npc_class")

    type: Literal["npc"]
    inventory_base_id: Name | None = None
    gender: Literal["male", "female"] | None = None
    race: Name | None = None
    hair: Name | None = None
    head: Name | None = None
    npc_class: Annotated[Name | None, Field(alias="class")] = None
    auto_calc: Switch | None = None
    faction: Name | None = None


class PotionRecord(Item):
    """A potion."""

    type: Literal["potion"]
    auto_calc: Switch | None = None
    effects: Effects | None = None


class ProbeRecord(Tool):
    """A probe."""

    type: Literal["probe"]


class RepairRecord(Tool):
    """A repair tool."""

    type: Literal["repair"]


class ScriptRecord(AnyRecord):
    """A script in the game's script language, which clients compile and run."""

    needed = ("id", "script_text")

    type: Literal["script"]
    script_text: LongText | None = None


class SoundRecord(AnyRecord):
    """A sound from a file of the clients."""

    needed = ("sound",)

    type: Literal["sound"]
    sound: Name | None = None
    volume: Range | None = None
    min_range: Range | None = None
    max_range: Range | None = None


class SpellRecord(AnyRecord):
    """A spell, an ability, a disease, a power."""

    needed = ("name",)

    type: Literal["spell"]
    name: Name | None = None
    subtype: Amount | None = None
    cost: Amount | None = None
    flags: Amount | None = None
    effects: Effects | None = None


class StaticRecord(AnyRecord):
    """A static object."""

    needed = ("model",)

    type: Literal["static"]
    model: Name | None = None


class WeaponRecord(EnchantableItem):
    """A weapon, or ammunition."""

    type: Literal["weapon"]
    subtype: Amount | None = None
    health: Amount | None = None
    speed: Rate | None = None
    reach: Rate | None = None
    damage_chop: Damage | None = None
    damage_slash: Damage | None = None
    damage_thrust: Damage | None = None
    flags: Amount | None = None


Record = Annotated[
    ActivatorRecord
    | ApparatusRecord
    | ArmorRecord
    | BodyPartRecord
    | BookRecord
    | CellRecord
    | ClothingRecord
    | ContainerRecord
    | CreatureRecord
    | DoorRecord
    | EnchantmentRecord
    | GameSettingRecord
    | IngredientRecord
    | LightRecord
    | LockpickRecord
    | MiscellaneousRecord
    | NpcRecord
    | PotionRecord
    | ProbeRecord
    | RepairRecord
    | ScriptRecord
    | SoundRecord
    | SpellRecord
    | StaticRecord
    | WeaponRecord,
    Field(discriminator="type"),
]
"""A record of any type; `type` is the discriminator."""

RecordType = Literal[
    "activator", "apparatus", "armor", "bodypart", "book", "cell", "clothing", "container", "creature", "door",
    "enchantment", "gamesetting", "ingredient", "light", "lockpick", "miscellaneous", "npc", "potion", "probe",
    "repair", "script", "sound", "spell", "static", "weapon",
]  # fmt: skip
