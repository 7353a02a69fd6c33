"""Version 2 of the protocol beside version 1 in the same run: the game's time, and the bytes, of the same pushes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from typing import Any, get_args

import zmq

from benchmarks.crowd import CrowdProcess
from benchmarks.harness import Figure, Reading
from timmy_actors.protocol import SectionName

PLAYERS, COMPANY, RATE_HZ, GATHERED = 100, 30, 10, 22
ROUNDS, SETTLE_S, WATCH_S = 3, 2.0, 4.0
WAIT_MS = 10_000
VERSIONS = (1, 2)
MOVED = 5
"""So many of the actors near a player moved in the deltas that are compared."""


Figures = dict[int, list[float]]
"""Figures by the version of the protocol."""


class Subscriber:
    """A client of the bridge that speaks one version of the protocol and keeps what it is pushed."""

    def __init__(self, address: str, version: int) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.connect(address)
        self._version = version
        self._ids = iter(range(1_000_000))
        self.welcome = self.ask(type="hello", client=f"benchmark-{version}", protocol=version)

    def __enter__(self) -> Subscriber:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.destroy(linger=0)

    def ask(self, **message: Any) -> Any:
        """Send a message and return its answer."""
        ident = str(next(self._ids))
        self._socket.send_json({**message, "id": ident})
        while True:
            if not self._socket.poll(WAIT_MS):
                raise TimeoutError("the bridge does not answer")
            answer = json.loads(self._socket.recv())
            if answer.get("id") == ident:
                return answer

    def subscribe(self) -> None:
        """Subscribe to every section of every player."""
        self.ask(type="subscribe", sections=list(get_args(SectionName)), rate_hz=RATE_HZ)

    def pushes(self, seconds: float) -> list[bytes]:
        """What arrives in this time."""
        taken, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            if self._socket.poll(50):
                taken.append(self._socket.recv())
        return taken


def run() -> Iterator[Figure | Reading]:
    """Every figure of this room."""
    shares, rates, p99s, deltas = _crowd()
    yield from _pair("Lua's share of the loop, 100 players x 10 Hz", shares, 8, "%")
    yield Reading("pushes a second, of 1,000", rates[2], ">= 990 /s", lambda rate: rate >= 990, "/s")
    each = _each(shares, rates)
    yield _beside("thread CPU a push, with all polls", each, "us")
    yield Figure(
        "the same, against the floor", each[2], _floor(), unit="us", yardstick_name="a bare loop that reads the same"
    )
    yield from _pair("thread CPU of a poll, p99", p99s, 500, "us")
    yield from _pair("bytes of a delta, 5 of 30 actors moved", deltas, 900, "B")
    yield from _pair("22 gathered players, all subscribed", _gathered(), 40, "kB/s")


def _watch(crowd: CrowdProcess, subscriber: Subscriber) -> tuple[dict[str, float], list[bytes]]:
    """The bridge's polls, and what a subscriber to everything is pushed meanwhile."""
    subscriber.subscribe()
    subscriber.pushes(SETTLE_S)
    crowd.polls()
    pushes = subscriber.pushes(WATCH_S)
    return crowd.polls()["TimmyBridgePoll"], pushes


def _floor() -> list[float]:
    """Microseconds of the thread's CPU in which a bare loop reads what a push reads."""
    figures = []
    with CrowdProcess(PLAYERS, COMPANY, bare=True) as crowd:
        for _ in range(ROUNDS):
            crowd.polls()
            time.sleep(WATCH_S)
            read = crowd.polls()["BareReading"]
            figures.append(read["percent"] * read["seconds"] / read["polls"] * 1e4)
    return figures


def _pair(name: str, figures: Figures, most: float, unit: str) -> Iterator[Figure | Reading]:
    yield _beside(name, figures, unit)
    yield Reading(f"{name}, version 2", figures[2], f"<= {most:g} {unit}", lambda value: value <= most, unit)


def _beside(name: str, figures: Figures, unit: str) -> Figure:
    return Figure(name, figures[2], figures[1], unit=unit, yardstick_name="version 1")


def _each(shares: Figures, rates: Figures) -> Figures:
    """Microseconds a push, from percent of the time and pushes a second."""
    pairs = {version: zip(shares[version], rates[version], strict=True) for version in VERSIONS}
    return {version: [share / rate * 1e4 for share, rate in pairs[version]] for version in VERSIONS}


def _none() -> Figures:
    return {version: [] for version in VERSIONS}


def _crowd() -> tuple[Figures, Figures, Figures, Figures]:
    shares, rates, p99s, deltas = _none(), _none(), _none(), _none()
    with CrowdProcess(PLAYERS, COMPANY) as crowd:
        for version in VERSIONS * ROUNDS:
            with Subscriber(crowd.address, version) as subscriber:
                polls, pushes = _watch(crowd, subscriber)
            shares[version].append(polls["percent"])
            p99s[version].append(polls["p99_us"])
            rates[version].append(len(pushes) / polls["seconds"])
            deltas[version].append(statistics.fmean([len(push) for push in pushes if _is_typical(push)] or [0]))
    return shares, rates, p99s, deltas


def _is_typical(push: bytes) -> bool:
    message = json.loads(push)
    if message["type"] == "perception":
        return not message["full"] and "nearby_actors" in message["sections"]
    return len(message.get("entities", {}).get("moved", ())) == MOVED


def _gathered() -> Figures:
    rates = _none()
    with CrowdProcess(GATHERED, 0) as crowd:
        with Subscriber(crowd.address, 1) as subscriber:
            for number in range(2, GATHERED + 1):
                who = {"player": f"Walker {number}", "to_player": "Walker 1"}
                deadline = subscriber.welcome["now"] + 60_000
                subscriber.ask(type="command", name="teleport", arguments=who, deadline=deadline)
            subscriber.pushes(SETTLE_S)
        for version in VERSIONS * ROUNDS:
            with Subscriber(crowd.address, version) as subscriber:
                subscriber.subscribe()
                subscriber.pushes(SETTLE_S)
                size = sum(len(push) for push in subscriber.pushes(WATCH_S))
                rates[version].append(size / WATCH_S / 1000)
    return rates
