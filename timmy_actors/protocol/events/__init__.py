"""The models of the events' `data`, one topic per file."""

from timmy_actors.protocol.events import actors, character, knowledge, objects, players, world
from timmy_actors.protocol.events._data import EventData

TOPICS = (players, character, knowledge, actors, objects, world)

EVENT_DATA: dict[str, type[EventData]] = {model.event: model for topic in TOPICS for model in topic.EVENTS}

__all__ = ["EVENT_DATA", "EventData"]
