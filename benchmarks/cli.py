"""CPU of the programs that people start again and again, against what they are built on, started in the same rounds.

CPU, user and system, of the whole process: how long it takes on a busy machine says nothing about the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.harness import Figure, in_turn
from benchmarks.link import running
from timmy_actors.daemon import Settings

PROGRAM = str(Path(sys.executable).with_name("timmy-actors"))
BARE_LIBRARIES = "import pydantic, zmq\nclass One(pydantic.BaseModel):\n    number: int\n"
CONNECT = "from timmy_actors import connect\nconnect()\n"


def run() -> Iterator[Figure]:
    """Every figure of this room."""
    with running(Settings()) as timmy, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "TIMMY_ENDPOINT": timmy.endpoint}
        cpu = partial(_cpu_ms, folder=folder, environment=environment)
        libraries, connect, click, help_text, status = in_turn(
            lambda: cpu(sys.executable, "-c", BARE_LIBRARIES),
            lambda: cpu(sys.executable, "-c", CONNECT),
            lambda: cpu(sys.executable, "-c", "import click"),
            lambda: cpu(PROGRAM, "--help"),
            lambda: cpu(PROGRAM, "status"),
        )
    bare = "zmq and pydantic"
    yield Figure("connect()", connect, libraries, "<= 1.5 x", lambda ratio: ratio <= 1.5, "ms", bare)
    yield Figure("timmy-actors --help", help_text, click, "<= 1.5 x", lambda ratio: ratio <= 1.5, "ms", "import click")
    yield Figure("timmy-actors status", status, libraries, "<= 2 x", lambda ratio: ratio <= 2, "ms", bare)


def _cpu_ms(*command: str, folder: str, environment: dict[str, str]) -> float:
    """What one run of a program takes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1000
