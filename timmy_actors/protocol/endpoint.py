"""Requests to a daemon over its local endpoint: one JSON object each. `answer.py` has the answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from timmy_actors.protocol._base import MessageId, Name, RequestId, Revision, StrictModel, Traceparent
from timmy_actors.protocol.event import EventName

DEFAULT_TIMEOUT_S = 5.0
MAX_TIMEOUT_S = 60.0
PORTAL_TIMEOUT_S = 15.0
"""Long enough for the first capture, which starts the servers: a second or two on a busy machine."""
LONGEST_ACTION_S = 40.0
"""The longest duration of an action without a `timeout_s`: typing the longest text takes 31 s."""
RECONNECT_S = 30.0
"""How long to try to reconnect to a daemon that ended: a restart takes a few seconds."""
Timeout = Annotated[float, Field(gt=0, le=MAX_TIMEOUT_S)]
MAX_REQUEST_BYTES = 256 * 1024
"""The gateway disconnects a client that sends more, without an answer; our client refuses such a request."""


class StatusRequest(StrictModel):
    """Get the daemon's health."""

    type: Literal["status"] = "status"
    id: RequestId


class SnapshotRequest(StrictModel):
    """Get the latest snapshot of a player. None: the configured player."""

    type: Literal["snapshot"] = "snapshot"
    id: RequestId
    player: Name | None = None
    after: Revision | None = None
    """Answer only when a snapshot shows this revision; None: answer at once."""
    timeout_s: Timeout = DEFAULT_TIMEOUT_S
    """How long to wait for `after`."""


class CommandRequest(StrictModel):
    """Execute a command in the game."""

    # Keep NaN, so that it is refused as such: as null it would look like a missing argument.
    model_config = ConfigDict(ser_json_inf_nan="constants")

    type: Literal["command"] = "command"
    id: RequestId
    name: str
    arguments: dict[str, Any]
    command_id: MessageId | None = None
    """The caller's idempotency key: a command repeated under it is executed once. None: the daemon generates one."""
    timeout_s: Timeout = DEFAULT_TIMEOUT_S
    deadline: Annotated[float, Field(ge=0)] | None = None
    """On this host's CLOCK_MONOTONIC, in seconds: a frozen daemon that reads the request later does not execute it.
    None: `timeout_s` after the daemon received it."""
    until: Literal["accepted", "done"] = "done"
    """When to answer: when the command is done, or as soon as it is accepted."""
    traceparent: Traceparent | None = None
    """The caller's span, if it is traced."""


class PortalsRequest(StrictModel):
    """List the portals and which one is chosen."""

    type: Literal["portals"] = "portals"
    id: RequestId


class RestartRequest(StrictModel):
    """Restart an actor; the answer does not wait until it is up again."""

    type: Literal["restart"] = "restart"
    id: RequestId
    actor: Name


class Interest(StrictModel):
    """The filter of a watch. Every watch gets the changes of the link."""

    player: Name | None = None
    """None: every player."""
    events: frozenset[EventName] | None = None
    """Only events of these names. None: every event."""
    snapshots: bool | None = None
    """Whether new snapshots are pushed. None: only without `events`."""

    @property
    def wants_snapshots(self) -> bool:
        """Whether snapshots are pushed."""
        return self.events is None if self.snapshots is None else self.snapshots


class WatchRequest(Interest):
    """Start to push. A repeated request with the same filter renews the watch; one with another filter replaces it."""

    type: Literal["watch"] = "watch"
    id: RequestId

    @property
    def interest(self) -> Interest:
        """The watch's filter."""
        return Interest(player=self.player, events=self.events, snapshots=self.snapshots)
