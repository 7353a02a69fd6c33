"""Events of players: connection, movement, chat, death."""

from __future__ import annotations

from timmy_actors.protocol._base import Count
from timmy_actors.protocol.events._data import EventData


class Joining(EventData):
    """A player has connected and is asked for its password: `kick` and `ban` can still turn it away."""

    event = "joining"


class Connect(EventData):
    """A player has logged in."""

    event = "connect"


class Disconnect(EventData):
    """A player has left."""

    event = "disconnect"


class CharacterCreated(EventData):
    """A new player has finished creating its character."""

    event = "character_created"


class CellChange(EventData):
    """A player has moved to another cell."""

    event = "cell_change"
    cell: str
    previous_cell: str


class CellLoad(EventData):
    """The player's client has loaded a cell; exterior cells are loaded nine at a time."""

    event = "cell_load"
    cell: str


class CellUnload(EventData):
    """The player's client has unloaded a cell."""

    event = "cell_unload"
    cell: str


class Chat(EventData):
    """A new line in the player's chat window: from a player (`speaker`), or from the server."""

    event = "chat"
    text: str
    speaker: str | None = None
    speaker_pid: Count | None = None


class Death(EventData):
    """A player has died; `killer` is a player's, creature's or NPC's name, or None."""

    event = "death"
    killer: str | None


class Resurrect(EventData):
    """A player was resurrected."""

    event = "resurrect"


EVENTS = (Joining, Connect, Disconnect, CharacterCreated, CellChange, CellLoad, CellUnload, Chat, Death, Resurrect)
