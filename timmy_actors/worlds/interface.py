"""What an agent does with any body: it observes, acts, speaks."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from timmy_actors.model.action import Action, ActionResult
from timmy_actors.model.command import CommandResult
from timmy_actors.model.perception import PerceptionOutput

Manner = Literal["say", "whisper", "announce", "show"]
"""How something is said.

`say`: as if the player had typed it: the server's scripts show it to whom they will, with the speaker's name.
`whisper`: to one player, with the speaker's name; both read it. `announce`: to everybody, with nobody's name. `show`:
as a note on one player's screen.
"""


class WorldInterface(Protocol):
    """A body in a world. Every call may raise `DaemonUnreachable` where the daemon is another process's."""

    def observe(self) -> PerceptionOutput:
        """The last that was perceived; `stale` says that it may not hold any more.

        Raises:
            Refused: `no_such_player`, or `unavailable` when nothing was perceived yet.
        """

    def act(self, action: Action, *, command_id: str | None = None) -> ActionResult:
        """Do something, and wait until it is done or not. What is declined is told in the result, never raised.

        Under one `command_id` an action is done once, however often it is given; None has an id made.
        """

    def speak(self, text: str, *, to: str | None = None, manner: Manner = "say") -> ActionResult:
        """Say something: to everybody, or `to` a player."""


class Game(Protocol):
    """What `Runtime` and `connect()` share of their calls, as far as a body needs them."""

    def snapshot(self, player: str | None = None) -> PerceptionOutput:
        """What is known of a player."""

    def command(
        self, name: str, /, *, timeout_s: float = ..., command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game."""
