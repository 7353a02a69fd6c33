"""The body of a TES3MP player for coroutines, over `aconnect()`: no call waits in a thread."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, Literal, cast, overload

from timmy_actors.client import AsyncCalls
from timmy_actors.errors import RefusedError
from timmy_actors.perception import mark_stale
from timmy_actors.protocol import Action, ActionResult, AvailableActions, PerceptionOutput, with_player
from timmy_actors.worlds import route_requests
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress, aperform
from timmy_actors.worlds.plans import Plan, Request
from timmy_actors.worlds.player import (
    ACTION_TIMEOUT_S,
    ID_BYTES,
    Acts,
    Memory,
    hand_over,
    player_named,
    possible,
    refused_result,
    spoken,
    step_towards,
    timeout_of,
)
from timmy_actors.worlds.waiting import AsyncWatchable, Waited, await_until


class AsyncPlayerBody:
    """`PlayerBody` as coroutines. Cancelling one ends its wait: its action may still be executed.

    Args:
        game: the result of `aconnect()`.
        player: the player's name; None: the daemon's configured player.
    """

    def __init__(self, game: AsyncCalls, player: str | None = None, *, timeout_s: float = ACTION_TIMEOUT_S) -> None:
        self._game = game
        self._player = player
        self._timeout_s = timeout_s
        self._memory = Memory()

    async def observe(
        self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S
    ) -> PerceptionOutput:
        """The latest snapshot of the player; with `after`, the first one that shows that action's effects."""
        revision = None if after is None else after.revision
        if revision is None:
            return self._memory.on_snapshot(await self._game.snapshot(self._player))
        return self._memory.on_snapshot(await self._game.snapshot(self._player, after=revision, timeout_s=deadline_s))

    @overload
    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]
    ) -> Step: ...

    async def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Execute the command that the action names, and wait for its result."""
        named = action if isinstance(action, Action) else action.as_action()
        result = await self._execute(named, with_player(named.action, named.params, self._player), command_id)
        return Step(result, await self.after(result)) if observe else result

    async def available_actions(self) -> AvailableActions:
        """The actions that the server would accept now, and for each of the others the reason."""
        return possible(await self.observe())

    async def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until the condition holds, for at most `deadline_s` seconds in all."""
        return await await_until(cast(AsyncWatchable, self._game), condition, deadline_s, player=self._player)

    async def perform(
        self, plan: Plan, *, deadline_s: float, on_progress: Callable[[Progress], None] | None = None
    ) -> Performed:
        """Run a verb to its end. Cancelling it ends the verb before its next request."""
        return await aperform(self, plan, deadline_s=deadline_s, on_progress=on_progress)

    async def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something in the chat, or show it as a note: see `Manner`. With `to`, `say` becomes `whisper`."""
        try:
            return await self.act(spoken(text, to, manner), command_id=command_id)
        except RefusedError as refused:
            action = Action(action="speak", params={"text": text, "to": to, "manner": manner})
            return refused_result(action, refused, command_id)

    async def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan within some seconds; None: it was only to observe."""
        match request.verb:
            case "observe":
                return None
            case "towards":
                x, y = request.params["x"], request.params["y"]
                return await self._do(step_towards(await self.observe(), x, y, within_s))
            case "say":
                to = player_named(await self.observe(), request.params["to"])
                return await self.speak(request.params["text"], to=to)
            case "give":
                return await self._do(hand_over(await self.observe(), **request.params))
            case "route":
                return await self._find_route(request)
        return await self.act(Action(action=request.verb, params=dict(request.params)))

    async def _find_route(self, request: Request) -> ActionResult:
        try:
            to, start = route_requests.ends_of(request)
            return route_requests.result_of(await self._game.route(to, start=start))
        except RefusedError as refused:
            return route_requests.refusal(refused)

    async def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did; `stale`, if none comes in time."""
        try:
            return await self.observe(after=result)
        except RefusedError as refused:
            return mark_stale(await self._game.snapshot(self._player), refused.message)

    async def _do(self, acts: Acts) -> ActionResult:
        act = next(acts)
        while True:
            try:
                act = acts.send(await self.act(act))
            except StopIteration as end:
                result: ActionResult = end.value
                return result

    async def _execute(self, action: Action, arguments: dict[str, Any], command_id: str | None) -> ActionResult:
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        timeout_s = timeout_of(arguments, self._timeout_s)
        try:
            result = await self._game.command(action.action, timeout_s=timeout_s, command_id=key, **arguments)
        except RefusedError as refused:
            return refused_result(action, refused, key)
        return self._memory.on_done(action, result, key)
