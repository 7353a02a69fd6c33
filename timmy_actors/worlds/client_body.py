"""The body of a player without a game: it acts through the player client, and needs no bridge on the server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event
from typing import Any, Literal, get_args, overload

from timmy_actors.errors import RefusedError
from timmy_actors.perception import mark_stale
from timmy_actors.player_client import PlayerHandle
from timmy_actors.protocol import (
    Action,
    ActionResult,
    AvailableActions,
    GameRoute,
    NearbyActor,
    NearbyObject,
    PerceptionOutput,
    Place,
    Revision,
    SectionName,
)
from timmy_actors.worlds import route_requests
from timmy_actors.worlds.actions import TypedAction
from timmy_actors.worlds.conditions import Condition
from timmy_actors.worlds.interface import OBSERVE_WITHIN_S, Step
from timmy_actors.worlds.manner import Manner
from timmy_actors.worlds.performing import Performed, Progress, perform
from timmy_actors.worlds.plans import Plan, Request
from timmy_actors.worlds.player import refused_result
from timmy_actors.worlds.timing import RealClock
from timmy_actors.worlds.waiting import LONGEST_WAIT_S, Waited
from timmy_actors.worlds.walking import is_in

ACT_WITHIN_S = 10.0
STEPS_WITHIN_S = 10.0
"""The longest time for a few steps of a plan."""
BRIDGE_EVERY_S = 0.2
"""How often a condition is checked that the bridge's sections may meet, while the client's do not change."""
FAR = 100_000.0
"""The distance to walk where only a time is named, in game units."""
SIDES = {"forward": 0.0, "right": 90.0, "back": 180.0, "left": 270.0}
"""Directions of walking, in degrees clockwise from where the player faces."""
PASSED_ON = frozenset((
    "answer_dialog", "attack", "block", "cast", "choose_topic", "drop", "equip", "jump", "move", "open", "put", "rest",
    "say", "stop_moving", "swing_door", "take", "trade", "turn",
))  # fmt: skip
ACTIONS = tuple(sorted((*PASSED_ON, "activate", "look", "run", "talk", "walk")))
"""The actions that this body takes."""
ID_BYTES = 12
SECTIONS: tuple[SectionName, ...] = get_args(SectionName)


def merged(
    bridge: PerceptionOutput | None, client: PerceptionOutput | None, *, client_first: bool = False
) -> PerceptionOutput | None:
    """One perception out of the bridge's and the client's: the bridge's sections first, each with its source.

    A stale one gives only what the other lacks. None: there is neither.
    """
    if bridge is None or client is None:
        return bridge or client
    if bridge.stale != client.stale:
        client_first = bridge.stale
    first, second = (client, bridge) if client_first else (bridge, client)
    sources: dict[str, Literal["bridge", "client"]] = {}
    added: dict[str, Any] = {}
    for section in SECTIONS:
        owner = first if getattr(first, section) is not None else second
        if getattr(owner, section) is None:
            continue
        sources[section] = "client" if owner is client else "bridge"
        if owner is second:
            added[section] = getattr(owner, section)
    revisions = {**{name: second.revisions.get(name, 0) for name in added}, **first.revisions}
    return first.model_copy(update={**added, "sources": sources, "revisions": revisions})


class ClientBody:
    """The body of the player client of a daemon in this process.

    It has no game, and so no map of what is in the way but that of the game's data files.

    Args:
        player: `Runtime.player_client()`.
        bridge: returns the perception of the server's bridge, to be merged; None: the server has no bridge.
        find_route: `Runtime.route`; None: it knows only the ways that it saw other players walk.
    """

    def __init__(
        self,
        player: PlayerHandle,
        bridge: Callable[[], PerceptionOutput | None] | None = None,
        find_route: route_requests.FindRoute | None = None,
    ) -> None:
        self.clock = RealClock()
        self._player = player
        self._bridge = bridge
        self._find_route = find_route
        self._partner: str | None = None
        """The unique index of the person that it talks to."""

    def observe(self, *, after: ActionResult | None = None, deadline_s: float = OBSERVE_WITHIN_S) -> PerceptionOutput:
        """The latest snapshot; with `after`, the first one from after that action."""
        perception = self._player.perception
        produced = None if after is None else after.revision
        if produced is not None and not perception.wait_for(lambda seen: _shows(seen, produced), deadline_s):
            raise RefusedError("expired", f"no snapshot showed the action's effects within {deadline_s:g} s")
        # What this player did shows in the client's sections at once, in the bridge's a while later.
        snapshot = self._merged(perception.value, client_first=produced is not None)
        if snapshot is None:
            raise RefusedError("unavailable", "the player is not in the world yet")
        return snapshot

    @overload
    def act(
        self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[False] = ...
    ) -> ActionResult: ...

    @overload
    def act(self, action: Action | TypedAction, *, command_id: str | None = ..., observe: Literal[True]) -> Step: ...

    def act(
        self, action: Action | TypedAction, *, command_id: str | None = None, observe: bool = False
    ) -> ActionResult | Step:
        """Do one of `ACTIONS`. A `command_id` names the result; nothing is repeated, so it guards against nothing."""
        named = action if isinstance(action, Action) else action.as_action()
        key = secrets.token_hex(ID_BYTES) if command_id is None else command_id
        try:
            value, revision = self._do(named.action, dict(named.params))
        except RefusedError as refused:
            result = refused_result(named, refused, key)
        except (KeyError, TypeError, ValueError) as error:
            result = refused_result(named, RefusedError("bad_arguments", f"{named.action}: {error}"), key)
        else:
            result = ActionResult(
                success=True,
                action=named.action,
                params=named.params,
                timestamp=datetime.now(UTC),
                value=value,
                revision=revision,
                command_id=key,
            )
        return Step(result, self.after(result)) if observe else result

    def available_actions(self) -> AvailableActions:
        """All of `ACTIONS`: what a server refuses is known only when it is tried."""
        return AvailableActions(commands=ACTIONS, unavailable={})

    def wait_until(self, condition: Condition, deadline_s: float) -> Waited:
        """Wait until the condition holds for a snapshot; events of the bridge are not seen here."""
        if not 0 <= deadline_s <= LONGEST_WAIT_S:
            raise RefusedError("bad_arguments", f"deadline_s: must be 0 to {LONGEST_WAIT_S:g} seconds", "deadline_s")
        began = time.monotonic()
        met, left_s = False, deadline_s
        while not met and left_s >= 0:
            slice_s = left_s if self._bridge is None else min(left_s, BRIDGE_EVERY_S)
            met = bool(self._player.perception.wait_for(lambda seen: self._holds(condition, seen), slice_s))
            left_s = began + deadline_s - time.monotonic() if left_s > slice_s else -1.0
        snapshot = self._merged(self._player.perception.value)
        return Waited(met=met, waited_s=time.monotonic() - began, snapshot=snapshot)

    def _merged(self, seen: PerceptionOutput | None, *, client_first: bool = False) -> PerceptionOutput | None:
        return merged(self._bridge() if self._bridge else None, seen, client_first=client_first)

    def _holds(self, condition: Condition, seen: PerceptionOutput | None) -> bool:
        snapshot = self._merged(seen)
        return snapshot is not None and not snapshot.stale and condition.holds(snapshot)

    def perform(
        self,
        plan: Plan,
        *,
        deadline_s: float,
        cancel: Event | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Performed:
        """Run a verb (`go_to`, `follow`, ...) to its end."""
        return perform(self, plan, deadline_s=deadline_s, cancel=cancel, on_progress=on_progress)

    def speak(
        self, text: str, *, to: str | None = None, manner: Manner = "say", command_id: str | None = None
    ) -> ActionResult:
        """Say something in the chat. Scripts have their own commands for whispers: `/message ...`, say."""
        action = Action(action="say", params={"text": text})
        if to is None and manner == "say":
            return self.act(action, command_id=command_id)
        reason = "a player's client can only say: leave out `to` and `manner`, or write the server's own chat command"
        return refused_result(action, RefusedError("bad_arguments", reason, "to"), command_id)

    def carry_out(self, request: Request, within_s: float) -> ActionResult | None:
        """Do one request of a plan."""
        match request.verb:
            case "observe":
                return None
            case "towards":
                return self._step_towards(request.params, within_s)
            case "say":
                return self.speak(f"{request.params['to']}: {request.params['text']}")
            case "route":
                return self._route(request)
        return self.act(Action(action=request.verb, params=dict(request.params)))

    def after(self, result: ActionResult) -> PerceptionOutput:
        """A snapshot that shows what an action did; `stale`, if none comes in time."""
        try:
            return self.observe(after=result)
        except RefusedError as refused:
            return mark_stale(self.observe(), refused.message)

    def _step_towards(self, to: Any, within_s: float) -> ActionResult:
        here = self.observe().position
        height = to["z"] if to.get("z") is not None or here is None else here.z
        seconds = max(0.1, min(STEPS_WITHIN_S, within_s))
        params = {"points": [[to["x"], to["y"], height]], "pace": "run", "seconds": seconds}
        return self.act(Action(action="move", params=params))

    def _route(self, request: Request) -> ActionResult:
        """A way of the game's data files, else one that players were seen to walk."""
        filed = None if self._find_route is None else route_requests.answer(self._find_route, request)
        if filed is not None and route_requests.leads(filed):
            return filed
        try:
            return route_requests.result_of(self._seen_way(request), path="seen")
        except RefusedError as refused:
            return route_requests.refusal(refused) if filed is None else filed

    def _seen_way(self, request: Request) -> GameRoute:
        to, start = route_requests.ends_of(request)
        if isinstance(to, str):
            raise RefusedError("no_such_target", f"{to} is not seen from here, and no data files say where it is", "to")
        if not is_in(to.cell, request.params["start"]):
            raise RefusedError("no_such_target", f"ways that were seen lead through no doors: {to.cell}", "to")
        answer, _ = self._act("find_way", to=[to.x, to.y, to.z])
        return route_requests.route_along(start, (Place(**point) for point in answer["waypoints"]))

    def _do(self, name: str, params: dict[str, Any]) -> tuple[dict[str, Any], Revision | None]:
        match name:
            case "walk" | "run":
                return self._walk(name, **params)
            case "look":
                return {"things": self._look(**params)}, None
            case "activate" | "talk":
                return self._use(name, params)
            case "choose_topic":
                params.setdefault("unique_index", self._partner)
        if name not in PASSED_ON:
            message = f"a player client's body can't {name}; it can: {', '.join(ACTIONS)}"
            raise RefusedError("unknown_command", message, "action")
        return self._act(name, lasts_s=float(params.get("seconds") or 0.0), **params)

    def _act(self, name: str, *, lasts_s: float = 0.0, **params: Any) -> tuple[dict[str, Any], Revision]:
        acted = self._player.act(name, timeout_s=ACT_WITHIN_S + lasts_s, **params)
        return dict(acted.value), acted.revision

    def _walk(
        self, pace: str, *, direction: str = "forward", seconds: float = 1.0, distance: float | None = None
    ) -> tuple[dict[str, Any], Revision]:
        way = {"side": SIDES[direction], "distance": distance or FAR, "pace": pace, "seconds": seconds}
        return self._act("move", lasts_s=seconds, **way)

    def _use(self, name: str, params: dict[str, Any]) -> tuple[dict[str, Any], Revision]:
        answer, revision = self._act("open", **params)
        if name == "talk":
            self._partner = params["unique_index"]
            topics = self.observe().topics
            answer["topics"] = [] if topics is None else list(topics.topics)
        return answer, revision

    def _look(self, *, radius: float = 4096.0) -> list[dict[str, Any]]:
        seen = self.observe()
        actors = () if seen.nearby_actors is None else seen.nearby_actors.actors
        objects = () if seen.nearby_objects is None else seen.nearby_objects.objects
        things = [{**_described(actor), "kind": "actor"} for actor in actors if actor.distance <= radius]
        return things + [
            {**_described(each), "kind": each.kind}
            for each in objects
            if each.distance is not None and each.distance <= radius
        ]


def _described(thing: NearbyActor | NearbyObject) -> dict[str, Any]:
    return thing.model_dump(include={"unique_index", "ref_id", "name", "cell", "x", "y", "z"})


def _shows(seen: PerceptionOutput | None, produced: Revision) -> bool:
    """Whether a snapshot shows an act's effects; one of a later connection shows the world after them."""
    return seen is not None and (seen.boot != produced.boot or seen.revision >= produced.number)
