"""Actors that call the functions they receive, with records of their lifecycles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tests.waiting import eventually
from timmy_actors.supervision import Actor, ChildSpec, ChildState, Directory, Entry, Intensity, Supervisor
from timmy_actors.supervision.actor import Lifecycle

if TYPE_CHECKING:
    from pykka import ActorRef

A = TypeVar("A", bound=Actor)
Step = Callable[[], object]

PATIENCE_S = 10.0


class Life(Lifecycle):
    """Records the lifecycle messages that a supervisor would receive."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()
        self.downs: list[BaseException | None] = []

    def started(self) -> None:
        self.began.set()

    def down(self, reason: BaseException | None) -> None:
        self.downs.append(reason)
        self.ended.set()


class Doer(Actor):
    """Calls each message with itself as the argument and answers with the result."""

    def __init__(self, *, on_start: Step | None = None, on_stop: Step | None = None, on_failure: Step | None = None):
        super().__init__()
        self._steps = {"start": on_start, "stop": on_stop, "failure": on_failure}

    def on_start(self) -> None:
        self._step("start")

    def on_stop(self) -> None:
        self._step("stop")

    def on_failure(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._step("failure")

    def on_receive(self, message: Callable[[Doer], Any]) -> Any:
        return message(self)

    def _step(self, name: str) -> None:
        step = self._steps[name]
        if step is not None:
            step()


def launch(actor: A) -> tuple[ActorRef[A], Life]:
    """Start an actor with a recorded lifecycle."""
    life = Life()
    actor.actor_lifecycle = life
    return actor.launch(), life


def end(actor: Actor) -> None:
    """Stop an actor and wait until its thread has ended."""
    actor.stop()
    join(actor)


def join(actor: Actor) -> None:
    """Wait until an actor's thread has ended."""
    assert actor.actor_thread is not None
    actor.actor_thread.join(PATIENCE_S)
    assert not actor.actor_thread.is_alive()


def fail(error: BaseException) -> Callable[..., Any]:
    """A step, or a message for a `Doer`, that raises `error`."""

    def step(*_: object) -> Any:
        raise error

    return step


def hold(begun: threading.Event, release: threading.Event) -> Callable[..., Any]:
    """A message for a `Doer` that keeps it busy until it is released."""

    def step(*_: object) -> None:
        begun.set()
        release.wait()

    return step


class Tree:
    """A supervisor with a recorded lifecycle and a directory; stopped at exit."""

    def __init__(self, *children: ChildSpec, intensity: Intensity | None = None) -> None:
        self.directory = Directory()
        self.life = Life()
        self.root = Supervisor(children, self.directory, intensity=intensity)
        self.root.actor_name = "root"
        self.root.actor_lifecycle = self.life

    def __enter__(self) -> Self:
        self.root.launch()
        return self

    def __exit__(self, *_: object) -> None:
        end(self.root)

    def started(self) -> Self:
        """Wait until the last child is up."""
        assert self.life.began.wait(PATIENCE_S)
        return self

    def ended(self) -> BaseException | None:
        """Wait for the supervisor's end and return its reason."""
        assert self.life.ended.wait(PATIENCE_S)
        return self.life.downs[0]

    def state(self, name: str) -> ChildState:
        """The state of a child."""
        return self.directory.entries[name].state

    def restarted(self, name: str, times: int = 1) -> Entry:
        """Wait until a child was restarted `times` times and is up."""

        def look() -> bool:
            entry = self.directory.entries[name]
            return entry.restarts == times and entry.state is ChildState.UP

        eventually(look)
        return self.directory.entries[name]

    def crash(self, name: str, error: BaseException) -> None:
        """Make a child's handler raise `error`."""
        self.directory.ref(name, PATIENCE_S).tell(fail(error))
