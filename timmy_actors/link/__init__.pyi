from .actor import ConnectionActor
from .game_socket import Resolver
from .greeting import greet
from .messages import LinkDown, LinkUp, Received, Transmit
from .options import LinkOptions, Tap
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
    "Tap",
    "Transmit",
    "greet",
    "probe_peer",
]
