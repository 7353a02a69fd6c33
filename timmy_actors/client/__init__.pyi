from .clock_calls import ClockCalls
from .connection import Daemon, connect
from .endpoint import EndpointLock, endpoint_path, peer_of, resolve_endpoint
from .watching import DaemonWatch

__all__ = [
    "ClockCalls",
    "Daemon",
    "DaemonWatch",
    "EndpointLock",
    "connect",
    "endpoint_path",
    "peer_of",
    "resolve_endpoint",
]
