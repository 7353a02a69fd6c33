from .async_connection import AsyncDaemon, aconnect
from .call import Call
from .calls import AsyncCalls, Calls
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
