"""Tests that failures in effects and in foreign code are reported to the requester and affect no other actor."""

from __future__ import annotations

import logging
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pykka
import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, fail, hold
from tests.waiting import eventually
from timmy_actors.errors import ActorFailureError, ActorGoneError, SpecError, StartFailedError
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildSpec,
    ChildState,
    CountChildren,
    Down,
    Intensity,
    StartChild,
    StopChild,
    Supervisor,
    dropped_log_records,
)
from timmy_actors.supervision.effects import Abandon, Exit, Launch, Started, Stop
from timmy_actors.supervision.formatting import MAX_WORDS
from timmy_actors.supervision.log_relay import BACKLOG, RELAY

AT_ONCE = Backoff(base_s=0.0, cap_s=0.0)
BORNE = Intensity(failures=1_000_000, period_s=0.001)


def ask(tree: Tree, message: object) -> Any:
    return tree.root.actor_ref.ask(message, timeout=PATIENCE_S)


def crashing(name: str = "a") -> ChildSpec:
    return ChildSpec(name, Doer, backoff=AT_ONCE)


# Effects.


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
    with Tree(again, crashing("other"), intensity=Intensity(failures=3, period_s=60)) as tree:
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


# Foreign code.


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
        assert ask(tree, CountChildren()).active == 2
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
        tree.directory.monitor("a", lambda _: answers.put(ask(tree, CountChildren())))
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
        assert ask(tree, CountChildren()).active == 2
        release.set()
        assert seen.get(timeout=PATIENCE_S).generation == 1


def test_a_blocking_callback_of_a_supervisors_answer_does_not_delay_the_supervisor() -> None:
    begun, release = threading.Event(), threading.Event()
    with Tree() as tree:
        tree.started()
        reply: Any = tree.root.actor_ref.ask(StartChild(ChildSpec("a", Doer)), block=False)
        reply.add_done_callback(hold(begun, release))
        assert begun.wait(PATIENCE_S)
        assert ask(tree, CountChildren()).active == 1
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
