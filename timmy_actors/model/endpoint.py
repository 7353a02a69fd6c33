"""What a daemon is asked over its local endpoint, and what it answers: one JSON object each way."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from timmy_actors.model._base import Model, Name, StrictModel
from timmy_actors.model.command import ErrorInfo
from timmy_actors.model.event import GameEvent
from timmy_actors.model.health import Health
from timmy_actors.model.message import MessageId
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.model.portal import Portal

RequestId = Annotated[str, Field(min_length=1, max_length=128)]
DEFAULT_TIMEOUT_S = 5.0
MAX_TIMEOUT_S = 60.0
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
    timeout_s: Annotated[float, Field(gt=0, le=MAX_TIMEOUT_S)] = DEFAULT_TIMEOUT_S


class PortalsRequest(StrictModel):
    """Which portals are there, and which is chosen?"""

    type: Literal["portals"] = "portals"
    id: RequestId


class WatchRequest(StrictModel):
    """Push what happens to me: events, and each new snapshot of a player (None: of every player)."""

    type: Literal["watch"] = "watch"
    id: RequestId
    player: Name | None = None


Request = Annotated[
    StatusRequest | SnapshotRequest | CommandRequest | PortalsRequest | WatchRequest,
    Field(discriminator="type"),
]


class Portals(Model):
    """The catalogue, and the portal that is in use."""

    chosen: str
    portals: tuple[Portal, ...]


class Answer(Model):
    """The answer to a request: exactly one of the fields beside `id` is there."""

    id: RequestId | None = None
    status: Health | None = None
    snapshot: PerceptionOutput | None = None
    value: dict[str, Any] | None = None
    portals: Portals | None = None
    watching: bool | None = None
    error: ErrorInfo | None = None


class Pushed(Model):
    """Something a watcher asked to be told."""

    event: GameEvent | None = None
    snapshot: PerceptionOutput | None = None


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
