"""The typed calls of a daemon, defined once: `Calls` for threads, `AsyncCalls` for coroutines.

A definition validates its arguments into a request and names the field of the `Answer` that holds its result. The two
classes at the end offer every definition as a method; their subclasses only transport a `Call`.
"""

from __future__ import annotations

import functools
import math
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from timmy_actors import protocol  # most clients use few of its other names, which are loaded on first use
from timmy_actors.client.call import TRANSPORT_MARGIN_S, Call, as_method, next_id
from timmy_actors.client.codec import make
from timmy_actors.client.game_data_calls import describe, look_up, route, terrain
from timmy_actors.protocol import (
    DEFAULT_TIMEOUT_S,
    LONGEST_ACTION_S,
    PORTAL_TIMEOUT_S,
    CommandRequest,
    CommandResult,
    PortalsRequest,
    RestartRequest,
    Revision,
    SnapshotRequest,
    StatusRequest,
)

if TYPE_CHECKING:
    from timmy_actors.protocol import (
        ActionResult,
        ActorHealth,
        Answer,
        FlightDump,
        GameState,
        Health,
        HeartbeatOperation,
        HeartbeatStatus,
        PerceptionOutput,
        PortalCheck,
        Portals,
        WorldClock,
    )

P = ParamSpec("P")
T = TypeVar("T")

ID_BYTES = 12
"""Random bytes in a command's id: enough that ids do not collide."""
PORTAL_MARGIN_S = 5.0
"""The same margin for portal calls: keys that a failed action left pressed are released before its answer."""


# The definitions.


def status() -> Call[Health]:
    """The daemon's health.

    Raises:
        StartFailedError: the daemon, in this process, has not started.
    """
    return Call(StatusRequest(id=next_id()), lambda answer: answer.status)


def snapshot(
    player: str | None = None, *, after: Revision | None = None, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Call[PerceptionOutput]:
    """The latest snapshot of a player (None: the daemon's configured one).

    With `after`, the `revision` of a command's result, it waits until a snapshot shows that command's effects.

    Raises:
        RefusedError: `no_such_player`; `unavailable` when there is no snapshot yet; `expired`: no snapshot
            reached the revision `after` within `timeout_s`.
    """
    request = make(SnapshotRequest, id=next_id(), player=player, after=after, timeout_s=timeout_s)
    within_s = None if after is None else timeout_s + TRANSPORT_MARGIN_S
    return Call(request, lambda answer: answer.snapshot, within_s)


def command(
    name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
) -> Call[CommandResult]:
    """Execute a command in the game and wait for its result. `player` defaults to the daemon's configured one.

    A command repeated under the same `command_id` is not executed again; it gets the stored answer. None generates
    an id, which the result has as its `id`. After `timeout_s` the command is no longer started; the call itself
    lasts at most 2 s longer, to wait for a late result.

    Raises:
        RefusedError: the command was not executed; `code`, `message` and `field` say why. `in_doubt`: it may have
            been executed.
    """
    request = _command_request(name, arguments, timeout_s, command_id, "done")
    return Call(request, _command_result, timeout_s + TRANSPORT_MARGIN_S)


def submit(
    name: str, /, *, timeout_s: float = DEFAULT_TIMEOUT_S, command_id: str | None = None, **arguments: Any
) -> Call[str]:
    """Submit a command and wait only until the daemon has accepted it. Returns the command's id.

    With the journal, accepted commands are durable: a daemon that crashes resumes them after its restart. To get
    the outcome, submit the same command again under that `command_id`.

    Raises:
        RefusedError: the command was not accepted; `code`, `message` and `field` say why.
    """
    request = _command_request(name, arguments, timeout_s, command_id, "accepted")
    within_s = timeout_s + TRANSPORT_MARGIN_S
    return Call(request, lambda answer: answer.command_id, within_s, lambda outcome: str(outcome.id))


def portals() -> Call[Portals]:
    """List the portals and which one is chosen."""
    return Call(PortalsRequest(id=next_id()), lambda answer: answer.portals)


def use_portal(portal: str) -> Call[Portals]:
    """Choose another portal, until the daemon ends.

    Raises:
        RefusedError: `bad_arguments`: there is no such portal.
    """
    return Call(make(protocol.UsePortalRequest, id=next_id(), portal=portal), lambda answer: answer.portals)


def check_portal(portal: str | None = None, *, timeout_s: float = PORTAL_TIMEOUT_S) -> Call[PortalCheck]:
    """Check what works of a portal (None: the chosen one). Starts its servers, and takes a screenshot.

    Raises:
        RefusedError: `bad_arguments`: there is no such portal.
    """
    request = make(protocol.CheckPortalRequest, id=next_id(), portal=portal, timeout_s=timeout_s)
    return Call(request, lambda answer: answer.check, timeout_s + PORTAL_MARGIN_S)


def capture(*, timeout_s: float = PORTAL_TIMEOUT_S, **options: Any) -> Call[GameState]:
    """Capture the game's state through the chosen portal; parts that are missing are listed in `problems`.

    `options` are those of `LookOptions`: `region`, `max_width`, `max_height`, `wait_until`, `wait_s`.
    The wait is added to `timeout_s`.

    Raises:
        RefusedError: `bad_arguments`: an option is wrong.
    """
    look = protocol.make_look(options)
    request = make(protocol.CaptureRequest, id=next_id(), timeout_s=timeout_s, options=look)
    return Call(request, lambda answer: answer.state, timeout_s + look.waits_s + PORTAL_MARGIN_S)


def execute(action: str, /, *, timeout_s: float | None = None, **params: Any) -> Call[ActionResult]:
    """Execute an action through the chosen portal, once; the result says whether it succeeded, and why not.

    `action` is one of the protocol's (`click`, `press_key`) or the portal's own name (`journal`, `forward 2s`).
    `timeout_s` bounds the whole call: an action that takes longer by its own arguments (a character of text counts
    0.03 s) is refused before it starts, and one still running at the timeout is cancelled. None: 15 s plus the
    action's duration. A daemon that does not answer raises `DaemonUnreachableError`: the action may have happened.
    """
    request = make(
        protocol.ExecuteRequest, id=next_id(), action=protocol.make_action(action, params), timeout_s=timeout_s
    )
    longest_s = PORTAL_TIMEOUT_S + LONGEST_ACTION_S if timeout_s is None else timeout_s
    return Call(request, lambda answer: answer.result, longest_s + PORTAL_MARGIN_S)


def restart(actor: str, /) -> Call[ActorHealth]:
    """Restart an actor, without waiting for it; it counts as no failure. `status` shows its next generation.

    Returns the actor as it was before.

    Raises:
        RefusedError: `bad_arguments`: there is no such actor. `unavailable`: its supervisor is being restarted itself.
    """
    return Call(make(RestartRequest, id=next_id(), actor=actor), lambda answer: answer.restarting)


def freeze(*, by: str = "client") -> Call[WorldClock]:
    """Stop the embedded world's time. Commands and perceptions go on; nothing moves, and no script's timer runs.

    `by` is who freezes the world, for everybody who reads its clock. A frozen world stays frozen by the first. It is
    thawed by anybody's `thaw`, and by a restart of its process.

    Raises:
        RefusedError: `needs_embedded_world`: a live server's time cannot be stopped; `unavailable`: the world's process
            is not running.
    """
    return _clock(operation="freeze", by=by)


def step(ms: int) -> Call[WorldClock]:
    """Let `ms` milliseconds of game time pass in a frozen world, as fast as it can compute them.

    Raises:
        RefusedError: as `freeze`; `bad_arguments`: `ms` is not from 1 to `MAX_STEP_MS`; `game_refused`: the world is
            not frozen.
    """
    return _clock(operation="step", ms=ms)


def thaw() -> Call[WorldClock]:
    """Let the embedded world's time follow real time again.

    Raises:
        RefusedError: as `freeze`.
    """
    return _clock(operation="thaw")


def clock() -> Call[WorldClock]:
    """Read the embedded world's clock.

    Raises:
        RefusedError: as `freeze`.
    """
    return _clock(operation="status")


def heartbeat(operation: HeartbeatOperation = "status") -> Call[HeartbeatStatus]:
    """Read the heartbeat's status, or control it.

    `start` begins an episode, or returns to the policy after a pause or a take-over; `stop` ends the episode; `pause`
    pauses it; `step` takes one beat of a paused heartbeat; `take_over` lets a person choose, with `choose`.

    Raises:
        RefusedError: `unavailable`: the heartbeat is disabled, has no episode, or cannot begin one; the message says
            why.
    """
    return _heartbeat(operation=operation)


def choose(tool: str, /, **arguments: Any) -> Call[HeartbeatStatus]:
    """Choose what the heartbeat does in its next beat, after `heartbeat("take_over")`, or if a person is its policy.

    Raises:
        RefusedError: as `heartbeat`; `unavailable`: the policy decides; `unknown_command` or `bad_arguments`: there is
            no such tool, or its arguments are invalid; `overloaded`: too many choices wait.
    """
    return _heartbeat(operation="act", call=make(protocol.HumanCall, tool=tool, arguments=arguments))


def _heartbeat(**fields: Any) -> Call[HeartbeatStatus]:
    request = make(protocol.HeartbeatRequest, id=next_id(), **fields)
    return Call(request, lambda answer: answer.heartbeat, protocol.HEARTBEAT_TIMEOUT_S + TRANSPORT_MARGIN_S)


def dump_flight() -> Call[FlightDump]:
    """Write the messages of the last minutes on the link to the game into a file, on the daemon's machine.

    Raises:
        RefusedError: `unavailable`: the flight recorder is off, or the file cannot be written.
    """
    return Call(
        protocol.FlightRequest(id=next_id()),
        lambda answer: answer.flight,
        protocol.FLIGHT_TIMEOUT_S + TRANSPORT_MARGIN_S,
    )


def _clock(**fields: Any) -> Call[WorldClock]:
    request = make(protocol.ClockRequest, id=next_id(), **fields)
    return Call(request, lambda answer: answer.clock, protocol.CLOCK_TIMEOUT_S + TRANSPORT_MARGIN_S)


def _command_request(
    name: str,
    arguments: dict[str, Any],
    timeout_s: float,
    command_id: str | None,
    until: Literal["accepted", "done"],
) -> CommandRequest:
    # The id is generated here: whatever happens to the daemon, the caller can repeat the command under it.
    return make(
        CommandRequest,
        id=next_id(),
        name=name,
        arguments=arguments,
        command_id=secrets.token_hex(ID_BYTES) if command_id is None else command_id,
        timeout_s=timeout_s,
        deadline=time.monotonic() + timeout_s if math.isfinite(timeout_s) else None,
        until=until,
    )


def _command_result(answer: Answer) -> CommandResult | None:
    if answer.value is None or answer.command_id is None:
        return None
    return CommandResult(id=answer.command_id, value=answer.value, revision=answer.revision, game_ms=answer.game_ms)


# The methods.


def _blocking(define: Callable[P, Call[T]]) -> Callable[Concatenate[Calls, P], T]:
    """The method of `Calls` for a definition."""

    @functools.wraps(define)
    def method(self: Calls, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._ask(define(*args, **kwargs))

    return as_method(method, define)


def _awaitable(define: Callable[P, Call[T]]) -> Callable[Concatenate[AsyncCalls, P], Coroutine[Any, Any, T]]:
    """The method of `AsyncCalls` for a definition."""

    @functools.wraps(define)
    async def method(self: AsyncCalls, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._ask(define(*args, **kwargs))

    return as_method(method, define)


class Calls:
    """The calls for threads: `Runtime` and `connect()` have them."""

    status = _blocking(status)
    snapshot = _blocking(snapshot)
    command = _blocking(command)
    submit = _blocking(submit)
    portals = _blocking(portals)
    use_portal = _blocking(use_portal)
    check_portal = _blocking(check_portal)
    capture = _blocking(capture)
    execute = _blocking(execute)
    restart = _blocking(restart)
    freeze = _blocking(freeze)
    step = _blocking(step)
    thaw = _blocking(thaw)
    clock = _blocking(clock)
    heartbeat = _blocking(heartbeat)
    choose = _blocking(choose)
    dump_flight = _blocking(dump_flight)
    describe = _blocking(describe)
    look_up = _blocking(look_up)
    route = _blocking(route)
    terrain = _blocking(terrain)

    def _ask(self, call: Call[T]) -> T:
        """Have the request answered, and return the result.

        Raises:
            RefusedError: the answer is a refusal.
        """
        raise NotImplementedError


class AsyncCalls:
    """The same calls for coroutines: `aconnect()` has them."""

    status = _awaitable(status)
    snapshot = _awaitable(snapshot)
    command = _awaitable(command)
    submit = _awaitable(submit)
    portals = _awaitable(portals)
    use_portal = _awaitable(use_portal)
    check_portal = _awaitable(check_portal)
    capture = _awaitable(capture)
    execute = _awaitable(execute)
    restart = _awaitable(restart)
    freeze = _awaitable(freeze)
    step = _awaitable(step)
    thaw = _awaitable(thaw)
    clock = _awaitable(clock)
    heartbeat = _awaitable(heartbeat)
    choose = _awaitable(choose)
    dump_flight = _awaitable(dump_flight)
    describe = _awaitable(describe)
    look_up = _awaitable(look_up)
    route = _awaitable(route)
    terrain = _awaitable(terrain)

    async def _ask(self, call: Call[T]) -> T:
        """Have the request answered, and return the result.

        Raises:
            RefusedError: the answer is a refusal.
        """
        raise NotImplementedError
