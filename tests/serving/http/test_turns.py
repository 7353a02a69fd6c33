"""The streams' turns: a few at a time, requests in between, and a heartbeat for those that wait for long."""

from __future__ import annotations

import asyncio

from tests.waiting import PATIENCE_S
from timmy_actors.serving.http.turns import GROUP, Turns

MANY = 4 * GROUP + 1


def test_every_stream_gets_its_turn_and_other_work_comes_in_between() -> None:
    async def play() -> tuple[int, int]:
        turns, done = Turns(), 0
        most, others = 0, 0

        async def stream() -> None:
            nonlocal done
            await turns.wait(PATIENCE_S)
            done += 1

        waiting = [asyncio.ensure_future(stream()) for _ in range(MANY)]
        await asyncio.sleep(0)
        turns.wake()
        while done < MANY:
            before = done
            await asyncio.sleep(0)
            most, others = max(most, done - before), others + 1
        await asyncio.gather(*waiting)
        turns.end()
        return most, others

    most, others = asyncio.run(play())
    assert most == GROUP
    assert others >= MANY / GROUP


def test_a_second_wake_during_the_first_forgets_nobody() -> None:
    async def play() -> list[int]:
        turns, counts = Turns(), [0] * MANY
        over = asyncio.Event()

        async def stream(number: int) -> None:
            while counts[number] < 2:
                await turns.wait(PATIENCE_S)
                counts[number] += 1
                if counts[number] == 1 and number == 0:
                    turns.wake()
            if min(counts) == 2:
                over.set()

        streams = [asyncio.ensure_future(stream(number)) for number in range(MANY)]
        await asyncio.sleep(0)
        turns.wake()
        while min(counts) < 1:
            await asyncio.sleep(0)
        turns.wake()
        await over.wait()
        await asyncio.gather(*streams)
        turns.end()
        return counts

    assert asyncio.run(play()) == [2] * MANY


def test_a_stream_that_waits_for_long_is_woken_and_so_is_the_next() -> None:
    async def play() -> None:
        turns = Turns()
        for _ in range(2):
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*(turns.wait(0.01) for _ in range(MANY)))
        turns.end()

    asyncio.run(play())


def test_a_stream_that_ended_takes_no_turn_and_the_end_wakes_the_others() -> None:
    async def play() -> None:
        turns = Turns()
        gone, there = (asyncio.ensure_future(turns.wait(PATIENCE_S)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        turns.end()
        await there

    asyncio.run(play())
