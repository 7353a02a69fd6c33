"""What changes about a player: what it can do, has, wears and is under."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Integer, Model
from timmy_actors.protocol.events._data import EventData
from timmy_actors.protocol.perception import Attribute, Item, Skill

Action = Literal["set", "add", "remove"]
"""What became of the list: replaced by these, more by these, or fewer."""


class Attributes(EventData):
    """The player's client told its attributes."""

    event = "attributes"
    attributes: dict[str, Attribute]


class Skills(EventData):
    """The player's client told its skills."""

    event = "skills"
    skills: dict[str, Skill]


class Level(EventData):
    """The player's level, and the skill points on the way to the next."""

    event = "level"
    level: Integer
    progress: Integer


class Bounty(EventData):
    """The price on the player's head has changed."""

    event = "bounty"
    bounty: Integer


class Reputation(EventData):
    """How well the player is known has changed."""

    event = "reputation"
    reputation: Integer


class Shapeshift(EventData):
    """The player's size has changed, or it became a werewolf or a human again."""

    event = "shapeshift"
    scale: float
    werewolf: bool


class Equipment(EventData):
    """The slots that changed; None is an empty one."""

    event = "equipment"
    slots: dict[str, Item | None]


class Inventory(EventData):
    """What the player got or lost."""

    event = "inventory"
    action: Action
    items: tuple[Item, ...]
    left_out: Count = 0


class ItemUse(EventData):
    """The player uses a thing: it drinks, reads, puts on."""

    event = "item_use"
    item: str


class Spellbook(EventData):
    """Spells that the player learned or lost."""

    event = "spellbook"
    action: Action
    spells: tuple[str, ...]


class SpellsActive(EventData):
    """Spells that began or ceased to be at work on the player."""

    event = "spells_active"
    action: Action
    spells: tuple[str, ...]


class Cooldown(Model):
    """A power that was used, and the game's day and hour when that was."""

    spell: str
    day: Integer
    hour: float


class Cooldowns(EventData):
    """Powers that can't be used again before a day has passed."""

    event = "cooldowns"
    cooldowns: tuple[Cooldown, ...]


class QuickKey(Model):
    """What a quick key holds."""

    holds: Literal["item", "item_magic", "magic", "unassigned"]
    item: str


class QuickKeys(EventData):
    """The quick keys that changed, by number."""

    event = "quick_keys"
    keys: dict[str, QuickKey]


class SpellSelected(EventData):
    """The player holds another spell ready."""

    event = "spell_selected"
    spell: str


class Mark(EventData):
    """The player cast Mark: Recall leads there now."""

    event = "mark"
    cell: str
    x: float
    y: float
    z: float


EVENTS = (
    Attributes, Skills, Level, Bounty, Reputation, Shapeshift, Equipment, Inventory, ItemUse, Spellbook, SpellsActive,
    Cooldowns, QuickKeys, SpellSelected, Mark,
)  # fmt: skip
