"""What the player could be told to do now."""

from __future__ import annotations

from timmy_actors.protocol._base import ErrorCode, Model


class Unavailable(Model):
    """Why a command would be declined: a code of the closed list, and what would have to change."""

    code: ErrorCode
    message: str


class AvailableActions(Model):
    """Which commands the server would take for this player now, as far as it can tell without their arguments."""

    commands: tuple[str, ...]
    unavailable: dict[str, Unavailable]
