"""What the stories share: workers that say when they come and go, and a tree in virtual time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from timmy_actors.errors import ActorFailureError
from timmy_actors.supervision import Actor, ChildSpec, Directory, Strategy, Supervisor
from timmy_actors.supervision.testkit import VirtualClock, fail


class BrokenError(ActorFailureError):
    """Why a worker ends in these examples.

    The log gives an `ActorFailureError` one line, and any other exception its traceback.
    """


class Worker(Actor):
    """Says when it starts and stops, and echoes what it is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._called = name

    def on_start(self) -> None:
        """Say so."""
        tell(f"  {self._called} starts")

    def on_stop(self) -> None:
        """Say so."""
        tell(f"  {self._called} stops")

    def on_receive(self, message: Any) -> Any:
        """Echo."""
        return message


def worker(name: str) -> ChildSpec:
    """The spec of a permanent worker."""
    return ChildSpec(name, partial(Worker, name))


@dataclass
class Stage:
    """A tree that runs, its names and its clock."""

    supervisor: Supervisor
    directory: Directory
    clock: VirtualClock

    def crash(self, name: str) -> None:
        """Have it fail, and wait until everybody has done what follows."""
        tell(f"{name} fails")
        fail(self.directory, name, BrokenError("on purpose"))
        self.clock.settle()


@contextmanager
def running(children: Sequence[ChildSpec], strategy: Strategy = Strategy.ONE_FOR_ONE) -> Iterator[Stage]:
    """Start a tree, and stop it at the end of the story."""
    clock = VirtualClock()
    directory = Directory(clock=clock)
    supervisor = Supervisor(children, directory, strategy=strategy)
    tell(f"{strategy.value}: everybody starts")
    supervisor.launch()
    clock.settle()
    try:
        yield Stage(supervisor, directory, clock)
    finally:
        tell("the supervisor is asked to stop")
        supervisor.stop()
        clock.settle()


def tell(line: str) -> None:
    """Tell the next line of the story."""
    print(line, flush=True)  # noqa: T201  stories are told aloud
