"""Any request to a daemon. A client, which makes few kinds of them, does not load this module."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter

from timmy_actors.protocol.endpoint import (
    CommandRequest,
    PortalsRequest,
    RestartRequest,
    SnapshotRequest,
    StatusRequest,
    WatchRequest,
)
from timmy_actors.protocol.flight import FlightRequest
from timmy_actors.protocol.game_data import DescribeRequest, LookUpRequest, RouteRequest, TerrainRequest
from timmy_actors.protocol.heartbeat import HeartbeatRequest
from timmy_actors.protocol.portal_requests import (
    CaptureRequest,
    CheckPortalRequest,
    ExecuteRequest,
    UsePortalRequest,
)
from timmy_actors.protocol.world_clock import ClockRequest

ServiceRequest: TypeAlias = (
    StatusRequest
    | SnapshotRequest
    | CommandRequest
    | PortalsRequest
    | UsePortalRequest
    | CheckPortalRequest
    | CaptureRequest
    | ExecuteRequest
    | RestartRequest
    | ClockRequest
    | HeartbeatRequest
    | FlightRequest
    | DescribeRequest
    | LookUpRequest
    | RouteRequest
    | TerrainRequest
)
"""The requests that have one answer: all but `WatchRequest`."""

Request = Annotated[ServiceRequest | WatchRequest, Field(discriminator="type")]


REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
