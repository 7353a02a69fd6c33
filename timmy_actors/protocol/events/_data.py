from __future__ import annotations

from typing import ClassVar

from timmy_actors.protocol._base import Model


class EventData(Model):
    """What an event says besides whom it befell and when."""

    event: ClassVar[str]
    """Its name on the wire."""
