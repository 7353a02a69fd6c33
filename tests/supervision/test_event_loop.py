"""An actor that runs coroutines in its own thread, between two messages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ActorGoneError
from timmy_actors.supervision import DEFERRED, ChildSpec, Directory, Root, Supervisor
from timmy_actors.supervision.event_loop import LoopActor
from timmy_actors.supervision.testkit import fail


class Worker(LoopActor):
    """Runs each coroutine function that it is sent, and answers with its result; calls any other function."""

    def on_start(self) -> None:
        self.thread = threading.current_thread()
        self.tasks: set[asyncio.Task[Any]] = set()

    def on_receive(self, work: Callable[..., Any]) -> Any:
        if not asyncio.iscoroutinefunction(work):
            return work(self)
        task = self.event_loop.create_task(work())
        reply = self.take_reply()
        self.tasks.add(task)
        task.add_done_callback(lambda done: None if done.cancelled() else reply.set(done.result()))
        return DEFERRED


@pytest.fixture
def directory() -> Iterator[Directory]:
    directory = Directory()
    with Root(Supervisor([ChildSpec("worker", Worker)], directory)):
        yield directory


@pytest.fixture
def impatient() -> Iterator[Directory]:
    """A worker that counts as hung after a time that an ordinary turn can also take on a busy machine."""
    directory = Directory()
    with Root(Supervisor([ChildSpec("worker", Worker, hung_after_s=0.3)], directory)):
        yield directory


def ask(directory: Directory, work: Callable[..., Any]) -> Any:
    return directory.ask("worker", work, timeout_s=PATIENCE_S, wait_s=PATIENCE_S).wait()


def answered(directory: Directory) -> Any:
    """The answer of a worker that may count as hung at any time; None: it did."""
    try:
        return ask(directory, thread_after_a_wait)
    except ActorGoneError:
        return None


async def thread_after_a_wait() -> threading.Thread:
    await asyncio.sleep(0.001)
    return threading.current_thread()


async def forever() -> None:
    await asyncio.Event().wait()


def test_coroutines_and_messages_share_one_thread(directory: Directory) -> None:
    assert ask(directory, thread_after_a_wait) is ask(directory, lambda worker: worker.thread)


def test_messages_are_handled_while_coroutines_wait(directory: Directory) -> None:
    for _ in range(20):
        directory.tell("worker", forever)
    assert ask(directory, lambda worker: len(worker.tasks)) == 20


def test_coroutines_run_while_messages_keep_coming(directory: Directory) -> None:
    ended = threading.Event()

    def again(worker: Worker) -> None:
        if not ended.is_set():
            worker.actor_ref.tell(again)

    directory.tell("worker", again)
    ask(directory, thread_after_a_wait)
    ended.set()


def test_timers_are_kept_while_coroutines_wait(directory: Directory) -> None:
    rang = threading.Event()
    directory.tell("worker", forever)
    directory.tell("worker", lambda worker: worker.mailbox.schedule("alarm", 0.01, lambda _: rang.set()))
    assert rang.wait(PATIENCE_S)


def test_a_coroutine_that_blocks_the_loop_is_a_hang_of_its_actor(impatient: Directory) -> None:
    gate = threading.Event()

    async def block() -> None:
        gate.wait(PATIENCE_S)

    answer = impatient.ask("worker", block, timeout_s=PATIENCE_S)
    with pytest.raises(ActorGoneError):
        answer.wait()
    eventually(lambda: impatient.entries["worker"].generation >= 2)
    assert eventually(lambda: answered(impatient))
    gate.set()
    eventually(lambda: impatient.abandoned.alive == 0)


@pytest.mark.parametrize("crashes", [True, False])
def test_coroutines_are_cancelled_when_their_actor_ends(crashes: bool) -> None:
    directory, late = Directory(), list[asyncio.Task[None]]()

    async def wait() -> None:
        try:
            await forever()
        finally:
            late.append(asyncio.create_task(forever()))  # a task that begins during the end is ended too

    with Root(Supervisor([ChildSpec("worker", Worker)], directory)):
        answer = directory.ask("worker", wait, timeout_s=PATIENCE_S)
        ask(directory, thread_after_a_wait)
        worker = directory.entries["worker"].actor
        assert isinstance(worker, Worker)
        if crashes:
            fail(directory, "worker", ValueError("on purpose"))
            eventually(lambda: directory.entries["worker"].generation == 2)
    with pytest.raises(ActorGoneError):
        answer.wait()
    assert [task.cancelled() for task in late] == [True]
    assert worker.event_loop.is_closed()


def test_a_coroutine_that_exits_when_it_is_cancelled_does_not_hide_its_actors_end(directory: Directory) -> None:
    async def leave() -> None:
        try:
            await forever()
        finally:
            raise SystemExit

    directory.tell("worker", leave)
    ask(directory, thread_after_a_wait)
    worker = directory.entries["worker"].actor
    assert isinstance(worker, Worker)
    fail(directory, "worker", ValueError("on purpose"))
    eventually(lambda: directory.entries["worker"].generation == 2)
    assert directory.entries["worker"].reason_type is ValueError
    assert worker.event_loop.is_closed()
