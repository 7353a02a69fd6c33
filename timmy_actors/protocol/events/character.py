"""Events of a player's character: stats, belongings and magic."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Integer, Model
from timmy_actors.protocol.events._data import EventData
from timmy_actors.protocol.perception import Attribute, Item, Skill

Action = Literal["set", "add", "remove"]
"""How the list changed: replaced, or these added or removed."""


class Attributes(EventData):
    """The player's client has reported its attributes."""

    event = "attributes"
    attributes: dict[str, Attribute]


class Skills(EventData):
    """The player's client has reported its skills."""

    event = "skills"
    skills: dict[str, Skill]


class Level(EventData):
    """The player's level, and the skill points towards the next one."""

    event = "level"
    level: Integer
    progress: Integer


class Bounty(EventData):
    """The player's bounty has changed."""

    event = "bounty"
    bounty: Integer


class Reputation(EventData):
    """The player's reputation has changed."""

    event = "reputation"
    reputation: Integer


class Shapeshift(EventData):
    """The player's scale has changed, or it has become a werewolf or stopped being one."""

    event = "shapeshift"
    scale: float
    werewolf: bool


class Equipment(EventData):
    """The equipment slots that have changed; None: empty."""

    event = "equipment"
    slots: dict[str, Item | None]


class Inventory(EventData):
    """Items that the player has got or lost."""

    event = "inventory"
    action: Action
    items: tuple[Item, ...]
    left_out: Count = 0


class ItemUse(EventData):
    """The player has used an item: drunk, read or put it on."""

    event = "item_use"
    item: str
    name: str | None = None
    """From the game's data files, as far as they are known."""


class Spellbook(EventData):
    """Spells that the player has learned or lost."""

    event = "spellbook"
    action: Action
    spells: tuple[str, ...]


class SpellsActive(EventData):
    """Spells that have started or ended on the player."""

    event = "spells_active"
    action: Action
    spells: tuple[str, ...]


class Cooldown(Model):
    """A used power, and the game's day and hour of its use."""

    spell: str
    day: Integer
    hour: float


class Cooldowns(EventData):
    """Powers that cannot be used again within a day."""

    event = "cooldowns"
    cooldowns: tuple[Cooldown, ...]


class QuickKey(Model):
    """The content of a quick key."""

    holds: Literal["item", "item_magic", "magic", "unassigned"]
    item: str


class QuickKeys(EventData):
    """The quick keys that have changed, by number."""

    event = "quick_keys"
    keys: dict[str, QuickKey]


class SpellSelected(EventData):
    """The player has selected another spell."""

    event = "spell_selected"
    spell: str


class Mark(EventData):
    """The player has cast Mark: Recall leads there now."""

    event = "mark"
    cell: str
    x: float
    y: float
    z: float


EVENTS = (
    Attributes, Skills, Level, Bounty, Reputation, Shapeshift, Equipment, Inventory, ItemUse, Spellbook, SpellsActive,
    Cooldowns, QuickKeys, SpellSelected, Mark,
)  # fmt: skip
