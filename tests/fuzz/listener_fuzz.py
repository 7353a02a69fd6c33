"""Throws random and mutated byte streams at a running Lua listener while a good client keeps asking.

Usage: python -m tests.fuzz.listener_fuzz [STREAMS] [--sockets luasocket|ffi] [--mechanism PLAIN|NULL] [--seed N]

Prints its progress, then a report. Exit status 1 when the good client was disturbed, an error was logged, or the
listener died.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import statistics
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import zmq

from tests.fuzz.streams import any_stream
from tests.link.lua_listener import TOKEN, LuaListener, ask, hello, is_closed_by_peer

AT_ONCE = 24
"""Connections open at a time."""
MAX_PEERS = 128
"""The listener's bound: room for those, for some that left and weren't noticed yet, and for the good client."""
LEAVE_AT_ONCE = 0.2
"""Share of streams whose sender doesn't wait for the end."""
SLOW_ANSWER_S = 1.0
PROGRESS_STREAMS = 5000
ERROR_WORDS = ("stack traceback", "attempt to", "an error in handling it", "bad argument")


def say(line: str) -> None:
    """Shows a line at once, however the output is buffered."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class GoodClient:
    """A client that asks and asks, and writes down how long each answer took."""

    listener: LuaListener
    round_trips: list[float] = field(default_factory=list)
    failure: str | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Asks until told to stop; what goes wrong is kept in `failure`."""
        with zmq.Context() as context:
            peer = self.listener.connect(context)
            try:
                hello(peer, "good")
                while not self.stop.is_set():
                    self._round_trip(peer)
            except (zmq.ZMQError, AssertionError) as error:
                self.failure = repr(error)
            finally:
                peer.close()

    def _round_trip(self, peer: zmq.Socket[bytes]) -> None:
        started = time.monotonic()
        number = str(len(self.round_trips))
        pong = ask(peer, type="ping", id=number)
        assert (pong["type"], pong["id"]) == ("pong", number), pong
        self.round_trips.append(time.monotonic() - started)


def throw(rng: random.Random, listener: LuaListener) -> socket.socket:
    """Opens a connection and throws one stream at it, in two pieces."""
    stream = any_stream(rng, listener.mechanism, TOKEN)
    raw = listener.raw()
    cut = rng.randrange(len(stream) + 1)
    with contextlib.suppress(OSError):  # the listener may have seen enough before the second piece
        raw.sendall(stream[:cut])
        raw.sendall(stream[cut:])
        raw.shutdown(socket.SHUT_WR)
    return raw


def finish(rng: random.Random, raw: socket.socket) -> bool:
    """Leaves at once, or waits until the listener has closed; False when it didn't."""
    with raw:
        return rng.random() < LEAVE_AT_ONCE or is_closed_by_peer(raw)


def throw_all(count: int, seed: int, listener: LuaListener, report: bool = True) -> int:
    """Throws `count` streams; gives how many connections the listener left open."""
    rng, open_now, left_open = random.Random(seed), deque[socket.socket](), 0
    for number in range(1, count + 1):
        open_now.append(throw(rng, listener))
        if len(open_now) >= AT_ONCE:
            left_open += not finish(rng, open_now.popleft())
        if report and number % PROGRESS_STREAMS == 0:
            say(f"{number:>8} streams, listener {'alive' if listener.alive else 'DEAD'}")
        if not listener.alive:
            break
    return left_open + sum(not finish(rng, raw) for raw in open_now)


@dataclass(frozen=True)
class Report:
    """What a run showed."""

    streams: int
    seconds: float
    answers: int
    p50_ms: float
    worst_ms: float
    accepted: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        verdict = "nothing escaped, nobody was disturbed" if not self.faults else "; ".join(self.faults)
        return (
            f"{self.streams} streams in {self.seconds:.1f} s, {self.accepted} accepted; good client: {self.answers} "
            f"answers, p50 {self.p50_ms:.2f} ms, worst {self.worst_ms:.1f} ms; {verdict}"
        )


def _faults(good: GoodClient, listener: LuaListener) -> tuple[str, ...]:
    faults = [f"log: {line.strip()}" for line in listener.log if any(word in line for word in ERROR_WORDS)][:3]
    if good.failure:
        faults.append(f"the good client failed: {good.failure}")
    if max(good.round_trips, default=SLOW_ANSWER_S) > SLOW_ANSWER_S:
        faults.append(f"the good client waited longer than {SLOW_ANSWER_S} s")
    return tuple(faults)


def fuzz(count: int, *, sockets: str, mechanism: str, seed: int, report: bool = True) -> Report:
    """One run against a fresh listener."""
    listener = LuaListener(sockets, mechanism, max_peers=MAX_PEERS)
    good = GoodClient(listener)
    client = threading.Thread(target=good.run)
    started = time.monotonic()
    client.start()
    try:
        left_open = throw_all(count, seed, listener, report)
        good.stop.set()
        client.join()
        facts = listener.stop() if listener.alive else {"accepted": -1}
    finally:
        good.stop.set()
        listener.kill()
    faults = _faults(good, listener)
    if facts["accepted"] < 0:
        faults += ("the listener died",)
    if left_open:
        faults += (f"{left_open} connections were left open",)
    times = good.round_trips or [0.0]
    return Report(
        streams=count,
        seconds=time.monotonic() - started,
        answers=len(good.round_trips),
        p50_ms=statistics.median(times) * 1000,
        worst_ms=max(times) * 1000,
        accepted=facts["accepted"],
        faults=faults,
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("streams", nargs="?", type=int, default=100_000)
    parser.add_argument("--sockets", choices=("luasocket", "ffi"), default="luasocket")
    parser.add_argument("--mechanism", choices=("PLAIN", "NULL"), default="PLAIN")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    outcome = fuzz(chosen.streams, sockets=chosen.sockets, mechanism=chosen.mechanism, seed=chosen.seed)
    say(str(outcome))
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
