"""The wire to the game: message codec, link state machine, and the mailbox that also polls sockets."""

from timmy_actors.link.actor import ConnectionActor, LinkOptions
from timmy_actors.link.game_socket import Resolver
from timmy_actors.link.messages import LinkDown, LinkUp, Received, Transmit
from timmy_actors.link.state import ServerClock

__all__ = [
    "ConnectionActor",
    "LinkDown",
    "LinkOptions",
    "LinkUp",
    "Received",
    "Resolver",
    "ServerClock",
    "Transmit",
]
