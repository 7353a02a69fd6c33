"""An actor-based supervision runtime that keeps an agent alive in a game world.

In process: `Runtime.from_config()`. From another process: `connect()`. Both have `snapshot`, `command`, `status`,
and for a game on a screen `capture` and `execute`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timmy_actors.client import Daemon, connect
    from timmy_actors.daemon import Runtime
    from timmy_actors.errors import Refused, TimmyError
    from timmy_actors.protocol import ActionResult, CommandResult, GameState, Health, PerceptionOutput
    from timmy_actors.version import __version__

__all__ = [
    "ActionResult",
    "CommandResult",
    "Daemon",
    "GameState",
    "Health",
    "PerceptionOutput",
    "Refused",
    "Runtime",
    "TimmyError",
    "__version__",
    "connect",
]

_HOMES = {
    "ActionResult": "timmy_actors.protocol.action",
    "CommandResult": "timmy_actors.protocol.outcome",
    "Daemon": "timmy_actors.client.connection",
    "GameState": "timmy_actors.protocol.game_state",
    "Health": "timmy_actors.protocol.health",
    "PerceptionOutput": "timmy_actors.protocol.perception",
    "Refused": "timmy_actors.errors",
    "Runtime": "timmy_actors.daemon.runtime",
    "TimmyError": "timmy_actors.errors",
    "__version__": "timmy_actors.version",
    "connect": "timmy_actors.client.connection",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the embedded world's process needs none of them (0.4 s, 20 MB)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
