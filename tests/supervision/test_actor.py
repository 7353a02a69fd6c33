from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import pykka
import pytest
from pykka._envelope import Envelope

from tests.supervision.lifecycles import PATIENCE_S, Doer, Life, end, fail, hold, join, launch
from tests.waiting import eventually
from timmy_actors.errors import ActorFailureError, ActorGoneError, AskTimeoutError, RefusedError
from timmy_actors.supervision import DEFERRED, Reply
from timmy_actors.supervision.log_relay import RELAY

ENDINGS: list[BaseException] = [ValueError("bug"), SystemExit(2), KeyboardInterrupt(), GeneratorExit()]


class OutOfTheOrdinaryError(ActorFailureError):
    """An exit reason for the supervisor."""


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_any_exception_of_a_handler_ends_the_actor_with_exactly_one_down(error: BaseException) -> None:
    ref, life = launch(actor := Doer())
    ref.tell(fail(error))
    join(actor)
    assert life.downs == [error]
    assert not ref.is_alive()


def test_an_exception_in_an_asked_handler_reaches_the_asker_and_ends_the_actor() -> None:
    ref, life = launch(actor := Doer())
    error = ValueError("bug")
    with pytest.raises(ValueError, match="bug"):
        ref.ask(fail(error), timeout=PATIENCE_S)
    join(actor)
    assert life.downs == [error]


@pytest.mark.parametrize("error", ENDINGS[1:], ids=repr)
def test_an_asker_is_not_ended_by_what_ends_an_actor(error: BaseException) -> None:
    ref, life = launch(actor := Doer())
    with pytest.raises(ActorGoneError):
        ref.ask(fail(error), timeout=PATIENCE_S)
    join(actor)
    assert life.downs == [error]


def test_an_actors_end_leaves_unrelated_actors_alone() -> None:
    bystander, _ = launch(unrelated := Doer())
    ref, _ = launch(actor := Doer())
    ref.tell(fail(SystemExit(2)))
    join(actor)
    assert bystander.ask(lambda _: "alive", timeout=PATIENCE_S) == "alive"
    end(unrelated)


def test_a_refusal_reaches_the_asker_and_kills_nobody() -> None:
    ref, life = launch(actor := Doer())
    with pytest.raises(RefusedError) as refused:
        ref.ask(fail(RefusedError("bad_arguments", "no", "count")), timeout=PATIENCE_S)
    assert (refused.value.code, refused.value.field) == ("bad_arguments", "count")
    assert ref.ask(lambda _: "alive", timeout=PATIENCE_S) == "alive"
    end(actor)
    assert life.downs == [None]


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_an_actor_that_fails_to_start_cleans_up_and_answers_who_asked(error: BaseException) -> None:
    cleaned = threading.Event()
    actor, life = Doer(on_start=fail(error), on_failure=cleaned.set), Life()
    actor.actor_lifecycle = life
    reply = Reply()
    actor.actor_inbox.put(Envelope("early", reply_to=reply))
    actor.launch()
    join(actor)
    with pytest.raises(ActorGoneError):
        reply.wait()
    assert (life.downs, life.began.is_set(), cleaned.is_set()) == ([error], False, True)


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_an_actor_that_fails_to_stop_is_still_down_once_and_its_stopper_answered(error: BaseException) -> None:
    ref, life = launch(actor := Doer(on_stop=fail(error)))
    assert ref.stop(timeout=PATIENCE_S)
    join(actor)
    assert life.downs == [error]


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
def test_a_cleanup_that_fails_too_does_not_hide_the_reason(error: BaseException) -> None:
    first = ValueError("first")
    ref, life = launch(actor := Doer(on_failure=fail(error)))
    ref.tell(fail(first))
    join(actor)
    assert life.downs == [first]


def test_a_down_comes_after_the_cleanup() -> None:
    order: list[str] = []

    class Ordered(Life):
        def down(self, reason: BaseException | None) -> None:
            order.append("down")

    actor = Doer(on_stop=lambda: order.append("cleanup"))
    actor.actor_lifecycle = Ordered()
    actor.launch()
    end(actor)
    assert order == ["cleanup", "down"]


def test_a_stop_does_not_wait_for_the_work_before_it() -> None:
    handled: list[int] = []
    blocking, begun = threading.Event(), threading.Event()
    ref, _ = launch(actor := Doer())
    ref.tell(hold(begun, blocking))
    assert begun.wait(PATIENCE_S)
    for number in range(100):
        ref.tell(lambda _, number=number: handled.append(number))
    waiting = ref.ask(lambda _: "never", block=False)
    actor.stop()
    blocking.set()
    join(actor)
    with pytest.raises(ActorGoneError):
        waiting.get(timeout=0)
    assert handled == []


def test_stopping_an_ended_actor_is_no_error() -> None:
    _, life = launch(actor := Doer())
    end(actor)
    actor.stop()
    assert life.downs == [None]


def test_a_handler_may_answer_later_from_any_thread() -> None:
    taken: list[Reply] = []

    def defer(actor: Doer) -> object:
        taken.append(actor.take_reply())
        return DEFERRED

    ref, _ = launch(actor := Doer())
    future = ref.ask(defer, block=False)
    ref.ask(lambda _: "the next message is handled in between", timeout=PATIENCE_S)
    assert isinstance(future, Reply)
    assert not future.done
    taken[0].set("late")
    assert future.get(timeout=PATIENCE_S) == "late"
    end(actor)


def test_take_reply_in_a_tell_returns_an_unused_reply() -> None:
    ref, life = launch(actor := Doer())
    ref.tell(lambda actor: actor.take_reply().set("unheard"))
    end(actor)
    assert life.downs == [None]


def test_the_reply_of_one_message_is_never_taken_by_the_next() -> None:
    ref, _ = launch(actor := Doer())
    first = ref.ask(lambda _: "first", block=False)
    ref.tell(lambda actor: actor.take_reply().set("wrong"))
    assert first.get(timeout=PATIENCE_S) == "first"
    end(actor)


def test_an_expired_ask_is_answered_but_not_handled() -> None:
    carried_out = threading.Event()
    ref, _ = launch(actor := Doer())
    reply = Reply(deadline=time.monotonic() - 1)
    ref.actor_inbox.put(Envelope(lambda _: carried_out.set(), reply_to=reply))
    eventually(lambda: reply.done)
    with pytest.raises(AskTimeoutError, match="dropped"):
        reply.get()
    end(actor)
    assert not carried_out.is_set()


def observer_that_fails(_reply: Reply) -> None:
    raise pykka.ActorDeadError


def test_a_failing_reply_callback_does_not_end_the_answering_actor() -> None:
    ref, life = launch(actor := Doer())
    reply = Reply()
    reply.add_done_callback(observer_that_fails)
    ref.actor_inbox.put(Envelope(lambda _: "answer", reply_to=reply))
    assert reply.get(timeout=PATIENCE_S) == "answer"
    end(actor)
    assert life.downs == [None]


def test_a_failing_reply_callback_does_not_suppress_the_actors_down() -> None:
    blocking = threading.Event()
    ref, life = launch(actor := Doer())
    ref.tell(lambda _: blocking.wait())
    reply = Reply()
    reply.add_done_callback(observer_that_fails)
    ref.actor_inbox.put(Envelope("unhandled", reply_to=reply))
    actor.stop()
    blocking.set()
    join(actor)
    assert life.downs == [None]


@pytest.mark.parametrize(
    ("error", "logged"),
    [(ValueError("bug"), True), (OutOfTheOrdinaryError("part of life"), False)],
    ids=["bug", "failure"],
)
def test_a_bug_is_logged_with_its_traceback_and_a_reason_is_not(
    error: Exception, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    ref, _ = launch(actor := Doer())
    ref.tell(fail(error))
    join(actor)
    assert RELAY.flush(PATIENCE_S)
    [crash] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert crash.getMessage().startswith("Doer crashed: ")
    assert (f"in step\n    raise error\nValueError: {error}" in (crash.exc_text or "")) is logged


def test_actors_stay_out_of_pykkas_process_wide_registry() -> None:
    launch(actor := Doer())
    assert pykka.ActorRegistry.get_all() == []
    end(actor)


def test_an_actors_thread_has_its_name_and_is_a_daemon_thread() -> None:
    actor = Doer()
    actor.actor_name = "perception"
    actor.launch()
    assert actor.actor_thread is not None
    assert (actor.actor_thread.name, actor.actor_thread.daemon) == ("perception", True)
    end(actor)


def test_a_thousand_asks_from_many_threads_each_get_their_own_answer() -> None:
    ref, _ = launch(actor := Doer())
    wrong: list[int] = []

    def returning(number: int) -> Callable[[Doer], int]:
        return lambda _: number

    def ask(start: int) -> None:
        wrong.extend(n for n in range(start, start + 250) if ref.ask(returning(n), timeout=PATIENCE_S) != n)

    askers = [threading.Thread(target=ask, args=(1_000 * number,)) for number in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert wrong == []
    end(actor)


def test_a_refused_tell_does_not_end_the_actor() -> None:
    ref, life = launch(Doer())
    ref.tell(fail(RefusedError("bad_arguments", "no")))
    assert ref.ask(lambda _: "alive", timeout=PATIENCE_S) == "alive"
    assert life.downs == []
    assert ref.stop(timeout=PATIENCE_S)
