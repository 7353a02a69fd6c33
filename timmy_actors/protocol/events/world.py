"""Events of the world: weather, map, kills, records, script variables."""

from __future__ import annotations

from timmy_actors.protocol._base import Count
from timmy_actors.protocol.events._data import EventData


class Kills(EventData):
    """The number of kills of each record has changed."""

    event = "kills"
    counts: dict[str, Count]


class Map(EventData):
    """The player's map shows new cells."""

    event = "map"
    cells: tuple[str, ...]


class Weather(EventData):
    """The weather of a region, and the weather that follows."""

    event = "weather"
    region: str
    current: str
    next: str | None = None


class Video(EventData):
    """The player's client plays a video."""

    event = "video"
    files: tuple[str, ...]


class RecordCreated(EventData):
    """The player has brewed a potion, enchanted an item or made a spell: the new records with their names."""

    event = "record_created"
    store: str
    records: dict[str, str]


class ScriptGlobal(EventData):
    """Global variables of the game's scripts have changed."""

    event = "script_global"
    values: dict[str, float]


EVENTS = (Kills, Map, Weather, Video, RecordCreated, ScriptGlobal)
