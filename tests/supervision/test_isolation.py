"""Tests that a failing effect and an invalid actor are failures of the requester or the child, and of no other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import pykka
import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, fail, hold
from timmy_actors.errors import SpecError, StartFailedError
from timmy_actors.supervision import (
    Backoff,
    ChildSpec,
    ChildState,
    CountChildren,
    Intensity,
    StartChild,
    StopChild,
    Supervisor,
)
from timmy_actors.supervision.effects import Abandon, Exit, Launch, Started, Stop

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
BORNE = Intensity(failures=1_000_000, period_s=0.001)


def ask(tree: Tree, message: object) -> Any:
    return tree.root.actor_ref.ask(message, timeout=PATIENCE_S)


def two_branches() -> tuple[Tree, dict[str, Supervisor]]:
    """A tree of two supervisors without children."""
    branches: dict[str, Supervisor] = {}

    def branch(name: str) -> Callable[[], Supervisor]:
        def make() -> Supervisor:
            branches[name] = Supervisor([], tree.directory)
            return branches[name]

        return make

    tree = Tree(ChildSpec("left", branch("left")), ChildSpec("right", branch("right")))
    return tree, branches


def test_a_name_of_another_supervisors_child_is_refused_and_the_asked_supervisor_keeps_its_children() -> None:
    tree, branches = two_branches()
    with tree:
        tree.started()
        for number in range(3):
            branches["right"].actor_ref.ask(StartChild(ChildSpec(f"r{number}", Doer)), timeout=PATIENCE_S)
        branches["left"].actor_ref.ask(StartChild(ChildSpec("ann", Doer)), timeout=PATIENCE_S)
        with pytest.raises(StartFailedError, match="'ann': id: a child of left has this name"):
            branches["right"].actor_ref.ask(StartChild(ChildSpec("ann", Doer)), timeout=PATIENCE_S)
        assert [tree.state(f"r{number}") for number in range(3)] == [ChildState.UP] * 3
        entry = tree.directory.entries["ann"]
        assert (entry.parent, entry.state) == ("left", ChildState.UP)
        assert tree.directory.entries["right"].generation == 1


def test_a_declared_name_that_is_taken_fails_the_start_after_its_siblings_were_asked_to_stop() -> None:
    stopped = threading.Event()
    with Tree(ChildSpec("x", Doer)) as first:
        first.started()
        second = Tree(ChildSpec("w", lambda: Doer(on_stop=stopped.set)), ChildSpec("x", Doer))
        second.root._directory = first.directory
        second.directory = first.directory
        second.root._names._directory = first.directory
        with second:
            assert isinstance(second.ended(), StartFailedError)
        assert stopped.is_set()
        assert first.directory.abandoned.abandoned == 0
        assert first.directory.ask("x", lambda _: "mine", timeout_s=PATIENCE_S).wait() == "mine"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (StartChild("hej"), "child: a str: must be a ChildSpec"),  # type: ignore[arg-type]
        (StopChild(["hej"]), "child: a list: must be a child's name"),  # type: ignore[arg-type]
        (StartChild(None), "child: a NoneType: must be a ChildSpec"),  # type: ignore[arg-type]
        ("hej", "root: a str: a supervisor does not handle such messages"),
    ],
)
def test_a_malformed_request_is_answered_and_ends_no_actor(request_: object, message: str) -> None:
    with Tree(ChildSpec("a", Doer)) as tree:
        tree.started()
        with pytest.raises(SpecError, match=message):
            ask(tree, request_)
        assert ask(tree, CountChildren()).active == 1
        assert tree.life.downs == []


class Foreign(Doer):
    """An actor with Pykka's own inbox."""

    @staticmethod
    def _create_actor_inbox() -> Any:
        return queue.Queue()

    def __init__(self) -> None:
        pykka.ThreadingActor.__init__(self)
        self.actor_thread = None


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        (Foreign, "its actor's inbox is a Queue"),
        (object, "it returned a object"),
        (lambda: None, "it returned a NoneType"),
    ],
)
def test_an_invalid_actor_is_a_failed_start(factory: Any, message: str) -> None:
    with Tree(ChildSpec("a", Doer)) as tree:
        tree.started()
        with pytest.raises(StartFailedError, match=message):
            ask(tree, StartChild(ChildSpec("b", factory)))
        assert ask(tree, CountChildren()).specs == 1


def test_a_factory_that_returns_the_same_actor_again_fails_only_its_child() -> None:
    same = Doer()
    again = ChildSpec("again", lambda: same, backoff=AT_ONCE)
    with Tree(again, ChildSpec("other", Doer, backoff=AT_ONCE), intensity=Intensity(failures=3, period_s=60)) as tree:
        tree.started()
        tree.crash("again", ValueError("bug"))
        assert "an actor that is already launched" in str(tree.ended())


def test_the_supervisor_does_not_call_an_overridden_stop() -> None:
    class Stubborn(Doer):
        def stop(self) -> None:
            raise ValueError("no")

    with Tree(ChildSpec("a", Stubborn), ChildSpec("b", Doer)) as tree:
        tree.started()
    assert tree.life.downs == [None]
    assert tree.directory.abandoned.abandoned == 0


def test_a_child_that_cannot_be_asked_to_stop_is_abandoned_and_the_others_are_stopped() -> None:
    stopped = threading.Event()
    with Tree(ChildSpec("fine", lambda: Doer(on_stop=stopped.set)), ChildSpec("bad", Doer)) as tree:
        tree.started()
        actor = tree.directory.entries["bad"].actor
        assert isinstance(actor, Doer)
        put, actor.mailbox.put = actor.mailbox.put, fail(OSError("broken"))  # type: ignore[method-assign]
    assert stopped.is_set()
    assert tree.life.downs == [None]
    assert "could not be asked to stop: OSError: broken" in (tree.directory.entries["bad"].last_reason or "")
    assert put is not None


def test_a_child_whose_fence_raises_is_abandoned_nevertheless() -> None:
    class Unfenced(Doer):
        def actor_fence(self) -> None:
            raise ValueError("no")

    begun, release = threading.Event(), threading.Event()
    with Tree(ChildSpec("a", Unfenced, backoff=AT_ONCE, hung_after_s=0.1)) as tree:
        tree.started()
        tree.directory.tell("a", hold(begun, release))
        tree.restarted("a")
        assert tree.life.downs == []
        release.set()


@pytest.mark.parametrize("effect", [Started("a", 1), Abandon("a", "hung")], ids=["started", "abandon"])
def test_any_other_effect_that_fails_ends_the_supervisor_in_order(effect: Any) -> None:
    from tests.supervision.stage import Stage, spec

    stage = Stage([spec("a"), spec("b")]).begin()
    stage.play(stage.plan.failed(effect, error := ValueError("bug"), 0.0))
    assert stage.stopped == ["b", "a"]
    assert stage.exits == [error]


def test_a_launch_or_a_stop_that_fails_is_the_childs_own_failure() -> None:
    from tests.supervision.stage import Stage, spec

    stage = Stage([spec("a"), spec("b")])
    stage.plan.begin(0.0)
    stage.play(stage.plan.failed(Launch("a", 1), ValueError("bug"), 0.0))
    assert [type(reason) for reason in stage.exits] == [StartFailedError]
    stage = Stage([spec("a")]).begin()
    stage.behave("a", stop="mute")
    stage.close()
    stage.play(stage.plan.failed(Stop("a"), ValueError("bug"), 0.0))
    assert len(stage.of(Abandon)) == len(stage.of(Exit)) == 1
    assert stage.plan.failed(Stop("a"), ValueError("bug"), 0.0) == []
