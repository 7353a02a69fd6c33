from .client import AsyncDaemon, Daemon, aconnect, connect
from .daemon import Runtime
from .errors import Refused, RefusedError, TimmyError
from .fleet import Fleet, connect_all
from .protocol import ActionResult, CommandResult, GameState, Health, PerceptionOutput
from .version import __version__

__all__ = [
    "ActionResult",
    "AsyncDaemon",
    "CommandResult",
    "Daemon",
    "Fleet",
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
    "connect_all",
]
