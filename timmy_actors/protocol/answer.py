"""What a daemon answers over its local endpoint, and pushes: one JSON object each.

Apart from the requests: a client needs these with its first answer, and they take as long to load as all of pydantic.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Tag, TypeAdapter

from timmy_actors.protocol._base import Count, ErrorInfo, Model, RequestId, Revision
from timmy_actors.protocol.action import ActionResult
from timmy_actors.protocol.event import GameEvent
from timmy_actors.protocol.game_state import GameState
from timmy_actors.protocol.health import Health, LinkStatus
from timmy_actors.protocol.perception import PerceptionOutput
from timmy_actors.protocol.portal import PortalCheck, PortalEntry, PortalStatus


class Portals(Model):
    """The catalog, and the portal that is in use."""

    chosen: str
    portals: tuple[PortalEntry, ...]
    status: PortalStatus | None = None
    """How the chosen one does."""


class Answer(Model):
    """The answer to a request: exactly one of the fields beside `id`, `command_id`, `revision` and `link` is there."""

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
    link: LinkStatus | None = None
    """With `watching`: how the link to the game is as the watch begins, or goes on."""
    error: ErrorInfo | None = None


class Push(Model):
    """What happened: one of the three is there."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None
    link: LinkStatus | None = None
    """The link to the game came up or went down; while it is down every snapshot is stale."""


class Pushed(Push):
    """Something a watcher asked to be told."""

    seq: Count = 0
    """The number of what happened, of all that is the watch's concern: it begins at 1."""
    left_out: Count = 0
    """How many before this one were not told, because the watcher read too slowly: `seq` is that of the last one told,
    and 1, and these. Older snapshots of a player are left out first."""


FROM_DAEMON: TypeAdapter[Pushed | Answer] = TypeAdapter(
    Annotated[
        Annotated[Pushed, Tag("pushed")] | Annotated[Answer, Tag("answer")],
        Discriminator(lambda value: "pushed" if isinstance(value, dict) and "seq" in value else "answer"),
    ]
)
"""What a watcher hears: pushes, and the answers to what it asks meanwhile."""
