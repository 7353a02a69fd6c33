"""Players who come, go, move, speak, die and rise."""

from __future__ import annotations

from timmy_actors.protocol._base import Count
from timmy_actors.protocol.events._data import EventData


class Connect(EventData):
    """A player has logged in."""

    event = "connect"


class Disconnect(EventData):
    """A player has left."""

    event = "disconnect"


class CharacterCreated(EventData):
    """A new player has finished the making of its character."""

    event = "character_created"


class CellChange(EventData):
    """A player is in another cell."""

    event = "cell_change"
    cell: str
    previous_cell: str


class CellLoad(EventData):
    """The player's client has loaded a cell: exteriors come nine at a time."""

    event = "cell_load"
    cell: str


class CellUnload(EventData):
    """The player's client has dropped a cell."""

    event = "cell_unload"
    cell: str


class Chat(EventData):
    """A line came into the player's chat window: said by somebody (`speaker`), or the server's own."""

    event = "chat"
    text: str
    speaker: str | None = None
    speaker_pid: Count | None = None


class Death(EventData):
    """A player died: by another player, by a creature's or NPC's name, or by nobody's hand."""

    event = "death"
    killer: str | None


class Resurrect(EventData):
    """A player is alive again."""

    event = "resurrect"


EVENTS = (Connect, Disconnect, CharacterCreated, CellChange, CellLoad, CellUnload, Chat, Death, Resurrect)
