"""What changes for everybody: weather, the map, kills, records, the game's own variables."""

from __future__ import annotations

from timmy_actors.protocol._base import Count
from timmy_actors.protocol.events._data import EventData


class Kills(EventData):
    """How many of each record have been killed now."""

    event = "kills"
    counts: dict[str, Count]


class Map(EventData):
    """The player has seen more of the map: the cells it shows now."""

    event = "map"
    cells: tuple[str, ...]


class Weather(EventData):
    """The weather of a region, and what it turns into."""

    event = "weather"
    region: str
    current: str
    next: str | None = None


class Video(EventData):
    """The player's client shows a video."""

    event = "video"
    files: tuple[str, ...]


class RecordCreated(EventData):
    """The player brewed, enchanted or made a spell: records that did not exist, with their names."""

    event = "record_created"
    store: str
    records: dict[str, str]


class ScriptGlobal(EventData):
    """Variables of the game's scripts have changed."""

    event = "script_global"
    values: dict[str, float]


EVENTS = (Kills, Map, Weather, Video, RecordCreated, ScriptGlobal)
