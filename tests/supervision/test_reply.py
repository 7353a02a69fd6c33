from __future__ import annotations

import asyncio
import threading
import time

import pykka
import pytest

from timmy_actors.errors import AskTimeoutError
from timmy_actors.supervision import Reply


def test_the_first_answer_stays() -> None:
    reply = Reply()
    reply.set(1)
    reply.set(2)
    reply.fail(ValueError("late"))
    assert reply.wait() == 1


def test_a_failure_is_raised_where_it_is_waited_for() -> None:
    reply = Reply()
    reply.fail(ValueError("why"))
    with pytest.raises(ValueError, match="why"):
        reply.wait()


def test_no_answer_by_the_deadline_is_an_ask_timeout() -> None:
    with pytest.raises(AskTimeoutError):
        Reply(deadline=time.monotonic() - 1).wait()


def test_an_answer_that_arrives_as_the_waiting_ends_is_taken() -> None:
    class AnsweredTooLate(Reply):
        def await_answer(self, timeout_s: float | None) -> bool:
            came = super().await_answer(timeout_s)
            self.set("just in time")
            return came

    assert AnsweredTooLate(deadline=time.monotonic() - 1).wait() == "just in time"


def test_an_actor_may_answer_with_a_timeout_of_its_own() -> None:
    reply = Reply()
    reply.fail(pykka.Timeout("its own"))
    with pytest.raises(pykka.Timeout, match="its own"):
        reply.wait()


@pytest.mark.parametrize(("now", "expired"), [(9.9, False), (10.0, False), (10.1, True)])
def test_it_expires_after_its_deadline(now: float, expired: bool) -> None:
    assert Reply(deadline=10.0).expired(now) is expired


def test_without_a_deadline_it_never_expires() -> None:
    assert not Reply().expired(1e12)


def test_a_callback_is_called_once_whether_added_before_or_after_the_answer() -> None:
    called: list[Reply] = []
    reply = Reply()
    reply.add_done_callback(called.append)
    reply.set(1)
    reply.set(2)
    assert called == [reply]
    reply.add_done_callback(called.append)
    assert called == [reply, reply]


def test_a_callback_that_fails_hurts_neither_the_answering_side_nor_the_others() -> None:
    called: list[Reply] = []

    def broken(_reply: Reply) -> None:
        raise ValueError("observer")

    reply = Reply()
    reply.add_done_callback(broken)
    reply.add_done_callback(called.append)
    reply.set(1)
    reply.add_done_callback(broken)
    assert called == [reply]


def test_no_callback_is_lost_to_an_answer_given_at_the_same_time() -> None:
    for _ in range(500):
        reply, called, ready = Reply(), threading.Event(), threading.Barrier(2)

        def answer(reply: Reply = reply, ready: threading.Barrier = ready) -> None:
            ready.wait()
            reply.set(1)

        answering = threading.Thread(target=answer)
        answering.start()
        ready.wait()
        reply.add_done_callback(lambda _reply, called=called: called.set())  # type: ignore[misc]
        answering.join()
        assert called.is_set()


def test_an_answer_after_the_end_of_the_waiting_event_loop_is_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reply = Reply()

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reply, 0.01)

    asyncio.run(give_up())
    reply.set("late")
    assert reply.get() == "late"
    assert caplog.text == ""


@pytest.mark.parametrize("turns", range(6))
def test_a_cancellation_that_comes_together_with_the_answer_counts(turns: int) -> None:
    """`asyncio.wait_for` of Python 3.11 returns the answer in place of it: the task goes on."""

    async def main() -> None:
        reply = Reply(deadline=time.monotonic() + 60)
        waiting = asyncio.ensure_future(_waited(reply))
        await asyncio.sleep(0)
        reply.set("answer")
        for _ in range(turns):
            await asyncio.sleep(0)
        if waiting.cancel():
            with pytest.raises(asyncio.CancelledError):
                await waiting
        else:
            assert waiting.result() == "answer"

    asyncio.run(main())


async def _waited(reply: Reply) -> object:
    return await reply
