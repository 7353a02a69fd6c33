"""What a daemon is asked over its local endpoint: one JSON object. `answer.py` has what it answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from timmy_actors.protocol._base import MessageId, Name, RequestId, Revision, StrictModel
from timmy_actors.protocol.action import Action
from timmy_actors.protocol.event import EventName
from timmy_actors.protocol.game_state import LookOptions
from timmy_actors.protocol.portal import PortalId

DEFAULT_TIMEOUT_S = 5.0
MAX_TIMEOUT_S = 60.0
PORTAL_TIMEOUT_S = 15.0
"""The first look starts the servers, which takes them a second or two on a busy machine."""
LONGEST_ACTION_S = 40.0
"""What an action may last by its own arguments where no `timeout_s` bounds it: the longest text takes 31 s."""
RECONNECT_S = 30.0
"""How long a daemon that went away is waited for: a restart takes it a few seconds."""
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
    options: LookOptions = LookOptions()


class ExecuteRequest(StrictModel):
    """Do something in the game through the chosen portal."""

    type: Literal["execute"] = "execute"
    id: RequestId
    action: Action
    timeout_s: Timeout | None = None
    """Bounds the whole call: an action that lasts longer by its own arguments is refused before it begins, one that is
    under way then is ended. None: `PORTAL_TIMEOUT_S`, and what the action lasts."""


class Interest(StrictModel):
    """What a watch is about. The link's ups and downs are told to every watch."""

    player: Name | None = None
    """None: every player."""
    events: frozenset[EventName] | None = None
    """Only the events of these names. None: every event."""
    snapshots: bool | None = None
    """Whether each new snapshot is pushed. None: it is, unless `events` names what is wanted."""

    @property
    def wants_snapshots(self) -> bool:
        """Whether snapshots are pushed."""
        return self.events is None if self.snapshots is None else self.snapshots


class WatchRequest(Interest):
    """Push what happens to me from now on. Asked again for the same, the watch goes on; for something else, a new one
    takes its place."""

    type: Literal["watch"] = "watch"
    id: RequestId

    @property
    def interest(self) -> Interest:
        """What it is about."""
        return Interest(player=self.player, events=self.events, snapshots=self.snapshots)


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
