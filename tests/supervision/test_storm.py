"""The invariants of supervision, held by a storm.

`TIMMY_STORM_SEED=<seed>` sends the same orders again, `TIMMY_STORM_FAILURES=<count>` makes it longer.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import cast

import pytest

from tests.supervision.lifecycles import Life, join
from tests.supervision.storm import (
    ENDINGS,
    FROM_THE_PAST,
    LEDGER,
    Cradle,
    Kind,
    Ledger,
    ObserverFailedError,
    Order,
    Rule,
    SubmitCommand,
    Watched,
    World,
)
from tests.waiting import eventually
from timmy_actors.supervision import Down, Mailbox, Reply, RestartType, StartChild, StopChild, Strategy, WhichChildren

FAILURES = int(os.environ.get("TIMMY_STORM_FAILURES", "3000"))
HANGS = 40
CLIENTS = 3
ASK_S = 120.0
CALM_S = 240.0
"""The longest time until the tree is idle."""
PACE = 20
"""Orders that a client gives before it waits for an answer, so that no mailbox fills up."""
LATENCY_S = 5.0
"""The longest that a supervisor may take to answer, in CPU time of this process and its 450 threads: other
processes do not affect it."""


class Client(threading.Thread):
    """Sends random orders and stores every reply."""

    def __init__(self, world: World, seed: int, number: int) -> None:
        super().__init__(name=f"client {number}")
        self.world, self.number, self.random = world, number, Random(f"{seed}/{number}")
        self.workers = sorted(world.workers)
        self.patient = [name for name in self.workers if world.workers[name] is Strategy.ONE_FOR_ONE]
        self.replies: list[Reply] = []
        self.monitored: list[tuple[str, list[Down]]] = []
        self.hangs = HANGS // CLIENTS
        self.guests = 0

    def run(self) -> None:
        while len(self.world.failures) < FAILURES:
            for _ in range(PACE):
                self.random.choices(
                    (self.fail, self.fail_later, self.work, self.ask_patiently, self.watch, self.host, self.hang),
                    (30, 4, 20, 10, 5, 1, 1),
                )[0]()
            with contextlib.suppress(ObserverFailedError):  # already answered: called in this thread
                self.replies[-1].add_done_callback(raise_from_observer)
            wait_until_done(self.replies[-1])

    def fail(self) -> None:
        order = Order(SubmitCommand.FAIL, self.random.choice(ENDINGS)())
        if self.random.random() < 0.5:
            self.ask(order)
        else:
            self.world.directory.tell(self.random_name(), order)

    def fail_later(self) -> None:
        do = self.random.choice((SubmitCommand.FAIL_NEXT_START, SubmitCommand.FAIL_NEXT_STOP, SubmitCommand.STOP))
        self.world.directory.tell(self.random_name(), Order(do, self.random.choice(ENDINGS)()))

    def work(self) -> None:
        self.world.directory.tell(self.random_name(), Order(SubmitCommand.WORK))
        self.ask(Order(SubmitCommand.WORK))

    def ask_patiently(self) -> None:
        self.ask(Order(SubmitCommand.WORK), wait_s=0.02)

    def ask(self, order: Order, wait_s: float = 0.0) -> None:
        self.replies.append(self.world.directory.ask(self.random_name(), order, timeout_s=ASK_S, wait_s=wait_s))

    def watch(self) -> None:
        name, seen = self.random_name(), list[Down]()
        self.monitored.append((name, seen))

        def watcher(down: Down) -> None:
            seen.append(down)
            raise ObserverFailedError

        with contextlib.suppress(ObserverFailedError):  # called at once, in this thread
            self.world.directory.monitor(name, watcher)

    def host(self) -> None:
        district = self.random.choice(self.world.supervisors[1::2])
        self.guests += 1
        rule = Rule("guests", Watched())
        guest = Cradle(self.world, rule, f"guest{self.number}.{self.guests}", Kind.SOUND).spec(RestartType.TEMPORARY)
        for message in (StartChild(guest), StartChild(guest), StopChild(guest.id)):
            self.replies.append(self.world.directory.ask(district, message, timeout_s=ASK_S))

    def hang(self) -> None:
        if self.hangs:
            self.hangs -= 1
            reply = self.world.directory.ask(
                self.random.choice(self.patient), Order(SubmitCommand.HANG), timeout_s=ASK_S
            )
            self.replies.append(reply)

    def random_name(self) -> str:
        return self.random.choice(self.workers)


class Prober(threading.Thread):
    """Asks supervisors for their children and records the latencies."""

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(name="prober")
        self.world, self.random, self.over = world, Random(seed), threading.Event()
        self.took_s: list[float] = []
        self.replies: list[Reply] = []

    def run(self) -> None:
        while not self.over.is_set():
            asked = time.process_time()
            reply = self.world.directory.ask(
                self.random.choice(self.world.supervisors), WhichChildren(), timeout_s=ASK_S, wait_s=0.01
            )
            self.replies.append(reply)
            wait_until_done(reply)
            self.took_s.append(time.process_time() - asked)


def raise_from_observer(_: Reply) -> None:
    raise ObserverFailedError


def wait_until_done(reply: Reply) -> None:
    done = threading.Event()
    reply.add_done_callback(lambda _: done.set())
    assert done.wait(ASK_S), "an ask was never answered"


def crowded(rule: Rule) -> bool:
    """Whether a window counted more failures than the intensity allows without ending the supervisor."""
    times, allowed, period_s = rule.intensity.counted, rule.intensity.failures, rule.intensity.period_s
    return any(times[i + allowed] < times[i] + period_s for i in range(len(times) - allowed - 1))


def in_order(part: list[str], whole: list[str]) -> bool:
    """Whether `part` is a subsequence of `whole`."""
    left = iter(whole)
    return all(name in left for name in part)


@pytest.mark.timeout(1200)
def test_the_invariants_hold_in_a_storm(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", logger="timmy_actors")  # thousands of tracebacks would be the load
    seed = int(os.environ.get("TIMMY_STORM_SEED", "0")) or time.time_ns() % 1_000_000
    print(f"TIMMY_STORM_SEED={seed}")  # noqa: T201  shown with a failure
    threads, world = threading.active_count(), World(seed)
    try:
        storm = rage(world, seed)
        hold_together(world, storm)
        eventually(lambda: threading.active_count() == threads + world.directory.abandoned.alive, CALM_S)  # (7)
        assert world.directory.abandoned.alive == len(world.hanging)
    finally:
        world.release.set()
    eventually(lambda: threading.active_count() == threads, CALM_S)
    assert world.directory.abandoned.alive == 0
    assert len(world.fenced) == 2 * len(world.hanging)  # (9)
    assert world.published.value == "nothing yet"
    assert [reply for reply in storm.replies if reply._value == FROM_THE_PAST] == []
    assert storm.ledger.written == []


@dataclass
class Storm:
    """The storm's results."""

    life: Life
    ledger: Ledger
    monitored: list[tuple[str, list[Down]]]
    replies: list[Reply]
    latencies_s: list[float]


def rage(world: World, seed: int) -> Storm:
    """Start the tree, run the storm, and stop the tree."""
    life, began = Life(), time.monotonic()
    world.root.actor_lifecycle = life
    world.root.launch()
    assert life.began.wait(CALM_S)
    actors, started = len(world.directory.entries) + 1, time.monotonic()
    assert actors >= 400
    ledger = cast("Mailbox", world.directory.ref(LEDGER).actor_inbox).owner
    prober, clients = Prober(world, seed), [Client(world, seed, number) for number in range(CLIENTS)]
    for thread in (prober, *clients):
        thread.start()
    for client in clients:
        client.join()
    prober.over.set()
    prober.join()
    calm = time.monotonic()
    replies = [*prober.replies, *(reply for client in clients for reply in client.replies)]
    eventually(lambda: all(reply.done for reply in replies), CALM_S)  # (3), while the hung actors still hang
    world.root.stop()
    assert life.ended.wait(CALM_S)
    join(world.root)
    print(  # noqa: T201
        f"{actors} actors, {len(world.failures)} failures, {len(world.lives)} lives, {len(replies)} asks,"
        f" {len(world.hanging)} hung, {len(world.rules) - len(world.supervisors) - 1} supervisors restarted;"
        f" {started - began:.1f} s to start, {calm - started:.1f} s of storm, {time.monotonic() - calm:.1f} s to stop;"
        f" supervisors answered in {statistics.median(prober.took_s):.4f} s, at most {max(prober.took_s):.3f} s"
    )
    monitored = [pair for client in clients for pair in client.monitored]
    return Storm(life, cast("Ledger", ledger), monitored, replies, prober.took_s)


def hold_together(world: World, storm: Storm) -> None:
    """Check the invariants, numbered as above."""
    assert world.violations == []  # (1), (6)
    assert world.delays >= FAILURES // 4
    assert storm.life.downs == [None]
    downs = Counter((event.name, event.generation) for event in world.events.all if event.kind == "down")
    lives = Counter((incarnation.name, incarnation.generation) for incarnation in world.lives)
    assert [life for life, count in downs.items() if count != 1] == []  # (2)
    assert [life for life, count in lives.items() if count != 1 or downs[life] != 1] == []
    eventually(lambda: all(seen for _, seen in storm.monitored), CALM_S)  # called outside the supervisors' threads
    assert [name for name, seen in storm.monitored if [down.name for down in seen] != [name]] == []
    for rule in world.rules:
        assert rule.attempts == rule.children[: len(rule.attempts)], f"{rule.name} started {rule.attempts}"  # (4)
        assert in_order(rule.stops, rule.children[::-1]), f"{rule.name} stopped {rule.stops}"
        assert not crowded(rule), f"{rule.name} lived on: {rule.intensity}"  # (5)
    assert [name for name, entry in world.directory.entries.items() if entry.ref is not None] == []
    assert statistics.median(storm.latencies_s) < LATENCY_S / 20  # (8)
    assert max(storm.latencies_s) < LATENCY_S
    assert not any(ObserverFailedError.__name__ in event.detail for event in world.events.all)  # (10)
