"""What is the same for all: date, hour, weather, and what is said."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from timmy_actors.model._base import Count, Integer, Model


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
    """What somebody said to everybody."""

    player: str
    pid: Count
    text: str
    now: Count
    """On the server's monotonic clock, in ms."""


class Chat(Model):
    """The latest lines that the player heard, oldest first."""

    lines: tuple[ChatLine, ...]
