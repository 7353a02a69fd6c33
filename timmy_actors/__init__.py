"""An actor-based supervision runtime that keeps an agent alive in a game world.

In process: `Runtime.from_config()`. From another process: `connect()`. Both have `snapshot`, `command`, `status`,
and for a game on a screen `capture` and `execute`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timmy_actors.client.daemon import Daemon, connect
    from timmy_actors.errors import Refused, TimmyError
    from timmy_actors.model.action import ActionResult
    from timmy_actors.model.game_state import GameState
    from timmy_actors.model.health import Health
    from timmy_actors.model.outcome import CommandResult
    from timmy_actors.model.perception import PerceptionOutput
    from timmy_actors.runtime import Runtime
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
    "ActionResult": "timmy_actors.model.action",
    "CommandResult": "timmy_actors.model.outcome",
    "Daemon": "timmy_actors.client.daemon",
    "GameState": "timmy_actors.model.game_state",
    "Health": "timmy_actors.model.health",
    "PerceptionOutput": "timmy_actors.model.perception",
    "Refused": "timmy_actors.errors",
    "Runtime": "timmy_actors.runtime",
    "TimmyError": "timmy_actors.errors",
    "__version__": "timmy_actors.version",
    "connect": "timmy_actors.client.daemon",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the embedded world's process needs none of them (0.4 s, 20 MB)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
