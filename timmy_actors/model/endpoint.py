"""What a daemon is asked over its local endpoint, and what it answers: one JSON object each way."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from timmy_actors.model._base import Model, Name, StrictModel
from timmy_actors.model.action import Action, ActionResult
from timmy_actors.model.command import ErrorInfo
from timmy_actors.model.event import GameEvent
from timmy_actors.model.game_state import GameState, LookOptions
from timmy_actors.model.health import Health
from timmy_actors.model.message import MessageId
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.model.portal import PortalCheck, PortalEntry, PortalId, PortalStatus

RequestId = Annotated[str, Field(min_length=1, max_length=128)]
DEFAULT_TIMEOUT_S = 5.0
MAX_TIMEOUT_S = 60.0
PORTAL_TIMEOUT_S = 15.0
"""The first look starts the servers, which takes them a second or two on a busy machine."""
Timeout = Annotated[float, Field(gt=0, le=MAX_TIMEOUT_S)]
MAX_REQUEST_BYTES = 256 * 1024
"""The gateway cuts a client off that sends more, without a word: a client refuses to."""


class StatusRequest(StrictModel):
    """How does the daemon do?"""

    type: Literal["status"] = "status"
    id: RequestId


class SnapshotRequest(StrictModel):
    """What is known of a player? None means the player of the configuration."""

    type: Literal["snapshot"] = "snapshot"
    id: RequestId
    player: Name | None = None


class CommandRequest(StrictModel):
    """Do something in the game."""

    # A NaN is to be refused as one: as a null it would be an argument that is not there.
    model_config = ConfigDict(ser_json_inf_nan="constants")

    type: Literal["command"] = "command"
    id: RequestId
    name: str
    arguments: dict[str, Any]
    command_id: MessageId | None = None
    """The caller's idempotency key: a command that is repeated under it is not carried out again. None: one is made."""
    timeout_s: Timeout = DEFAULT_TIMEOUT_S
    deadline: Annotated[float, Field(ge=0)] | None = None
    """On this host's CLOCK_MONOTONIC, in seconds: a request that a frozen daemon finds later is not carried out. None:
    `timeout_s` after the daemon took it in."""
    until: Literal["accepted", "done"] = "done"
    """What is waited for: that it is done, or only that it is on its way for good."""


class PortalsRequest(StrictModel):
    """Which portals are there, and which is chosen?"""

    type: Literal["portals"] = "portals"
    id: RequestId


class UsePortalRequest(StrictModel):
    """Choose another portal; answered as `portals` is."""

    type: Literal["use_portal"] = "use_portal"
    id: RequestId
    portal: PortalId


class CheckPortalRequest(StrictModel):
    """What works of a portal, and what does not? None: of the chosen one."""

    type: Literal["check_portal"] = "check_portal"
    id: RequestId
    portal: PortalId | None = None
    timeout_s: Timeout = PORTAL_TIMEOUT_S


class CaptureRequest(StrictModel):
    """Look at the game through the chosen portal."""

    type: Literal["capture"] = "capture"
    id: RequestId
    timeout_s: Timeout = PORTAL_TIMEOUT_S
    options: LookOptions = LookOptions()


class ExecuteRequest(StrictModel):
    """Do something in the game through the chosen portal."""

    type: Literal["execute"] = "execute"
    id: RequestId
    action: Action
    timeout_s: Timeout = PORTAL_TIMEOUT_S


class WatchRequest(StrictModel):
    """Push what happens to me: events, and each new snapshot of a player (None: of every player)."""

    type: Literal["watch"] = "watch"
    id: RequestId
    player: Name | None = None


Request = Annotated[
    StatusRequest
    | SnapshotRequest
    | CommandRequest
    | PortalsRequest
    | UsePortalRequest
    | CheckPortalRequest
    | CaptureRequest
    | ExecuteRequest
    | WatchRequest,
    Field(discriminator="type"),
]


class Portals(Model):
    """The catalogue, and the portal that is in use."""

    chosen: str
    portals: tuple[PortalEntry, ...]
    status: PortalStatus | None = None
    """How the chosen one does."""


class Answer(Model):
    """The answer to a request: exactly one of the fields beside `id` and `command_id` is there."""

    id: RequestId | None = None
    status: Health | None = None
    snapshot: PerceptionOutput | None = None
    value: dict[str, Any] | None = None
    accepted: bool | None = None
    """The command is on its way; what becomes of it is learnt by giving it again under its `command_id`."""
    command_id: str | None = None
    """The id of the command that this is about."""
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


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
