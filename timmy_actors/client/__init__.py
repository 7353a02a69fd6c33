"""What another process imports to talk to a running daemon."""

from timmy_actors.client.connection import Daemon, connect
from timmy_actors.client.endpoint import EndpointLock, endpoint_path, resolve_endpoint
from timmy_actors.client.watching import DaemonWatch

__all__ = [
    "Daemon",
    "DaemonWatch",
    "EndpointLock",
    "connect",
    "endpoint_path",
    "resolve_endpoint",
]
