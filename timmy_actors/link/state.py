"""The link's state machine, as a table. Sans-I/O: what monitor and peer say goes in, states come out."""

from __future__ import annotations

from enum import Enum, auto


class LinkState(Enum):
    """How far a connection incarnation has come. `UP` means handshake done and welcomed, not merely connected."""

    CONNECTING = "connecting"
    HANDSHAKING = "handshaking"
    GREETING = "greeting"
    UP = "up"
    DOWN = "down"


class Signal(Enum):
    """What can happen to a connection."""

    CONNECTED = auto()
    HANDSHAKEN = auto()
    WELCOMED = auto()
    CLOSED = auto()
    """The connection ended, or could not be made."""
    REJECTED = auto()
    """The peer refused the handshake's credentials."""
    MUTE = auto()
    """The peer did not finish the handshake or answer the hello in time, or speaks another protocol."""


TRANSITIONS: dict[LinkState, dict[Signal, LinkState]] = {
    LinkState.CONNECTING: {
        Signal.CONNECTED: LinkState.HANDSHAKING,
        Signal.CLOSED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.HANDSHAKING: {
        Signal.HANDSHAKEN: LinkState.GREETING,
        Signal.CLOSED: LinkState.DOWN,
        Signal.REJECTED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.GREETING: {
        Signal.WELCOMED: LinkState.UP,
        Signal.CLOSED: LinkState.DOWN,
        Signal.MUTE: LinkState.DOWN,
    },
    LinkState.UP: {
        Signal.CLOSED: LinkState.DOWN,
    },
    LinkState.DOWN: {},
}


_MUTE_IN: dict[LinkState, str] = {
    LinkState.CONNECTING: "nobody answers there: is the address right, and reachable from here?",
    LinkState.HANDSHAKING: "something accepts connections there but does not speak ZeroMQ, or is frozen",
    LinkState.GREETING: "what listens there did not answer the hello: it is not the bridge, or is frozen",
}


def advance(state: LinkState, signal: Signal) -> LinkState:
    """The next state; a signal that means nothing in this state leaves it."""
    return TRANSITIONS[state].get(signal, state)


def why_down(state: LinkState, signal: Signal, *, silent_s: float, patience_s: float) -> str:
    """Why a link that was in `state` went down, as an operator would say it.

    `silent_s` is how long nothing had been heard, `patience_s` the heartbeat timeout in force.
    """
    if signal is Signal.REJECTED:
        return "the server refused the token: is it the one in the server's token file?"
    if signal is Signal.MUTE:
        return _MUTE_IN[state]
    if state is LinkState.CONNECTING:
        return "nobody listens there: is the game server running, with the bridge loaded?"
    if state is LinkState.HANDSHAKING:
        return "the server closed the connection during the handshake"
    if state is LinkState.UP and silent_s >= patience_s:
        return f"the server has been silent for {silent_s:.1f} s: frozen, or the network is gone"
    return "the server closed the connection"
