"""The commands that are currently available."""

from __future__ import annotations

from timmy_actors.protocol._base import ErrorCode, Model


class Unavailable(Model):
    """Why a command would be refused: a code of the closed list, and what would have to change."""

    code: ErrorCode
    message: str


class AvailableActions(Model):
    """The commands that the server would accept for this player now, as far as it can tell without their arguments."""

    commands: tuple[str, ...]
    unavailable: dict[str, Unavailable]
