"""A child that is stopped for good: its own thread completes the removal, and the supervisor agrees afterwards."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.supervision.lifecycles import Doer, Tree, fail
from tests.waiting import PATIENCE_S
from timmy_actors.errors import SpecError
from timmy_actors.supervision import (
    ChildCount,
    ChildSpec,
    CountChildren,
    Down,
    Intensity,
    Reply,
    StartChild,
    StopChild,
    WhichChildren,
)

ROUNDS = 200
SWITCH_S = 1e-5


def ask(tree: Tree, message: object) -> object:
    return tree.root.actor_ref.ask(message, timeout=PATIENCE_S)


def send(tree: Tree, message: object) -> Reply:
    reply = tree.root.actor_ref.ask(message, block=False)
    assert isinstance(reply, Reply)
    return reply


@pytest.fixture
def tree() -> Iterator[Tree]:
    with Tree(intensity=Intensity(failures=10**6)) as tree:
        yield tree.started()


@pytest.fixture
def threads_switch_all_the_time() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    yield
    sys.setswitchinterval(before)


class Busy:
    """Keeps the supervisor's thread in a factory until it is released."""

    def __init__(self, tree: Tree) -> None:
        self._entered, self._gate = threading.Event(), threading.Event()
        self.started = send(tree, StartChild(ChildSpec("next", self._create)))
        assert self._entered.wait(PATIENCE_S)

    def _create(self) -> Doer:
        self._entered.set()
        self._gate.wait(PATIENCE_S)
        return Doer()

    def release(self) -> None:
        self._gate.set()


def stopping_child(tree: Tree) -> tuple[Reply, threading.Event]:
    """The pending removal of a child that stops when the event is set."""
    gate = threading.Event()
    ask(
        tree, StartChild(ChildSpec("late", lambda: Doer(on_stop=partial(gate.wait, PATIENCE_S)), shutdown_s=PATIENCE_S))
    )
    return send(tree, StopChild("late")), gate


def test_a_removal_is_answered_while_the_supervisor_is_busy(tree: Tree) -> None:
    removal, may_stop = stopping_child(tree)
    downs: queue.SimpleQueue[Down] = queue.SimpleQueue()
    events = tree.directory.events.subscribe()
    tree.directory.monitor("late", downs.put)
    busy = Busy(tree)
    counted = send(tree, CountChildren())  # ahead of the child's end in the supervisor's mailbox
    may_stop.set()
    assert removal.get(timeout=PATIENCE_S) == 1
    assert tree.directory.entry("late") is None
    assert downs.get(timeout=PATIENCE_S) == Down("late", 1, None)
    again = send(tree, StartChild(ChildSpec("late", Doer)))
    busy.release()
    assert counted.get(timeout=PATIENCE_S) == ChildCount(specs=1, active=1, supervisors=0, workers=1)
    assert again.get(timeout=PATIENCE_S) == 2
    assert [(event.kind, event.name) for event in (events.get(PATIENCE_S) for _ in range(3)) if event] == [
        ("down", "late"), ("started", "next"), ("started", "late"),
    ]  # fmt: skip
    assert events.get(0) is None
    assert downs.empty()


def test_every_asker_of_a_removal_is_answered_also_one_who_comes_after_it(tree: Tree) -> None:
    removal, may_stop = stopping_child(tree)
    second = send(tree, StopChild("late"))
    ask(tree, WhichChildren())  # the second has arrived
    busy = Busy(tree)
    third = send(tree, StopChild("late"))
    may_stop.set()
    assert [removal.get(timeout=PATIENCE_S), second.get(timeout=PATIENCE_S)] == [1, 1]
    busy.release()
    with pytest.raises(SpecError, match="no such child"):
        third.get(timeout=PATIENCE_S)


def test_a_callback_of_a_removal_runs_in_the_thread_for_observers(tree: Tree) -> None:
    removal, may_stop = stopping_child(tree)
    threads: queue.SimpleQueue[str] = queue.SimpleQueue()
    removal.add_done_callback(lambda _: threads.put(threading.current_thread().name))
    may_stop.set()
    assert threads.get(timeout=PATIENCE_S) == "observers"


def test_a_child_that_fails_while_it_is_removed_is_removed(tree: Tree) -> None:
    downs: queue.SimpleQueue[Down] = queue.SimpleQueue()
    ask(tree, StartChild(ChildSpec("late", lambda: Doer(on_stop=fail(ValueError("no"))))))
    tree.directory.monitor("late", downs.put)
    assert ask(tree, StopChild("late")) == 1
    assert repr(downs.get(timeout=PATIENCE_S).reason) == "ValueError('no')"
    assert ask(tree, WhichChildren()) == ()
    assert tree.life.downs == []


@pytest.mark.usefixtures("threads_switch_all_the_time")
@pytest.mark.parametrize("crashes", [False, True])
def test_nothing_is_left_of_a_removed_child_once_that_was_answered(tree: Tree, crashes: bool) -> None:
    events = tree.directory.events.subscribe()
    downs: queue.SimpleQueue[Down] = queue.SimpleQueue()
    for _ in range(ROUNDS):
        ask(tree, StartChild(ChildSpec("late", Doer)))
        tree.directory.monitor("late", downs.put)
        if crashes:  # the end races the request
            tree.directory.tell("late", fail(ValueError("on purpose")))
        ask(tree, StopChild("late"))
        assert tree.directory.entry("late") is None
        assert tree.root.actor_ref.ask(CountChildren(), timeout=PATIENCE_S) == ChildCount(0, 0, 0, 0)
        assert downs.get(timeout=PATIENCE_S).name == "late"
        published = list(iter(lambda: events.get(0), None))
        started = {event.generation for event in published if event.kind == "started"}
        ended = [event.generation for event in published if event.kind == "down"]
        assert started <= set(ended)
        assert len(ended) == len(set(ended))
    assert downs.empty()
