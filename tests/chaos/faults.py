"""What happens to the stage, drawn from a seed."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable

from tests.chaos.stage import SWEEP_S, Stage, faketime

JUMP_DAYS, DAY_S = 40, 86_400

Fault = Callable[[Stage, random.Random], None]


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def kill_world(stage: Stage, _dice: random.Random) -> None:
    """SIGKILL; another boot comes up."""
    stage.world.kill()


def kill_daemon(stage: Stage, dice: random.Random) -> None:
    """SIGKILL; the next takes over."""
    stage.daemon.kill()
    _wait(dice.uniform(0.0, 1.0))


def freeze_world(stage: Stage, dice: random.Random) -> None:
    """SIGSTOP for a while: what waits in its buffers may be past its deadline then."""
    _freeze(stage.world.process.pid, dice.uniform(0.01, 2.5))


def freeze_daemon(stage: Stage, dice: random.Random) -> None:
    """SIGSTOP for a while, requests and answers in its buffers."""
    _freeze(stage.daemon.process.pid, dice.uniform(0.01, 2.5))


def drop(stage: Stage, _dice: random.Random) -> None:
    """Reset the connection."""
    stage.proxy.drop()


def cut(stage: Stage, dice: random.Random) -> None:
    """Reset it in the middle of a frame."""
    stage.proxy.cut()
    _wait(dice.uniform(0.0, 0.05))


def half_open(stage: Stage, dice: random.Random) -> None:
    """Neither side hears of the other any more."""
    stage.proxy.half_open(dice.uniform(0.05, 0.8))


def delay(stage: Stage, dice: random.Random) -> None:
    """Everything comes late."""
    stage.proxy.delay(dice.uniform(0.1, 0.5), dice.uniform(0.005, 0.1))


def throttle(stage: Stage, dice: random.Random) -> None:
    """Everything comes slowly."""
    stage.proxy.throttle(dice.uniform(0.1, 0.5), dice.uniform(2_000, 50_000))


def reorder(stage: Stage, dice: random.Random) -> None:
    """What was sent arrives after the next connection is up."""
    stage.proxy.reorder(dice.uniform(0.01, 0.2))


def duplicate(stage: Stage, _dice: random.Random) -> None:
    """All that was sent is sent once more, on a connection of its own."""
    stage.proxy.duplicate()


def jump(stage: Stage, dice: random.Random) -> None:
    """The daemon's wall clock leaps both ways, past all that the journal keeps: `keep_days` is 30."""
    for way in dice.sample((-1, 1), 2):
        stage.daemon.jump(way * JUMP_DAYS * DAY_S)
        _wait(dice.uniform(SWEEP_S, 2 * SWEEP_S))


def full_disk(stage: Stage, dice: random.Random) -> None:
    """The journal cannot grow for a while."""
    with stage.daemon.full_disk():
        _wait(dice.uniform(0.05, 0.6))


WEIGHTS: dict[Fault, int] = {
    kill_world: 12, kill_daemon: 12, freeze_world: 6, freeze_daemon: 6, drop: 16, cut: 16, half_open: 8, delay: 6,
    throttle: 6, reorder: 8, duplicate: 1, jump: 6, full_disk: 4,
}  # fmt: skip
"""How often each comes. A duplicate costs the daemon five seconds: it takes it for a rival of its name."""


class Storm:
    """Draws faults, every kind once before chance rules."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self._kinds = [kind for kind in WEIGHTS if kind is not jump or faketime() is not None]
        self._first = self._dice.sample(self._kinds, len(self._kinds))

    def strike(self, stage: Stage) -> None:
        """Have one happen, and wait until it is over."""
        weights = [WEIGHTS[kind] for kind in self._kinds]
        fault = self._first.pop() if self._first else self._dice.choices(self._kinds, weights)[0]
        fault(stage, self._dice)
        self.counts[fault.__name__] += 1


def _freeze(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    _wait(seconds)
    os.kill(pid, signal.SIGCONT)
