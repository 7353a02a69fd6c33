"""The same request to several daemons at once, in one thread: all are sent before the first answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from timmy_actors.client import calls
from timmy_actors.client.call import Call
from timmy_actors.client.connection import Daemon
from timmy_actors.errors import TimmyError

if TYPE_CHECKING:
    from timmy_actors.protocol import Health, PerceptionOutput

T = TypeVar("T")


def status_of(daemons: Mapping[str, Daemon]) -> dict[str, Health | TimmyError]:
    """The health of each daemon, or the error that its `status()` would raise. Takes as long as the slowest."""
    return _ask_all(daemons, calls.status())


def snapshot_of(daemons: Mapping[str, Daemon], player: str | None = None) -> dict[str, PerceptionOutput | TimmyError]:
    """The latest snapshot of each daemon, or the error that its `snapshot()` would raise. Takes as long as the slowest.

    Raises:
        RefusedError: `bad_arguments`: the player's name is invalid.
    """
    return _ask_all(daemons, calls.snapshot(player))


def _ask_all(daemons: Mapping[str, Daemon], call: Call[T]) -> dict[str, T | TimmyError]:
    begun = {name: _outcome(daemon.begin, call) for name, daemon in daemons.items()}
    return {name: _outcome(finish) if callable(finish) else finish for name, finish in begun.items()}


def _outcome(ask: Callable[..., T], *arguments: object) -> T | TimmyError:
    try:
        return ask(*arguments)
    except TimmyError as error:
        return error
