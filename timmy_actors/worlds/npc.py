"""The body of an NPC or creature: spawned, moved by AI packages, and dismissed.

An actor's cell is simulated by the client of a player who has it loaded, its *host*: without one it neither moves nor
is perceived. What it perceives is what its host perceives, seen from where the actor stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event
from types import TracebackType
from typing import Any, Literal, Self, cast, overload

from timmy_actors.client import Calls
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import Action, ActionResult, AvailableActions, GameEvent, PerceptionOutput
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.centred import centred
from timmy_actors.worlds.conditions import Condition, Near, NearPoint
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress, perform
from timmy_actors.worlds.plans import Plan, Request
from timmy_actors.worlds.player import PlayerBody, refused_result
from timmy_actors.worlds.waiting import Waited, Watchable, wait_until

COMMANDS = frozenset({
    "actor_activate", "actor_escort", "actor_fight", "actor_follow", "actor_stop", "actor_travel", "actor_wander",
    "animate_actor", "equip_actor", "kill_actor", "move_actor", "say_as_actor", "set_actor_stat", "unequip_actor",
})  # fmt: skip
"""The commands that an NPC's body takes; each is about this actor."""
STEPS_WITHIN_S = 3.0
"""The longest time for a few steps of a plan."""
THERE = 30.0
"""How near to a point an actor stops, in game units."""


FARTHEST = 32_768.0
"""The radius in which a spawned actor must appear: that of the farthest subscription."""


class _FromActor:
    """A condition on what an actor sees, checked on its host's snapshots. Events are the host's."""

    def __init__(self, condition: Condition, unique_index: str) -> None:
        self._condition = condition
        self._unique_index = unique_index
        self.events = condition.events

    def holds(self, snapshot: PerceptionOutput) -> bool:
        """Whether the actor's snapshot fulfils it."""
        try:
            return self._condition.holds(centred(snapshot, self._unique_index))
        except RefusedError:
            return False

    def is_met_by(self, event: GameEvent) -> bool:
        """Whether an event fulfils it."""
        return self._condition.is_met_by(event)


class NpcBody:
    """The body of an actor, controlled through a `Runtime` or a connection to a daemon.

    `NpcBody.spawn(...)` creates the actor; as a context manager the body dismisses it at the end.

    Args:
        game: a `Runtime`, or the result of `connect()`.
        unique_index: the actor.
        host: the player near it; None: the daemon's configured player.
    """

    def __init__(self, game: Calls, unique_index: str, host: str | None = None) -> None:
        self._game = game
        self._host = PlayerBody(game, host)
        self._host_name = host
        self.clock = self._host.clock
        """The time by which verbs count: real time, or in lockstep the game's."""
        self.unique_index = unique_index
        self._is_dismissed = False

    @classmethod
    def spawn(cls, game: Calls, ref_id: str, host: str | None = None, **place: Any) -> NpcBody:
        """Spawn an actor of a record, at the host's position or at `cell`, `x`, `y`, `z`.

        Raises:
            RefusedError: the actor could not be spawned, or did not appear within some seconds.
        """
        body = PlayerBody(game, host)
        spawned = body.act(Action(action="spawn_actor", params={"ref_id": ref_id, **place}))
        if not spawned.success:
            raise RefusedError(spawned.code or "internal", spawned.reason or "the actor was not spawned", spawned.field)
        npc = cls(game, str(spawned.value["unique_index"]), host)
        if not body.wait_until(Near(who=npc.unique_index, within=FARTHEST), OBSERVE_WITHIN_S).met:
            npc.dismiss()
            raise RefusedError("game_refused", f"no client has {ref_id} in its data files, or none is near", "ref_id")
        return npc

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dismiss()

    def dismiss(self) -> ActionResult:
        """Remove the actor from the world; the body's further actions are refused with `no_such_target`."""
        self._is_dismissed = True
        return self._host.act(Action(action="delete_object", params={"unique_index": self.unique_index}))

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """What is near the actor, as far as its host perceives it.

        Raises:
            RefusedError: as a player's; `no_such_target`: the host does not see the actor.
        """
        self._check_presence()
        return centred(self._host.observe(after=after, deadline_s=deadline_s), self.unique_index)

    def _check_presence(self) -> None:
        if self._is_dismissed:
            raise RefusedError("no_such_target", f"{self.unique_index} was dismissed", "unique_index")

    @overload
    def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    def act(self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute one of `COMMANDS` for this actor; other actions are refused."""
        named = action if isinstance(action, Action) else action.as_action()
        result = self._execute(named, command_id)
        return Step(result, self.after(result)) if observe else result

    def _execute(self, action: Action, command_id: str | None) -> ActionResult:
        try:
            self._check_presence()
        except RefusedError as dismissed:
            return refused_result(action, dismissed, command_id)
        if action.action not in COMMANDS:
            message = f"an NPC's body can't {action.action}; it can: {', '.join(sorted(COMMANDS))}"
            return refused_result(action, RefusedError("unknown_command", message, "action"), command_id)
        params = {**action.params, "unique_index": self.unique_index}
        return self._host.act(Action(action=action.action, params=params), command_id=command_id)

    def available_actions(self) -> AvailableActions:
        """Those of `COMMANDS` that the server would accept; without a host none is."""
        offered = self._host.available_actions()
        return AvailableActions(
            commands=tuple(name for name in offered.commands if name in COMMANDS),
            unavailable={name: why for name, why in offered.unavailable.items() if name in COMMANDS},
        )

    def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until a condition holds for the actor."""
        from_actor = cast(Condition, _FromActor(condition, self.unique_index))
        waited = wait_until(cast(Watchable, self._game), from_actor, deadline_s, player=self._host_name)
        seen = waited.snapshot
        with suppress(RefusedError):
            seen = None if seen is None else centred(seen, self.unique_index)
        return waited.model_copy(update={"snapshot": seen})

    def perform(
        self,
        plan: Plan,
        *,
        deadline_s: float,
        cancel: Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Performed:
        """Run a verb to its end; the actor stops afterwards. Those that need a client's input fail."""
        performed = perform(self, plan, deadline_s=deadline_s, cancel=cancel, on_progress=on_progress)
        self.act(Action(action="actor_stop"))
        return performed

    def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something to all players near the actor; it cannot whisper, announce or show."""
        action = Action(action="say_as_actor", params={"text": text})
        if to is None and manner == "say":
            return self.act(action, command_id=command_id)
        refused = RefusedError("bad_arguments", "an NPC speaks to everybody near it: leave out 'to' and 'manner'", "to")
        return refused_result(action, refused, command_id)

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan; what needs a client's input is refused."""
        match request.verb:
            case "observe":
                return None
            case "towards":
                return self._step_towards(request.params, min(within_s, STEPS_WITHIN_S))
            case "say":
                return self.speak(request.params["text"])
            case "route":
                return self._host.carry_out(request, within_s)
            case "open":
                return self.act(Action(action="actor_activate", params={"target": request.params["unique_index"]}))
        return self.act(Action(action=request.verb, params=dict(request.params)))

    def _step_towards(self, to: Mapping[str, Any], within_s: float) -> ActionResult:
        here = self.observe().position
        height = to["z"] if to["z"] is not None or here is None else here.z
        result = self.act(Action(action="actor_travel", params={"x": to["x"], "y": to["y"], "z": height}))
        if result.success:
            self.wait_until(NearPoint(x=to["x"], y=to["y"], within=THERE), max(within_s, 0.1))
        return result

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did."""
        return centred(self._host.after(result), self.unique_index)
