"""How soon the link is back after the server returned: 200 kills of a world that comes back on its port."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Reading
from benchmarks.link import running, until
from timmy_actors.daemon import LinkSettings, Runtime, Settings, WorldSettings
from timmy_actors.system import make_token_file

DROPS = 200
BOUND_MS = 60.0


def run() -> Iterator[Reading]:
    """Every figure of this room."""
    with tempfile.TemporaryDirectory() as folder:
        token = Path(folder) / "token"
        make_token_file(token)
        world, port = _start(token, 0)
        link = LinkSettings(address=f"tcp://127.0.0.1:{port}", token_file=str(token))
        try:
            with running(Settings(world=WorldSettings(embedded=False), link=link)) as timmy:
                timmy.wait_ready()
                up, whole = [], []
                for _ in range(DROPS):
                    world = _restart(timmy, world, token, port)
                    returned = time.perf_counter()
                    until(lambda: timmy.shared.link.value.carries)
                    up.append((time.perf_counter() - returned) * 1000)
                    until(lambda: not timmy.snapshot().stale)
                    whole.append((time.perf_counter() - returned) * 1000)
        finally:
            _kill(world)
    yield _p95(f"link up after the server's return, p95 of {DROPS}", up)
    yield _p95(f"the same, first snapshot included, p95 of {DROPS}", whole)


def _restart(timmy: Runtime, world: subprocess.Popen[str], token: Path, port: int) -> subprocess.Popen[str]:
    until(lambda: not timmy.snapshot().stale)
    _kill(world)
    until(lambda: not timmy.shared.link.value.carries)
    return _start(token, port)[0]


def _start(token: Path, port: int) -> tuple[subprocess.Popen[str], int]:
    """A world that listens: it has said so."""
    command = [sys.executable, "-m", "timmy_actors.embedded", "--port", str(port), "--token-file", str(token)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    return process, int(json.loads(said)["port"])


def _kill(world: subprocess.Popen[str]) -> None:
    world.kill()
    world.communicate()


def _p95(name: str, values: list[float]) -> Reading:
    ordered = sorted(values)
    p95 = ordered[round(len(ordered) * 0.95) - 1]
    return Reading(name, [p95], f"<= {BOUND_MS:g} ms", lambda ms: ms <= BOUND_MS, "ms")
