"""Asks, tells, stops, fences, monitors and restarts that race, with threads switched every 10 us.

`TIMMY_RACES=full` (`make races`) is 10^6 asks racing 10^4 stops, where stock Pykka loses some for ever.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import pykka
import pytest
from pykka._envelope import Envelope

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, fail, hold, join, launch
from tests.supervision.storm import ExpectedError
from tests.waiting import eventually
from timmy_actors.errors import ActorError, ActorGoneError, MailboxFullError
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildSpec,
    ChildState,
    Down,
    Mailbox,
    Overflow,
    Reply,
    RestartType,
    StartChild,
    StopChild,
)
from timmy_actors.supervision.messages import Beat

FULL = os.environ.get("TIMMY_RACES") == "full"
ASKS, STOPS = (1_000_000, 10_000) if FULL else (50_000, 500)
ROUNDS = 2_000 if FULL else 200
ASKERS = 4
SWITCH_S = 1e-5
AT_ONCE = Backoff(base_s=0.0005, cap_s=0.001)


@pytest.fixture(autouse=True)
def threads_switch_all_the_time() -> Iterator[None]:
    """Switch threads every 10 us instead of every 5 ms, to provoke races."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    yield
    sys.setswitchinterval(before)


class Echo(Actor):
    """Answers with the message."""

    def on_receive(self, message: object) -> object:
        return message


def at_once(*steps: Callable[[], object]) -> None:
    """Run every step in its own thread, all started at the same time."""
    barrier = threading.Barrier(len(steps))
    failed: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        barrier.wait()
        try:
            step()
        except BaseException as error:  # noqa: BLE001  it is the test that fails, not a thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600.0)
    assert failed == []


def watch(tree: Tree, seen: list[Down]) -> None:
    """Three monitors of the child."""
    for _ in range(3):
        tree.directory.monitor("child", seen.append)


def look(tree: Tree) -> None:
    """Make the supervisor check its children's loops repeatedly."""
    for _ in range(20):
        tree.root.actor_ref.tell(Beat())


def unanswered(replies: list[Reply]) -> list[Reply]:
    """The replies without an answer, once every actor that could answer has ended."""
    return [reply for reply in replies if not reply.done]


def race_a_stop(asks: int) -> list[Reply]:
    """Ask an actor from many threads, stop it after about half of the asks, and return the replies after its end."""
    ref, replies = (actor := Echo()).launch(), list[Reply]()
    half = threading.Event()

    def ask() -> None:
        for number in range(asks // ASKERS):
            if number == asks // ASKERS // 2:
                half.set()
            replies.append(cast("Reply", ref.ask(number, block=False)))

    def stop() -> None:
        half.wait()
        actor.stop()

    at_once(stop, *(ask for _ in range(ASKERS)))
    join(actor)
    return replies


@pytest.mark.timeout(3600 if FULL else 120)
def test_every_ask_that_races_a_stop_is_answered() -> None:
    asked = gone = 0
    began = time.monotonic()
    for _ in range(STOPS):
        replies = race_a_stop(ASKS // STOPS)
        assert unanswered(replies) == []
        asked, gone = asked + len(replies), gone + sum(reply._error is not None for reply in replies)
    print(  # noqa: T201
        f"{asked} asks raced {STOPS} stops in {time.monotonic() - began:.0f} s:"
        f" {asked - gone} answered, {gone} answered that it had ended, none lost"
    )
    assert asked == ASKS
    assert 0 < gone < asked


def test_every_ask_that_races_a_fence_is_answered_though_the_actor_hangs() -> None:
    for _ in range(ROUNDS):
        begun, release = threading.Event(), threading.Event()
        ref, _life = launch(actor := Doer())
        replies: list[Reply] = []
        answer = Reply()
        ref.actor_inbox.put(Envelope(hold(begun, release), reply_to=answer))
        assert begun.wait(PATIENCE_S)

        def ask(inbox: pykka._actor.ActorInbox = ref.actor_inbox, replies: list[Reply] = replies) -> None:
            for _ in range(20):
                reply = Reply()
                replies.append(reply)  # not `replies[-1]` below: another asker appends as well
                inbox.put(Envelope(lambda _: None, reply_to=reply))

        at_once(ask, actor.actor_fence, ask)
        assert unanswered([answer, *replies]) == []
        release.set()
        join(actor)


def test_an_idle_actor_that_is_fenced_ends_whoever_puts_at_the_same_time() -> None:
    for _ in range(ROUNDS):
        ref, life = launch(actor := Doer())
        replies: list[Reply] = []

        def ask(inbox: pykka._actor.ActorInbox = ref.actor_inbox, replies: list[Reply] = replies) -> None:
            for _ in range(10):
                reply = Reply()
                replies.append(reply)  # not `replies[-1]` below: another asker appends as well
                inbox.put(Envelope(lambda _: None, reply_to=reply))

        at_once(ask, actor.actor_fence)
        join(actor)
        assert unanswered(replies) == []
        assert len(life.downs) == 1


def test_every_letter_that_races_a_closing_is_answered_or_a_dead_letter() -> None:
    class Taken:
        def __init__(self) -> None:
            self.count = 0

        def add(self, *_: object) -> None:
            self.count += 1

    for _ in range(ROUNDS):
        mailbox, dead = Mailbox(), Taken()
        mailbox.dead_letters = dead
        replies: list[Reply] = []

        def put(mailbox: Mailbox = mailbox, replies: list[Reply] = replies) -> None:
            for _ in range(20):
                reply = Reply()
                replies.append(reply)  # not `replies[-1]` below: another asker appends as well
                mailbox.put(Envelope("asked", reply_to=reply))
                mailbox.put(Envelope("message"))

        at_once(put, mailbox.close)
        assert unanswered(replies) == []
        assert dead.count == 20
        assert mailbox.empty()


@pytest.mark.parametrize("overflow", Overflow)
def test_a_full_mailbox_that_is_emptied_meanwhile_ends_nobody(overflow: Overflow) -> None:
    class Small(Echo):
        @staticmethod
        def _create_actor_inbox() -> Mailbox:
            return Mailbox(2, overflow)

    for _ in range(ROUNDS // 4):
        ref = (actor := Small()).launch()
        replies: list[Reply] = []

        def flood(ref: pykka.ActorRef[Small] = ref, replies: list[Reply] = replies) -> None:
            for number in range(50):
                reply = Reply()
                try:
                    ref.actor_inbox.put(Envelope(number, reply_to=reply))
                except MailboxFullError:
                    continue
                replies.append(reply)

        at_once(flood, flood, flood)
        eventually(lambda replies=replies: unanswered(replies) == [])  # type: ignore[misc]
        assert ref.is_alive(), "taking from its mailbox ended it"
        actor.stop()
        join(actor)


def test_a_monitor_that_races_a_restart_receives_exactly_one_down() -> None:
    child = ChildSpec("child", Doer, expected=(ExpectedError,), backoff=AT_ONCE)
    seen: list[list[Down]] = []
    with Tree(child) as tree:
        tree.started()
        for restarts in range(1, ROUNDS // 2 + 1):
            mine: list[Down] = []
            seen.append(mine)
            at_once(
                partial(tree.crash, "child", ExpectedError("again")),
                partial(watch, tree, mine),
            )
            tree.restarted("child", restarts)
    assert all(len(mine) == 3 for mine in seen)
    assert all(down.generation in (number, number + 1) for number, mine in enumerate(seen, 1) for down in mine)


def test_a_child_that_ends_as_it_is_looked_at_hurts_no_supervisor() -> None:
    child = ChildSpec("child", Doer, expected=(ExpectedError,), backoff=AT_ONCE)
    with Tree(child) as tree:
        tree.started()
        for restarts in range(1, ROUNDS // 2 + 1):
            at_once(
                partial(tree.crash, "child", ExpectedError("again")),
                partial(look, tree),
            )
            tree.restarted("child", restarts)
        assert tree.life.downs == []


def test_starting_and_stopping_children_while_the_supervisor_stops_answers_every_request() -> None:
    for _ in range(ROUNDS // 4):
        replies: list[Reply] = []
        with Tree(ChildSpec("first", Doer)) as tree:
            tree.started()

            def children(tree: Tree = tree, replies: list[Reply] = replies) -> None:
                for number in range(5):
                    spec = ChildSpec(f"{number}", Doer, RestartType.TEMPORARY)
                    for message in (StartChild(spec), StopChild(spec.id)):
                        reply = Reply()
                        tree.root.actor_inbox.put(Envelope(message, reply_to=reply))
                        replies.append(reply)

            at_once(children, tree.root.stop)
            join(tree.root)
        assert unanswered(replies) == []
        assert {entry.state for entry in tree.directory.entries.values()} == {ChildState.DOWN}
        assert tree.life.downs == [None]


def test_an_ask_that_waits_for_a_restart_never_gets_the_incarnation_that_ended() -> None:
    child = ChildSpec("child", Doer, expected=(ExpectedError,), backoff=AT_ONCE)
    with Tree(child) as tree:
        tree.started()
        for _ in range(ROUNDS // 2):
            before = tree.directory.entries["child"].generation
            with pytest.raises(ExpectedError):
                tree.directory.ask(
                    "child", fail(ExpectedError("again")), timeout_s=PATIENCE_S, wait_s=PATIENCE_S
                ).wait()
            eventually(lambda past=before: tree.directory.entries["child"].generation > past)  # type: ignore[misc]
            answer = tree.directory.ask("child", lambda _: "new", timeout_s=PATIENCE_S, wait_s=PATIENCE_S)
            assert answer.wait() == "new"


def test_two_actors_that_ask_each_other_at_once_are_told_of_the_circle_and_neither_waits_for_ever() -> None:
    with Tree(ChildSpec("a", Doer), ChildSpec("b", Doer)) as tree:
        tree.started()
        directory, met = tree.directory, threading.Barrier(2)

        def ask(other: str) -> Callable[[Doer], str]:
            def step(_: Doer) -> str:
                met.wait(PATIENCE_S)
                try:
                    directory.ask(other, lambda _: None, timeout_s=PATIENCE_S).wait()
                except ActorError as error:
                    return type(error).__name__
                return "answered"

            return step

        for _ in range(ROUNDS // 10):
            answers = [directory.ask(*pair, timeout_s=PATIENCE_S) for pair in (("a", ask("b")), ("b", ask("a")))]
            assert "CallCycleError" in [answer.wait() for answer in answers]


def test_a_stopped_actor_tells_its_askers_so() -> None:
    ref, _ = launch(actor := Doer())
    actor.stop()
    join(actor)
    with pytest.raises((ActorGoneError, pykka.ActorDeadError)):
        ref.ask(lambda _: None, timeout=PATIENCE_S)
