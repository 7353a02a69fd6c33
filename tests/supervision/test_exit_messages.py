"""Who is answered and who is left when an actor, or a supervisor itself, fails, hangs or is shut out."""

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
    """What somebody raises who only looks on."""


def defer(actor: Doer) -> object:
    """Take the reply, and never answer."""
    actor.take_reply()
    return DEFERRED


def ask(actor: Doer | Supervisor, message: object) -> Reply:
    """Put an ask that has no deadline."""
    reply = Reply()
    actor.actor_inbox.put(Envelope(message, reply_to=reply))
    return reply


def test_a_promised_answer_is_given_when_the_actor_ends_without_it() -> None:
    _, _life = launch(actor := Doer())
    promised = ask(actor, defer)
    end(actor)
    with pytest.raises(ActorGoneError, match="promised"):
        promised.get(timeout=0)


def test_everybody_who_waits_for_a_hung_actor_is_answered_when_it_is_abandoned() -> None:
    begun, release = threading.Event(), threading.Event()
    _, _life = launch(actor := Doer())

    def take_and_hold(doer: Doer) -> object:
        doer.take_reply()
        return hold(begun, release)()

    promised, in_hand, behind = ask(actor, defer), ask(actor, take_and_hold), ask(actor, lambda _: None)
    assert begun.wait(PATIENCE_S)
    stopping = actor.actor_ref.stop(block=False)
    actor.actor_fence()
    for reply in (promised, in_hand, behind):
        with pytest.raises(ActorGoneError):
            reply.get(timeout=0)
    assert stopping.get(timeout=PATIENCE_S)
    release.set()
    join(actor)


def test_what_was_sorted_behind_the_message_in_hand_is_answered_too() -> None:
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


def test_a_ping_that_was_asked_is_answered() -> None:
    launch(actor := Doer())
    assert ask(actor, Ping()).get(timeout=PATIENCE_S) is None
    end(actor)


def test_a_state_that_cannot_be_shown_reaches_who_asked_and_ends_nobody() -> None:
    class Secretive(Doer):
        def actor_state(self) -> dict[str, object]:
            raise ValueError("bug")

    _, life = launch(actor := Secretive())
    with pytest.raises(RefusedError, match="Secretive cannot show its state: ValueError: bug"):
        ask(actor, GetState()).get(timeout=PATIENCE_S)
    end(actor)
    assert life.downs == [None]


def test_a_thread_that_cannot_be_had_is_the_childs_failure(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_whatever_a_factory_raises_is_the_childs_failure(error: BaseException) -> None:
    with Tree(ChildSpec("child", fail(error))) as tree:
        assert isinstance(tree.ended(), StartFailedError)


@pytest.mark.parametrize("message", [StartChild(ChildSpec("child", Doer)), StopChild("nobody")], ids=["start", "stop"])
def test_a_wrong_request_is_refused_and_the_supervisor_lives_on(message: object) -> None:
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        with pytest.raises(SpecError):
            ask(tree.root, message).get(timeout=PATIENCE_S)
        assert tree.state("child") is ChildState.UP
        assert tree.life.downs == []


def test_a_child_that_was_never_started_is_answered_for_when_its_supervisor_ends() -> None:
    gate = threading.Event()
    with Tree(ChildSpec("slow", lambda: Doer(on_start=gate.wait), shutdown_s=0.01)) as tree:
        eventually(lambda: "slow" in tree.directory.entries)
        starting = ask(tree.root, StartChild(ChildSpec("late", Doer, RestartType.TEMPORARY)))
    with pytest.raises((StartFailedError, ActorGoneError)):
        starting.get(timeout=PATIENCE_S)
    gate.set()


def nested(tree: Callable[[], Tree], *children: ChildSpec) -> ChildSpec:
    """An inner supervisor of a tree that is still to be made."""
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


def test_who_listens_for_an_answer_may_raise_anything_and_the_actor_is_still_down_once() -> None:
    begun, release = threading.Event(), threading.Event()
    _, life = launch(actor := Doer())
    ask(actor, hold(begun, release))
    assert begun.wait(PATIENCE_S)
    heard, behind = ask(actor, lambda _: None), ask(actor, lambda _: None)
    heard.add_done_callback(fail(ObserverFailedError()))
    actor.stop()
    release.set()
    join(actor)
    assert (behind.done, life.downs) == (True, [None])
