"""Shared by the examples: workers that print when they start and stop, and a tree in virtual time."""

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
    """The exit reason of workers in these examples.

    The log shows an `ActorFailureError` in one line, and any other exception with its traceback.
    """


class Worker(Actor):
    """Prints when it starts and stops, and answers with the message."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def on_start(self) -> None:
        """Print the start."""
        show(f"  {self._name} starts")

    def on_stop(self) -> None:
        """Print the stop."""
        show(f"  {self._name} stops")

    def on_receive(self, message: Any) -> Any:
        """Answer with the message."""
        return message


def worker(name: str) -> ChildSpec:
    """The spec of a permanent worker."""
    return ChildSpec(name, partial(Worker, name))


@dataclass
class Stage:
    """A running tree with its directory and clock."""

    supervisor: Supervisor
    directory: Directory
    clock: VirtualClock

    def crash(self, name: str) -> None:
        """Make a child fail, and wait until every actor is idle again."""
        show(f"{name} fails")
        fail(self.directory, name, BrokenError("on purpose"))
        self.clock.settle()


@contextmanager
def running(children: Sequence[ChildSpec], strategy: Strategy = Strategy.ONE_FOR_ONE) -> Iterator[Stage]:
    """Start a tree, and stop it at the end."""
    clock = VirtualClock()
    directory = Directory(clock=clock)
    supervisor = Supervisor(children, directory, strategy=strategy)
    show(f"{strategy.value}: all children start")
    supervisor.launch()
    clock.settle()
    try:
        yield Stage(supervisor, directory, clock)
    finally:
        show("the supervisor is asked to stop")
        supervisor.stop()
        clock.settle()


def show(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201  examples print
