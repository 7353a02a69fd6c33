from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.waiting import PATIENCE_S
from timmy_actors.supervision import SharedValue, wait_until


class Seen(threading.Event):
    """Set when a predicate has seen `number`; the predicate holds from `enough` on."""

    def __init__(self, number: int, enough: int) -> None:
        super().__init__()
        self.number, self.enough = number, enough

    def __call__(self, value: int) -> int | None:
        if value == self.number:
            self.set()
        return value if value >= self.enough else None


def test_a_wait_ends_at_once_where_the_value_fits_already() -> None:
    assert SharedValue(3).wait_for(lambda value: value == 3, 0)


def test_a_wait_returns_the_last_result_of_its_predicate_at_the_timeout() -> None:
    assert SharedValue(1).wait_for(lambda value: value > 1 and "more", 0.01) is False


def test_a_publication_wakes_every_waiting_thread() -> None:
    value, looks = SharedValue(0), [Seen(0, 1), Seen(0, 2)]
    with ThreadPoolExecutor() as pool:
        waits = [pool.submit(value.wait_for, look, PATIENCE_S) for look in looks]
        assert all(look.wait(PATIENCE_S) for look in looks)
        value.value = 2
        assert [wait.result() for wait in waits] == [2, 2]


def test_a_waiting_thread_looks_again_after_a_value_that_does_not_fit() -> None:
    value, look = SharedValue(0), Seen(1, 2)
    with ThreadPoolExecutor() as pool:
        wait = pool.submit(value.wait_for, look, PATIENCE_S)
        while not look.wait(0.001):
            value.value = 1
        value.value = 2
        assert wait.result() == 2


def test_a_condition_on_several_values_is_checked_after_each_of_them() -> None:
    left, right, looked = SharedValue(0), SharedValue(0), threading.Semaphore(0)

    def both() -> bool:
        looked.release()
        return left.value == right.value == 1

    with ThreadPoolExecutor() as pool:
        wait = pool.submit(wait_until, both, left, right, timeout_s=PATIENCE_S)
        assert looked.acquire(timeout=PATIENCE_S)
        left.value = 1
        assert looked.acquire(timeout=PATIENCE_S)
        right.value = 1
        assert wait.result() is True


def test_a_coroutine_waits_without_blocking_its_loop() -> None:
    value = SharedValue(0)

    async def main() -> int | None:
        look = Seen(0, 2)
        waiting = asyncio.create_task(value.await_for(look, PATIENCE_S))
        while not look.is_set():
            await asyncio.sleep(0)
        await asyncio.to_thread(setattr, value, "value", 2)
        return await waiting

    assert asyncio.run(main()) == 2


def test_a_coroutines_wait_ends_at_its_timeout() -> None:
    async def main() -> bool:
        return await SharedValue(0).await_for(lambda value: value == 1, 0.01)

    assert asyncio.run(main()) is False


def test_a_wait_leaves_nothing_behind() -> None:
    value, woken = SharedValue(0), []
    with value.waking(lambda: woken.append("inside")):
        value.wait_for(lambda value: value == 1, 0.001)
        value.value = 1
    value.value = 2
    assert woken == ["inside"]
