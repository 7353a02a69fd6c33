"""What libzmq's socket monitor reports of a connection (zmq_socket_monitor(3)).

pyzmq's `zmq.utils.monitor` imports asyncio, which would make each client's start slower.
"""

from __future__ import annotations

import struct

import zmq

_EVENT = struct.Struct("=hi")
"""An event's first frame: its number and value."""


def read_event(monitor: zmq.Socket[bytes]) -> tuple[int, int] | None:
    """The number and value of the next event that waits at `monitor`; None when none does."""
    try:
        number, value = _EVENT.unpack(monitor.recv_multipart(zmq.NOBLOCK)[0])
    except zmq.Again:
        return None
    return number, value
