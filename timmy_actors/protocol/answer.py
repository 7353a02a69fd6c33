"""A daemon's answers and pushes over its local endpoint: one JSON object each.

Separate from the requests, because they take as long to import as pydantic, and a client needs them only with its
first answer.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from timmy_actors.protocol._base import Count, ErrorInfo, Model, RequestId, Revision
from timmy_actors.protocol.action import ActionResult
from timmy_actors.protocol.event import GameEvent
from timmy_actors.protocol.flight import FlightDump
from timmy_actors.protocol.game_data import Description, GameRoute, Matches
from timmy_actors.protocol.game_state import GameState
from timmy_actors.protocol.health import ActorHealth, Health, LinkStatus
from timmy_actors.protocol.heartbeat import HeartbeatStatus
from timmy_actors.protocol.perception import PerceptionOutput
from timmy_actors.protocol.portal import PortalCheck, PortalEntry, PortalStatus
from timmy_actors.protocol.world_clock import WorldClock


class Portals(Model):
    """The catalog, and the chosen portal."""

    chosen: str
    portals: tuple[PortalEntry, ...]
    status: PortalStatus | None = None
    """The status of the chosen portal."""
    last_capture: GameState | None = None
    """The latest capture for any caller; None: none since the portal's actor started."""
    last_action: ActionResult | None = None
    """The latest action for any caller; None: none since this portal was chosen or its actor started."""


class Answer(Model):
    """The answer to a request: exactly one field is set besides `id`, `command_id`, `revision`, `game_ms` and
    `link`."""

    id: RequestId | None = None
    status: Health | None = None
    snapshot: PerceptionOutput | None = None
    value: dict[str, Any] | None = None
    accepted: bool | None = None
    """The command was accepted; to get its outcome, submit it again under its `command_id`."""
    command_id: str | None = None
    """The id of the command, in an answer about one."""
    revision: Revision | None = None
    """The revision that a command produced; with `value`."""
    game_ms: Count | None = None
    """The game time at which a command was executed; with `value`."""
    portals: Portals | None = None
    check: PortalCheck | None = None
    state: GameState | None = None
    result: ActionResult | None = None
    restarting: ActorHealth | None = None
    """The actor that is being restarted, as it was before: its successor has a higher generation."""
    clock: WorldClock | None = None
    heartbeat: HeartbeatStatus | None = None
    flight: FlightDump | None = None
    description: Description | None = None
    matches: Matches | None = None
    route: GameRoute | None = None
    watching: bool | None = None
    link: LinkStatus | None = None
    """With `watching`: the link's state when the watch starts or is renewed."""
    error: ErrorInfo | None = None


class Push(Model):
    """An event, a snapshot or a change of the link: one of the three is set."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None
    link: LinkStatus | None = None
    """The link to the game came up or went down; while it is down every snapshot is stale."""


class Pushed(Push):
    """A push to a watcher."""

    seq: Count = 0
    """The number of this push, counted per watch from 1."""
    left_out: Count = 0
    """How many pushes were dropped before this one, because the watcher read too slowly: `seq` is the `seq` of the last
    one, plus 1, plus `left_out`. Older snapshots of a player are dropped first."""


FROM_DAEMON: TypeAdapter[Pushed | Answer] = TypeAdapter(
    Annotated[
        Annotated[Pushed, Tag("pushed")] | Annotated[Answer, Tag("answer")],
        Discriminator(lambda value: "pushed" if isinstance(value, dict) and "seq" in value else "answer"),
    ]
)
"""Decodes what a watcher receives: pushes, and the answers to its requests."""
