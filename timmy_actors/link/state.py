"""The state machine of a connection as a table, and the game server's clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True)
class ServerClock:
    """An estimate of the server's clock that is never ahead of it, so that no deadline is late."""

    offset_ms: float

    @classmethod
    def measured(cls, server_now_ms: int, received_at_s: float) -> ServerClock:
        """From a message's `now` and the monotonic time of its arrival; the estimate is early by the transit time."""
        return cls(server_now_ms - received_at_s * 1000)

    def deadline(self, at_s: float) -> int:
        """Convert a local monotonic time to the server's clock, in whole milliseconds."""
        return max(0, int(self.offset_ms + at_s * 1000))


class LinkState(Enum):
    """The state of a connection incarnation. `UP` means that the welcome arrived, not merely that TCP connected."""

    RESOLVING = "resolving"
    """The server's name is being resolved."""
    CONNECTING = "connecting"
    HANDSHAKING = "handshaking"
    GREETING = "greeting"
    UP = "up"
    SUSPECT = "suspect"
    """Up, but silent for too long: commands are still sent, and health reports that the link may be lost."""
    DOWN = "down"

    @property
    def carries(self) -> bool:
        """Whether messages can be sent."""
        return self in (LinkState.UP, LinkState.SUSPECT)


class Signal(Enum):
    """An event of a connection."""

    RESOLVED = auto()
    UNRESOLVED = auto()
    """The server's name could not be resolved."""
    CONNECTED = auto()
    HANDSHAKE_DONE = auto()
    WELCOMED = auto()
    SILENT = auto()
    """No message was received for more than a heartbeat interval and the time of its answer."""
    RECEIVED = auto()
    """A message was received after a silence."""
    REFUSED = auto()
    """The connection was refused, or the peer closed it during the handshake."""
    DROPPED = auto()
    """The connection ended. During the handshake libzmq also reports this for an invalid greeting."""
    REJECTED = auto()
    """The peer rejected the credentials."""
    MISMATCHED = auto()
    """The peer uses another security mechanism."""
    MUTE = auto()
    """The peer did not answer in time."""


Row: TypeAlias = dict[Signal, LinkState]
TRANSITIONS: dict[LinkState, Row] = {
    LinkState.RESOLVING: {
        Signal.RESOLVED: LinkState.CONNECTING,
        Signal.UNRESOLVED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.CONNECTING: {
        Signal.CONNECTED: LinkState.HANDSHAKING,
        Signal.REFUSED: LinkState.DOWN,
        Signal.DROPPED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.HANDSHAKING: {
        Signal.HANDSHAKE_DONE: LinkState.GREETING,
        Signal.REFUSED: LinkState.DOWN,
        Signal.DROPPED: LinkState.DOWN,
        Signal.REJECTED: LinkState.DOWN,
        Signal.MISMATCHED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.GREETING: {
        Signal.WELCOMED: LinkState.UP,
        Signal.DROPPED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.UP: {
        Signal.SILENT: LinkState.SUSPECT,
        Signal.DROPPED: LinkState.DOWN,
    },
    LinkState.SUSPECT: {
        Signal.RECEIVED: LinkState.UP,
        Signal.DROPPED: LinkState.DOWN,
    },
    LinkState.DOWN: {},
}
_WHY: dict[tuple[LinkState, Signal], str] = {
    (LinkState.RESOLVING, Signal.UNRESOLVED): "the host name could not be resolved: check the address and the network",
    (LinkState.RESOLVING, Signal.MUTE): "the name service did not answer: check the address and the network",
    (LinkState.CONNECTING, Signal.MUTE): "no answer from the address: check that it is correct and reachable from here",
    (
        LinkState.CONNECTING,
        Signal.REFUSED,
    ): "connection refused: start the game server with the bridge loaded, or correct the address",
    (
        LinkState.CONNECTING,
        Signal.DROPPED,
    ): "connection refused: start the game server with the bridge loaded, or correct the address",
    (LinkState.HANDSHAKING, Signal.REJECTED): "the server refused the token: use the one in the server's token file",
    (LinkState.HANDSHAKING, Signal.MISMATCHED): "the server uses another security mechanism: set its `mechanism`"
    " and link.mechanism here to the same value",
    (LinkState.HANDSHAKING, Signal.REFUSED): "the server closed the connection during the handshake",
    (LinkState.HANDSHAKING, Signal.DROPPED): "the peer is not a bridge",
    (LinkState.HANDSHAKING, Signal.MUTE): "the peer did not finish the handshake in time",
    (
        LinkState.GREETING,
        Signal.MUTE,
    ): "the peer did not answer the hello: it is not a bridge, or is frozen",
}


def advance(state: LinkState, signal: Signal) -> LinkState:
    """The next state; a signal without an entry for this state does not change it."""
    return TRANSITIONS[state].get(signal, state)


def why_down(
    state: LinkState, signal: Signal, *, silent_s: float, patience_s: float, stood_still_s: float = 0.0
) -> str:
    """Explain to the operator why a link in `state` went down.

    `silent_s` is the time since the last message, `patience_s` the heartbeat timeout, `stood_still_s` how long this
    process itself was suspended just before.
    """
    if state.carries and stood_still_s:
        return (
            f"this daemon itself stood still for {stood_still_s:.1f} s, which ended the link: the daemon was stopped"
            " (SIGSTOP), or the machine is overloaded"
        )
    if state.carries and silent_s >= patience_s:
        return f"the server has been silent for {silent_s:.1f} s: it is frozen, or the network is down"
    return _WHY.get((state, signal), "the server closed the connection")


def needs_probe(state: LinkState, signal: Signal) -> bool:
    """Whether libzmq's event leaves the cause open, so that the peer's first bytes (`probe.describe`) are needed."""
    return state is LinkState.HANDSHAKING and signal in (Signal.DROPPED, Signal.MUTE)
