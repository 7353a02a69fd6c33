"""The part of an `Answer` that one type of request gets: all that its client has to load."""

from __future__ import annotations

import functools
from typing import Any

from pydantic import create_model

from timmy_actors import protocol  # its names are loaded on first use
from timmy_actors.protocol._base import Count, ErrorInfo, Model, RequestId, Revision


class AnswerBase(Model):
    """What every answer may have."""

    id: RequestId | None = None
    value: dict[str, Any] | None = None
    accepted: bool | None = None
    """The command was accepted; to get its outcome, submit it again under its `command_id`."""
    command_id: str | None = None
    """The id of the command, in an answer about one."""
    revision: Revision | None = None
    """The revision that a command produced; with `value`."""
    game_ms: Count | None = None
    """The game time at which a command was executed; with `value`."""
    error: ErrorInfo | None = None


VALUES = {
    "status": ("status", "Health"),
    "snapshot": ("snapshot", "PerceptionOutput"),
    "portals": ("portals", "Portals"),
    "use_portal": ("portals", "Portals"),
    "check_portal": ("check", "PortalCheck"),
    "capture": ("state", "GameState"),
    "execute": ("result", "ActionResult"),
    "restart": ("restarting", "ActorHealth"),
    "clock": ("clock", "WorldClock"),
    "heartbeat": ("heartbeat", "HeartbeatStatus"),
    "flight": ("flight", "FlightDump"),
    "describe": ("description", "Description"),
    "look_up": ("matches", "Matches"),
    "route": ("route", "GameRoute"),
    "terrain": ("terrain", "TerrainMap"),
}
"""The field of an `Answer` with the result of each type of request, and the name of its model. A command's result is in
those of `AnswerBase`."""


@functools.cache
def answer_model(request_type: str) -> type[AnswerBase]:
    """The model that has only the fields of an `Answer` to this type of request."""
    if request_type not in VALUES:
        return AnswerBase
    field, model = VALUES[request_type]
    return create_model("Answer", __base__=AnswerBase, **{field: (getattr(protocol, model) | None, None)})  # type: ignore[call-overload, no-any-return]
