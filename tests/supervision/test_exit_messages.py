"""Tests which replies are answered when an actor or supervisor fails, hangs or is abandoned."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from pykka._envelope import Envelope

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, end, fail, hold, join, launch
from tests.waiting import eventually
from timmy_actors.errors import ActorGoneError, RefusedError, SpecError, StartFailedError
from timmy_actors.supervision import (
    DEFERRED,
    Backoff,
    ChildSpec,
    ChildState,
    Down,
    GetState,
    Intensity,
    Reply,
    RestartType,
    StartChild,
    StopChild,
    Supervisor,
    testkit,
)
from timmy_actors.supervision.control import Ping

AT_ONCE = Backoff(base_s=0.001, cap_s=0.002)


class ObserverFailedError(BaseException):
    """An error of an observer."""


def defer(actor: Doer) -> object:
    """Take the reply without answering it."""
    actor.take_reply()
    return DEFERRED


def ask(actor: Doer | Supervisor, message: object) -> Reply:
    """Send an ask without a deadline."""
    reply = Reply()
    actor.actor_inbox.put(Envelope(message, reply_to=reply))
    return reply


def test_a_deferred_reply_is_answered_when_the_actor_ends() -> None:
    _, _life = launch(actor := Doer())
    deferred = ask(actor, defer)
    end(actor)
    with pytest.raises(ActorGoneError, match="deferred its answer"):
        deferred.get(timeout=0)


def test_all_asks_of_a_hung_actor_are_answered_when_it_is_abandoned() -> None:
    begun, release = threading.Event(), threading.Event()
    _, _life = launch(actor := Doer())

    def take_and_hold(doer: Doer) -> object:
        doer.take_reply()
        return hold(begun, release)()

    deferred, in_hand, behind = ask(actor, defer), ask(actor, take_and_hold), ask(actor, lambda _: None)
    assert begun.wait(PATIENCE_S)
    stopping = actor.actor_ref.stop(block=False)
    actor.actor_fence()
    for reply in (deferred, in_hand, behind):
        with pytest.raises(ActorGoneError):
            reply.get(timeout=0)
    assert stopping.get(timeout=PATIENCE_S)
    release.set()
    join(actor)


def test_messages_queued_behind_the_current_one_are_answered_too() -> None:
    first, second = (threading.Event(), threading.Event()), (threading.Event(), threading.Event())
    _, _life = launch(actor := Doer())
    ask(actor, hold(*first))
    assert first[0].wait(PATIENCE_S)
    ask(actor, hold(*second))
    behind = ask(actor, lambda _: None)  # sorted into its lane together with the one before
    first[1].set()
    assert second[0].wait(PATIENCE_S)
    actor.actor_fence()
    with pytest.raises(ActorGoneError):
        behind.get(timeout=0)
    second[1].set()
    join(actor)


def test_an_asked_ping_is_answered() -> None:
    launch(actor := Doer())
    assert ask(actor, Ping()).get(timeout=PATIENCE_S) is None
    end(actor)


def test_a_failing_actor_state_is_reported_to_the_asker_and_ends_no_actor() -> None:
    class Secretive(Doer):
        def actor_state(self) -> dict[str, object]:
            raise ValueError("bug")

    _, life = launch(actor := Secretive())
    with pytest.raises(RefusedError, match="Secretive cannot show its state: ValueError: bug"):
        ask(actor, GetState()).get(timeout=PATIENCE_S)
    end(actor)
    assert life.downs == [None]


def test_a_thread_that_cannot_be_started_is_the_childs_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []

    class Threadless(Doer):
        def _start_actor_loop(self) -> None:
            tries.append(1)
            if len(tries) == 2:
                raise RuntimeError("can't start new thread")
            super()._start_actor_loop()

    with Tree(ChildSpec("child", Threadless, backoff=AT_ONCE)) as tree:
        tree.started()
        tree.crash("child", ValueError("bug"))
        assert tree.restarted("child", 2).last_reason == "RuntimeError: can't start new thread"


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt()], ids=repr)
def test_any_exception_of_a_factory_is_the_childs_failure(error: BaseException) -> None:
    with Tree(ChildSpec("child", fail(error))) as tree:
        assert isinstance(tree.ended(), StartFailedError)


@pytest.mark.parametrize("message", [StartChild(ChildSpec("child", Doer)), StopChild("unknown")], ids=["start", "stop"])
def test_an_invalid_request_is_refused_and_the_supervisor_continues(message: object) -> None:
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        with pytest.raises(SpecError):
            ask(tree.root, message).get(timeout=PATIENCE_S)
        assert tree.state("child") is ChildState.UP
        assert tree.life.downs == []


def test_the_start_request_of_a_child_is_answered_when_its_supervisor_ends() -> None:
    gate = threading.Event()
    with Tree(ChildSpec("slow", lambda: Doer(on_start=gate.wait), shutdown_s=0.01)) as tree:
        eventually(lambda: "slow" in tree.directory.entries)
        starting = ask(tree.root, StartChild(ChildSpec("late", Doer, RestartType.TEMPORARY)))
    with pytest.raises((StartFailedError, ActorGoneError)):
        starting.get(timeout=PATIENCE_S)
    gate.set()


def nested(tree: Callable[[], Tree], *children: ChildSpec) -> ChildSpec:
    """The spec of an inner supervisor for a tree that is created later."""
    return ChildSpec("inner", lambda: Supervisor(children, tree().directory), backoff=AT_ONCE, hung_after_s=0.2)


def test_a_supervisor_that_fails_stops_its_children_before_its_successor_starts_them() -> None:
    order: list[str] = []
    leaf = ChildSpec(
        "leaf", lambda: Doer(on_start=partial(order.append, "start"), on_stop=partial(order.append, "stop"))
    )
    tree = Tree(nested(lambda: tree, leaf), intensity=Intensity(failures=5))
    with tree:
        tree.started()
        testkit.fail(tree.directory, "inner", ValueError("bug"))
        tree.restarted("inner")
        assert order == ["start", "stop", "start"]
        assert tree.directory.entries["leaf"].generation == 2
    assert order == ["start", "stop", "start", "stop"]


def test_a_supervisor_that_hangs_is_abandoned_with_its_children() -> None:
    downs: list[Down] = []
    tree = Tree(nested(lambda: tree, ChildSpec("leaf", Doer)), intensity=Intensity(failures=5))
    with tree:
        tree.started()
        tree.directory.monitor("leaf", downs.append)
        before = tree.directory.ref("leaf")
        release = testkit.hang(tree.directory, "inner")
        tree.restarted("inner")
        assert not before.is_alive()
        assert tree.directory.ref("leaf") is not before
        assert [(down.name, down.generation) for down in downs] == [("leaf", 1)]
        release()
        eventually(lambda: tree.directory.abandoned.alive == 0)


def test_a_monitor_that_raises_anything_ends_no_supervisor() -> None:
    seen: list[Down] = []

    def watcher(down: Down) -> None:
        seen.append(down)
        raise ObserverFailedError

    with Tree(ChildSpec("child", Doer, backoff=AT_ONCE)) as tree:
        tree.started()
        tree.directory.monitor("child", watcher)
        tree.crash("child", ValueError("bug"))
        tree.restarted("child")
        assert len(seen) == 1
        assert tree.life.downs == []


def test_any_exception_of_a_reply_callback_leaves_the_actor_down_exactly_once() -> None:
    begun, release = threading.Event(), threading.Event()
    _, life = launch(actor := Doer())
    ask(actor, hold(begun, release))
    assert begun.wait(PATIENCE_S)
    current, behind = ask(actor, lambda _: None), ask(actor, lambda _: None)
    current.add_done_callback(fail(ObserverFailedError()))
    actor.stop()
    release.set()
    join(actor)
    assert (behind.done, life.downs) == (True, [None])
