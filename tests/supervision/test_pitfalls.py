"""Tests for each of Pykka's pitfalls; `docs/pitfalls.md` is the table."""

from __future__ import annotations

import ast
import asyncio
import ctypes
import gc
import inspect
import re
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pykka
import pytest
from pykka._envelope import Envelope
from pykka.messages import ProxyCall

import timmy_actors.supervision
from tests.supervision.lifecycles import PATIENCE_S, Doer, Life, Tree, end, fail, hold, join, launch
from tests.supervision.storm import ExpectedError
from tests.waiting import eventually
from timmy_actors.errors import ActorGoneError, AskTimeoutError, CallCycleError, MailboxFullError
from timmy_actors.supervision import ChildSpec, ChildState, Control, Mailbox, Reply

TABLE = Path(__file__).parents[2] / "docs" / "pitfalls.md"
PITFALLS = ["P1", "P2", "P3", "P4", "P4b", *(f"P{number}" for number in range(5, 28))]


def test_every_pitfall_stands_in_the_table_with_tests_that_are_there() -> None:
    rows = re.findall(r"^\| (P\d+b?) \|(.*)\|$", TABLE.read_text(), re.MULTILINE)
    assert [number for number, _ in rows] == PITFALLS
    rooms = [path.read_text() for path in Path(__file__).parent.glob("test_*.py")]
    for number, row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, number
        assert [name for name in named if not any(f"def {name}(" in room for room in rooms)] == []


def test_p1_a_failure_that_was_asked_for_ends_the_actor_and_runs_its_cleanup() -> None:
    cleaned = threading.Event()
    ref, life = launch(actor := Doer(on_failure=cleaned.set))
    unheard = ref.ask(fail(error := ValueError("bug")), block=False)
    join(actor)
    assert unheard is not None
    assert (life.downs, cleaned.is_set(), ref.is_alive()) == ([error], True, False)


def test_p2_a_failed_start_runs_the_cleanup_and_is_told() -> None:
    cleaned = threading.Event()
    _, life = launch(actor := Doer(on_start=fail(error := ValueError("no")), on_failure=cleaned.set))
    join(actor)
    assert (life.downs, life.began.is_set(), cleaned.is_set()) == ([error], False, True)


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt(), asyncio.CancelledError()], ids=repr)
def test_p3_an_uncaught_kind_of_exception_answers_the_asker_and_ends_no_other_actor(error: BaseException) -> None:
    bystander, _ = launch(unrelated := Doer())
    ref, life = launch(actor := Doer())
    with pytest.raises(ActorGoneError):
        ref.ask(fail(error), timeout=PATIENCE_S)
    join(actor)
    assert life.downs == [error]
    assert bystander.ask(lambda _: "alive", timeout=PATIENCE_S) == "alive"
    end(unrelated)


def test_p4_an_uncaught_kind_of_exception_in_a_start_leaves_no_zombie() -> None:
    ref, life = launch(actor := Doer(on_start=fail(SystemExit(2))))
    join(actor)
    assert len(life.downs) == 1
    assert not ref.is_alive()


def test_p4b_an_uncaught_kind_of_exception_in_a_stop_answers_everybody() -> None:
    begun, release = threading.Event(), threading.Event()
    ref, life = launch(actor := Doer(on_stop=fail(SystemExit(2))))
    ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)
    asked, stopping = ref.ask(lambda _: None, block=False), ref.stop(block=False)
    release.set()
    assert stopping.get(timeout=PATIENCE_S)
    with pytest.raises(ActorGoneError):
        asked.get(timeout=PATIENCE_S)
    join(actor)
    assert len(life.downs) == 1


def test_p5_a_mailbox_that_raises_ends_the_actor_instead_of_leaving_a_zombie(monkeypatch: pytest.MonkeyPatch) -> None:
    ref, life = launch(actor := Doer())
    monkeypatch.setattr(actor.mailbox, "_next", fail(error := OSError("not a socket")))
    ref.tell(lambda _: None)
    join(actor)
    assert life.downs == [error]
    assert not ref.is_alive()


def test_p6_an_exception_thrown_into_a_thread_ends_its_actor_for_everybody_to_see() -> None:
    class Thrown(BaseException):
        pass

    ref, life = launch(actor := Doer())
    assert ref.ask(lambda _: "up", timeout=PATIENCE_S) == "up"
    assert actor.actor_thread is not None
    assert actor.actor_thread.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(actor.actor_thread.ident), ctypes.py_object(Thrown))
    assert life.downs == []  # no exception reaches a thread that waits for a lock
    ref.tell(lambda _: None)  # now it reaches the thread
    join(actor)
    assert [type(reason) for reason in life.downs] == [Thrown]


def test_p7_a_letter_put_after_the_closing_is_answered_all_the_same() -> None:
    mailbox, late = Mailbox(), Reply()
    mailbox.close()
    mailbox.put(Envelope("late", reply_to=late))
    with pytest.raises(ActorGoneError):
        late.get(timeout=0)


def test_p8_what_nobody_waits_for_any_more_is_not_carried_out() -> None:
    carried_out = threading.Event()
    begun, release = threading.Event(), threading.Event()
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        tree.directory.tell("child", hold(begun, release))
        assert begun.wait(PATIENCE_S)
        reply = tree.directory.ask("child", lambda _: carried_out.set(), timeout_s=0.001)
        with pytest.raises(AskTimeoutError):
            reply.wait()
        eventually(lambda: time.monotonic() > (reply.deadline or 0))
        release.set()
        tree.directory.ask("child", lambda _: None, timeout_s=PATIENCE_S).wait()
        assert not carried_out.is_set()
        assert tree.directory.dead_letters.count == 1


def test_p9_a_stop_overtakes_a_backlog() -> None:
    begun, release, handled = threading.Event(), threading.Event(), list[int]()
    ref, _ = launch(actor := Doer())
    ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)
    for number in range(20):
        ref.tell(lambda _, number=number: handled.append(number))
    actor.stop()
    release.set()
    join(actor)
    assert handled == []


def test_p10_one_that_does_not_stop_keeps_nobody_else_from_being_stopped() -> None:
    begun, release, stopped = threading.Event(), threading.Event(), threading.Event()
    with Tree(ChildSpec("first", lambda: Doer(on_stop=stopped.set)), ChildSpec("hung", Doer, shutdown_s=0.01)) as tree:
        tree.started()
        tree.directory.tell("hung", hold(begun, release))
        assert begun.wait(PATIENCE_S)
    assert stopped.is_set()
    release.set()


@pytest.mark.parametrize("failing", [True, False], ids=["failed", "stopped"])
def test_p11_an_actor_counts_as_alive_until_its_cleanup_is_through(failing: bool) -> None:
    seen: list[tuple[bool, bool]] = []
    life = Life()

    def clean_up() -> None:
        seen.append((actor.actor_ref.is_alive(), life.ended.is_set()))

    actor = Doer(on_failure=clean_up, on_stop=clean_up)
    actor.actor_lifecycle = life
    ref = actor.launch()
    if failing:
        ref.tell(fail(ValueError("bug")))
    else:
        actor.stop()
    join(actor)
    assert seen == [(True, False)]
    assert life.ended.is_set()


def test_p12_an_actors_thread_can_be_joined() -> None:
    launch(actor := Doer())
    actor.stop()
    assert actor.actor_thread is not None
    actor.actor_thread.join(PATIENCE_S)
    assert not actor.actor_thread.is_alive()


def test_p13_a_hung_actor_does_not_hold_up_the_interpreter() -> None:
    launch(actor := Doer())
    assert actor.actor_thread is not None
    assert actor.actor_thread.daemon
    end(actor)


def test_p14_a_name_outlives_its_incarnations() -> None:
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        before = tree.directory.ref("child")
        tree.crash("child", ValueError("bug"))
        tree.restarted("child")
        assert tree.directory.ask("child", lambda _: "alive", timeout_s=PATIENCE_S).wait() == "alive"
        assert tree.directory.ref("child") is not before


def test_p15_a_proxy_holds_on_to_a_dead_actor_and_the_directory_to_none() -> None:
    with Tree(ChildSpec("child", Doer, expected=(ExpectedError,))) as tree:
        tree.started()
        proxy: Any = tree.directory.ref("child").proxy()
        gone = weakref.ref(proxy._actor)
        tree.crash("child", ExpectedError("again"))
        tree.restarted("child")
        gc.collect()
        assert gone() is not None
        del proxy
        eventually(lambda: gc.collect() >= 0 and gone() is None)


def test_p16_setting_an_attribute_through_a_proxy_waits_and_telling_does_not() -> None:
    begun, release = threading.Event(), threading.Event()
    ref, _ = launch(actor := Doer())
    proxy: Any = ref.proxy()
    ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)
    setting = threading.Thread(target=lambda: setattr(proxy, "actor_name", "set"))
    setting.start()
    ref.tell(lambda _: None)
    assert setting.is_alive()
    release.set()
    setting.join(PATIENCE_S)
    assert actor.actor_name == "set"
    end(actor)


def test_p17_a_stop_that_was_asked_for_is_answered_after_the_cleanup() -> None:
    cleaned = threading.Event()
    ref, _ = launch(actor := Doer(on_stop=cleaned.set))
    assert ref.stop(timeout=PATIENCE_S)
    assert cleaned.is_set()
    join(actor)


def test_p18_who_waits_for_an_answer_does_not_keep_another_from_giving_up() -> None:
    begun, release = threading.Event(), threading.Event()
    ref, _ = launch(actor := Doer())
    ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)
    stopping = ref.stop(block=False)
    waiting = threading.Thread(target=stopping.get)
    waiting.start()
    with pytest.raises(pykka.Timeout):
        stopping.get(timeout=0.01)
    assert waiting.is_alive()
    release.set()
    waiting.join(PATIENCE_S)
    join(actor)


@pytest.mark.parametrize("wait_for", ["answer", "stop"])
def test_p19_awaiting_an_answer_lets_the_event_loop_turn(wait_for: str) -> None:
    begun, release = threading.Event(), threading.Event()
    ref, _ = launch(actor := Doer())
    ref.tell(hold(begun, release))
    assert begun.wait(PATIENCE_S)

    async def both() -> object:
        future = ref.ask(lambda _: True, block=False) if wait_for == "answer" else ref.stop(block=False)
        asyncio.get_running_loop().call_soon(release.set)  # runs only if the loop turns while it waits
        return await future

    assert asyncio.run(asyncio.wait_for(both(), PATIENCE_S)) is True
    end(actor)


def test_p20_an_error_holds_its_frames_no_longer_than_its_reply_and_grows_with_no_reading() -> None:
    def depth(error: BaseException) -> int:
        frames, traceback = 0, error.__traceback__
        while traceback is not None:
            frames, traceback = frames + 1, traceback.tb_next
        return frames

    reply = Reply()
    reply.fail(error := ValueError("bug"))
    depths = []
    for _ in range(5):
        with pytest.raises(ValueError, match="bug"):
            reply.get()
        depths.append(depth(error))
    assert len(set(depths)) == 1
    gone = weakref.ref(reply)
    del reply, error
    gc.collect()
    assert gone() is None


def test_p21_a_full_mailbox_refuses_and_never_blocks_even_the_actor_itself() -> None:
    class Small(Doer):
        @staticmethod
        def _create_actor_inbox() -> Mailbox:
            return Mailbox(capacity=1)

    def tell_itself(actor: Doer) -> None:
        actor.actor_ref.tell(lambda _: None)
        with pytest.raises(MailboxFullError):
            actor.actor_ref.tell(lambda _: None)

    ref, life = launch(actor := Small())
    ref.ask(tell_itself, timeout=PATIENCE_S)
    end(actor)
    assert life.downs == [None]


def test_p22_nothing_stands_in_the_process_wide_registry() -> None:
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        assert pykka.ActorRegistry.get_all() == []


def test_p23_a_mailbox_has_timers_and_a_lane_that_overtakes() -> None:
    mailbox = Mailbox()
    mailbox.put(Envelope("work"))
    mailbox.put(Envelope(urgent := Control()))
    mailbox.schedule("beat", 0.0, "due")
    assert [mailbox.get().message for _ in range(3)] == [urgent, "due", "work"]


def test_p24_actors_that_would_wait_for_each_other_are_told_so_by_name() -> None:
    with Tree(ChildSpec("a", Doer), ChildSpec("b", Doer)) as tree:
        tree.started()

        def asking(name: str, then: Callable[[Doer], Any]) -> Callable[[Doer], Any]:
            return lambda _: tree.directory.ask(name, then, timeout_s=PATIENCE_S).wait()

        with pytest.raises(CallCycleError, match="b asks a asks b"):
            tree.directory.ask("a", asking("b", asking("a", lambda _: None)), timeout_s=PATIENCE_S).wait()


def test_p25_a_proxys_call_reaches_private_attributes_so_a_ref_is_never_handed_to_a_stranger() -> None:
    ref, _ = launch(actor := Doer())
    reached: Any = ref.ask(ProxyCall(("_create_future",), (), {}), timeout=PATIENCE_S)
    assert isinstance(reached, Reply)
    end(actor)
    package = Path(inspect.getfile(timmy_actors.supervision)).parents[1]
    using = [path.name for path in package.rglob("*.py") if re.search(r"\.proxy\(|ProxyCall", path.read_text())]
    assert using == []


def test_p26_no_check_is_an_assert() -> None:
    package = Path(inspect.getfile(timmy_actors.supervision)).parent
    trees = {path.name: ast.parse(path.read_text()) for path in package.rglob("*.py")}
    assert [name for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Assert)] == []


def test_p27_what_was_told_and_never_handled_is_a_dead_letter() -> None:
    begun, release = threading.Event(), threading.Event()
    with Tree(ChildSpec("child", Doer)) as tree:
        tree.started()
        tree.directory.tell("child", hold(begun, release))
        assert begun.wait(PATIENCE_S)
        tree.directory.tell("child", lambda _: None)
        tree.directory.ref("child").stop(block=False)
        release.set()
        eventually(lambda: tree.directory.dead_letters.count == 1)
        assert tree.directory.dead_letters.recent[0].to == "child"
        eventually(lambda: tree.state("child") is ChildState.UP)
