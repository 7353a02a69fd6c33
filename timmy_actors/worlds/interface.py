"""What an agent does with any body: it observes, acts, speaks."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Protocol, overload

from timmy_actors.protocol import Action, ActionResult, CommandResult, PerceptionOutput, Revision

OBSERVE_WITHIN_S = 5.0
"""How long the world after an action is waited for: a teleport takes a client a second or two, to load the cell."""

Manner = Literal["say", "whisper", "announce", "show"]
"""How something is said.

`say`: as if the player had typed it: the server's scripts show it to whom they will, with the speaker's name.
`whisper`: to one player, with the speaker's name; both read it. `announce`: to everybody, with nobody's name. `show`:
as a note on one player's screen.
"""


class Step(NamedTuple):
    """An action, and the world after it."""

    result: ActionResult
    seen: PerceptionOutput
    """Where nothing of what was done was perceived in time: the last that was known, `stale` with the reason."""


class WorldInterface(Protocol):
    """A body in a world. Every call may raise `DaemonUnreachableError` where the daemon is another process's."""

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """The last that was perceived; `stale` says that it may not hold any more.

        With `after`, what an action did is waited for: the perception shows it. Without, nothing is waited for; what
        was perceived before the body's last action was done is `stale`.

        Raises:
            RefusedError: `no_such_player`, or `unavailable` when nothing was perceived yet; `expired`: what the
                action did was not perceived within `deadline_s`.
        """

    @overload
    def act(self, action: Action, *, command_id: str | None = ..., observe: Literal[False] = ...) -> ActionResult: ...

    @overload
    def act(self, action: Action, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(self, action: Action, *, command_id: str | None = None, observe: bool = False) -> ActionResult | Step:
        """Do something, and wait until it is done or not. What is declined is told in the result, never raised.

        Under one `command_id` an action is done once, however often it is given; None has an id made. With `observe`,
        the world after it is given too.

        Raises:
            RefusedError: with `observe`, after the action: `no_such_player`, or `unavailable`: nothing was perceived
                yet.
        """

    def speak(self, text: str, *, to: str | None = None, manner: Manner = "say") -> ActionResult:
        """Say something: to everybody, or `to` a player."""


class Calls(Protocol):
    """What `Runtime` and `connect()` share of their calls, as far as a body needs them."""

    def snapshot(
        self, player: str | None = None, *, after: Revision | None = ..., timeout_s: float = ...
    ) -> PerceptionOutput:
        """What is known of a player, once what `after` names is perceived."""

    def command(
        self, name: str, /, *, timeout_s: float = ..., command_id: str | None = None, **arguments: Any
    ) -> CommandResult:
        """Do something in the game."""
