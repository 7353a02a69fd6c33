from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from tests.supervision.lifecycles import Doer, end
from timmy_actors.errors import AskTimeoutError
from timmy_actors.supervision import Backoff, ChildSpec, Directory, Intensity, Reply, Supervisor, testkit
from timmy_actors.supervision.testkit import VirtualClock, fail, hang


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def directory(clock: VirtualClock) -> Iterator[Directory]:
    directory = Directory(clock=clock)
    backoff = Backoff(base_s=100.0, cap_s=100.0)
    children = [ChildSpec(name, Doer, backoff=backoff, hung_after_s=None) for name in "ab"]
    root = Supervisor(children, directory, intensity=Intensity(failures=100))
    root.launch()
    clock.settle()
    yield directory
    end(root)


def test_settle_waits_until_every_actor_is_idle(clock: VirtualClock, directory: Directory) -> None:
    done: list[int] = []

    def count_down(number: int) -> None:
        done.append(number)
        if number:
            directory.tell("ab"[number % 2], lambda _: count_down(number - 1))

    directory.tell("a", lambda _: count_down(200))
    clock.settle()
    assert done == list(range(200, -1, -1))


def test_time_changes_only_by_advance(clock: VirtualClock, directory: Directory) -> None:
    rung: list[float] = []
    directory.tell("a", lambda actor: actor.mailbox.schedule("bell", 5.0, lambda _: rung.append(clock.now())))
    clock.settle()
    assert rung == []
    clock.advance(4.999)
    assert rung == []
    clock.advance(0.001)
    assert rung == [pytest.approx(5.0)]


def test_timers_due_during_an_advance_fire_at_their_time_and_in_order(
    clock: VirtualClock, directory: Directory
) -> None:
    rung: list[tuple[str, float]] = []

    def ring(name: str, every_s: float) -> None:
        message = lambda _: rung.append((name, clock.now()))  # noqa: E731  it is the message
        directory.tell(name, lambda actor: actor.mailbox.schedule("bell", every_s, message, every=True))

    ring("a", 2.0)
    ring("b", 3.0)
    clock.advance(7.0)
    assert clock.now() == 7.0
    assert rung == [("a", 2.0), ("b", 3.0), ("a", 4.0), *sorted([("b", 6.0), ("a", 6.0)], key=rung.index)]


def test_hours_of_backoff_pass_at_once(clock: VirtualClock, directory: Directory) -> None:
    began = time.process_time()
    for generation in range(2, 22):
        fail(directory, "a", ValueError("on purpose"))
        clock.advance(1_000.0)
        assert directory.entries["a"].generation == generation
    assert clock.now() == 20_000.0
    assert time.process_time() - began < 20.0


def test_a_hung_actor_counts_as_idle_until_its_release(clock: VirtualClock, directory: Directory) -> None:
    done = threading.Event()
    release = hang(directory, "a")
    directory.tell("a", lambda _: done.set())
    clock.settle()
    assert not done.is_set()
    release()
    clock.settle()
    assert done.is_set()


def test_an_actor_that_is_busy_for_too_long_is_named(
    clock: VirtualClock, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testkit, "SETTLE_WITHIN_S", 0.05)
    gate = threading.Event()
    directory.tell("b", lambda _: gate.wait())
    with pytest.raises(TimeoutError, match=r"still busy after 0.05 s: b$"):
        clock.settle()
    gate.set()


def test_an_answer_can_be_awaited_while_the_loop_turns_and_not_for_longer_than_its_deadline() -> None:
    turned: list[int] = []

    async def turn(reply: Reply) -> object:
        async def count() -> None:
            for number in range(10):
                await asyncio.sleep(0)
                turned.append(number)
            threading.Thread(target=reply.set, args=("answer",)).start()

        counting = asyncio.create_task(count())
        answer = await reply
        await counting
        return answer

    async def too_late() -> None:
        await Reply(deadline=time.monotonic() - 1)

    assert asyncio.run(turn(Reply(deadline=time.monotonic() + 10))) == "answer"
    assert turned == list(range(10))
    with pytest.raises(AskTimeoutError):
        asyncio.run(too_late())
