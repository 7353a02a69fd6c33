"""The base of every event's data."""

from __future__ import annotations

from typing import ClassVar

from timmy_actors.protocol._base import Model


class EventData(Model):
    """The base of an event's data: what it says besides its player and time."""

    event: ClassVar[str]
    """The event's name on the wire."""
