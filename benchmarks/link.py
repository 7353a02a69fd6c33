"""Round trips, drops and recoveries of the link, against a bare pyzmq DEALER/ROUTER round trip in the same run."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import zmq

from benchmarks.echo import EchoProcess
from benchmarks.harness import Figure, Reading, interleave, p50
from timmy_actors.daemon import JournalSettings, LinkSettings, Runtime, Settings, WorldSettings
from timmy_actors.protocol import CommandRequest
from timmy_actors.system import config_folder

TRIPS = 200
AT_ONCE, BURSTS, RATE_ROUNDS = 100, 20, 5
HELLO = {"player": "Timmy", "text": "hello"}
POLL_INTERVAL_US = 1000.0
"""The embedded world's loop, as the real server's, waits 1 ms a turn."""
DROPS = 20
FREEZES = 10
WAIT_S = 20.0


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    with ExitStack() as stack:
        echo = stack.enter_context(EchoProcess())
        bare = stack.enter_context(bare_dealer(echo.bare))
        yield from _to_echo(echo, bare)
        yield from _to_world(bare)


def _to_echo(echo: EchoProcess, bare: zmq.Socket[bytes]) -> Iterator[Figure | Reading]:
    link = LinkSettings(address=echo.game, mechanism="null")
    settings = Settings(world=WorldSettings(embedded=False), link=link, journal=JournalSettings(enabled=False))
    with running(settings) as timmy:
        subject, yardstick = interleave(lambda: _command_trip(timmy), lambda: bare_trip(bare))
    yield Figure(
        "command through actors and socket, echo peer, p50", subject, yardstick, "<= 3 x", lambda ratio: ratio <= 3
    )
    with running(settings.model_copy(update={"journal": JournalSettings()})) as timmy:
        subject, yardstick = interleave(lambda: _command_trip(timmy), lambda: bare_trip(bare))
        yield Figure("the same, journaled", subject, yardstick)
        rates = [_journaled_a_second(timmy) for _ in range(RATE_ROUNDS)]
    yield Reading("commands journaled a second, 100 at once", rates, ">= 1000 /s", lambda rate: rate >= 1000, "/s")


def _journaled_a_second(timmy: Runtime) -> float:
    began, left = time.perf_counter(), BURSTS
    while left:
        replies = [
            timmy.directory.ask("command", CommandRequest(id="1", name="message", arguments=HELLO), timeout_s=7.0)
            for _ in range(AT_ONCE)
        ]
        for reply in replies:
            reply.wait()
        left -= 1
    return BURSTS * AT_ONCE / (time.perf_counter() - began)


def _to_world(bare: zmq.Socket[bytes]) -> Iterator[Figure | Reading]:
    with running(Settings()) as timmy:
        subject, yardstick = interleave(lambda: _command_trip(timmy), lambda: bare_trip(bare))
        bound = [POLL_INTERVAL_US + 3 * trip for trip in yardstick]
        yield Figure(
            "command to the embedded world, p50 (yardstick: bound)", subject, bound, "<= 1 x", lambda ratio: ratio <= 1
        )
        yield _world_poll(timmy)
        yield from _drops(timmy)
        yield _freezes(timmy)


def _world_poll(timmy: Runtime) -> Reading:
    load = timmy.status().link.load
    value = load.poll_ms * 1000 if load is not None else float("nan")
    return Reading("Lua poll, one subscriber, mean", [value], "<= 200 us", lambda us: us <= 200, "us")


def _drops(timmy: Runtime) -> Iterator[Reading]:
    seen, back = [], []
    for _ in range(DROPS):
        drop, recovery = _kill_world(timmy)
        seen.append(drop)
        back.append(recovery)
    yield Reading("link drop seen after the world's SIGKILL", seen, "<= 5 ms", lambda ms: ms <= 5, "ms")
    yield Reading("link and snapshot back after the world listens", back, "<= 100 ms", lambda ms: ms <= 100, "ms")
    ordered = sorted(back)
    p95 = [ordered[int(len(ordered) * 0.95) - 1]]
    yield Reading("the same, p95", p95, "<= 100 ms", lambda ms: ms <= 100, "ms")


def _freezes(timmy: Runtime) -> Reading:
    interval_s = timmy.settings.link.heartbeat_interval_s
    seen = [_freeze_world(timmy) / interval_s for _ in range(FREEZES)]
    return Reading("frozen peer seen, in heartbeat intervals, worst", [max(seen)], "<= 3.5", lambda n: n <= 3.5, "")


def _freeze_world(timmy: Runtime) -> float:
    shared = timmy.shared
    until(lambda: shared.link.value.state == "up" and not timmy.snapshot().stale)
    world = shared.world.value
    assert world is not None
    assert world.pid is not None
    os.kill(world.pid, signal.SIGSTOP)
    began = time.perf_counter()
    try:
        until(lambda: not shared.link.value.carries)
        return time.perf_counter() - began
    finally:
        os.kill(world.pid, signal.SIGCONT)


def _kill_world(timmy: Runtime) -> tuple[float, float]:
    shared = timmy.shared
    until(lambda: shared.link.value.state == "up" and not timmy.snapshot().stale)
    world = shared.world.value
    assert world is not None
    assert world.pid is not None
    killed = time.perf_counter()
    os.kill(world.pid, signal.SIGKILL)
    until(lambda: shared.link.value.state != "up")
    dropped = time.perf_counter()
    until(lambda: (now := shared.world.value) is not None and now.state == "up" and now.pid != world.pid)
    listening = time.perf_counter()
    until(lambda: not timmy.snapshot().stale)
    return (dropped - killed) * 1000, (time.perf_counter() - listening) * 1000


def until(true: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + WAIT_S
    while not true():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"not within {WAIT_S} s")
        time.sleep(0.0002)


def _command_trip(timmy: Runtime) -> float:
    return p50(lambda: timmy.command("message", text="hello"), TRIPS)


def bare_trip(dealer: zmq.Socket[bytes]) -> float:
    frame = b'{"type":"command","id":"0123456789abcdef","name":"message","arguments":{"text":"hello"},"deadline":1}'

    def trip() -> None:
        dealer.send(frame)
        dealer.recv()

    return p50(trip, TRIPS)


@contextmanager
def bare_dealer(address: str) -> Iterator[zmq.Socket[bytes]]:
    context: zmq.Context[Any] = zmq.Context()
    dealer: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    dealer.connect(address)
    try:
        yield dealer
    finally:
        context.destroy(linger=0)


@contextmanager
def running(settings: Settings) -> Iterator[Runtime]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o700)
        if not settings.journal.file:
            kept = settings.journal.model_copy(update={"file": f"{folder}/bench.journal"})
            settings = settings.model_copy(update={"journal": kept})
        with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/bench.sock") as timmy:
            until(lambda: timmy.shared.link.value.state == "up")
            yield timmy
