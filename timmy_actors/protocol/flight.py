"""The request to dump the flight recorder, and its answer."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import Count, Model, RequestId, StrictModel

FLIGHT_TIMEOUT_S = 15.0
"""How long writing a dump may take."""


class FlightRequest(StrictModel):
    """Write the messages of the last minutes into a file, on the daemon's machine."""

    type: Literal["flight"] = "flight"
    id: RequestId


class FlightDump(Model):
    """A dump of the flight recorder."""

    path: str
    """The file, on the daemon's machine."""
    messages: Count
    seconds: float
    """How far back it goes."""
