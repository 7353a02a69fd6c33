"""Answers requests for every transport: from shared state where possible, else through the actor responsible."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from timmy_actors.errors import ActorError, HostError, RefusedError, StartFailedError
from timmy_actors.perception import Await, Perceptions
from timmy_actors.portals import Caller
from timmy_actors.protocol import (
    CLOCK_TIMEOUT_S,
    HEARTBEAT_TIMEOUT_S,
    MAX_TIMEOUT_S,
    ActorHealth,
    CaptureRequest,
    ClockRequest,
    CommandRequest,
    DescribeRequest,
    ExecuteRequest,
    FlightDump,
    FlightRequest,
    Health,
    HeartbeatRequest,
    LookUpRequest,
    Place,
    RestartRequest,
    RouteRequest,
    ServiceRequest,
    SnapshotRequest,
    StatusRequest,
    TerrainRequest,
    with_player,
)
from timmy_actors.serving.actors import actor_health
from timmy_actors.serving.answers import for_portal
from timmy_actors.serving.tracing import begin_request, end_with
from timmy_actors.supervision import Directory, Reply

if TYPE_CHECKING:
    from timmy_actors.gamedata import GameDataRequest

ANSWER_MARGIN_S = 2.0
"""How long past a command's own timeout its actor may take to report the outcome."""

log = logging.getLogger(__name__)

NO_FLIGHT = "the flight recorder is off: set recording.flight_minutes above 0"
NO_CLOCK = "the time of a game server cannot be stopped: it takes the embedded world ([world] embedded = true)"
NO_HEARTBEAT = "the heartbeat is disabled: set [heartbeat] enabled = true, and restart the daemon"
NO_GAME_DATA = "the game's data files are not known: name them in game_data.files"
GAME_DATA_TIMEOUT_S = 10.0
"""A way through many doors takes a second."""
OBSERVED = (CommandRequest, CaptureRequest, ExecuteRequest)
Observer: TypeAlias = Callable[[ServiceRequest, Reply, float], object]
"""Called with a request, its reply, and how many seconds it took."""


class Service:
    """Answers a daemon's requests. It never blocks, and any thread may use it."""

    def __init__(
        self,
        *,
        player: str,
        directory: Directory,
        perceptions: Perceptions,
        health: Callable[[], Health | None],
        restart: Callable[[str], None],
        embedded: bool = False,
        dump_flight: Callable[[], FlightDump | None] = lambda: None,
        game_data: bool = False,
    ) -> None:
        self.player = player
        """The player of requests that name none."""
        self.perceptions = perceptions
        self._directory = directory
        self._health = health
        self._restart = restart
        self._embedded = embedded
        self._dump_flight = dump_flight
        self._game_data = game_data
        self._observers: tuple[Observer, ...] = ()

    def ask(self, request: ServiceRequest, caller: Caller | None = None, *, wait_s: float = 0.0) -> Reply:
        """Start to answer a request; one that shared state answers is `done` at once.

        Args:
            request: a valid request; its `id` is the transport's, and not used here.
            caller: when the caller leaves, what only it waits for is cancelled.
            wait_s: how long the request may wait for an actor that is being restarted; 0: fail at once.

        Returns:
            The reply. Its value is a `Health`, `PerceptionOutput`, `CommandResult`, `Portals`, `PortalCheck`,
            `GameState`, `ActionResult`, `ActorHealth`, `WorldClock`, `HeartbeatStatus`, `Description`, `Matches`,
            `GameRoute` or `TerrainMap`; its error a `RefusedError`, or an `ActorError` if no actor answered.
            `answers.to_answer` converts both to an `Answer`.
        """
        caller, (request, span) = caller or Caller(), begin_request(request)
        if span is None:
            reply = self._start(request, caller, wait_s)
        else:
            with span.active():
                caller.adopt_context()
            reply = self._start(request, caller, wait_s)
            reply.add_done_callback(partial(end_with, span))
        if self._observers and isinstance(request, OBSERVED):
            self._observe(request, reply)
        return reply

    def add_observer(self, observer: Observer) -> None:
        """Call `observer` with each command, capture and action that is answered; it must not block."""
        self._observers = (*self._observers, observer)

    def remove_observer(self, observer: Observer) -> None:
        """Call it no more."""
        self._observers = tuple(one for one in self._observers if one != observer)

    def _observe(self, request: ServiceRequest, reply: Reply) -> None:
        started, observers = time.monotonic(), self._observers

        def tell(done: Reply) -> None:
            for observer in observers:
                observer(request, done, time.monotonic() - started)

        reply.add_done_callback(tell)

    def _start(self, request: ServiceRequest, caller: Caller, wait_s: float) -> Reply:
        match request:
            case StatusRequest():
                reply = _at_once(self.status)
            case SnapshotRequest():
                reply = self._snapshot(request, wait_s)
            case RestartRequest(actor=name):
                reply = _at_once(lambda: self._restarting(name))
            case CommandRequest():
                reply = self._ask("command", self._command(request), request.timeout_s, wait_s)
            case ClockRequest() | HeartbeatRequest():
                reply = self._of_part(request, wait_s)
            case DescribeRequest() | LookUpRequest() | RouteRequest() | TerrainRequest():
                reply = self._look_into_game_data(request, wait_s)
            case FlightRequest():
                reply = self._flight()
            case _:
                message, takes_s = for_portal(request, caller)
                reply = self._ask("portal", message, takes_s, wait_s)
        return reply

    def result(self, request: ServiceRequest) -> Any:
        """Answer a request, and wait for that; an interrupted wait (by Ctrl-C, say) cancels what `ask` describes.

        Returns:
            The value of the reply; see `ask`.

        Raises:
            RefusedError: the request was refused.
            ActorError: no actor answered.
        """
        caller = Caller()
        try:
            return self.ask(request, caller, wait_s=MAX_TIMEOUT_S).wait()
        except BaseException:
            caller.leave()
            raise

    def status(self) -> Health:
        """The daemon's health.

        Raises:
            StartFailedError: the daemon has not started.
        """
        health = self._health()
        if health is None:
            raise StartFailedError("the daemon has not started")
        return health

    def _restarting(self, name: str) -> ActorHealth:
        entry = self._directory.entry(name)  # the published health can be older than the actor
        if entry is None:
            raise RefusedError("bad_arguments", f"no actor {name!r}: 'timmy-actors tree' lists them", "actor")
        actor = actor_health(entry, self._directory.clock.now())
        self._restart(name)
        return actor

    def _snapshot(self, request: SnapshotRequest, wait_s: float) -> Reply:
        player = request.player or self.player
        if request.after is None:
            return _at_once(lambda: self.perceptions.find(player))
        wanted = Await(player, request.after, request.timeout_s)
        return self._ask("perception", wanted, request.timeout_s, wait_s)

    def _of_part(self, request: ClockRequest | HeartbeatRequest, wait_s: float) -> Reply:
        """A request to a part that not every daemon has."""
        if isinstance(request, ClockRequest) and self._embedded:
            return self._ask("world", request.call, CLOCK_TIMEOUT_S, wait_s)
        if isinstance(request, HeartbeatRequest) and self._directory.entry("heartbeat") is not None:
            return self._ask("heartbeat", request.without_id, HEARTBEAT_TIMEOUT_S, wait_s)
        if isinstance(request, ClockRequest):
            return _refused(RefusedError("needs_embedded_world", NO_CLOCK))
        return _refused(RefusedError("unavailable", NO_HEARTBEAT))

    def _look_into_game_data(self, request: GameDataRequest, wait_s: float) -> Reply:
        if not self._game_data:
            return _refused(RefusedError("unavailable", NO_GAME_DATA))
        if isinstance(request, RouteRequest) and request.start is None:
            request = request.model_copy(update={"start": self._where(self.player)})
        return self._ask("game-data", request, GAME_DATA_TIMEOUT_S, wait_s)

    def _where(self, player: str) -> Place | None:
        snapshot = self.perceptions.snapshot(player)
        position = None if snapshot is None else snapshot.position
        return None if position is None else Place(cell=position.cell, x=position.x, y=position.y, z=position.z)

    def _flight(self) -> Reply:
        reply = Reply()

        def write() -> None:
            try:
                dump = self._dump_flight()
                if dump is not None:
                    reply.set(dump)
                else:
                    reply.fail(RefusedError("unavailable", NO_FLIGHT))
            except HostError as error:
                reply.fail(RefusedError("unavailable", str(error)))
            except Exception as error:
                log.exception("the flight recorder could not be dumped")
                reply.fail(RefusedError("internal", f"the flight recorder could not be dumped: {error!r}"))

        threading.Thread(target=write, name="flight dump").start()  # it writes megabytes
        return reply

    def _ask(self, actor: str, message: object, takes_s: float, wait_s: float) -> Reply:
        longest_s = takes_s + ANSWER_MARGIN_S
        return self._directory.ask(actor, message, timeout_s=longest_s, wait_s=min(wait_s, takes_s))

    def _command(self, request: CommandRequest) -> CommandRequest:
        """The request with its player, and with a deadline that counts from now."""
        latest = time.monotonic() + request.timeout_s
        deadline = latest if request.deadline is None else min(request.deadline, latest)
        arguments = with_player(request.name, request.arguments, self.player)
        if arguments == request.arguments and deadline == request.deadline:
            return request
        return request.model_copy(update={"arguments": arguments, "deadline": deadline})


def _refused(error: RefusedError) -> Reply:
    reply = Reply()
    reply.fail(error)
    return reply


def _at_once(find: Callable[[], object]) -> Reply:
    reply = Reply()
    try:
        reply.set(find())
    except (RefusedError, ActorError) as error:
        reply.fail(error)
    return reply
