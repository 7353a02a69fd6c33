"""What HTTP costs: a snapshot, a command, a command beside many clients, and memory. Daemons are other processes."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.harness import Figure, Reading, in_turn, interleave, p50
from benchmarks.watchers import daemon
from timmy_actors import Daemon, connect
from timmy_actors.protocol import HttpStatus

ROUNDS = int(os.environ.get("TIMMY_SERVING_ROUNDS", "21"))
REQUESTS = 50
"""Requests in a round."""
LOAD_S = float(os.environ.get("TIMMY_SERVING_SECONDS", "60"))
"""How long commands are given beside the load."""
LOAD_ROUNDS = 7
CLIENTS, SUBSCRIBERS = 100, 50
SETTLE_S = 2.0
UP_WITHIN_S = 60.0
OFF = 'portals_file = "{portals}"\n[perception]\nrate_hz = 5.0\n[journal]\nenabled = false\n'
ON = OFF + "[http]\nenabled = true\nport = 0\n"


class HttpClient:
    """One connection that is kept, as a client's should be."""

    def __init__(self, port: int, token: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=UP_WITHIN_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> bytes:
        """The body of the answer."""
        return self._ask("GET", path, None)

    def command(self, name: str, **arguments: str) -> bytes:
        """The body of a command's outcome."""
        return self._ask("POST", "/v1/commands", json.dumps({"name": name, "arguments": arguments}))

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {content[:200]!r}")
        return content

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    with daemon(ON) as (_pid, endpoint), connect(endpoint) as local:
        port, token = _address(_up(local))
        client = HttpClient(port, token)
        yield _snapshot(client)
        yield _command(client, local)
        yield _loaded(client, port, token)
        client.close()
    yield _memory()


def _snapshot(client: HttpClient) -> Figure:
    with _bare_fastapi(client.get("/v1/snapshot")) as bare:
        subject, yardstick = interleave(
            lambda: p50(lambda: client.get("/v1/snapshot"), REQUESTS),
            lambda: p50(lambda: bare.get("/"), REQUESTS),
            ROUNDS,
        )
    return Figure(
        "a snapshot over HTTP", subject, yardstick, "<= 1.3 x", lambda ratio: ratio <= 1.3, "us", "a bare FastAPI"
    )


def _command(client: HttpClient, local: Daemon) -> Figure:
    subject, yardstick = interleave(
        lambda: p50(lambda: client.command("message", text="hello"), REQUESTS),
        lambda: p50(lambda: local.command("message", text="hello"), REQUESTS),
        ROUNDS,
    )
    return Figure("a command over HTTP", subject, yardstick, "<= 1.5 x", lambda ratio: ratio <= 1.5, "us", "connect()")


def _loaded(client: HttpClient, port: int, token: str) -> Figure:
    def beside_others() -> float:
        with _load(port, token):
            return _p99(client)

    alone, loaded = in_turn(lambda: _p99(client), beside_others, rounds=LOAD_ROUNDS)
    name = f"command p99 beside {CLIENTS} clients and {SUBSCRIBERS} subscribers"
    return Figure(name, loaded, alone, "<= 2 x", lambda ratio: ratio <= 2, "ms", "nobody else")


def _p99(client: HttpClient) -> float:
    """The 99th percentile of the commands of one round, in ms; at most 20 a second."""
    samples: list[float] = []
    ends = time.monotonic() + LOAD_S / LOAD_ROUNDS
    while time.monotonic() < ends or len(samples) < 2:
        began = time.perf_counter()
        client.command("message", text="hello")
        samples.append((time.perf_counter() - began) * 1000)
        time.sleep(0.05)
    return statistics.quantiles(samples, n=100)[98]


def _memory() -> Reading:
    grown = []
    for _ in range(3):
        with daemon(OFF) as (pid, _endpoint):
            time.sleep(SETTLE_S)
            off = _rss_mb(pid)
        with daemon(ON) as (pid, endpoint), connect(endpoint) as local:
            _up(local)
            time.sleep(SETTLE_S)
            grown.append(_rss_mb(pid) - off)
    return Reading("memory that HTTP takes", grown, "<= 30 MB", lambda mb: mb <= 30, "MB")


def _up(local: Daemon) -> HttpStatus:
    return _until(lambda: status if (status := local.status().http) is not None and status.state == "up" else None)


def _until(look: Callable[[], HttpStatus | None]) -> HttpStatus:
    deadline = time.monotonic() + UP_WITHIN_S
    while (value := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the HTTP server was not up within {UP_WITHIN_S:g} s")
        time.sleep(0.05)
    return value


def _address(status: HttpStatus) -> tuple[int, str]:
    return urlsplit(status.url).port or 0, Path(status.token_file).read_text(encoding="ascii").strip()


@contextmanager
def _bare_fastapi(body: bytes) -> Iterator[HttpClient]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with _process("bare_fastapi", file.name) as line:
            bare = HttpClient(int(line))
            yield bare
            bare.close()


@contextmanager
def _load(port: int, token: str) -> Iterator[None]:
    with _process("http_load", str(port), token, str(CLIENTS), str(SUBSCRIBERS)):
        yield


@contextmanager
def _process(name: str, *arguments: str) -> Iterator[str]:
    """A contender in a process of its own, once it has printed a line."""
    command = [sys.executable, "-m", f"benchmarks.contenders.{name}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline()
        finally:
            process.terminate()


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
