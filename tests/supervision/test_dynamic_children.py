from __future__ import annotations

import threading

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, fail, join
from tests.waiting import eventually
from timmy_actors.errors import ActorFailureError, ActorGoneError, SpecError, StartFailedError
from timmy_actors.supervision import (
    Backoff,
    ChildSpec,
    ChildState,
    Entry,
    Intensity,
    RestartChild,
    RestartType,
    StartChild,
    StopChild,
    Strategy,
    Supervisor,
    WhichChildren,
)

NEVER_AGAIN = Backoff(base_s=1e6, cap_s=1e6)
BORNE = Intensity(failures=0)
"""No failure is tolerated: nothing in these tests may count as a failure of the supervisor."""


class LinkGoneError(ActorFailureError):
    """An expected reason."""


def ask(tree: Tree, message: object) -> object:
    return tree.root.actor_ref.ask(message, timeout=PATIENCE_S)


def names(tree: Tree) -> list[str]:
    children = ask(tree, WhichChildren())
    assert isinstance(children, tuple)
    return [child.name for child in children]


def never_up() -> ChildSpec:
    down = LinkGoneError("no")
    return ChildSpec("link", lambda: Doer(on_start=fail(down)), expected=(LinkGoneError,), backoff=NEVER_AGAIN)


def await_backoff(tree: Tree) -> None:
    """Wait until the first restart of `never_up` has failed and the next is scheduled."""

    def waits() -> bool:
        entry = tree.directory.entry("link")
        return entry is not None and entry.generation == 2 and entry.state is ChildState.WAITING

    eventually(waits)


def slow_start(gate: threading.Event) -> ChildSpec:
    return ChildSpec("slow", lambda: Doer(on_start=gate.wait))


def await_start(tree: Tree) -> None:
    """Wait until `slow_start` is starting."""
    eventually(lambda: (tree.directory.entry("slow") or Entry("slow")).state is ChildState.STARTING)


def test_an_added_child_is_registered_until_it_is_stopped() -> None:
    with Tree(intensity=BORNE) as tree:
        tree.started()
        assert ask(tree, StartChild(ChildSpec("late", Doer))) == 1
        assert tree.directory.ask("late", lambda _: "here", timeout_s=PATIENCE_S).wait() == "here"
        ask(tree, StopChild("late"))
        assert "late" not in tree.directory.entries
        assert names(tree) == []


@pytest.mark.parametrize("restart", list(RestartType))
def test_a_failed_start_is_reported_to_its_requester_only(restart: RestartType) -> None:
    broken = ChildSpec("late", lambda: Doer(on_start=fail(ValueError("no"))), restart)
    with Tree(ChildSpec("other", Doer), intensity=BORNE) as tree:
        tree.started()
        with pytest.raises(StartFailedError, match="late ended: ValueError: no"):
            ask(tree, StartChild(broken))
        assert names(tree) == ["other"]
        assert "late" not in tree.directory.entries
        assert ask(tree, StartChild(ChildSpec("late", Doer))) == 2
        assert tree.life.downs == []


def test_a_failing_factory_is_a_failed_start() -> None:
    with Tree(intensity=BORNE) as tree:
        tree.started()
        with pytest.raises(StartFailedError, match="OSError: no"):
            ask(tree, StartChild(ChildSpec("late", fail(OSError("no")))))
        assert names(tree) == []


def test_an_invalid_request_is_answered_and_ends_no_actor() -> None:
    with Tree(ChildSpec("there", Doer), intensity=BORNE) as tree:
        tree.started()
        with pytest.raises(SpecError, match="'there': id"):
            ask(tree, StartChild(ChildSpec("there", Doer)))
        with pytest.raises(SpecError, match="'stranger': this supervisor has no such child"):
            ask(tree, StopChild("stranger"))
        tree.root.actor_ref.tell(StopChild("stranger"))
        assert names(tree) == ["there"]
        assert tree.life.downs == []


def test_a_restarted_child_is_a_new_incarnation_and_counts_as_no_failure() -> None:
    with Tree(ChildSpec("other", Doer), ChildSpec("child", Doer), intensity=BORNE) as tree:
        tree.started()
        assert [ask(tree, RestartChild("child")) for _ in range(3)] == [2, 3, 4]
        assert [(entry.name, entry.generation, entry.restarts) for entry in tree.directory.entries.values()] == [
            ("other", 1, 0),
            ("child", 4, 3),
        ]
        assert tree.life.downs == []


def test_a_restart_ends_a_backoff() -> None:
    with Tree(never_up(), ChildSpec("other", Doer), intensity=BORNE) as tree:
        await_backoff(tree)
        tree.root.actor_ref.tell(RestartChild("link"))
        eventually(lambda: (tree.directory.entry("link") or Entry("link")).generation == 3)


@pytest.mark.parametrize(
    ("name", "why"), [("stranger", "no such child"), ("guest", "it is temporary, and never restarted")]
)
def test_what_cannot_be_restarted_is_refused(name: str, why: str) -> None:
    with Tree(ChildSpec("guest", Doer, RestartType.TEMPORARY), intensity=BORNE) as tree:
        tree.started()
        with pytest.raises(SpecError, match=why):
            ask(tree, RestartChild(name))
        assert names(tree) == ["guest"]


def test_stopping_a_starting_child_answers_both_requests() -> None:
    gate = threading.Event()
    with Tree(intensity=BORNE) as tree:
        tree.started()
        starting = tree.root.actor_ref.ask(StartChild(slow_start(gate)), block=False)
        await_start(tree)
        stopping = tree.root.actor_ref.ask(StopChild("slow"), block=False)
        assert names(tree) == ["slow"]
        gate.set()
        with pytest.raises(StartFailedError, match="slow ended: stopped"):
            starting.get(timeout=PATIENCE_S)
        assert stopping.get(timeout=PATIENCE_S) == 1
        assert names(tree) == []


def test_stopping_the_last_starting_child_completes_the_supervisors_start() -> None:
    tree = Tree()
    tree.root = Supervisor([never_up()], tree.directory, strategy=Strategy.ONE_FOR_ALL)
    tree.root.actor_lifecycle = tree.life
    with tree:
        await_backoff(tree)
        ask(tree, StopChild("link"))
        tree.started()


def test_a_pending_start_request_is_answered_when_the_supervisor_ends() -> None:
    gate = threading.Event()
    with Tree(ChildSpec("first", lambda: Doer(on_start=gate.wait)), intensity=BORNE) as tree:
        starting = tree.root.actor_ref.ask(StartChild(ChildSpec("late", Doer)), block=False)
        assert names(tree) == ["first", "late"]
        tree.root.stop()
        gate.set()
        join(tree.root)
    with pytest.raises(ActorGoneError, match="root ended before"):
        starting.get(timeout=PATIENCE_S)


def test_an_expected_failure_of_its_first_start_is_answered_at_once_and_the_child_is_removed() -> None:
    with Tree(intensity=BORNE) as tree:
        tree.started()
        with pytest.raises(StartFailedError, match="link ended: no"):
            ask(tree, StartChild(never_up()))
        assert names(tree) == []
        assert tree.life.downs == []


def test_a_finished_temporary_child_is_removed() -> None:
    with Tree(intensity=BORNE) as tree:
        tree.started()
        for number in range(20):
            generation = ask(tree, StartChild(ChildSpec("job", Doer, RestartType.TEMPORARY)))
            assert generation == number + 1, "two incarnations of a name share a number"
            job = tree.directory.entries["job"].actor
            assert isinstance(job, Doer)
            job.actor_ref.tell(fail(ValueError("through")) if number % 2 else lambda actor: actor.leave())
            join(job)
        assert names(tree) == []
        assert "job" not in tree.directory.entries


def test_a_finished_declared_temporary_child_is_still_listed() -> None:
    with Tree(ChildSpec("job", Doer, RestartType.TEMPORARY), intensity=BORNE) as tree:
        tree.started()
        job = tree.directory.entries["job"].actor
        assert isinstance(job, Doer)
        job.stop()
        join(job)
        assert names(tree) == ["job"]
        assert tree.state("job") is ChildState.DOWN
        assert ask(tree, StartChild(ChildSpec("job", Doer))) == 2
