from .client import AsyncDaemon, Daemon, aconnect, connect
from .daemon import Runtime
from .errors import Refused, RefusedError, TimmyError
from .protocol import ActionResult, CommandResult, GameState, Health, PerceptionOutput
from .version import __version__

__all__ = [
    "ActionResult",
    "AsyncDaemon",
    "CommandResult",
    "Daemon",
    "GameState",
    "Health",
    "PerceptionOutput",
    "Refused",
    "RefusedError",
    "Runtime",
    "TimmyError",
    "__version__",
    "aconnect",
    "connect",
]
