"""Tests asks that wait for a restart: each message gets its documented answer, and no thread is blocked."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, end, fail, hold
from tests.waiting import eventually
from timmy_actors.errors import (
    ActorGoneError,
    AskTimeoutError,
    CallCycleError,
    MailboxFullError,
    NoSuchActorError,
    SpecError,
)
from timmy_actors.supervision import (
    DEFERRED,
    Backoff,
    ChildSpec,
    ChildState,
    Directory,
    Intensity,
    Mailbox,
    Overflow,
    Reply,
    StopChild,
    Supervisor,
)
from timmy_actors.supervision.testkit import VirtualClock
from timmy_actors.supervision.testkit import fail as strike

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
BORNE = Intensity(failures=1_000_000, period_s=0.001)
CRASHES = 300


def tree_of_one(*, backoff: Backoff = AT_ONCE) -> Tree:
    return Tree(ChildSpec("a", Doer, backoff=backoff), intensity=BORNE)


def answer(_: Doer) -> str:
    return "answer"


def ask(tree: Tree, message: Callable[[Doer], Any] = answer, *, wait_s: float = PATIENCE_S) -> Reply:
    return tree.directory.ask("a", message, timeout_s=PATIENCE_S, wait_s=wait_s)


def test_every_ask_that_is_sent_after_an_actor_ended_is_answered_by_the_next() -> None:
    with tree_of_one() as tree:
        tree.started()
        for _ in range(CRASHES):
            ref = tree.directory.ref("a", PATIENCE_S)
            ref.tell(fail(ValueError("bug")))
            assert ref.actor_stopped.wait(PATIENCE_S)
            assert ask(tree).wait() == "answer"


def test_every_ask_that_races_a_crash_is_answered_by_one_or_the_next() -> None:
    with tree_of_one() as tree:
        tree.started()
        for _ in range(CRASHES):
            tree.directory.tell("a", fail(ValueError("bug")))
            assert ask(tree).wait() == "answer"


def test_messages_that_wait_through_a_crash_are_carried_to_the_next_incarnation_in_their_order() -> None:
    begun, release, seen = threading.Event(), threading.Event(), list[int]()
    with tree_of_one() as tree:
        tree.started()
        tree.directory.tell("a", hold(begun, release))
        assert begun.wait(PATIENCE_S)
        tree.directory.tell("a", fail(ValueError("bug")))
        behind = [ask(tree, lambda _, n=n: seen.append(n)) for n in range(5)]  # type: ignore[misc]
        impatient = ask(tree, wait_s=0)
        release.set()
        for reply in behind:
            reply.wait()
        assert seen == list(range(5))
        with pytest.raises(ActorGoneError, match="before it handled"):
            impatient.wait()


def test_a_message_whose_handling_began_is_never_handled_again() -> None:
    done: list[int] = []

    def fail_half_way(_: Doer) -> None:
        done.append(1)
        raise ValueError("half way")

    with tree_of_one() as tree:
        tree.started()
        with pytest.raises(ValueError, match="half way"):
            ask(tree, fail_half_way).wait()
        assert ask(tree).wait() == "answer"
        assert done == [1]


def test_a_deferred_reply_fails_when_its_actor_ends() -> None:
    def defer(actor: Doer) -> object:
        actor.take_reply()
        return DEFERRED

    with tree_of_one() as tree:
        tree.started()
        deferred = ask(tree, defer)
        tree.crash("a", ValueError("bug"))
        with pytest.raises(ActorGoneError, match="deferred its answer"):
            deferred.wait()


def test_a_waiting_ask_does_not_block_the_event_loop() -> None:
    async def main() -> bool:
        reply = Directory().ask("unknown", "x", timeout_s=1, wait_s=1)
        still_waits = not reply.done  # the call has returned, but the ask still waits
        with pytest.raises(NoSuchActorError):
            await reply
        return still_waits

    assert asyncio.run(main())


def test_an_expired_ask_is_answered_even_if_no_thread_waits_for_its_reply() -> None:
    answered = threading.Event()
    reply = Directory().ask("unknown", "x", timeout_s=PATIENCE_S, wait_s=0.01)
    reply.add_done_callback(lambda _: answered.set())
    assert answered.wait(PATIENCE_S)
    with pytest.raises(NoSuchActorError, match="the name is unknown"):
        reply.get(timeout=0)


def test_a_ref_can_be_waited_for() -> None:
    with tree_of_one() as tree:
        tree.started()
        tree.crash("a", ValueError("bug"))
        assert tree.directory.ref("a", PATIENCE_S) is not None
    with pytest.raises(NoSuchActorError, match="it is down"):
        tree.directory.ref("a", 0.01)


def test_the_number_of_waiting_asks_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timmy_actors.supervision.waiting.DEFAULT_CAPACITY", 2)
    directory = Directory()
    waiting = [directory.ask("unknown", "x", timeout_s=0.1, wait_s=0.1) for _ in range(3)]
    with pytest.raises(MailboxFullError):
        waiting[2].get(timeout=0)
    for reply in waiting[:2]:
        with pytest.raises(NoSuchActorError):
            reply.wait()


def test_a_message_dropped_by_overflow_is_not_passed_to_the_next_incarnation() -> None:
    class Small(Doer):
        @staticmethod
        def _create_actor_inbox() -> Mailbox:
            return Mailbox(1, Overflow.DROP_OLDEST)

    begun, release = threading.Event(), threading.Event()
    with Tree(ChildSpec("a", Small)) as tree:
        tree.started()
        tree.directory.tell("a", hold(begun, release))
        assert begun.wait(PATIENCE_S)
        oldest, newest = ask(tree), ask(tree)
        with pytest.raises(ActorGoneError, match="this was the oldest"):
            oldest.wait()
        release.set()
        assert newest.wait() == "answer"


def test_a_timeout_may_be_infinite_but_must_be_a_duration() -> None:
    with tree_of_one() as tree:
        tree.started()
        assert tree.directory.ask("a", answer, timeout_s=math.inf, wait_s=math.inf).wait() == "answer"
        assert asyncio.run(_await(tree.directory.ask("a", answer, timeout_s=math.inf))) == "answer"
        for wrong in (math.nan, -1, "5", None):
            with pytest.raises(SpecError, match="ask: timeout_s"):
                tree.directory.ask("a", answer, timeout_s=wrong)  # type: ignore[arg-type]
        with pytest.raises(SpecError, match="ask: wait_s"):
            tree.directory.ask("a", answer, timeout_s=1, wait_s=math.nan)


async def _await(reply: Reply) -> object:
    return await reply


def test_get_raises_at_the_deadline_and_for_a_call_cycle() -> None:
    with pytest.raises(AskTimeoutError):
        Reply(deadline=time.monotonic() - 1).get()
    with Tree(ChildSpec("a", Doer), ChildSpec("b", Doer)) as tree:
        tree.started()

        def asking(name: str, then: Callable[[Doer], Any]) -> Callable[[Doer], Any]:
            return lambda _: tree.directory.ask(name, then, timeout_s=PATIENCE_S).get()

        with pytest.raises(CallCycleError, match="b asks a asks b"):
            tree.directory.ask("a", asking("b", asking("a", answer)), timeout_s=PATIENCE_S).get()


# In virtual time.


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def directory(clock: VirtualClock) -> Iterator[Directory]:
    directory = Directory(clock=clock)
    children = [ChildSpec(name, Doer, hung_after_s=None, backoff=Backoff(100.0, 100.0)) for name in "ab"]
    root = Supervisor(children, directory, intensity=BORNE)
    root.launch()
    clock.settle()
    yield directory
    end(root)


def mute(actor: Doer) -> object:
    actor.take_reply()
    return DEFERRED


def test_a_thread_that_waits_outside_advances_the_time_to_the_deadline(
    clock: VirtualClock, directory: Directory
) -> None:
    began = time.monotonic()
    with pytest.raises(AskTimeoutError, match=r"within 3\.6e\+03 s"):
        directory.ask("a", mute, timeout_s=3600).wait()
    assert clock.now() == 3600
    assert time.monotonic() - began < PATIENCE_S


def test_a_waiting_actor_is_idle_and_times_out_in_virtual_time(clock: VirtualClock, directory: Directory) -> None:
    ended: list[tuple[str, float]] = []

    def wait(_: Doer) -> None:
        try:
            directory.ask("b", mute, timeout_s=60).wait()
        except AskTimeoutError as error:
            ended.append((type(error).__name__, clock.now()))

    directory.tell("a", wait)
    clock.advance(59)
    assert ended == []
    clock.advance(1)
    assert ended == [("AskTimeoutError", 60.0)]


def test_a_waiting_actor_is_answered(clock: VirtualClock, directory: Directory) -> None:
    answers: list[object] = []
    directory.tell("a", lambda _: answers.append(directory.ask("b", answer, timeout_s=60).wait()))
    clock.settle()
    assert answers == ["answer"]


def test_a_wait_for_a_restart_passes_in_virtual_time(clock: VirtualClock, directory: Directory) -> None:
    for _ in range(3):  # the first restart is at once, the others are not
        strike(directory, "a", ValueError("bug"))
        clock.settle()
        if directory.entries["a"].state is ChildState.WAITING:
            break
    assert directory.ask("a", answer, timeout_s=1000, wait_s=1000).wait() == "answer"
    with pytest.raises(NoSuchActorError):
        directory.ask("unknown", answer, timeout_s=1000, wait_s=500).wait()


def test_an_await_in_virtual_time_advances_it(clock: VirtualClock, directory: Directory) -> None:
    with pytest.raises(AskTimeoutError):
        asyncio.run(_await(directory.ask("a", mute, timeout_s=3600)))
    assert clock.now() == 3600


def test_a_permanently_stopped_name_delays_an_ask_no_longer_than_its_wait_s() -> None:
    with tree_of_one() as tree:
        tree.started()
        tree.root.actor_ref.ask(StopChild("a"), timeout=PATIENCE_S)
        with pytest.raises(NoSuchActorError):
            ask(tree, wait_s=0.01).wait()
        eventually(lambda: not any(thread.name == "waiting asks" for thread in threading.enumerate()))
