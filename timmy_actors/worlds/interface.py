"""The interface of any body: observe, act, speak."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Literal, NamedTuple, Protocol, overload, runtime_checkable

from timmy_actors.protocol import Action, ActionResult, AvailableActions, PerceptionOutput
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress
from timmy_actors.worlds.plans import Plan
from timmy_actors.worlds.waiting import Waited

OBSERVE_WITHIN_S = 5.0
"""How long to wait for an action's effects: after a teleport, a client loads the cell for a second or two."""


class Step(NamedTuple):
    """The result of an action, and a snapshot after it."""

    result: ActionResult
    seen: PerceptionOutput
    """Marked `stale`, with the reason, if it does not show the action's effects."""


@runtime_checkable
class WorldInterface(Protocol):
    """A body in a world. Every call may raise `DaemonUnreachableError` if the daemon is in another process."""

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """The latest snapshot; `stale` says that it may be out of date.

        With `after`, it waits for a snapshot that shows that action's effects. Without, it does not wait; a snapshot
        from before the body's last action is marked `stale`.

        Raises:
            RefusedError: `no_such_player`; `unavailable` when there is no snapshot yet; `expired`: no snapshot showed
                the action's effects within `deadline_s`.
        """

    @overload
    def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    def act(self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute an action and wait for its result. A refusal is in the result, never raised.

        An action repeated under one `command_id` is executed only once; None generates an id. With `observe`, a
        snapshot after the action is returned too.

        Raises:
            RefusedError: with `observe`, after the action: `no_such_player`; `unavailable`: there is no snapshot yet.
        """

    def available_actions(self) -> AvailableActions:
        """The actions that would be accepted now, and for each of the others the reason."""

    def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until the condition holds, for at most `deadline_s` seconds in all; the present is read first."""

    def perform(
        self,
        plan: Plan,
        *,
        deadline_s: float,
        cancel: Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Performed:
        """Run a verb (`go_to`, `follow`, ...) to its end, its deadline, or until `cancel` is set."""

    def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something to all players, or `to` one; repeated under one `command_id`, it is said once."""
