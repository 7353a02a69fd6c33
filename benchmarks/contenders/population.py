"""A supervisor that has many children already, in a process of its own: what does one more cost?

`python -m benchmarks.contenders.population supervised 10000` starts them, and then answers each line with two figures;
with `bare` they are actors of bare Pykka, with no supervisor, and with `threads` threads that wait on a queue.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING

from benchmarks.contenders.bare_pykka import Echo
from timmy_actors.supervision import Actor, ChildSpec, Directory, Root, StartChild, StopChild, Supervisor

if TYPE_CHECKING:
    import pykka

MORE = 100
"""Children that are started, and stopped again, for a figure."""
PATIENCE_S = 60.0


class Population:
    """The process, from outside."""

    def __init__(self, kind: str, children: int) -> None:
        command = [sys.executable, "-m", "benchmarks.contenders.population", kind, str(children)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._await_line()

    def start(self) -> tuple[float, float]:
        """Microseconds for one more child: until it is up (the median of `MORE`), and of user CPU (their mean)."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        wall, cpu = (float(figure) for figure in self._await_line().split())
        return wall, cpu

    def close(self) -> None:
        """End it; its thousands of threads end with it."""
        self._process.kill()
        self._process.communicate()

    def _await_line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process with the many children ended: its errors stand above")
        return line


def main(kind: str, children: int) -> None:
    """Be the process."""
    live = KINDS[kind](children)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in sys.stdin:
        began = _user_us()
        walls = [live() for _ in range(MORE)]
        sys.stdout.write(f"{statistics.median(walls)} {(_user_us() - began) / MORE}\n")
        sys.stdout.flush()


def _supervised(children: int) -> Callable[[], float]:
    # No child is pinged during the run: ten thousand answers would count as the cost of a child that starts then.
    root = Root(Supervisor([], Directory())).start()

    def start(name: str) -> None:
        root.ref.ask(StartChild(ChildSpec(name, Actor, hung_after_s=None)), timeout=PATIENCE_S)

    def live() -> float:
        began = time.perf_counter()
        start("one more")
        took = (time.perf_counter() - began) * 1e6
        root.ref.ask(StopChild("one more"), timeout=PATIENCE_S)
        return took

    for number in range(children):
        start(f"child {number}")
    return live


def _bare(children: int) -> Callable[[], float]:
    kept: list[pykka.ActorRef[Echo]] = [Echo.start() for _ in range(children)]

    def live() -> float:
        began = time.perf_counter()
        ref = Echo.start()
        ref.ask(len(kept))
        took = (time.perf_counter() - began) * 1e6
        ref.stop()
        return took

    return live


def _threads(children: int) -> Callable[[], float]:
    kept = [_thread() for _ in range(children)]

    def live() -> float:
        began = time.perf_counter()
        questions, answers = _thread()
        questions.put(len(kept))
        answers.get()
        took = (time.perf_counter() - began) * 1e6
        questions.put(None)
        return took

    return live


def _thread() -> tuple[SimpleQueue[int | None], SimpleQueue[int]]:
    questions: SimpleQueue[int | None] = SimpleQueue()
    answers: SimpleQueue[int] = SimpleQueue()

    def answer() -> None:
        while (question := questions.get()) is not None:
            answers.put(question)

    threading.Thread(target=answer, daemon=True).start()
    return questions, answers


KINDS: dict[str, Callable[[int], Callable[[], float]]] = {
    "supervised": _supervised,
    "bare": _bare,
    "threads": _threads,
}


def _user_us() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime * 1e6


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
