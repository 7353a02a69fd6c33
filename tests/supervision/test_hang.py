"""Hung actors, in virtual time: abandoned, fenced, counted, and replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.supervision.lifecycles import Doer, Life, end, join
from timmy_actors.errors import FencedError, HungError, StartFailedError, TooManyAbandonedError
from timmy_actors.supervision import (
    Actor,
    Backoff,
    ChildSpec,
    Directory,
    Down,
    Entry,
    Intensity,
    SharedValue,
    Supervisor,
)
from timmy_actors.supervision.context import current
from timmy_actors.supervision.log_relay import RELAY
from timmy_actors.supervision.testkit import VirtualClock, hang

PATIENCE_S = 10.0
"""Virtual seconds after which an actor counts as hung."""
LONG_S = 2 * PATIENCE_S


class Stage:
    """A tree in virtual time, and a gate at which every hung actor waits."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.gate = threading.Event()
        self.roots: list[Supervisor] = []

    def tree(self, *children: ChildSpec, orphan_limit: int = 8) -> Directory:
        directory = Directory(clock=self.clock, orphan_limit=orphan_limit)
        root = Supervisor(children, directory, intensity=Intensity(failures=5, period_s=60.0))
        root.actor_name, root.actor_lifecycle, self.life = "root", Life(), Life()
        root.actor_lifecycle = self.life
        self.roots.append(root)
        root.launch()
        self.clock.settle()
        return directory

    def stuck(self, *_: object) -> None:
        """A step or a message for a `Doer`: hang until the gate opens."""
        actor = current()
        assert actor is not None
        self.clock.hanging(actor.mailbox, stuck=True)
        self.gate.wait()
        self.clock.hanging(actor.mailbox, stuck=False)


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.gate.set()
    for root in stage.roots:
        end(root)


def spec(name: str = "child", factory: Callable[[], Actor] = Doer, **changes: Any) -> ChildSpec:
    settings = {"hung_after_s": PATIENCE_S, "start_s": PATIENCE_S, "shutdown_s": PATIENCE_S, **changes}
    return ChildSpec(name, factory, backoff=Backoff(base_s=0.001, cap_s=0.001), **settings)


def kinds(directory: Directory) -> list[str]:
    return [event.kind for event in directory.events.recent]


def actor_of(directory: Directory, name: str) -> Actor:
    actor = directory.entries[name].actor
    assert isinstance(actor, Actor)
    return actor


def test_a_hung_actor_is_abandoned_and_its_replacement_answers(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    directory = stage.tree(spec(), spec("other"))
    other, hung = actor_of(directory, "other"), actor_of(directory, "child")
    waiting = hung.actor_ref.ask(stage.stuck, block=False)
    behind = hung.actor_ref.ask(lambda _: "never", block=False)
    stage.clock.settle()
    stage.clock.advance(PATIENCE_S - 0.1)
    assert directory.entries["child"].generation == 1
    stage.clock.advance(LONG_S)
    assert directory.entries["child"].generation == 2
    assert directory.ask("child", lambda _: "here", timeout_s=1.0).wait() == "here"
    assert directory.entries["child"].reason_type is HungError
    assert RELAY.flush(10)
    assert "gate.wait()" in caplog.text  # the line at which it is stuck
    assert actor_of(directory, "other") is other
    assert kinds(directory)[-4:] == ["hung", "down", "restarting", "started"]
    for unanswered in (waiting, behind):
        with pytest.raises(Exception, match=r"abandoned|stopped"):
            unanswered.get(timeout=0)


def test_an_abandoned_actor_is_counted_until_it_wakes_and_ends(stage: Stage) -> None:
    directory = stage.tree(spec())
    hung = actor_of(directory, "child")
    release = hang(directory, "child")
    stage.clock.advance(LONG_S)
    assert (directory.abandoned.alive, directory.abandoned.abandoned) == (1, 1)
    release()
    join(hung)
    assert (directory.abandoned.alive, directory.abandoned.abandoned) == (0, 1)
    stage.clock.settle()
    assert directory.entries["child"].generation == 2


def test_the_actions_of_an_abandoned_actor_have_no_effect(stage: Stage) -> None:
    directory = stage.tree(spec(), spec("other"))
    published = SharedValue("before")
    effects: list[str] = []
    downs: list[Down] = []
    met: list[object] = []

    def wake_up(actor: Doer) -> None:
        stage.stuck()
        attempts: list[Callable[[], object]] = [
            lambda: directory.tell("other", lambda _: effects.append("tell")),
            lambda: directory.ask("other", lambda _: effects.append("ask"), timeout_s=1.0),
            lambda: directory.monitor("other", downs.append),
            lambda: directory.write(Entry("other")),
            lambda: setattr(published, "value", "after"),
        ]
        for attempt in attempts:
            try:
                attempt()
            except FencedError:
                met.append(attempt)

    hung = actor_of(directory, "child")
    hung.actor_ref.tell(wake_up)
    stage.clock.settle()
    stage.clock.advance(LONG_S)
    stage.gate.set()
    join(hung)
    stage.clock.settle()
    assert len(met) == 5
    assert (effects, downs, published.value) == ([], [], "before")
    assert directory.entries["other"].ref is not None
    assert directory.entries["child"].generation == 2


def test_a_busy_actor_whose_loop_runs_is_not_hung_however_long_its_backlog(stage: Stage) -> None:
    directory = stage.tree(spec())
    actor = actor_of(directory, "child")
    gates = [threading.Event() for _ in range(12)]
    begun = [threading.Event() for _ in gates]

    def work(number: int) -> Callable[[Doer], None]:
        def step(doer: Doer) -> None:
            stage.clock.hanging(doer.mailbox, stuck=True)
            begun[number].set()
            gates[number].wait()

        return step

    for number in range(len(gates)):
        actor.actor_ref.tell(work(number))
    for number, gate in enumerate(gates):
        assert begun[number].wait(PATIENCE_S)
        stage.clock.advance(PATIENCE_S * 0.6)
        stage.clock.hanging(actor.mailbox, stuck=False)
        gate.set()
    stage.clock.settle()
    assert stage.clock.time > 5 * PATIENCE_S
    assert directory.entries["child"].generation == 1
    assert "hung" not in kinds(directory)


def test_without_hung_after_s_an_actor_is_never_hung(stage: Stage) -> None:
    directory = stage.tree(spec(hung_after_s=None))
    release = hang(directory, "child")
    stage.clock.advance(1e6)
    release()
    stage.clock.settle()
    assert directory.entries["child"].generation == 1


def test_a_hang_in_the_first_start_fails_the_start_and_is_abandoned(stage: Stage) -> None:
    directory = stage.tree(spec("fine"), spec("child", lambda: Doer(on_start=stage.stuck)))
    stage.clock.advance(LONG_S)
    assert isinstance(stage.life.downs[0], StartFailedError)
    assert (directory.abandoned.alive, directory.entries["fine"].ref) == (1, None)


def test_a_hang_in_a_restart_is_abandoned_and_tried_again(stage: Stage) -> None:
    steps = iter([None, stage.stuck])
    directory = stage.tree(spec("child", lambda: Doer(on_start=next(steps, None))))
    directory.tell("child", lambda actor: actor.leave())
    stage.clock.settle()
    hung = actor_of(directory, "child")
    stage.clock.advance(LONG_S)
    assert (directory.entries["child"].generation, directory.abandoned.alive) == (3, 1)
    stage.gate.set()
    join(hung)
    stage.clock.settle()
    assert (directory.entries["child"].generation, directory.abandoned.alive) == (3, 0)


def test_a_hang_in_a_stop_is_abandoned_and_the_others_are_stopped(stage: Stage) -> None:
    stopped = threading.Event()
    directory = stage.tree(
        spec("fine", lambda: Doer(on_stop=stopped.set)), spec("child", lambda: Doer(on_stop=stage.stuck))
    )
    stage.roots[0].stop()
    stage.clock.settle()
    assert not stopped.is_set()
    stage.clock.advance(LONG_S)
    assert stopped.is_set()
    assert (stage.life.downs, directory.abandoned.alive) == ([None], 1)


def test_more_abandoned_actors_than_the_limit_end_the_tree(stage: Stage) -> None:
    directory = stage.tree(spec("a"), spec("b"), spec("c"), orphan_limit=1)
    for name in "ab":
        directory.tell(name, stage.stuck)
    stage.clock.settle()
    stage.clock.advance(LONG_S)
    [reason] = stage.life.downs
    assert isinstance(reason, TooManyAbandonedError)
    assert "2 hung actors are still running" in str(reason)
    assert {entry.ref for entry in directory.entries.values()} == {None}


def test_too_many_abandoned_actors_in_a_subtree_end_the_root(stage: Stage) -> None:
    trees: list[Directory] = []
    inner = spec("inner", lambda: Supervisor([spec("leaf")], trees[0]), hung_after_s=None)
    directory = Directory(clock=stage.clock, orphan_limit=0)
    trees.append(directory)
    root, life = Supervisor([inner], directory), Life()
    root.actor_name, root.actor_lifecycle = "root", life
    stage.roots.append(root)
    root.launch()
    stage.clock.settle()
    directory.tell("leaf", stage.stuck)
    stage.clock.settle()
    stage.clock.advance(LONG_S)
    assert [type(reason) for reason in life.downs] == [TooManyAbandonedError]


def test_the_current_message_is_read_without_a_message(stage: Stage) -> None:
    directory = stage.tree(spec(hung_after_s=None))
    stage.clock.advance(7.0)
    message = stage.stuck
    directory.tell("child", message)
    stage.clock.settle()
    actor = actor_of(directory, "child")
    assert (actor.actor_busy_since, actor.actor_current) == (7.0, message)
    stage.gate.set()
    end(actor)


def test_a_hang_that_is_expected_never_counts(stage: Stage) -> None:
    directory = Directory(clock=stage.clock, orphan_limit=100)
    root = Supervisor([spec(expected=(HungError,))], directory, intensity=Intensity(failures=0))
    stage.roots.append(root)
    root.launch()
    stage.clock.settle()
    for generation in range(2, 6):
        directory.tell("child", stage.stuck)
        stage.clock.settle()
        stage.clock.advance(LONG_S)
        assert directory.entries["child"].generation == generation
