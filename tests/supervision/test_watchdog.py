from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from timmy_actors.supervision.watchdog import stack_of

LOOKS = 300
COLLECTIONS = 40
"""More allocations than one stack read makes; in most of them a running thread has no visible effect."""


@pytest.fixture
def eager_collection() -> Iterator[None]:
    """Collect garbage at nearly every allocation, with a Python callback that lets other threads run."""
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
def test_reading_stacks_while_threads_start_and_garbage_is_collected_does_not_deadlock() -> None:
    runs, over = threading.Event(), threading.Event()

    def start_threads() -> None:
        runs.set()
        while not over.is_set():
            thread = threading.Thread(target=list)
            thread.start()
            thread.join()

    starter = threading.Thread(target=start_threads)
    starter.start()
    runs.wait()
    try:
        for _ in range(LOOKS):
            assert "start_threads" in stack_of(starter)
    finally:
        over.set()
        starter.join()
    assert gc.isenabled()


def test_no_ended_frame_is_read_when_the_thread_continues_during_the_read() -> None:
    for collection in range(1, COLLECTIONS):
        with _goes_on_at(collection) as thread:
            assert "in target" in stack_of(thread)


@contextmanager
def _goes_on_at(nth: int) -> Iterator[threading.Thread]:
    """A thread that changes its innermost calls during the garbage collection before its stack is read."""
    waits, leave, moved, end = (threading.Event() for _ in range(4))
    looker, collections = threading.get_ident(), 0

    def callback(phase: str, _info: dict[str, int]) -> None:
        nonlocal collections
        if phase == "start" and threading.get_ident() == looker:
            collections += 1
            if collections == nth:
                leave.set()
                moved.wait()

    def leaves() -> None:
        waits.set()
        leave.wait()

    def calls() -> None:
        leaves()

    def stays(*objects: object) -> None:
        cells = [lambda: objects]
        moved.set()
        end.wait()
        cells.clear()

    def target() -> None:
        calls()
        stays(*range(6))

    thread, threshold = threading.Thread(target=target), gc.get_threshold()
    thread.start()
    waits.wait()
    gc.callbacks.append(callback)
    gc.set_threshold(1)
    try:
        yield thread
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(callback)
        leave.set()
        end.set()
        thread.join()
