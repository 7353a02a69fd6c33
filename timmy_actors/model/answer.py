"""What a daemon answers over its local endpoint, and pushes: one JSON object each.

Apart from the requests: a client needs these with its first answer, and they take as long to load as all of pydantic.
"""

from __future__ import annotations

from typing import Any

from timmy_actors.model._base import Model, RequestId
from timmy_actors.model.action import ActionResult
from timmy_actors.model.event import GameEvent
from timmy_actors.model.game_state import GameState
from timmy_actors.model.health import Health
from timmy_actors.model.outcome import ErrorInfo, Revision
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.model.portal import PortalCheck, PortalEntry, PortalStatus


class Portals(Model):
    """The catalogue, and the portal that is in use."""

    chosen: str
    portals: tuple[PortalEntry, ...]
    status: PortalStatus | None = None
    """How the chosen one does."""


class Answer(Model):
    """The answer to a request: exactly one of the fields beside `id`, `command_id` and `revision` is there."""

    id: RequestId | None = None
    status: Health | None = None
    snapshot: PerceptionOutput | None = None
    value: dict[str, Any] | None = None
    accepted: bool | None = None
    """The command is on its way; what becomes of it is learnt by giving it again under its `command_id`."""
    command_id: str | None = None
    """The id of the command that this is about."""
    revision: Revision | None = None
    """What a command produced: beside `value`."""
    portals: Portals | None = None
    check: PortalCheck | None = None
    state: GameState | None = None
    result: ActionResult | None = None
    watching: bool | None = None
    error: ErrorInfo | None = None


class Pushed(Model):
    """Something a watcher asked to be told."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None
