from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from timmy_actors.supervision.stacks import stack_of

LOOKS = 300


@pytest.fixture
def eager_collection() -> Iterator[None]:
    """Collects at nearly every allocation, with a callback in Python that lets other threads in."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()

    def callback(_phase: str, _info: dict[str, int]) -> None:
        sum(range(50))

    gc.callbacks.append(callback)
    sys.setswitchinterval(1e-6)
    gc.set_threshold(1)
    yield
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)
    gc.callbacks.remove(callback)


def test_it_shows_where_a_thread_waits() -> None:
    release, begun = threading.Event(), threading.Event()

    def wait_for_the_test() -> None:
        begun.set()
        release.wait()

    thread = threading.Thread(target=wait_for_the_test)
    thread.start()
    begun.wait()
    assert "wait_for_the_test" in stack_of(thread)
    release.set()
    thread.join()
    assert stack_of(thread) == "a thread that has ended"


def test_a_thread_that_never_started_has_no_stack() -> None:
    assert stack_of(None) == stack_of(threading.Thread()) == "a thread that has ended"


@pytest.mark.usefixtures("eager_collection")
def test_looking_while_threads_start_and_garbage_is_collected_stops_nobody() -> None:
    over = threading.Event()

    def start_threads() -> None:
        while not over.is_set():
            thread = threading.Thread(target=list)
            thread.start()
            thread.join()

    starter = threading.Thread(target=start_threads)
    starter.start()
    for _ in range(LOOKS):
        assert "start_threads" in stack_of(starter)
    over.set()
    starter.join()
    assert gc.isenabled()
