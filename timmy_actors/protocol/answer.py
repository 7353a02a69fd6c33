"""A daemon's answers and pushes over its local endpoint: one JSON object each.

A client loads only the parts that it needs (`partial_answer.py`): all of them take as long to import as pydantic.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Tag, TypeAdapter

from timmy_actors.protocol._base import Count, Model
from timmy_actors.protocol.action import ActionResult
from timmy_actors.protocol.event import GameEvent
from timmy_actors.protocol.flight import FlightDump
from timmy_actors.protocol.game_data import Description, GameRoute, Matches, TerrainMap
from timmy_actors.protocol.game_state import GameState
from timmy_actors.protocol.health import ActorHealth, Health, LinkStatus
from timmy_actors.protocol.heartbeat_status import HeartbeatStatus
from timmy_actors.protocol.partial_answer import AnswerBase
from timmy_actors.protocol.perception import PerceptionOutput
from timmy_actors.protocol.portal import PortalCheck
from timmy_actors.protocol.portal_list import Portals
from timmy_actors.protocol.world_clock import WorldClock


class Answer(AnswerBase):
    """The answer to a request: exactly one field is set besides `id`, `command_id`, `revision`, `game_ms` and
    `link`."""

    status: Health | None = None
    snapshot: PerceptionOutput | None = None
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
    terrain: TerrainMap | None = None
    watching: bool | None = None
    link: LinkStatus | None = None
    """With `watching`: the link's state when the watch starts or is renewed."""


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
