"""A body without a bridge: any game, seen as pictures and played with keys and mouse through a portal."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Literal, NoReturn, overload

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ACTIONS, Action, ActionResult, AvailableActions, GameState, PerceptionOutput
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress, check_deadline
from timmy_actors.worlds.plans import Plan
from timmy_actors.worlds.player import refused_result
from timmy_actors.worlds.waiting import Waited
from timmy_actors.worlds.window_input import WINDOW_VERBS, WindowInput

NO_POSITION = "a desktop body sees pictures only, and knows no position"
SAY = "say"
"""The portal's binding that types a text into the game's chat."""


class DesktopPerception(PerceptionOutput):
    """What a desktop body perceives: a state of the game with its picture, and no section of a bridge's perception."""

    state: GameState


class DesktopBody:
    """The body of whoever plays the chosen portal's game. It observes by a capture, and acts by the portal's bindings.

    The actions are the portal's own names (`journal`, `forward 2s`), those of every portal (`click`, `press_key`), and
    the typed ones that a window takes (`walk`, `turn` by an angle, `attack`, ...). A key has no answer: look at the
    next picture.

    Args:
        game: a `Runtime`, or the result of `connect()`.
        sensitivity: the game's mouse sensitivity.
    """

    def __init__(self, game: Calls, *, sensitivity: float = 1.0) -> None:
        self._game = game
        self._input = WindowInput(game, _no_position, sensitivity)

    def observe(
        self,
        *,
        after: ActionResult | None = None,  # noqa: ARG002  every capture is newer than every result
        deadline_s: float = OBSERVE_WITHIN_S,
    ) -> DesktopPerception:
        """Capture the game's state; nothing in its picture is older than the call. Without a picture it is `stale`."""
        state = self._game.capture(timeout_s=deadline_s)
        missing = None if state.visual.screenshot_path is not None else _why_no_picture(state)
        return DesktopPerception(
            player=state.portal_id, pid=0, boot=state.portal_id, epoch=0, revisions={}, timestamp=state.timestamp,
            stale=missing is not None, stale_reason=missing, state=state,
        )  # fmt: skip

    @overload
    def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    def act(self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute an action through the portal. Repeated under one `command_id`, it is not executed again."""
        named = action if isinstance(action, Action) else action.as_action()
        result = self._input.press(named, command_id)
        return Step(result, self.observe()) if observe else result

    def available_actions(self) -> AvailableActions:
        """The names that the portal knows. Whether the game reacts to one now, only the picture can show."""
        known = self._game.portals()
        entry = next(portal for portal in known.portals if portal.id == known.chosen)
        return AvailableActions(commands=tuple(sorted({*entry.actions, *ACTIONS, *WINDOW_VERBS})), unavailable={})

    def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Refuse: every condition is about the perception of a bridge.

        Raises:
            RefusedError: `unavailable`; `bad_arguments`: the deadline is invalid.
        """
        del deadline_s
        raise RefusedError("unavailable", f"{NO_POSITION}: it can't wait for {condition.kind!r}", "condition")

    def perform(
        self,
        plan: Plan,
        *,
        deadline_s: float,
        cancel: Event | None = None,  # noqa: ARG002  it ends at once
        on_progress: Callable[[Progress], None] | None = None,  # noqa: ARG002
    ) -> Performed:
        """Fail: every verb needs to know where the body is. A `CompositeBody` does."""
        check_deadline(deadline_s)
        plan.close()
        reason = f"{NO_POSITION}: verbs need a CompositeBody, whose bridge perceives the player"
        return Performed(outcome="failed", reason=reason, value={"code": "unavailable"}, requests=0, elapsed_s=0.0)

    def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Type a text into the game's chat with the portal's binding `say`; it cannot whisper, announce or show."""
        action = Action(action=SAY, params={"text": text})
        if to is None and manner == "say":
            return self._input.press(action, command_id)
        refused = RefusedError(
            "bad_arguments", "a desktop body only types into the chat: leave out 'to', 'manner'", "to"
        )
        return refused_result(action, refused, command_id)


def _no_position() -> NoReturn:
    raise RefusedError("unavailable", f"{NO_POSITION}: turn 'by' an angle", "yaw")


def _why_no_picture(state: GameState) -> str:
    return next((f"{problem.code}: {problem.message}" for problem in state.problems), "the portal took no picture")
