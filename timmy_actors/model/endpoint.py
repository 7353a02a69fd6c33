"""What a daemon is asked over its local endpoint: one JSON object. `answer.py` has what it answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from timmy_actors.model._base import MessageId, Name, RequestId, StrictModel
from timmy_actors.model.action import Action
from timmy_actors.model.outcome import Revision
from timmy_actors.model.portal import PortalId

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
    after: Revision | None = None
    """What is to be perceived before it is answered; None: it is answered at once."""
    timeout_s: Timeout = DEFAULT_TIMEOUT_S
    """How long that is waited for."""


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


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
