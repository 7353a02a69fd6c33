from .connection import Daemon, connect
from .endpoint import EndpointLock, endpoint_path, resolve_endpoint
from .watching import DaemonWatch

__all__ = [
    "Daemon",
    "DaemonWatch",
    "EndpointLock",
    "connect",
    "endpoint_path",
    "resolve_endpoint",
]
