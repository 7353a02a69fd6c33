"""A tree of 4 levels and more than 400 actors, random failures in it, and a record of all events."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from random import Random
from types import TracebackType

from timmy_actors.errors import ActorFailureError, FencedError, HungError
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildSpec,
    Directory,
    Intensity,
    RestartType,
    SharedValue,
    Strategy,
    SupervisionEvent,
    Supervisor,
)
from timmy_actors.supervision.events import EventStream
from timmy_actors.supervision.restart import Window

REGIONS, DISTRICTS = 4, 4
WORKERS = {Strategy.ONE_FOR_ONE: 40, Strategy.ONE_FOR_ALL: 10, Strategy.REST_FOR_ONE: 10}
"""The children of a district, few because a failure may restart all siblings."""
STRATEGIES = (Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.ONE_FOR_ONE, Strategy.REST_FOR_ONE)
RESTARTS = (RestartType.PERMANENT,) * 6 + (RestartType.TRANSIENT,) * 3 + (RestartType.TEMPORARY,)
HUNG_AFTER_S = 1.0
START_S = 0.5
STABLE_AFTER_S = 1.0
PATIENCE_S = 60.0
"""The `shutdown_s` of a supervisor, for its children to stop."""
LEDGER = "ledger"
FROM_THE_PAST = "from the past"


class ExpectedError(ActorFailureError):
    """A reason that never counts."""


class UncaughtError(BaseException):
    """An exception that no handler catches."""


class ObserverFailedError(BaseException):
    """An error of an observer, which must end no actor."""


ENDINGS: tuple[Callable[[], BaseException], ...] = (
    partial(ExpectedError, "part of life"),
    partial(ExpectedError, "again"),
    partial(ValueError, "bug"),
    partial(SystemExit, 2),
    KeyboardInterrupt,
    GeneratorExit,
    partial(UncaughtError, "not caught"),
)


class SubmitCommand(Enum):
    """The kinds of orders to a worker."""

    WORK = auto()
    FAIL = auto()
    FAIL_NEXT_START = auto()
    FAIL_NEXT_STOP = auto()
    STOP = auto()
    HANG = auto()


@dataclass(frozen=True)
class Order:
    """A message for a worker."""

    do: SubmitCommand
    error: BaseException | None = None


class Kind(Enum):
    """How a worker is created."""

    SOUND = auto()
    NEVER_STARTS = auto()
    HANGS_IN_START = auto()


@dataclass
class Life:
    """One incarnation of a worker."""

    name: str
    generation: int
    actor: Actor
    began: float
    ended: float | None = None


@dataclass
class Rule:
    """One incarnation of a supervisor."""

    name: str
    intensity: Watched
    children: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    """Children in the order in which their factories were called for the first time."""
    stops: list[str] = field(default_factory=list)
    """The children in the order in which they stopped."""
    supervisor: Supervisor | None = None

    @property
    def is_closing(self) -> bool:
        """Whether it is stopping its children permanently."""
        return self.supervisor is not None and self.supervisor._state._closing

    def attempt(self, name: str) -> None:
        """A child's factory is called."""
        if name not in self.attempts:
            self.attempts.append(name)

    def create(self, name: str, make: Callable[[], Actor]) -> Actor:
        """Create a child's actor."""
        self.attempt(name)
        return make()


@dataclass(frozen=True)
class Watched(Intensity):
    """An intensity that records its failures."""

    counted: list[float] = field(default_factory=list, compare=False)

    def window(self) -> Window:
        return NotingWindow(self)


class NotingWindow(Window):
    """A window that records its failures."""

    intensity: Watched

    def add(self, now: float) -> None:
        self.intensity.counted.append(now)
        super().add(now)


@dataclass(frozen=True)
class Paced(Backoff):
    """A backoff that checks every delay."""

    check: Callable[[int, float], None] = field(default=lambda *_: None, compare=False)

    def delay(self, restarts: int, random: Random) -> float:
        delay = super().delay(restarts, random)
        self.check(restarts, delay)
        return delay


class Recorded(EventStream):
    """All events."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[SupervisionEvent] = []
        self.up_at: dict[tuple[str, int], float] = {}

    def publish(self, event: SupervisionEvent) -> None:
        self.all.append(event)
        if event.kind == "started":
            self.up_at[event.name, event.generation] = event.at
        super().publish(event)


class Ledger(Actor):
    """Records the effects of workers."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[tuple[str, int, str]] = []

    def on_receive(self, message: tuple[str, int, str]) -> None:
        self.written.append(message)


class Worker(Actor):
    """Executes its orders and reports the effects to the ledger."""

    def __init__(self, cradle: Cradle) -> None:
        super().__init__()
        self._cradle, self._world = cradle, cradle.world
        self._fails_at_stop: BaseException | None = None
        self._stopped_itself = False

    def on_start(self) -> None:
        self._life = self._cradle.life = self._world.begin(self)
        if self._cradle.kind is Kind.HANGS_IN_START:
            self._hang()
        never = self._cradle.kind is Kind.NEVER_STARTS
        error = ExpectedError("never") if never else self._world.start_errors.pop(self.actor_name, None)
        if error is not None:
            raise error

    def on_stop(self) -> None:
        if self._cradle.rule.is_closing and not self._stopped_itself:
            self._cradle.rule.stops.append(self.actor_name)
        if self._fails_at_stop is not None:
            raise self._fails_at_stop
        self._world.end(self._life)

    def on_failure(self, _kind: object, error: BaseException | None, _traceback: TracebackType | None) -> None:
        self._world.failures.append(time.monotonic())
        self._world.end(self._life)
        if isinstance(error, UncaughtError):
            raise UncaughtError("in the cleanup as well")

    def on_receive(self, order: Order) -> object:
        match order:
            case Order(SubmitCommand.FAIL, BaseException() as error):
                raise error
            case Order(SubmitCommand.FAIL_NEXT_START, BaseException() as error):
                self._world.start_errors[self.actor_name] = error
            case Order(SubmitCommand.FAIL_NEXT_STOP, error):
                self._fails_at_stop = error
            case Order(SubmitCommand.STOP):
                self._stopped_itself = True
                self.stop()
            case Order(SubmitCommand.HANG):
                self._hang()
                return FROM_THE_PAST
        return self.actor_name, self._life.generation

    def _hang(self) -> None:
        self._world.hanging.append(self._life)
        self._world.release.wait()
        self._try(lambda: self._world.directory.tell(LEDGER, (self.actor_name, self._life.generation, FROM_THE_PAST)))
        self._try(lambda: setattr(self._world.published, "value", FROM_THE_PAST))

    def _try(self, effect: Callable[[], object]) -> None:
        try:
            effect()
        except FencedError:
            self._world.fenced.append(self.actor_name)


class Cradle:
    """One child of one supervisor incarnation; creates the child's incarnations."""

    def __init__(self, world: World, rule: Rule, name: str, kind: Kind) -> None:
        self.world, self.rule, self.name, self.kind = world, rule, name, kind
        self.life: Life | None = None
        hangs = kind is Kind.HANGS_IN_START
        base_s, cap_s = (0.2, 1.0) if hangs else (0.01, 0.05)
        self._backoff = Paced(base_s, cap_s, STABLE_AFTER_S, self._check_delay)
        self._made_at = 0.0
        self._restarts = -1

    def spec(self, restart: RestartType) -> ChildSpec:
        """The child's spec."""
        return ChildSpec(
            self.name,
            self._make,
            restart,
            expected=(ExpectedError, HungError),
            backoff=self._backoff,
            start_s=START_S if self.kind is Kind.HANGS_IN_START else PATIENCE_S,
            shutdown_s=0.1 if self.kind is Kind.HANGS_IN_START else HUNG_AFTER_S,
            hung_after_s=HUNG_AFTER_S,
        )

    def _make(self) -> Worker:
        self.rule.attempt(self.name)
        self.life, self._made_at = None, time.monotonic()
        return Worker(self)

    def _check_delay(self, restarts: int, delay: float) -> None:
        now, life, world = time.monotonic(), self.life, self.world
        world.delays += 1
        if not 0.0 <= delay <= min(self._backoff.cap_s, self._backoff.ceiling(restarts)):
            world.violations.append(f"{self.name}: a delay of {delay} s after {restarts} restarts")
        if life is not None and life.ended is not None and restarts:
            up_at = world.events.up_at.get((self.name, life.generation), now)
            if life.ended - up_at >= STABLE_AFTER_S:
                world.violations.append(f"{self.name}: it was stable, and is at restart {restarts} of its backoff")
        if now - self._made_at < STABLE_AFTER_S / 2 and restarts != self._restarts + 1:
            world.violations.append(f"{self.name}: restart {restarts} of its backoff after {self._restarts}")
        self._restarts = restarts


class World:
    """The tree and its records."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.directory = Directory(orphan_limit=10_000)
        self.events = self.directory.events = Recorded()
        self.release = threading.Event()
        self.published = SharedValue("nothing yet")
        self.workers: dict[str, Strategy] = {}
        """All workers, with their supervisors' strategies."""
        self.supervisors: list[str] = []
        self.rules: list[Rule] = []
        self.lives: list[Life] = []
        self.failures: list[float] = []
        self.hanging: list[Life] = []
        self.fenced: list[str] = []
        self.delays = 0
        self.violations: list[str] = []
        self.start_errors: dict[str, BaseException] = {}
        self._living: dict[str, list[Life]] = defaultdict(list)
        self._lock = threading.Lock()
        self.root = self._root()

    def begin(self, actor: Actor) -> Life:
        """A worker starts."""
        life = Life(actor.actor_name, actor.actor_lifecycle._generation, actor, time.monotonic())  # type: ignore[attr-defined]
        with self._lock:
            beside = [other for other in self._living[life.name] if not other.actor.actor_fenced]
            if beside and not actor.actor_fenced:
                self.violations.append(f"{life.name}: {life.generation} lives beside {beside[0].generation}")
            self._living[life.name].append(life)
            self.lives.append(life)
        return life

    def end(self, life: Life) -> None:
        """A worker has finished its cleanup."""
        with self._lock:
            life.ended = time.monotonic()
            self._living[life.name].remove(life)

    def _root(self) -> Supervisor:
        rule = Rule("root", Watched(1_000_000, 1.0))
        ledger = ChildSpec(LEDGER, partial(rule.create, LEDGER, Ledger), hung_after_s=None)
        regions = [self._nested(rule, f"r{number}", self._region) for number in range(REGIONS)]
        root = self._supervisor(rule, Strategy.ONE_FOR_ONE, [ledger, *regions])
        root.actor_name = "root"
        return root

    def _region(self, name: str) -> Supervisor:
        rule = Rule(name, Watched(4, 1.0))
        districts = [self._nested(rule, f"{name}.d{number}", self._district) for number in range(DISTRICTS)]
        return self._supervisor(rule, Strategy.ONE_FOR_ONE, districts)

    def _district(self, name: str) -> Supervisor:
        strategy = STRATEGIES[int(name[-1])]
        rule, random = Rule(name, Watched(15, 1.0)), Random(name)
        specs = [
            Cradle(self, rule, f"{name}.w{n}", Kind.SOUND).spec(random.choice(RESTARTS))
            for n in range(WORKERS[strategy])
        ]
        if strategy is Strategy.ONE_FOR_ONE:
            specs += [Cradle(self, rule, f"{name}.never", Kind.NEVER_STARTS).spec(RestartType.PERMANENT)]
        if name.endswith(".d0"):
            specs += [Cradle(self, rule, f"{name}.stuck", Kind.HANGS_IN_START).spec(RestartType.TRANSIENT)]
        self.workers |= {spec.id: strategy for spec in specs if ".w" in spec.id}
        return self._supervisor(rule, strategy, specs)

    def _nested(self, rule: Rule, name: str, make: Callable[[str], Supervisor]) -> ChildSpec:
        if name not in self.supervisors:
            self.supervisors.append(name)
        factory = partial(rule.create, name, partial(make, name))
        backoff = Backoff(0.01, 0.05, STABLE_AFTER_S)
        return ChildSpec(name, factory, backoff=backoff, start_s=None, shutdown_s=PATIENCE_S, hung_after_s=PATIENCE_S)

    def _supervisor(self, rule: Rule, strategy: Strategy, specs: list[ChildSpec]) -> Supervisor:
        rule.children = [spec.id for spec in specs]
        self.rules.append(rule)
        rule.supervisor = Supervisor(
            specs, self.directory, strategy=strategy, intensity=rule.intensity, random=Random(self.random.random())
        )
        return rule.supervisor
