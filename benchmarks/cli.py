"""What starting the programs costs, against what they are built on, started in the same rounds.

CPU, user and system, of the whole process: how long it takes on a busy machine says nothing about the program. How long
a daemon takes until its link is up is compared with the embedded world alone, which is part of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
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
    with tempfile.TemporaryDirectory(prefix="ta-") as folder:
        daemon, world = in_turn(
            lambda: _ms_until(b"link up", "run", "--endpoint", f"ipc://{folder}/daemon.sock", folder=folder),
            lambda: _ms_until(b"", "world", "--mechanism", "NULL", folder=folder),
        )
    yield Figure(
        "from start to the link being up", daemon, world, unit="ms", yardstick_name="the world alone, to listening"
    )


def _cpu_ms(*command: str, folder: str, environment: dict[str, str]) -> float:
    """What one run of a program takes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return (usage.ru_utime + usage.ru_stime) * 1000


def _ms_until(word: bytes, *arguments: str, folder: str) -> float:
    """How long a program runs until it prints a line with this word; any line for an empty one."""
    began = time.perf_counter()
    with subprocess.Popen(
        [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
    ) as process:
        assert process.stdout is not None
        try:
            if not any(word in line for line in process.stdout):
                raise RuntimeError(f"{' '.join(arguments)} ended without {word!r}")
            return (time.perf_counter() - began) * 1000
        finally:
            process.terminate()
