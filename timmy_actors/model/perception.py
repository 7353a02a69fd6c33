"""What an agent perceives of its player, section by section.

Lengths are game units (8192 to an exterior cell's side), angles degrees clockwise from north.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from timmy_actors.model._base import Count, Integer, Model
from timmy_actors.model.error_code import ErrorCode

SectionName = Literal[
    "position",
    "stats",
    "condition",
    "inventory",
    "equipment",
    "spells",
    "factions",
    "journal",
    "quests",
    "topics",
    "books",
    "kills",
    "nearby_actors",
    "nearby_players",
    "nearby_objects",
    "world",
    "chat",
    "available_actions",
]


class Position(Model):
    """Where the player stands (`tes3mp.GetCell`, `GetPos*`, `GetRot*`)."""

    cell: str
    """TES3MP's cell description: `"-3, -2"` for an exterior, the exact name of an interior."""
    exterior: bool
    region: str
    place: str | None = None
    """The town or landmark of the gazetteer that this cell belongs to."""
    x: float
    y: float
    z: float
    pitch: float
    yaw: float


class Gauge(Model):
    """A dynamic stat: what is left, and what full is."""

    current: float
    base: float


class Attribute(Model):
    """An attribute's base value and the damage it has taken."""

    base: float
    damage: float = 0


class Skill(Model):
    """A skill's base value, damage, and progress to the next point (0 to 1)."""

    base: float
    damage: float = 0
    progress: float = 0


class Stats(Model):
    """Who the player is and how it fares."""

    level: Integer
    health: Gauge
    magicka: Gauge
    fatigue: Gauge
    attributes: dict[str, Attribute]
    skills: dict[str, Skill]
    race: str
    gender: Literal["male", "female"]
    character_class: Annotated[str, Field(alias="class")]
    birthsign: str
    level_progress: Integer = 0
    """Skill points gained since the last level; ten make the next."""
    bounty: Integer = 0
    reputation: Integer = 0


class Mark(Model):
    """Where the Mark spell was cast last, and Recall leads to."""

    cell: str
    x: float
    y: float
    z: float


class Condition(Model):
    """What the player's body is doing and what it has turned into (`tes3mp.GetDrawState`, `GetSneakState`, ...)."""

    dead: bool
    drawn: Literal["nothing", "weapon", "spell"]
    sneaking: bool
    werewolf: bool
    scale: float
    creature: str = ""
    """The creature record whose shape it has; empty for its own."""
    mark: Mark | None = None


class Item(Model):
    """A stack of one kind of thing. A charge of -1 means untouched (full)."""

    ref_id: str
    count: Count
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""


class Inventory(Model):
    """What the player carries."""

    items: tuple[Item, ...]
    truncated: bool = False


class Equipment(Model):
    """What the player wears and holds, by slot name (`helmet`, `carried_right`, ...)."""

    slots: dict[str, Item]


class SpellEffect(Model):
    """One effect of an active spell: the engine's number of it, and what is left of it as the client last said."""

    id: Integer
    magnitude: float = 0
    duration: float = 0
    """Seconds."""
    time_left: float = 0
    """Seconds, counted from `ActiveSpell.since`."""
    argument: Integer = -1
    """The attribute or skill that it is about; -1 for none."""


class ActiveSpell(Model):
    """A spell, potion or enchantment at work on the player."""

    spell: str
    name: str = ""
    effects: tuple[SpellEffect, ...] = ()
    caster: str | None = None
    """A player's name or a record's id; None where nobody said."""
    since: Integer = 0
    """When it began, in seconds since 1970 on the server's clock."""


class Spells(Model):
    """The spellbook, the selected spell, and what is at work on the player."""

    known: tuple[str, ...]
    selected: str | None = None
    active: tuple[ActiveSpell, ...] = ()
    truncated: bool = False


class Membership(Model):
    """Standing with a faction. A rank counts from 0; None is no member."""

    rank: Integer | None = None
    reputation: Integer = 0
    expelled: bool = False


class Factions(Model):
    """Every faction that the player has dealt with, by its id. Servers share what their configuration says."""

    factions: dict[str, Membership]
    truncated: bool = False


class JournalEntry(Model):
    """One line of the journal: a quest's entry text was shown, or only its index was set."""

    quest: str
    index: Integer
    kind: Literal["entry", "index"]
    actor_ref_id: str = ""
    days_passed: Integer = 0
    month: Integer = 0
    day: Integer = 0


class Journal(Model):
    """The latest journal lines, oldest first."""

    entries: tuple[JournalEntry, ...]
    truncated: bool = False


class Quests(Model):
    """Each quest's stage: the last index that its journal reached. The texts live in the clients' data files only."""

    stages: dict[str, Integer]
    truncated: bool = False


class Topics(Model):
    """What the player can ask people about."""

    topics: tuple[str, ...]
    truncated: bool = False


class Books(Model):
    """The skill books that the player has learned from."""

    books: tuple[str, ...]
    truncated: bool = False


class Kills(Model):
    """How many of each record the players of the server have killed."""

    counts: dict[str, Count]
    truncated: bool = False


class ArtificialIntelligence(Model):
    """The AI package that a script gave to an actor last; what the game's own data make it do, clients know."""

    package: Literal["cancel", "activate", "combat", "escort", "follow", "travel", "wander"]
    target: str | None = None
    """A player's name, or the unique index of an actor or object."""
    x: float | None = None
    y: float | None = None
    z: float | None = None
    distance: float | None = None
    duration: float | None = None
    """Game hours."""
    repeats: bool = False


class NearbyActor(Model):
    """An NPC or creature near the player. `unique_index` names it in commands."""

    unique_index: str
    ref_id: str
    name: str | None = None
    """Only records made at run time have a name here: the server has no data files."""
    cell: str
    x: float
    y: float
    z: float
    distance: float
    bearing: float
    health: Gauge | None = None
    dead: bool = False
    ai: ArtificialIntelligence | None = None
    equipment: Annotated[dict[str, str], Field(default_factory=dict)]
    """What it wears and holds: slot name to record."""


class NearbyActors(Model):
    """Actors within the subscribed radius, nearest first."""

    actors: tuple[NearbyActor, ...]
    truncated: bool = False
    left_out: Count = 0
    """How many more there are, past the number that was asked for."""


class NearbyPlayer(Model):
    """Another player near this one."""

    name: str
    pid: Count
    cell: str
    x: float
    y: float
    z: float
    distance: float
    bearing: float
    level: Integer = 1
    race: str = ""
    character_class: Annotated[str, Field(alias="class")] = ""
    health: Gauge | None = None
    dead: bool = False
    drawn: Literal["nothing", "weapon", "spell"] = "nothing"
    sneaking: bool = False
    werewolf: bool = False


class NearbyPlayers(Model):
    """Players within the subscribed radius, nearest first."""

    players: tuple[NearbyPlayer, ...]
    truncated: bool = False
    left_out: Count = 0


class NearbyObject(Model):
    """A thing in the cells around the player about which the server was told something.

    Things of the data files that nobody has touched are unknown to the server. Of those it knows, a place is known only
    when a script or a player put it there: the others come last, without one.
    """

    unique_index: str
    ref_id: str
    kind: Literal["container", "door", "item", "activator", "other"]
    name: str | None = None
    cell: str
    x: float | None = None
    y: float | None = None
    z: float | None = None
    distance: float | None = None
    bearing: float | None = None
    door: Literal["open", "closed"] | None = None
    lock_level: Integer | None = None
    """0 is unlocked; None is not known."""
    trap_sprung: bool = False
    enabled: bool = True
    scale: float = 1
    contents: Count | None = None
    """Number of stacks inside a container; None is not known."""
    count: Count = 1
    charge: float = -1
    enchantment_charge: float = -1
    soul: str = ""


class NearbyObjects(Model):
    """Objects within the subscribed radius, nearest first, and those whose place is not known after them."""

    objects: tuple[NearbyObject, ...]
    truncated: bool = False
    left_out: Count = 0


class Weather(Model):
    """A region's weather as the clients last reported it."""

    region: str
    current: str
    next: str | None = None
    transition: float = 0


class World(Model):
    """Date, hour (0 to 24) and weather."""

    year: Integer
    month: Annotated[int, Field(ge=1, le=12)]
    day: Integer
    hour: float
    days_passed: Integer
    weather: Weather | None = None


class ChatLine(Model):
    """What somebody said to everybody."""

    player: str
    pid: Count
    text: str
    now: Count
    """On the server's monotonic clock, in ms."""


class Chat(Model):
    """The latest lines that the player heard, oldest first."""

    lines: tuple[ChatLine, ...]


class Unavailable(Model):
    """Why a command would be declined: a code of the closed list, and what would have to change."""

    code: ErrorCode
    message: str


class AvailableActions(Model):
    """Which commands the server would take for this player now, as far as it can tell without their arguments."""

    commands: tuple[str, ...]
    unavailable: dict[str, Unavailable]


class Sections(Model):
    """The sections of a perception; one that was not asked for is None."""

    position: Position | None = None
    stats: Stats | None = None
    condition: Condition | None = None
    inventory: Inventory | None = None
    equipment: Equipment | None = None
    spells: Spells | None = None
    factions: Factions | None = None
    journal: Journal | None = None
    quests: Quests | None = None
    topics: Topics | None = None
    books: Books | None = None
    kills: Kills | None = None
    nearby_actors: NearbyActors | None = None
    nearby_players: NearbyPlayers | None = None
    nearby_objects: NearbyObjects | None = None
    world: World | None = None
    chat: Chat | None = None
    available_actions: AvailableActions | None = None


class PerceptionOutput(Sections):
    """A player's structured, validated snapshot: what is known of it, how old that is, and whether it still holds."""

    player: str
    pid: Count
    boot: str
    """The game server process that said so; another boot is another world's history."""
    epoch: Count
    """The connection incarnation that brought it."""
    revisions: dict[str, Count]
    """How often each section had changed when it was read."""
    timestamp: Annotated[datetime, Field(default_factory=lambda: datetime.now(UTC))]
    """When the daemon received it, UTC."""
    stale: bool = False
    """True when the link that brought it is down, or the player has left."""
    stale_reason: str | None = None
