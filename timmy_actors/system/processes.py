"""Processes, in words."""

from __future__ import annotations

import signal


def how_it_ended(code: int) -> str:
    """A process's return code in words."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
