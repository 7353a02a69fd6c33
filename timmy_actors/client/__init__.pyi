from .async_connection import AsyncDaemon, aconnect
from .calls import AsyncCalls, Call, Calls
from .connection import Daemon, connect
from .endpoint import EndpointLock, endpoint_path, peer_of, resolve_endpoint
from .watching import DaemonWatch

__all__ = [
    "AsyncCalls",
    "AsyncDaemon",
    "Call",
    "Calls",
    "Daemon",
    "DaemonWatch",
    "EndpointLock",
    "aconnect",
    "connect",
    "endpoint_path",
    "peer_of",
    "resolve_endpoint",
]
