"""The typed calls on a world in lockstep: time passes only while a call waits, and in `step`."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, TypeVar

from timmy_actors.client import Call, Calls
from timmy_actors.embedded import LockstepTurn, Turns
from timmy_actors.errors import RefusedError, WatchTimeoutError
from timmy_actors.gamedata import Answers, GameDataRequest, Library
from timmy_actors.perception import add_words, add_words_to_event, merge, shows
from timmy_actors.protocol import (
    Answer,
    ClockRequest,
    CommandRequest,
    CommandResult,
    DescribeRequest,
    ErrorInfo,
    Event,
    LookUpRequest,
    Perception,
    PerceptionOutput,
    Place,
    Push,
    Revision,
    RouteRequest,
    SnapshotRequest,
    TerrainRequest,
    TimePassed,
    WorldClock,
    parse_command,
    wire_arguments,
    with_player,
)

WAIT_MS = 50
"""How much time passes between two looks, while a call waits: a step of the world."""
OWNER = "lockstep"
ANSWERED_IN = {"describe": "description", "look_up": "matches", "route": "route", "terrain": "terrain"}
"""The field of an answer for each request about the game's data files."""

T = TypeVar("T")


class Taken(NamedTuple):
    """What a turn brought, as decoded JSON."""

    game_ms: int
    answers: list[dict[str, Any]]
    """The results of this turn's command and earlier ones."""
    events: list[dict[str, Any]]
    perception: dict[str, Any] | None


class LockstepGame(Calls):
    """A game whose time waits for its caller: `PlayerBody(LockstepGame(world))` is a body in it.

    A world in lockstep is always frozen: `step` lets time pass, `command` the time that it takes, `snapshot(after=...)`
    that until the effect shows, and a watch that until something happens. Timeouts and deadlines count game time. There
    are no other calls: `status`, `submit` and those of portals are refused as `unavailable`.

    Args:
        library: the index of the game's data files, for words in snapshots, and for `describe`, `look_up` and `route`.
    """

    def __init__(self, world: Turns, player: str = "Timmy", *, library: Library | None = None) -> None:
        self.world = world
        self.player = player
        self._library = library
        self._answers = None if library is None else Answers(library)
        self.game_ms = 0
        """The game time since the world's start."""
        self.own_clock = LockstepClock(self)
        self._steps = 0
        self._reported = TimePassed(game_ms=0, real_ms=0, steps=0)
        self.take(0)  # the world may have been played before: deadlines count from its time

    def take(self, ms: int, command: str | None = None, observe: str | None = None) -> Taken:
        """Take a turn with messages that are encoded already: see `command_message` and `observe_message`."""
        taken = Taken(**json.loads(self.world.turn(LockstepTurn(command, ms, observe))))
        self.game_ms = taken.game_ms
        return taken

    def watch(
        self, player: str | None = None, *, events: Collection[str] | None = None, snapshots: bool | None = None
    ) -> LockstepWatch:
        """Watch events and snapshots: each `read` lets time pass, until there is one."""
        return LockstepWatch(self, player or self.player, events, snapshots=snapshots is not False)

    def command_message(self, name: str, arguments: dict[str, Any], *, timeout_s: float, command_id: str) -> str:
        """A command as a message, validated.

        Raises:
            RefusedError: `unknown_command`, or `bad_arguments` with the invalid field.
        """
        wired = wire_arguments(parse_command(name, with_player(name, arguments, self.player)))
        deadline = self.game_ms + int(timeout_s * 1000)
        message = {"type": "command", "id": command_id, "name": name, "arguments": wired, "deadline": deadline}
        return json.dumps(message)

    def _ask(self, call: Call[T]) -> T:
        answer: dict[str, Any] = {}
        match call.request:
            case CommandRequest(until="done") as request:
                result = self._command(request)
                answer = {"command_id": result.id, **dict(result)}
                del answer["id"], answer["error"]
            case SnapshotRequest() as request:
                answer["snapshot"] = self._snapshot(request)
            case ClockRequest() as request:
                answer["clock"] = self._clock(request)
            case DescribeRequest() | LookUpRequest() | RouteRequest() | TerrainRequest() as request if (
                self._answers is not None
            ):
                answer[ANSWERED_IN[request.type]] = self._answers.answer(self._with_start(request))
            case request:
                raise RefusedError("unavailable", f"a world in lockstep has no {request.type!r}")
        return call.result(Answer(id=call.request.id, **answer))

    def _command(self, request: CommandRequest) -> CommandResult:
        key = request.command_id or request.id
        message = self.command_message(request.name, request.arguments, timeout_s=request.timeout_s, command_id=key)
        deadline = self.game_ms + int(request.timeout_s * 1000)
        answers = self.take(0, message).answers
        while not any(answer.get("id") == key for answer in answers):
            if self.game_ms > deadline + WAIT_MS:
                raise RefusedError("in_doubt", f"{request.name} was not answered before its deadline")
            answers = self.take(WAIT_MS).answers
        return self._result(next(answer for answer in answers if answer.get("id") == key))

    def _snapshot(self, request: SnapshotRequest) -> PerceptionOutput:
        message = observe_message(request.player or self.player)
        deadline = self.game_ms + int(request.timeout_s * 1000)
        seen = self.perceived(self.take(0, observe=message))
        while request.after is not None and not shows(seen, request.after):
            if self.game_ms >= deadline:
                missing = f"no perception showed revision {request.after.number} within {request.timeout_s:g} s"
                raise RefusedError("expired", missing)
            seen = self.perceived(self.take(WAIT_MS, observe=message))
        return seen

    def perceived(self, taken: Taken) -> PerceptionOutput:
        """The snapshot of a turn that had an `observe` message.

        Raises:
            RefusedError: `no_such_player`.
        """
        if taken.perception is not None and taken.perception["type"] == "error":
            raise _refusal(taken.perception["error"])
        received = Perception.model_validate(taken.perception)
        if self._library is not None:
            add_words(received, self._library)
        seen = merge(None, received, boot=OWNER, epoch=1)
        assert seen is not None, "a full perception needs no base"  # noqa: S101
        return seen

    def happened(self, event: dict[str, Any]) -> Event:
        """An event of a turn."""
        received = Event.model_validate(event)
        if self._library is not None:
            add_words_to_event(received, self._library)
        return received

    def _result(self, answer: dict[str, Any]) -> CommandResult:
        if "error" in answer:
            raise _refusal(answer["error"])
        revision = Revision(boot=OWNER, number=answer["revision"])
        return CommandResult(id=answer["id"], value=answer["value"], revision=revision, game_ms=answer["game_ms"])

    def _with_start(self, request: GameDataRequest) -> GameDataRequest:
        if not isinstance(request, RouteRequest) or request.start is not None:
            return request
        at = self.snapshot().position
        start = None if at is None else Place(cell=at.cell, x=at.x, y=at.y, z=at.z)
        return request.model_copy(update={"start": start})

    def _clock(self, request: ClockRequest) -> WorldClock:
        if request.operation == "thaw":
            raise RefusedError("game_refused", "a world in lockstep is always frozen: its time passes in steps only")
        if request.ms is not None:
            self.take(request.ms)
            self._steps += 1
        total = TimePassed(game_ms=self.game_ms, real_ms=0, steps=self._steps)
        before, self._reported = self._reported, total
        passed = TimePassed(game_ms=total.game_ms - before.game_ms, real_ms=0, steps=total.steps - before.steps)
        return WorldClock(game_ms=total.game_ms, real_ms=0, steps=total.steps, frozen_by=OWNER, passed=passed)


class LockstepClock:
    """The time of a world in lockstep, for verbs and waits: a pause lets it pass."""

    def __init__(self, game: LockstepGame) -> None:
        self._game = game

    def now(self) -> float:
        """The game time in seconds."""
        return self._game.game_ms / 1000

    def pause(self, seconds: float, cancel: threading.Event) -> None:  # noqa: ARG002  no other thread plays in lockstep
        """Let game time pass."""
        self._game.take(max(1, round(seconds * 1000)))


class LockstepWatch(AbstractContextManager["LockstepWatch"]):
    """What happens in a world in lockstep while its time passes: events, and a snapshot after each step of the world.

    Args:
        events: the names of the events to report; None: all.
    """

    def __init__(self, game: LockstepGame, player: str, events: Collection[str] | None, *, snapshots: bool) -> None:
        self._game = game
        self._observe = observe_message(player) if snapshots else None
        self._events = events
        self._pending: deque[Push] = deque()

    def read(self, timeout_s: float | None) -> Push:
        """The next push.

        Raises:
            WatchTimeoutError: none came within `timeout_s` of game time.
        """
        left_ms = None if timeout_s is None else round(timeout_s * 1000)
        while not self._pending:
            if left_ms is not None and left_ms <= 0:
                raise WatchTimeoutError.after(timeout_s)
            ms = WAIT_MS if left_ms is None else min(WAIT_MS, left_ms)
            self._pending.extend(self._pass(ms))
            left_ms = None if left_ms is None else left_ms - ms
        return self._pending.popleft()

    def _pass(self, ms: int) -> Iterator[Push]:
        taken = self._game.take(ms, observe=self._observe)
        for event in taken.events:
            if self._events is None or event["event"] in self._events:
                yield Push(event=self._game.happened(event))
        if taken.perception is not None:
            yield Push(snapshot=self._game.perceived(taken))

    def __exit__(self, *_: object) -> None:
        self._pending.clear()


def observe_message(
    player: str, sections: Collection[str] | None = None, *, radius: float = 4096, most: int = 64
) -> str:
    """A request for a player's perception, as a message; None: all sections."""
    message: dict[str, Any] = {"type": "observe", "id": "observe", "player": player, "radius": radius, "most": most}
    if sections is not None:
        message["sections"] = list(sections)
    return json.dumps(message)


def _refusal(fields: dict[str, Any]) -> RefusedError:
    error = ErrorInfo.model_validate(fields)
    return RefusedError(error.code, error.message, error.field)
