"""Numbers of TCP ports."""

from __future__ import annotations

MAX_PORT = 65_535


def port_number(text: str) -> int:
    """The port in an argument of a command line; 0: any free port.

    Raises:
        ValueError: it is no port.
    """
    number = int(text)
    if not 0 <= number <= MAX_PORT:
        raise ValueError
    return number
