from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.supervision.lifecycles import PATIENCE_S, Doer, Tree, end, fail, hold, join
from tests.waiting import eventually
from timmy_actors.errors import ActorFailureError, GaveUpError, StartFailedError
from timmy_actors.supervision import Backoff, ChildSpec, ChildState, Directory, Intensity, RestartType, Supervisor
from timmy_actors.supervision.actor import Actor
from timmy_actors.supervision.log_relay import RELAY

AT_ONCE = Backoff(base_s=0.001, cap_s=0.002)
NEVER_AGAIN = Backoff(base_s=1e6, cap_s=1e6)


class LinkGoneError(ActorFailureError):
    """An expected reason."""


def spec(
    name: str = "child",
    factory: Callable[[], Actor] = Doer,
    *,
    restart: RestartType = RestartType.PERMANENT,
    backoff: Backoff = AT_ONCE,
    shutdown_s: float = PATIENCE_S,
) -> ChildSpec:
    return ChildSpec(name, factory, restart, expected=(LinkGoneError,), backoff=backoff, shutdown_s=shutdown_s)


def in_turn(*steps: Callable[[], object] | None) -> Callable[[], Doer]:
    """A factory whose incarnations run one step each at their start, then none."""
    left: Iterator[Callable[[], object] | None] = iter(steps)
    return lambda: Doer(on_start=next(left, None))


def test_children_start_one_after_the_other_each_when_the_one_before_is_up() -> None:
    order: list[str] = []
    gate = threading.Event()

    def slow() -> None:
        gate.wait()
        order.append("first")

    first, second = spec("first", lambda: Doer(on_start=slow)), spec("second", lambda: Doer(on_start=note))

    def note() -> None:
        order.append("second")

    with Tree(first, second) as tree:
        eventually(lambda: "first" in tree.directory.entries)
        assert "second" not in tree.directory.entries
        assert not tree.life.began.is_set()
        gate.set()
        tree.started()
        assert order == ["first", "second"]


def test_it_is_started_when_its_last_child_is() -> None:
    with Tree(spec("a"), spec("b")) as tree:
        tree.started()
        assert (tree.state("a"), tree.state("b")) == (ChildState.UP, ChildState.UP)
        assert tree.directory.entries["a"].parent == "root"


def test_a_supervisor_without_children_starts() -> None:
    with Tree() as tree:
        tree.started()
        assert set(tree.directory.entries) <= {"root"}


def test_children_stop_in_reverse_order() -> None:
    stopped: list[str] = []
    children = [spec(name, partial(Doer, on_stop=partial(stopped.append, name))) for name in "abc"]
    with Tree(*children) as tree:
        tree.started()
    assert stopped == ["c", "b", "a"]
    assert {entry.state for entry in tree.directory.entries.values()} == {ChildState.DOWN}
    assert tree.life.downs == [None]


def test_a_crashed_child_is_replaced_under_its_name_and_the_others_are_left_alone() -> None:
    with Tree(spec("crashing"), spec("other")) as tree:
        tree.started()
        before = tree.directory.ref("other")
        tree.crash("crashing", ValueError("bug"))
        eventually(lambda: tree.directory.entries["crashing"].generation == 2)
        assert (
            tree.directory.ask("crashing", lambda _: "alive", timeout_s=PATIENCE_S, wait_s=PATIENCE_S).wait() == "alive"
        )
        entry = tree.directory.entries["crashing"]
        assert (entry.restarts, entry.last_reason) == (1, "ValueError: bug")
        assert tree.directory.ref("other") is before


def test_expected_reasons_never_count() -> None:
    with Tree(spec(), intensity=Intensity(failures=0)) as tree:
        tree.started()
        for restarts in range(1, 31):
            tree.crash("child", LinkGoneError("again"))
            tree.restarted("child", restarts)
        assert tree.life.downs == []


def test_too_many_failures_end_the_supervisor_and_every_child() -> None:
    stopped = threading.Event()
    other = spec("other", lambda: Doer(on_stop=stopped.set))
    with Tree(other, spec(), intensity=Intensity(failures=1, period_s=60.0)) as tree:
        tree.started()
        tree.crash("child", ValueError("one"))
        eventually(lambda: tree.directory.entries["child"].restarts == 1)
        tree.crash("child", ValueError("two"))
        reason = tree.ended()
    assert isinstance(reason, GaveUpError)
    assert "child: ValueError: two" in str(reason)
    assert stopped.is_set()
    assert (tree.state("other"), tree.state("child")) == (ChildState.DOWN, ChildState.DOWN)


def test_four_children_that_crash_at_once_are_four_failures_and_all_restarted() -> None:
    with Tree(*(spec(name) for name in "abcd"), intensity=Intensity(failures=4, period_s=60.0)) as tree:
        tree.started()
        for name in "abcd":
            tree.crash(name, ValueError("bug"))
        for name in "abcd":
            tree.restarted(name)


@pytest.mark.parametrize(
    ("restart", "error", "again"),
    [
        (RestartType.TRANSIENT, None, False),
        (RestartType.TRANSIENT, LinkGoneError("x"), True),
        (RestartType.TEMPORARY, LinkGoneError("x"), False),
        (RestartType.TEMPORARY, ValueError("x"), False),
        (RestartType.PERMANENT, None, True),
    ],
)
def test_the_restart_type_is_carried_out(restart: RestartType, error: BaseException | None, again: bool) -> None:
    with Tree(spec(restart=restart)) as tree:
        tree.started()
        if error is None:
            tree.directory.tell("child", lambda actor: actor.stop())
        else:
            tree.crash("child", error)
        if again:
            eventually(lambda: tree.directory.entries["child"].generation == 2)
        else:
            eventually(lambda: tree.state("child") is ChildState.DOWN)
            assert tree.directory.entries["child"].ref is None


def test_an_escalation_restarts_the_subtree_with_fresh_children() -> None:
    directory_of_tree: list[Directory] = []

    def inner() -> Supervisor:
        return Supervisor([spec("leaf")], directory_of_tree[0], intensity=Intensity(failures=0))

    tree = Tree(ChildSpec("inner", inner, backoff=AT_ONCE), spec("bystander"), intensity=Intensity(failures=3))
    directory_of_tree.append(tree.directory)
    with tree:
        tree.started()
        bystander = tree.directory.ref("bystander")
        leaf = tree.directory.ref("leaf")
        tree.crash("leaf", ValueError("bug"))
        eventually(lambda: tree.directory.entries["inner"].restarts == 1 and tree.state("leaf") is ChildState.UP)
        assert tree.directory.ref("leaf") is not leaf
        assert tree.directory.ref("bystander") is bystander
        assert "gave up" in (tree.directory.entries["inner"].last_reason or "")


def test_an_escalation_reaches_the_root_when_no_supervisor_tolerates_it() -> None:
    directory_of_tree: list[Directory] = []

    def inner() -> Supervisor:
        return Supervisor([spec("leaf")], directory_of_tree[0], intensity=Intensity(failures=0))

    tree = Tree(ChildSpec("inner", inner), intensity=Intensity(failures=0))
    directory_of_tree.append(tree.directory)
    with tree:
        tree.started()
        tree.crash("leaf", ValueError("bug"))
        reason = tree.ended()
    assert isinstance(reason, GaveUpError)
    assert "ValueError: bug" in str(reason)


def test_a_failed_first_start_stops_what_was_started_and_starts_nothing_more() -> None:
    stopped = threading.Event()
    children = [
        spec("fine", lambda: Doer(on_stop=stopped.set)),
        spec("broken", lambda: Doer(on_start=fail(ValueError("no")))),
        spec("never"),
    ]
    with Tree(*children) as tree:
        reason = tree.ended()
    assert isinstance(reason, StartFailedError)
    assert "broken did not start: ValueError: no" in str(reason)
    assert stopped.is_set()
    assert "never" not in tree.directory.entries
    assert not tree.life.began.is_set()


def test_an_expected_failure_of_a_first_start_does_not_block_other_children() -> None:
    children = [spec("link", in_turn(fail(LinkGoneError("no server"))), backoff=NEVER_AGAIN), spec("other")]
    with Tree(*children) as tree:
        tree.started()
        assert tree.state("other") is ChildState.UP


def test_one_that_fails_to_start_for_ever_leaves_its_supervisor_answerable_and_stoppable() -> None:
    failing = spec("failing", lambda: Doer(on_start=fail(LinkGoneError("no server"))))
    with Tree(failing, spec("other")) as tree:
        tree.started()
        eventually(lambda: tree.directory.entries["failing"].restarts > 20)
        tree.crash("other", ValueError("bug"))
        eventually(lambda: tree.directory.entries["other"].generation == 2)
    assert tree.life.downs == [None]


def test_a_child_that_never_gets_through_its_start_leaves_its_supervisor_stoppable() -> None:
    gate = threading.Event()
    tree = Tree(spec("hanging", lambda: Doer(on_start=gate.wait), shutdown_s=0.01), spec("never"))
    with tree:
        eventually(lambda: "hanging" in tree.directory.entries)
    assert tree.life.downs == [None]
    gate.set()


def test_a_hung_child_is_abandoned_at_shutdown_and_the_others_are_stopped(caplog: pytest.LogCaptureFixture) -> None:
    gate, hanging, stopped = threading.Event(), threading.Event(), threading.Event()
    children = [spec("fine", lambda: Doer(on_stop=stopped.set)), spec("hung", shutdown_s=0.01)]
    with Tree(*children) as tree:
        tree.started()
        tree.directory.tell("hung", hold(hanging, gate))
        assert hanging.wait(PATIENCE_S)
    assert stopped.is_set()
    assert RELAY.flush(PATIENCE_S)
    assert "hung is abandoned: it did not stop within 0.01 s" in caplog.text
    assert tree.directory.entries["hung"].ref is None
    gate.set()


def test_a_child_that_is_just_ending_does_not_keep_the_others_from_being_stopped() -> None:
    gate, stopped = threading.Event(), threading.Event()

    class SlowToEnd(Doer):
        def _actor_loop(self) -> None:
            super()._actor_loop()
            gate.wait()  # it handles no more messages, but its thread has not ended

    fine = spec("fine", lambda: Doer(on_stop=stopped.set))
    with Tree(fine, spec("ending", SlowToEnd, restart=RestartType.TEMPORARY, shutdown_s=0.01)) as tree:
        tree.started()
        tree.crash("ending", ValueError("bug"))
        eventually(lambda: tree.state("ending") is ChildState.DOWN)
    assert tree.life.downs == [None]
    assert stopped.is_set()
    gate.set()


def test_a_child_that_waits_for_its_restart_is_down_once_its_supervisor_is() -> None:
    with Tree(spec("link", in_turn(fail(LinkGoneError("x"))), backoff=NEVER_AGAIN), spec("late")) as tree:
        tree.started()
        tree.crash("link", LinkGoneError("again"))
        eventually(lambda: tree.state("link") is ChildState.WAITING)
    assert tree.state("link") is ChildState.DOWN


def test_a_factory_that_fails_is_a_failure_of_its_child() -> None:
    calls: list[int] = []

    def factory() -> Doer:
        calls.append(1)
        if len(calls) in (2, 3):
            raise OSError("too many open files")
        return Doer()

    with Tree(spec(factory=factory), intensity=Intensity(failures=3, period_s=60.0)) as tree:
        tree.started()
        tree.crash("child", LinkGoneError("x"))
        eventually(lambda: len(calls) == 4 and tree.state("child") is ChildState.UP)
        assert tree.directory.entries["child"].last_reason == "OSError: too many open files"


def test_a_factory_that_fails_in_the_first_start_fails_the_start() -> None:
    with Tree(spec(factory=fail(OSError("no")))) as tree:
        reason = tree.ended()
    assert isinstance(reason, StartFailedError)


def test_a_message_of_an_earlier_incarnation_is_ignored() -> None:
    with Tree(spec(), intensity=Intensity(failures=0)) as tree:
        tree.started()
        first = tree.directory.ref("child")
        life = first.proxy().actor_lifecycle.get(timeout=PATIENCE_S)
        tree.crash("child", LinkGoneError("x"))
        eventually(lambda: tree.directory.entries["child"].generation == 2 and tree.state("child") is ChildState.UP)
        life.down(ValueError("late word of the dead"))
        tree.crash("child", LinkGoneError("y"))
        eventually(lambda: tree.directory.entries["child"].generation == 3)
        assert tree.directory.entries["child"].last_reason == "y"
        assert tree.life.downs == []  # one failure that counts would have been too many


def test_restarts_are_counted_and_the_repeated_reason_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with Tree(spec(), intensity=Intensity(failures=10)) as tree:
        tree.started()
        for restarts in (1, 2, 3):
            tree.crash("child", ValueError("bug"))
            tree.restarted("child", restarts)
    assert RELAY.flush(PATIENCE_S)
    assert [record.getMessage() for record in caplog.records].count("child ended: ValueError: bug") == 1


def test_an_unknown_message_to_a_supervisor_has_no_effect() -> None:
    with Tree(spec()) as tree:
        tree.started()
        tree.root.actor_ref.tell("hello")
        tree.crash("child", ValueError("bug"))
        eventually(lambda: tree.directory.entries["child"].generation == 2)


def test_stopping_twice_is_no_error() -> None:
    tree = Tree(spec())
    with tree:
        tree.started()
        end(tree.root)
    join(tree.root)
    assert tree.life.downs == [None]
