"""A child that is stopped for good: its own thread completes the removal, and the supervisor agrees afterwards."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.supervision.lifecycles import Doer, Tree, fail, join
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ActorGoneError, GaveUpError, HungError, SpecError
from timmy_actors.supervision import (
    ChildCount,
    ChildSpec,
    ChildState,
    CountChildren,
    Down,
    Entry,
    Intensity,
    Reply,
    StartChild,
    StopChild,
    WhichChildren,
)
from timmy_actors.supervision.directory import Names

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


def test_what_is_asked_while_the_last_removal_ends_a_failed_supervisor_is_answered() -> None:
    with Tree(ChildSpec("worker", Doer), intensity=Intensity(failures=0)) as tree:
        tree.started()
        removal, may_stop = stopping_child(tree)
        tree.crash("worker", ValueError("on purpose"))  # the supervisor gives up, and waits for the removed child
        eventually(lambda: tree.state("worker") is ChildState.DOWN)
        asked: queue.SimpleQueue[Reply] = queue.SimpleQueue()

        def ask_first(_: Reply) -> None:  # in the child's thread, before it reports its end
            asked.put(send(tree, CountChildren()))
            tree.ended()

        removal.call_when_done(ask_first)
        may_stop.set()
        with pytest.raises(ActorGoneError):
            asked.get(timeout=PATIENCE_S).get(timeout=PATIENCE_S)
        assert isinstance(tree.ended(), GaveUpError)


def test_an_abandoned_child_that_ends_by_its_fence_does_not_complete_its_removal(tree: Tree) -> None:
    child, gate = Doer(on_stop=lambda: gate.wait(PATIENCE_S)), threading.Event()
    ask(tree, StartChild(ChildSpec("late", lambda: child, shutdown_s=0.0)))
    downs: queue.SimpleQueue[Down] = queue.SimpleQueue()
    tree.directory.monitor("late", downs.put)
    fence = Doer.actor_fence

    def end_at_the_fence(actor: Doer) -> None:
        gate.set()
        fence(actor)
        join(actor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Doer, "actor_fence", end_at_the_fence)
        ask(tree, StopChild("late"))
    assert isinstance(downs.get(timeout=PATIENCE_S).reason, HungError)
    assert downs.empty()


def test_a_late_write_does_not_bring_back_a_retired_name(tree: Tree) -> None:
    directory, theirs, others = tree.directory, Names(tree.directory), Names(tree.directory)
    theirs.claim("late", 1, Doer().actor_ref)

    def retire_meanwhile(self: Entry, **changes: Any) -> Entry:
        patch.undo()
        theirs.retire("late", 1, None)
        others.claim("late", 2, Doer().actor_ref)
        return self.changed(**changes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Entry, "changed", retire_meanwhile)
        theirs.write("late", state=ChildState.STOPPING)
    entry = directory.entry("late")
    assert entry is not None
    assert (entry.generation, entry.state) == (2, ChildState.STARTING)
    others.forget("late")
