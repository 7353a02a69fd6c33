"""The link's state machine, as a table. Sans-I/O: what monitor and peer say goes in, states come out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


@dataclass(frozen=True)
class ServerClock:
    """The server's clock as this process knows it: never ahead of the truth, so that no deadline is late."""

    offset_ms: float

    @classmethod
    def heard(cls, server_now_ms: int, received_at_s: float) -> ServerClock:
        """From a message's `now` and the monotonic time of its arrival; the way here only makes it a little early."""
        return cls(server_now_ms - received_at_s * 1000)

    def deadline(self, at_s: float) -> int:
        """A monotonic time of ours, on the server's clock, in whole milliseconds."""
        return max(0, int(self.offset_ms + at_s * 1000))


class LinkState(Enum):
    """How far a connection incarnation has come. `UP` means handshake done and welcomed, not merely connected."""

    RESOLVING = "resolving"
    """The server's name is being looked up."""
    CONNECTING = "connecting"
    HANDSHAKING = "handshaking"
    GREETING = "greeting"
    UP = "up"
    SUSPECT = "suspect"
    """Up, but silent for longer than it should be: commands still go out, and it is said that it may be lost."""
    DOWN = "down"

    @property
    def carries(self) -> bool:
        """Whether messages can be sent: the link has come up and is not down."""
        return self in (LinkState.UP, LinkState.SUSPECT)


class Signal(Enum):
    """What can happen to a connection."""

    RESOLVED = auto()
    UNRESOLVED = auto()
    """No host of that name was found."""
    CONNECTED = auto()
    HANDSHAKEN = auto()
    WELCOMED = auto()
    SILENT = auto()
    """Nothing was heard for more than a heartbeat interval and its answer's time."""
    HEARD = auto()
    """Something was."""
    REFUSED = auto()
    """The connection could not be made, or the peer ended it amid the handshake."""
    DROPPED = auto()
    """The connection ended. Amid the handshake libzmq says so of a peer whose greeting is none."""
    REJECTED = auto()
    """The peer refused the handshake's credentials."""
    MISMATCHED = auto()
    """The peer has another security mechanism."""
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
        Signal.HANDSHAKEN: LinkState.GREETING,
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
        Signal.HEARD: LinkState.UP,
        Signal.DROPPED: LinkState.DOWN,
    },
    LinkState.DOWN: {},
}
_WHY: dict[tuple[LinkState, Signal], str] = {
    (LinkState.RESOLVING, Signal.UNRESOLVED): "no host of that name was found: are address and network right?",
    (LinkState.RESOLVING, Signal.MUTE): "the name service did not answer: is the address right, and the network up?",
    (LinkState.CONNECTING, Signal.MUTE): "nobody answers there: is the address right, and reachable from here?",
    (LinkState.CONNECTING, Signal.REFUSED): "nobody listens there: is the game server running, with the bridge loaded?",
    (LinkState.CONNECTING, Signal.DROPPED): "nobody listens there: is the game server running, with the bridge loaded?",
    (LinkState.HANDSHAKING, Signal.REJECTED): "the server refused the token: is it the one in the server's token file?",
    (LinkState.HANDSHAKING, Signal.MISMATCHED): "the server has another security mechanism: its setting `mechanism`"
    " and link.mechanism here must be the same",
    (LinkState.HANDSHAKING, Signal.REFUSED): "the server closed the connection during the handshake",
    (LinkState.HANDSHAKING, Signal.DROPPED): "what listens there is no bridge",
    (LinkState.HANDSHAKING, Signal.MUTE): "what listens there did not finish the handshake in time",
    (
        LinkState.GREETING,
        Signal.MUTE,
    ): "what listens there did not answer the hello: it is no bridge, or is frozen",
}


def advance(state: LinkState, signal: Signal) -> LinkState:
    """The next state; a signal that means nothing in this state leaves it."""
    return TRANSITIONS[state].get(signal, state)


def why_down(
    state: LinkState, signal: Signal, *, silent_s: float, patience_s: float, stood_still_s: float = 0.0
) -> str:
    """Why a link that was in `state` went down, as an operator would say it.

    `silent_s` is how long nothing had been heard, `patience_s` the heartbeat timeout in force, `stood_still_s` how long
    this process itself had not run just before.
    """
    if state.carries and stood_still_s:
        return (
            f"this daemon itself stood still for {stood_still_s:.1f} s, and the link was lost meanwhile: it was stopped"
            " (SIGSTOP), or the machine is overloaded"
        )
    if state.carries and silent_s >= patience_s:
        return f"the server has been silent for {silent_s:.1f} s: frozen, or the network is gone"
    return _WHY.get((state, signal), "the server closed the connection")


def wants_a_look(state: LinkState, signal: Signal) -> bool:
    """Whether libzmq's word leaves open what is wrong, and what the peer says (`greeting.describe`) would tell."""
    return state is LinkState.HANDSHAKING and signal in (Signal.DROPPED, Signal.MUTE)
