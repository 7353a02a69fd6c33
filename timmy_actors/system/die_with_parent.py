"""Runs a program that ends with the process that started it: `python die_with_parent.py PROGRAM ARGUMENT...`.

A server ends when its standard input closes, but a stopped (SIGSTOP) or hung one does not, and would keep a game's keys
pressed. The kernel ends it (Linux, prctl(2)); the setting survives the exec. Imports nothing of the package, to start
fast.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

DIE_WITH_PARENT = Path(__file__)
"""The path of this program."""
PR_SET_PDEATHSIG = 1
NOT_FOUND = 127
"""The exit code of a program that cannot be run, as in shells."""


def main(command: list[str]) -> None:
    """Replace this process by the program."""
    parent = os.getppid()
    when_parent_ends(signal.SIGKILL)
    if os.getppid() != parent:  # the parent ended before prctl took effect
        sys.exit(NOT_FOUND)
    try:
        os.execvp(command[0], command)  # noqa: S606  the operator's own command
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(NOT_FOUND)


def when_parent_ends(number: signal.Signals) -> None:
    """Have the kernel send `number` when the thread that started this process ends (Linux; elsewhere no effect).

    A program that must clean up first uses SIGCONT, which also reaches a stopped process.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    main(sys.argv[1:])
