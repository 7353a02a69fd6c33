"""What happens in the game without being asked for."""

from __future__ import annotations

from typing import Any, Literal

from timmy_actors.model._base import Count, Model

EventName = Literal["cell_change", "journal", "death", "chat", "connect", "disconnect"]


class GameEvent(Model):
    """A server event.

    `data` by event: `cell_change` {cell, previous_cell}; `journal` {entries: [{quest, index, kind}]};
    `death` {killer} (a name or null); `chat` {text}; `connect` and `disconnect` {}.
    """

    event: EventName
    player: str
    pid: Count
    now: Count
    data: dict[str, Any]
