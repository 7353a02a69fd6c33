"""How a program in the daemon's process acts through its player client, and reads what the client perceives."""

from __future__ import annotations

from typing import Any

from timmy_actors.errors import ActorError, RefusedError
from timmy_actors.player_client.actor import Acted, PlayerAct
from timmy_actors.protocol import PerceptionOutput
from timmy_actors.supervision import Directory, SharedValue

ACTOR = "player_client"


class PlayerHandle:
    """The player client of a daemon in this process: `Runtime.player_client()`."""

    def __init__(self, directory: Directory, perception: SharedValue[PerceptionOutput | None]) -> None:
        self._directory = directory
        self.perception = perception
        """What the client perceives; None before the player is in the world."""

    def act(self, name: str, *, timeout_s: float, **params: Any) -> Acted:
        """Do an act (see `Body`), and wait for its answer.

        Raises:
            RefusedError: the act was refused; `unavailable`: the player is not in the world, or does not answer.
        """
        try:
            reply = self._directory.ask(ACTOR, PlayerAct(name, params), timeout_s=timeout_s)
            acted: Acted = reply.wait()
        except ActorError as error:
            raise RefusedError("unavailable", f"the player client does not answer: {error}") from error
        return acted
