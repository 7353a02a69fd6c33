"""An actor-based supervision runtime that keeps an agent alive in a game world.

In process: `Runtime.from_config()`. From another process: `connect()`. Both have `snapshot`, `command`, `status`.
"""

from timmy_actors.client import Daemon, connect
from timmy_actors.errors import Refused, TimmyError
from timmy_actors.model.command import CommandResult
from timmy_actors.model.health import Health
from timmy_actors.model.perception import PerceptionOutput
from timmy_actors.runtime import Runtime
from timmy_actors.version import __version__

__all__ = [
    "CommandResult",
    "Daemon",
    "Health",
    "PerceptionOutput",
    "Refused",
    "Runtime",
    "TimmyError",
    "__version__",
    "connect",
]
