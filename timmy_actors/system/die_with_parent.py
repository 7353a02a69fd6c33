"""Runs a program that ends with the process that started it: `python die_with_parent.py PROGRAM ARGUMENT...`.

A server whose standard input closes ends by itself; a stopped (SIGSTOP) or stuck one does not, and would keep a game's
keys down. The kernel ends it (Linux, prctl(2)); the setting outlives the exec. Imports nothing of the package: fast.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

DIE_WITH_PARENT = Path(__file__)
"""This program's file."""
PR_SET_PDEATHSIG = 1
NOT_FOUND = 127
"""The exit code of a program that cannot be run, as shells have it."""


def main(command: list[str]) -> None:
    """Become the program."""
    parent = os.getppid()
    when_parent_ends(signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it was watched
        sys.exit(NOT_FOUND)
    try:
        os.execvp(command[0], command)  # noqa: S606  the operator's own command
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(NOT_FOUND)


def when_parent_ends(number: signal.Signals) -> None:
    """From now on get `number` when the thread that started this process ends (Linux; elsewhere nothing happens).

    A program that has something to put right first takes SIGCONT: it reaches a stopped one too.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    main(sys.argv[1:])
