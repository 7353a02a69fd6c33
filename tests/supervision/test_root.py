"""Tests that a root reports how its tree started and why it ended."""

from __future__ import annotations

import threading
from typing import cast

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, fail, hold
from timmy_actors.errors import AskTimeoutError, GaveUpError, HungError, SpecError, StartFailedError
from timmy_actors.supervision import (
    ChildCount,
    ChildSpec,
    ChildState,
    CountChildren,
    Directory,
    Intensity,
    Root,
    StartChild,
    Strategy,
    Supervisor,
    testkit,
)
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.testkit import VirtualClock

NONE_BORNE = Intensity(failures=0)


def root(*children: ChildSpec, intensity: Intensity | None = None) -> tuple[Root, Directory]:
    directory = Directory()
    return Root(Supervisor(children, directory, intensity=intensity)), directory


def count(tree: Root) -> ChildCount:
    return cast(ChildCount, tree.ref.ask(CountChildren(), timeout=PATIENCE_S))


def test_it_is_started_when_every_child_is_up_and_ended_when_every_child_is_down() -> None:
    tree, directory = root(ChildSpec("a", Doer), ChildSpec("b", Doer))
    with tree:
        assert {entry.state for entry in directory.entries.values()} == {ChildState.UP}
        assert count(tree).active == 2
        assert not tree.join(0)
    assert tree.has_ended
    assert tree.join()
    assert tree.exit_reason is None
    assert {entry.state for entry in directory.entries.values()} == {ChildState.DOWN}


def test_a_start_reports_its_error_and_leaves_nothing_running() -> None:
    stopped = threading.Event()
    tree, _ = root(
        ChildSpec("fine", lambda: Doer(on_stop=stopped.set)),
        ChildSpec("bad", lambda: Doer(on_start=fail(OSError("no")))),
    )
    with pytest.raises(StartFailedError, match="bad did not start: OSError: no"):
        tree.start()
    assert stopped.is_set()
    assert tree.has_ended
    assert isinstance(tree.exit_reason, StartFailedError)


def test_a_start_that_takes_too_long_is_stopped() -> None:
    gate = threading.Event()
    tree, _ = root(ChildSpec("slow", lambda: Doer(on_start=gate.wait), shutdown_s=0.01))
    with pytest.raises(StartFailedError, match=r"did not start within 0\.05 s"):
        tree.start(0.05)
    assert tree.has_ended
    gate.set()


def test_a_tree_that_gave_up_tells_its_caller_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    ended = threading.Event()
    directory = Directory()
    tree = Root(Supervisor([ChildSpec("a", Doer)], directory, intensity=NONE_BORNE), name="top", on_end=ended.set)
    tree.start()
    directory.tell("a", fail(ValueError("bug")))
    with pytest.raises(GaveUpError, match="top gave up: 1 failures within 5 s"):
        tree.join(PATIENCE_S)
    assert isinstance(tree.exit_reason, GaveUpError)
    assert ended.wait(PATIENCE_S)
    assert RELAY.flush(PATIENCE_S)
    assert "the tree top ended: top gave up" in caplog.text
    tree.stop()


def test_leaving_a_tree_that_gave_up_raises_why() -> None:
    tree, directory = root(ChildSpec("a", Doer), intensity=NONE_BORNE)

    def live() -> None:
        with tree:
            directory.tell("a", fail(ValueError("bug")))
            assert tree.wait(PATIENCE_S)

    with pytest.raises(GaveUpError):
        live()


def test_a_bare_supervisor_that_gives_up_says_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    directory = Directory()
    supervisor = Supervisor([ChildSpec("a", Doer)], directory, intensity=NONE_BORNE)
    supervisor.launch()
    directory.ref("a", PATIENCE_S).tell(fail(ValueError("bug")))
    assert supervisor.actor_stopped.wait(PATIENCE_S)
    assert RELAY.flush(PATIENCE_S)
    assert "Supervisor crashed: Supervisor gave up" in caplog.text


def test_a_root_can_be_launched_once() -> None:
    tree, _ = root()
    with tree, pytest.raises(StartFailedError, match="already started"):
        tree.launch()
    with pytest.raises(StartFailedError):
        tree.start()


def test_a_root_that_was_never_started_stops_at_once() -> None:
    tree, directory = root(ChildSpec("a", Doer))
    tree.stop()
    assert not tree.has_ended
    assert not directory.entries


def test_a_stop_that_takes_too_long_raises() -> None:
    begun, release = threading.Event(), threading.Event()
    tree, directory = root(ChildSpec("a", Doer, shutdown_s=PATIENCE_S))
    tree.start()
    directory.tell("a", hold(begun, release))
    assert begun.wait(PATIENCE_S)
    with pytest.raises(AskTimeoutError, match=r"did not stop within 0\.01 s"):
        tree.stop(0.01)
    release.set()
    tree.stop()


def test_a_hung_root_supervisor_ends_the_tree() -> None:
    directory = Directory()
    tree = Root(Supervisor([ChildSpec("a", Doer)], directory), hung_after_s=0.2).start()
    begun, release = threading.Event(), threading.Event()

    def factory() -> Doer:
        hold(begun, release)()
        return Doer()

    tree.ref.tell(StartChild(ChildSpec("stuck", factory)))
    with pytest.raises(HungError, match=r"root hung: its loop has not run for 0\.2 s"):
        tree.join(PATIENCE_S)
    assert directory.entries["a"].ref is None
    release.set()


@pytest.mark.parametrize("hung_after_s", [0, -1, "5"])
def test_an_invalid_hung_after_s_is_refused(hung_after_s: float) -> None:
    with pytest.raises(SpecError, match="root: hung_after_s"):
        Root(Supervisor([], Directory()), hung_after_s=hung_after_s)


# How many children, and how they stop.


def test_a_child_over_the_limit_is_refused() -> None:
    with Root(Supervisor([ChildSpec("a", Doer)], Directory(), max_children=2)) as tree:
        tree.ref.ask(StartChild(ChildSpec("b", Doer)), timeout=PATIENCE_S)
        with pytest.raises(SpecError, match="'c': max_children: this supervisor has 2 children: stop one first"):
            tree.ref.ask(StartChild(ChildSpec("c", Doer)), timeout=PATIENCE_S)
        assert count(tree).specs == 2


@pytest.mark.parametrize("strategy", list(Strategy))
def test_independent_added_children_stop_at_the_same_time(strategy: Strategy) -> None:
    at_once, met = strategy is Strategy.ONE_FOR_ONE, list[bool]()
    together = threading.Barrier(3)

    def meet() -> None:
        try:
            together.wait(PATIENCE_S if at_once else 0.05)
            met.append(True)
        except threading.BrokenBarrierError:
            met.append(False)

    with Root(Supervisor([], Directory(), strategy=strategy)) as tree:
        for name in "abc":
            spec = ChildSpec(name, lambda: Doer(on_stop=meet), shutdown_s=2 * PATIENCE_S)
            tree.ref.ask(StartChild(spec), timeout=PATIENCE_S)
    assert met == [at_once] * 3


def test_a_declared_child_stops_after_the_added_ones() -> None:
    stopped: list[str] = []

    def spec(name: str) -> ChildSpec:
        return ChildSpec(name, lambda: Doer(on_stop=lambda: stopped.append(name)))

    with Root(Supervisor([spec("declared")], Directory())) as tree:
        for name in ("one", "two"):
            tree.ref.ask(StartChild(spec(name)), timeout=PATIENCE_S)
    assert stopped[-1] == "declared"
    assert set(stopped[:-1]) == {"one", "two"}


def test_a_root_in_virtual_time_has_no_watch_thread() -> None:
    clock = VirtualClock()
    directory = Directory(clock=clock)
    with Root(Supervisor([ChildSpec("a", Doer)], directory)):
        clock.advance(1e4)
        testkit.fail(directory, "a", ValueError("bug"))
        clock.settle()
        assert directory.entries["a"].generation == 2
