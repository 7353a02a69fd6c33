"""What the monitor of a ZeroMQ socket says (zmq_socket_monitor(3)); pyzmq's own reader imports asyncio."""

from __future__ import annotations

import struct

import zmq

_EVENT = struct.Struct("=hi")
"""An event's first frame: its number and value."""


def read_event(monitor: zmq.Socket[bytes]) -> tuple[int, int] | None:
    """The number and value of what a monitor has to say, if anything."""
    try:
        number, value = _EVENT.unpack(monitor.recv_multipart(zmq.NOBLOCK)[0])
    except zmq.Again:
        return None
    return number, value
