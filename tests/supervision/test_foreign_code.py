"""Tests that exceptions, callbacks and log handlers of other code affect no actor but its own."""

from __future__ import annotations

import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, fail, hold
from tests.waiting import eventually
from timmy_actors.errors import ActorFailureError, ActorGoneError
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildCount,
    ChildSpec,
    CountChildren,
    Down,
    Intensity,
    StartChild,
    Supervisor,
    dropped_log_records,
)
from timmy_actors.supervision.formatting import MAX_WORDS
from timmy_actors.supervision.log_relay import BACKLOG, RELAY

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
BORNE = Intensity(failures=1_000_000, period_s=0.001)


def children(tree: Tree) -> ChildCount:
    count: Any = tree.root.actor_ref.ask(CountChildren(), timeout=PATIENCE_S)
    assert isinstance(count, ChildCount)
    return count


def crashing() -> ChildSpec:
    return ChildSpec("a", Doer, backoff=AT_ONCE)


class UnspeakableError(Exception):
    """An exception whose `__str__` raises."""

    def __str__(self) -> str:
        raise SystemExit(1)


class UnrepresentableError(BaseException):
    def __repr__(self) -> str:
        raise ValueError("repr")

    __str__ = __repr__


class Meta(type):
    def __instancecheck__(cls, _: object) -> bool:
        raise RuntimeError("meta")


class RefusingError(Exception, metaclass=Meta):
    pass


@pytest.mark.parametrize("error", [UnspeakableError(), UnrepresentableError()], ids=["exits", "raises"])
def test_an_exception_that_cannot_be_formatted_is_an_ordinary_crash(error: BaseException) -> None:
    with Tree(crashing(), ChildSpec("b", Doer), intensity=BORNE) as tree:
        tree.started()
        reply = tree.directory.ask("a", fail(error), timeout_s=PATIENCE_S)
        with pytest.raises((UnspeakableError, ActorGoneError)):
            reply.wait()
        tree.restarted("a")
        assert tree.directory.entries["a"].last_reason == f"{type(error).__name__}, whose message cannot be formatted"
        assert tree.life.downs == []


def test_an_expected_class_whose_metaclass_raises_is_not_asked() -> None:
    with Tree(ChildSpec("a", Doer, expected=(RefusingError,), backoff=AT_ONCE), intensity=BORNE) as tree:
        tree.started()
        tree.crash("a", ValueError("bug"))
        tree.restarted("a")
        assert tree.life.downs == []


def test_a_supervisor_answers_while_formatting_an_exception_blocks() -> None:
    asked, release = threading.Event(), threading.Event()

    class SlowError(Exception):
        def __str__(self) -> str:
            asked.set()
            release.wait()
            return "at last"

    with Tree(crashing(), ChildSpec("b", Doer), intensity=BORNE) as tree:
        tree.started()
        tree.crash("a", SlowError())
        assert asked.wait(PATIENCE_S)
        assert children(tree).active == 2
        tree.crash("b", ValueError("bug"))
        tree.restarted("b")
        release.set()
        assert tree.restarted("a").last_reason == "SlowError: at last"


def test_a_reason_is_stored_as_short_text_and_its_exception_is_not_stored() -> None:
    import gc
    import weakref

    class BigError(Exception):
        pass

    with Tree(crashing(), intensity=BORNE) as tree:
        tree.started()
        error = BigError("x" * 5_000_000)
        gone = weakref.ref(error)
        tree.directory.tell("a", fail(error))
        entry = tree.restarted("a")
        del error
        assert entry.reason_type is BigError
        assert len(entry.last_reason or "") < MAX_WORDS + 100
        eventually(lambda: gc.collect() >= 0 and gone() is None)


def test_a_monitor_may_ask_the_supervisor_and_wait() -> None:
    answers: queue.Queue[object] = queue.Queue()
    with Tree(crashing(), intensity=BORNE) as tree:
        tree.started()
        tree.directory.monitor("a", lambda _: answers.put(children(tree)))
        tree.crash("a", ValueError("bug"))
        assert answers.get(timeout=PATIENCE_S) is not None


def test_a_blocking_monitor_delays_no_supervisor() -> None:
    begun, release = threading.Event(), threading.Event()
    seen: queue.Queue[Down] = queue.Queue()
    with Tree(crashing(), ChildSpec("b", Doer), intensity=BORNE) as tree:
        tree.started()
        tree.directory.monitor("a", hold(begun, release))
        tree.directory.monitor("a", seen.put)
        tree.crash("a", ValueError("bug"))
        assert begun.wait(PATIENCE_S)
        tree.restarted("a")
        assert children(tree).active == 2
        release.set()
        assert seen.get(timeout=PATIENCE_S).generation == 1


def test_a_blocking_callback_of_a_supervisors_answer_does_not_delay_the_supervisor() -> None:
    begun, release = threading.Event(), threading.Event()
    with Tree() as tree:
        tree.started()
        reply: Any = tree.root.actor_ref.ask(StartChild(ChildSpec("a", Doer)), block=False)
        reply.add_done_callback(hold(begun, release))
        assert begun.wait(PATIENCE_S)
        assert children(tree).active == 1
        release.set()


@pytest.fixture
def slow_handler() -> Iterator[tuple[threading.Event, threading.Event]]:
    """A log handler that blocks, with the events of its start and its release."""
    begun, release = threading.Event(), threading.Event()

    class SlowHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            begun.set()
            release.wait()

    handler, logger = SlowHandler(), logging.getLogger("timmy_actors")
    logger.addHandler(handler)
    yield begun, release
    release.set()
    logger.removeHandler(handler)
    assert RELAY.flush(PATIENCE_S)


def test_a_blocking_log_handler_does_not_stop_supervision(
    slow_handler: tuple[threading.Event, threading.Event],
) -> None:
    begun, _ = slow_handler
    sub = ChildSpec("sub", lambda: Supervisor([crashing(), ChildSpec("b", Doer)], tree.directory, intensity=BORNE))
    tree = Tree(sub)
    with tree:
        tree.started()
        healthy = tree.directory.ref("b")
        for number in range(1, 6):
            tree.crash("a", ValueError(f"failure {number}"))
            tree.restarted("a", number)
        assert begun.wait(PATIENCE_S)
        assert tree.directory.ref("b") is healthy
        assert tree.directory.entries["sub"].generation == 1


def test_log_records_over_the_limit_are_dropped_and_counted(
    slow_handler: tuple[threading.Event, threading.Event], caplog: pytest.LogCaptureFixture
) -> None:
    begun, release = slow_handler
    before, log = dropped_log_records(), logging.getLogger("timmy_actors.supervision.example")
    RELAY.log(log, logging.WARNING, "the first")
    assert begun.wait(PATIENCE_S)
    for number in range(BACKLOG + 7):
        RELAY.log(log, logging.WARNING, f"record {number}")
    assert dropped_log_records() == before + 7
    release.set()
    assert RELAY.flush(PATIENCE_S)
    assert "7 log records were dropped" in caplog.text


UNREAD = """
import sys
from tests.supervision.lifecycles import Doer, Tree, fail
from timmy_actors.supervision import Backoff, ChildSpec, CountChildren, Intensity
with Tree(ChildSpec("a", Doer, backoff=Backoff(0, 0)), intensity=Intensity(10**6, 0.001)) as tree:
    tree.started()
    for number in range(1, 61):
        tree.crash("a", ValueError(f"failure {number} " + "x" * 3000))
        tree.restarted("a", number)
    print(tree.root.actor_ref.ask(CountChildren(), timeout=10).active, flush=True)
    import os
    os._exit(0)
"""


def test_a_pipe_that_is_not_read_does_not_stop_supervision() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNREAD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"  # 180 kB of tracebacks do not fit into the pipe for stderr
        process.kill()


def test_a_repeated_failure_is_logged_again_with_its_count(caplog: pytest.LogCaptureFixture) -> None:
    class AgainError(ActorFailureError):
        pass

    with Tree(crashing(), intensity=BORNE) as tree:
        tree.started()
        for number in range(1, 21):
            tree.crash("a", AgainError("the same"))
            tree.restarted("a", number)
        tree.crash("a", AgainError("another"))
        tree.restarted("a", 21)
    assert RELAY.flush(PATIENCE_S)
    logged = [record.getMessage() for record in caplog.records if record.getMessage().startswith("a ended")]
    assert logged == ["a ended: the same", "a ended: the same (for the 10th time in a row)", "a ended: another"]


def test_no_name_of_the_base_collides_with_a_subclass() -> None:
    class Named(Actor):
        def on_start(self) -> None:
            self.name, self.current, self.thread, self.state, self.lifecycle = "Ann", 1, 2, "idle", None
            self._reply = self._deferred = self._over = self._answer = None

        def on_receive(self, message: object) -> object:
            return self.name, self.state

    from timmy_actors.supervision import GetState

    with Tree(ChildSpec("a", Named)) as tree:
        tree.started()
        assert tree.directory.ask("a", "?", timeout_s=PATIENCE_S).wait() == ("Ann", "idle")
        state = tree.directory.ask("a", GetState(), timeout_s=PATIENCE_S).wait()
        assert state == {"name": "Ann", "current": 1, "thread": 2, "state": "idle", "lifecycle": None}
        assert tree.directory.entries["a"].generation == 1
