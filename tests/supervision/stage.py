"""A test stage for a `SupervisorState`: it simulates the children, advances the time, and checks the due times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from timmy_actors.errors import ActorFailureError, HungError
from timmy_actors.supervision import AutoShutdown, Backoff, ChildSpec, Intensity, RestartType, Strategy
from timmy_actors.supervision.actor import Actor
from timmy_actors.supervision.effects import Effect, Ended, Exit, Launch, Stop
from timmy_actors.supervision.state_machine import SupervisorState

E = TypeVar("E")

PERMANENT, TRANSIENT, TEMPORARY = RestartType.PERMANENT, RestartType.TRANSIENT, RestartType.TEMPORARY
ONE_FOR_ONE, ONE_FOR_ALL, REST_FOR_ONE = Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE
BACKOFF = Backoff(base_s=1.0, cap_s=8.0, stable_after_s=10.0)
START_S, SHUTDOWN_S = 30.0, 5.0
BUG = ValueError("bug")


class LinkGoneError(ActorFailureError):
    """An expected reason."""


EXPECTED = LinkGoneError("link")


def spec(name: str, restart: RestartType = PERMANENT, **changes: Any) -> ChildSpec:
    """A child with an expected reason and round numbers."""
    settings = {"expected": (LinkGoneError,), "backoff": BACKOFF, "start_s": START_S, "shutdown_s": SHUTDOWN_S}
    return ChildSpec(name, Actor, restart, **{**settings, **changes})


@dataclass
class Behaviour:
    """How a child behaves when it is launched or stopped; by default correctly."""

    start: str | BaseException = "up"
    """`up`, `mute`, or the exception with which the start fails."""
    stop: str | BaseException | None = None
    """The exception or None with which it ends, or `mute`."""


@dataclass
class Stage:
    """Launched children come up and stopped children stop at once, unless `behave` sets another behaviour."""

    children: Iterable[ChildSpec]
    strategy: Strategy = ONE_FOR_ONE
    intensity: Intensity = field(default_factory=lambda: Intensity(failures=100, period_s=5.0))
    auto_shutdown: AutoShutdown = AutoShutdown.NEVER
    seed: int = 1
    now: float = 0.0
    log: list[Effect] = field(default_factory=list)
    behaves: dict[str, Behaviour] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = SupervisorState(
            list(self.children),
            strategy=self.strategy,
            intensity=self.intensity,
            auto_shutdown=self.auto_shutdown,
            random=Random(self.seed),
        )

    def behave(self, name: str, **how: Any) -> None:
        """Set a child's behaviour."""
        self.behaves[name] = Behaviour(**how)

    def begin(self) -> Stage:
        """Start the children and discard the effects."""
        self.play(self.plan.begin(self.now))
        self.log.clear()
        return self

    def end(self, name: str, reason: BaseException | None) -> None:
        """A child ends by itself."""
        self.play(self.plan.ended(name, self.generation(name), reason, self.now))

    def hang(self, name: str) -> None:
        """A child's loop does not run."""
        self.play(self.plan.hung(name, self.generation(name), self.now))

    def close(self) -> None:
        """The supervisor is asked to stop."""
        self.play(self.plan.close(self.now))

    def tick(self) -> None:
        """Advance to the next due time."""
        due = self.plan.due()
        assert due is not None
        assert due >= self.now
        self.now = due
        self.play(self.plan.tick(self.now))
        after = self.plan.due()
        assert after is None or after > self.now, "what was due is still due"

    def play_out(self, ticks: int = 100) -> None:
        """Advance the time until nothing is due."""
        for _ in range(ticks):
            if self.plan.due() is None:
                return
            self.tick()
        raise AssertionError("it never comes to rest")

    def play(self, effects: Iterable[Effect]) -> None:
        """Execute effects, including the children's reactions."""
        todo = deque(effects)
        while todo:
            effect = todo.popleft()
            self.log.append(effect)
            todo.extend(self._answer(effect))

    def generation(self, name: str) -> int:
        """A child's latest generation."""
        child = self.plan.child(name)
        assert child is not None
        return child.generation

    def state(self, name: str) -> str:
        """The state of a child."""
        child = self.plan.child(name)
        return child.state.name if child is not None else "GONE"

    def of(self, kind: type[E]) -> list[E]:
        """The effects of one kind."""
        return [effect for effect in self.log if isinstance(effect, kind)]

    @property
    def launched(self) -> list[str]:
        """The launched children, in order."""
        return [effect.child for effect in self.of(Launch)]

    @property
    def stopped(self) -> list[str]:
        """The children asked to stop, in order."""
        return [effect.child for effect in self.of(Stop)]

    @property
    def ends(self) -> list[tuple[str, bool]]:
        """The ended children, in order, and whether they were asked to stop."""
        return [(effect.child, effect.asked) for effect in self.of(Ended)]

    @property
    def exits(self) -> list[BaseException | None]:
        """How the supervisor ended, if it did."""
        return [effect.reason for effect in self.of(Exit)]

    def _answer(self, effect: Effect) -> Iterable[Effect]:
        answers: dict[type[Effect], Callable[[Any], Iterable[Effect]]] = {Launch: self._start, Stop: self._stop}
        return answers.get(type(effect), lambda _: ())(effect)

    def _start(self, launch: Launch) -> Iterable[Effect]:
        how = self.behaves.get(launch.child, Behaviour()).start
        if how == "up":
            return self.plan.started(launch.child, launch.generation, self.now)
        if isinstance(how, BaseException):
            return self.plan.ended(launch.child, launch.generation, how, self.now)
        return ()

    def _stop(self, stop: Stop) -> Iterable[Effect]:
        how = self.behaves.get(stop.child, Behaviour()).stop
        if how == "mute":
            return ()
        assert not isinstance(how, str)
        return self.plan.ended(stop.child, self.generation(stop.child), how, self.now)


NAMES = ["a", "b", "c", "d"]
NEIGHBOURS = {"a": PERMANENT, "b": TEMPORARY, "c": TRANSIENT, "d": PERMANENT}
LIFE_ENDS = {"normal": None, "unexpected": BUG, "expected": EXPECTED, "hung": HungError("stuck")}


def four(types: dict[str, RestartType], strategy: Strategy, failures: int = 100) -> Stage:
    children = [spec(name, types[name]) for name in NAMES]
    return Stage(children, strategy, Intensity(failures=failures, period_s=5.0))


def strike(stage: Stage, name: str, how: str) -> None:
    if how == "hung":
        stage.hang(name)
    else:
        stage.end(name, LIFE_ENDS[how])


def types_with(failing: str, restart: RestartType) -> dict[str, RestartType]:
    return {**NEIGHBOURS, failing: restart}


def fail_often(stage: Stage, name: str, times: int) -> None:
    for _ in range(times):
        stage.end(name, EXPECTED)
        if stage.plan.due() is not None:
            stage.tick()
