from .actor import ConnectionActor, LinkOptions
from .game_socket import Resolver
from .messages import LinkDown, LinkUp, Received, Transmit
from .probe import probe_peer
from .state import ServerClock

__all__ = [
    "ConnectionActor",
    "LinkDown",
    "LinkOptions",
    "LinkUp",
    "Received",
    "Resolver",
    "ServerClock",
    "Transmit",
    "probe_peer",
]
