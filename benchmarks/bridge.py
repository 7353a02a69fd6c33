"""What the bridge costs the game's loop, and what it gives, beside the best bridge before it in the same run."""

from __future__ import annotations

import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self, get_args

import zmq

from benchmarks.crowd import CrowdProcess
from benchmarks.echo import EchoProcess
from benchmarks.harness import ROUNDS, Figure, Note, Reading, p50
from timmy_actors import connect
from timmy_actors.embedded import EmbeddedSettings, World
from timmy_actors.protocol import SectionName
from timmy_actors.system import config_folder

POLLS = 1_000
CROWDS = (1, 10, 100)
RATE_HZ = 10
SETTLE_S, WATCH_S = 3.0, 6.0
TRIPS, PIPELINED = 300, 2_000
WAIT_MS = 10_000
MESSAGE = {"player": "Walker 1", "text": "hello"}
HZ = os.sysconf("SC_CLK_TCK")


def run() -> Iterator[Figure | Reading | Note]:
    """Every figure of this room."""
    yield _idle_poll()
    yield from _commands()
    for players in CROWDS:
        yield from _crowd(players)


def _idle_poll() -> Reading:
    world = World(EmbeddedSettings(mechanism="NULL"))
    poll = world._lua.globals().TimmyBridgePoll
    values = [p50(poll, POLLS) for _ in range(ROUNDS)]
    world.stop()
    return Reading("Lua poll with nothing to do", values, "<= 20 us", lambda us: us <= 20, "us")


class Bridge:
    """A client of our bridge without the daemon: what the wire itself takes."""

    def __init__(self, address: str) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.connect(address)
        welcome = self._ask({"type": "hello", "id": "h", "client": "benchmark"})
        self._ahead = welcome["now"] / 1000 - time.monotonic()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def _ask(self, message: dict[str, Any]) -> Any:
        self._socket.send(json.dumps(message).encode())
        return self._receive()

    def _receive(self) -> Any:
        if not self._socket.poll(WAIT_MS):
            raise TimeoutError("the bridge does not answer")
        return json.loads(self._socket.recv())

    def command(self) -> None:
        """One command, done."""
        self._send()
        self._receive()

    def _send(self) -> None:
        self._count += 1
        deadline = int((time.monotonic() + self._ahead + WAIT_MS / 1000) * 1000)
        message = {"type": "command", "id": f"c{self._count}", "name": "message", "arguments": MESSAGE}
        self._socket.send(json.dumps({**message, "deadline": deadline}).encode())

    def burst(self, count: int) -> None:
        """So many commands, sent without waiting for each other."""
        for _ in range(count):
            self._send()
        for _ in range(count):
            self._receive()

    def perceptions(self, seconds: float) -> tuple[list[int], list[int]]:
        """Every section of everybody for some seconds: the sizes of full ones, and of deltas."""
        sections = list(get_args(SectionName))
        self._socket.send(
            json.dumps({"type": "subscribe", "id": "s", "sections": sections, "rate_hz": RATE_HZ}).encode()
        )
        full: list[int] = []
        deltas: list[int] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._socket.poll(100):
                text = self._socket.recv()
                if b'"type":"perception"' in text:
                    (full if b'"full":true' in text else deltas).append(len(text))
        return full, deltas


class Contender:
    """A client of the bridge that polls at 30 Hz (contenders/polling.lua)."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_MS / 1000)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _send(self, name: str) -> None:
        text = json.dumps({"id": "1", "name": name, "arguments": MESSAGE}).encode()
        self._socket.sendall(struct.pack(">I", len(text)) + text)

    def _receive(self) -> bytes:
        (size,) = struct.unpack(">I", self._exactly(4))
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise ConnectionError("the contender has gone")
            data += part
        return data

    def command(self) -> None:
        """One command, done."""
        self._send("message")
        self._receive()

    def burst(self, count: int) -> None:
        """So many commands, sent without waiting for each other."""
        for _ in range(count):
            self._send("message")
        for _ in range(count):
            self._receive()

    def perceptions(self, seconds: float) -> list[int]:
        """Snapshots of everybody for some seconds: their sizes."""
        self._send("subscribe")
        sizes, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            sizes.append(len(self._receive()))
        return sizes


def _commands() -> Iterator[Figure | Reading]:
    with ExitStack() as stack:
        echo = stack.enter_context(EchoProcess())
        bare = stack.enter_context(_bare(echo.bare))
        crowd = stack.enter_context(CrowdProcess(1))
        ours, theirs = stack.enter_context(Bridge(crowd.address)), stack.enter_context(Contender(crowd.port))
        mine, floor = _trips(ours.command, TRIPS), _trips(bare, TRIPS)
        prior = _trips(theirs.command, TRIPS // 10)
        for name, at in (("p50", 0.5), ("p99", 0.99)):
            row = f"command at a poll of 1 ms, {name}"
            yield Figure(row, [_at(mine, at)], [_at(floor, at)], yardstick_name="bare echo")
            yield Figure(row, [_at(mine, at)], [_at(prior, at)], yardstick_name="30 Hz JSON bridge")
        rates = [_rate(ours.burst, PIPELINED), _rate(theirs.burst, 30)]
        yield Figure(
            "commands a second, pipelined", rates[:1], rates[1:], unit="/s", yardstick_name="30 Hz JSON bridge"
        )


@contextmanager
def _bare(address: str) -> Iterator[Callable[[], None]]:
    context: zmq.Context[Any] = zmq.Context()
    dealer = context.socket(zmq.DEALER)
    dealer.connect(address)

    def trip() -> None:
        dealer.send(b"x" * 120)
        dealer.recv()

    try:
        yield trip
    finally:
        context.destroy(linger=0)


def _trips(act: Callable[[], object], times: int) -> list[float]:
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        samples.append((time.perf_counter() - began) * 1e6)
    return sorted(samples)


def _at(samples: list[float], share: float) -> float:
    return samples[min(len(samples) - 1, int(len(samples) * share))]


def _rate(burst: Callable[[int], object], count: int) -> float:
    began = time.perf_counter()
    burst(count)
    return count / (time.perf_counter() - began)


def _crowd(players: int) -> Iterator[Figure | Reading | Note]:
    who = f"{players} x {RATE_HZ} Hz"
    with CrowdProcess(players) as crowd:
        with Bridge(crowd.address) as bridge:
            bridge.perceptions(SETTLE_S)
            crowd.polls()
            full, deltas = bridge.perceptions(WATCH_S)
            ours = crowd.polls()["TimmyBridgePoll"]
        with Contender(crowd.port) as contender:
            contender.perceptions(SETTLE_S)
            crowd.polls()
            whole = contender.perceptions(WATCH_S)
            theirs = crowd.polls()["ContenderPoll"]
    pushed = (len(full) + len(deltas)) / WATCH_S
    yield Note(f"{who}: {pushed:.0f} perceptions a second pushed, by the contender {len(whole) / WATCH_S:.0f}")
    for name in ("p50_us", "p99_us"):
        row = f"{who}: Lua a poll, {name[:3]}"
        yield Figure(row, [ours[name]], [theirs[name]], yardstick_name="30 Hz JSON bridge")
    yield Reading(
        f"{who}: Lua's share of the loop's time", [ours["percent"]], "<= 20 %", lambda share: share <= 20, "%"
    )
    each = [
        one["percent"] * 1e4 * one["seconds"] / max(1, count)
        for one, count in ((ours, len(full + deltas)), (theirs, len(whole)))
    ]
    yield Figure(f"{who}: Lua a perception, with all polls", each[:1], each[1:], yardstick_name="30 Hz JSON bridge")
    yield Figure(f"{who}: bytes, full", [_mean(full)], [_mean(whole)], unit="B", yardstick_name="30 Hz JSON bridge")
    yield Figure(f"{who}: bytes, delta", [_mean(deltas)], [_mean(whole)], unit="B", yardstick_name="30 Hz JSON bridge")
    yield _daemon(players)


def _mean(sizes: list[int]) -> float:
    return statistics.fmean(sizes) if sizes else 0.0


def _daemon(players: int) -> Reading:
    """The whole daemon's processor time while it follows everybody, in percent of a core."""
    with CrowdProcess(players) as crowd, tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "timmy.toml"
        settings.write_text(
            f'player = "Walker 1"\n'
            f'portals_file = "{config_folder() / "portals.json"}"\n'
            "[world]\nembedded = false\n"
            f'[link]\naddress = "{crowd.address}"\nmechanism = "null"\n'
            f"[perception]\nrate_hz = {RATE_HZ}\n"
        )
        daemon = subprocess.Popen(
            [sys.executable, "-m", "timmy_actors", "run", "--config", str(settings), "--endpoint", f"ipc://{folder}/d"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            time.sleep(SETTLE_S + 2)
            with connect(f"ipc://{folder}/d") as client:
                client.snapshot()  # raises where the daemon sees nothing: then it would be measured idle
            before = _ticks(daemon.pid)
            time.sleep(WATCH_S)
            share = (_ticks(daemon.pid) - before) / HZ / WATCH_S * 100
        finally:
            daemon.terminate()
            daemon.wait()
    return Reading(
        f"{players} x {RATE_HZ} Hz: the daemon's share of a core", [share], "<= 15 %", lambda s: s <= 15, "%"
    )


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
