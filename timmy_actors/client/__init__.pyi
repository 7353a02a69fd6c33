from .async_connection import AsyncDaemon, aconnect
from .call import Call
from .calls import AsyncCalls, Calls
from .connection import Daemon, connect
from .endpoint import EndpointLock, endpoint_path, peer_of, resolve_endpoint
from .many import snapshot_of, status_of
from .remote import resolve_address
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
    "resolve_address",
    "resolve_endpoint",
    "snapshot_of",
    "status_of",
]
