"""Date, hour, weather and chat."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.protocol._base import Count, Integer, Model


class Weather(Model):
    """A region's weather as the clients last reported it."""

    region: str
    current: str
    next: str | None = None
    transition: float = 0


class World(Model):
    """Date, hour (0 to 24) and weather."""

    year: Integer
    month: Annotated[int, Field(ge=1, le=12)]
    day: Integer
    hour: float
    days_passed: Integer
    weather: Weather | None = None


class ChatLine(Model):
    """A line in a player's chat window."""

    player: str | None = None
    """The speaker; None for lines of the server and its scripts."""
    pid: Count | None = None
    text: str
    """The displayed text: with the speaker's name before it, without colour codes."""
    now: Count
    """On the server's monotonic clock, in ms."""


class Chat(Model):
    """The latest lines that the server sent to the player's chat window, oldest first."""

    lines: tuple[ChatLine, ...]
