"""Tests that a name is owned by a supervisor incarnation, compared by identity."""

from __future__ import annotations

import gc
import threading
import weakref
from itertools import pairwise
from typing import Any

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Life, Tree, end, fail, join
from tests.waiting import eventually
from timmy_actors.errors import ActorError, EndedBeforeError, SpecError, StartFailedError
from timmy_actors.supervision import (
    Backoff,
    ChildSpec,
    ChildState,
    Directory,
    Down,
    Entry,
    Intensity,
    RestartType,
    StartChild,
    StopChild,
    Supervisor,
    testkit,
)
from timmy_actors.supervision.directory import Owner

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)


def root(directory: Directory, *children: ChildSpec, intensity: Intensity | None = None) -> tuple[Supervisor, Life]:
    """A root with the default name, launched."""
    supervisor, life = Supervisor(children, directory, intensity=intensity), Life()
    supervisor.actor_lifecycle = life
    supervisor.launch()
    return supervisor, life


def test_two_roots_of_one_name_do_not_take_each_others_children() -> None:
    directory, downs = Directory(), list[Down]()
    first, _ = root(directory, ChildSpec("x", Doer))
    before = directory.ref("x", PATIENCE_S)
    directory.monitor("x", downs.append)
    second, life = root(directory, ChildSpec("x", Doer))
    assert life.ended.wait(PATIENCE_S)
    join(second)
    assert isinstance(life.downs[0], StartFailedError)
    assert directory.ref("x") is before
    assert directory.ask("x", lambda _: "here", timeout_s=PATIENCE_S).wait() == "here"
    assert downs == []
    end(first)


def test_a_name_that_is_another_owners_by_now_is_neither_forgotten_nor_written() -> None:
    directory = Directory()
    done = ChildSpec("x", Doer, RestartType.TRANSIENT)
    first, life = root(directory, done, ChildSpec("keep", Doer))
    assert life.began.wait(PATIENCE_S)
    directory.tell("x", lambda actor: actor.leave())
    eventually(lambda: directory.entries["x"].state is ChildState.DOWN)
    second, _ = root(directory)
    assert second.actor_ref.ask(StartChild(ChildSpec("x", Doer)), timeout=PATIENCE_S) == 2
    first.actor_ref.ask(StopChild("x"), timeout=PATIENCE_S)
    assert directory.ask("x", lambda _: "second's", timeout_s=PATIENCE_S).wait() == "second's"
    end(first)
    assert life.downs == [None]
    assert directory.ask("x", lambda _: "second's", timeout_s=PATIENCE_S).wait() == "second's"
    end(second)


def test_a_name_that_waits_for_its_restart_is_taken() -> None:
    directory = Directory()
    slow = ChildSpec("x", Doer, backoff=Backoff(base_s=1e6, cap_s=1e6))
    first, life = root(directory, slow, intensity=Intensity(failures=100))
    assert life.began.wait(PATIENCE_S)
    directory.tell("x", fail(ValueError("bug")))
    eventually(lambda: directory.entries["x"].generation == 2 and directory.entries["x"].state is ChildState.UP)
    directory.tell("x", fail(ValueError("bug")))
    eventually(lambda: directory.entries["x"].state is ChildState.WAITING)
    second, _ = root(directory)
    with pytest.raises(StartFailedError, match="a child of Supervisor has this name"):
        second.actor_ref.ask(StartChild(ChildSpec("x", Doer)), timeout=PATIENCE_S)
    end(second)
    end(first)


def test_an_abandoned_owner_holds_no_name() -> None:
    directory, old, new = Directory(), Owner(), Owner()
    directory.write(Entry("x", state=ChildState.UP), old)
    with pytest.raises(SpecError, match="'x': id"):
        directory.write(Entry("x"), new)
    old.revoked = True
    directory.write(Entry("x", state=ChildState.STARTING), new)
    assert directory.owns("x", new)


@pytest.mark.parametrize("restart", list(RestartType))
def test_names_of_dynamic_children_end_with_their_supervisor(restart: RestartType) -> None:
    supervisors: list[Supervisor] = []

    def branch() -> Supervisor:
        supervisors.append(Supervisor([], tree.directory))
        return supervisors[-1]

    tree = Tree(ChildSpec("sub", branch, backoff=AT_ONCE), intensity=Intensity(failures=1_000, period_s=0.001))
    with tree:
        tree.started()
        for number in range(30):
            spec = ChildSpec(f"visitor{number}", Doer, restart)
            supervisors[-1].actor_ref.ask(StartChild(spec), timeout=PATIENCE_S)
            testkit.fail(tree.directory, "sub", ValueError("bug"))
            tree.restarted("sub", number + 1)
        assert list(tree.directory.entries) == ["sub"]


def test_no_two_incarnations_of_a_name_share_a_number() -> None:
    directory, life = Directory(), Life()
    supervisor = Supervisor([], directory)
    supervisor.actor_lifecycle = life
    supervisor.launch()
    numbers: list[Any] = []
    for name in ("a", "a", "b", "a"):
        numbers.append(supervisor.actor_ref.ask(StartChild(ChildSpec(name, Doer)), timeout=PATIENCE_S))
        supervisor.actor_ref.ask(StopChild(name), timeout=PATIENCE_S)
    assert all(before < after for before, after in pairwise(numbers))
    end(supervisor)


def test_a_monitor_can_be_taken_back_and_leaves_nothing_behind() -> None:
    with Tree(ChildSpec("a", Doer, backoff=AT_ONCE)) as tree:
        tree.started()
        seen: list[Down] = []
        taken_back = tree.directory.monitor("a", seen.append)
        assert tree.directory.demonitor(taken_back)
        assert not tree.directory.demonitor(taken_back)
        assert tree.directory._monitors._by_name == {}
        monitor, notified = tree.directory.monitor("a", seen.append), threading.Event()
        tree.directory.monitor("a", lambda _: notified.set())
        tree.crash("a", ValueError("bug"))
        assert notified.wait(PATIENCE_S)
        assert len(seen) == 1
        assert not tree.directory.demonitor(monitor)
        assert tree.directory._monitors._by_name == {}


def test_monitors_free_their_memory() -> None:
    class Watcher:
        def __call__(self, _: Down) -> None:
            pass

    with Tree(ChildSpec("a", Doer)) as tree:
        tree.started()
        gone = []
        for _ in range(100):
            watcher = Watcher()
            gone.append(weakref.ref(watcher))
            tree.directory.demonitor(tree.directory.monitor("a", watcher))
            del watcher
        gc.collect()
        assert [ref() for ref in gone] == [None] * 100


def test_a_late_monitor_receives_the_reason_in_words() -> None:
    with Tree(ChildSpec("a", Doer, RestartType.TEMPORARY)) as tree:
        tree.started()
        tree.crash("a", ValueError("bug"))
        eventually(lambda: tree.state("a") is ChildState.DOWN)
        seen: list[Down] = []
        tree.directory.monitor("a", seen.append)
        [down] = seen
        assert isinstance(down.reason, EndedBeforeError)
        assert isinstance(down.reason, ActorError)
        assert (down.generation, str(down.reason)) == (1, "ValueError: bug")
