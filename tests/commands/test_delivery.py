from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal.entries import entry
from timmy_actors.commands.delivery import Next, decide, proves_undone, server_now_ms, wire_deadline
from timmy_actors.protocol import LinkStatus

REMEMBER_S = 60.0
AGE_MS = 60_000
SENT = entry(attempts=1)


@pytest.mark.parametrize(
    ("attempts", "boot", "age_ms", "what", "step"),
    [
        (0, "boot-1", 0, "", Next.SEND),
        (0, "boot-2", 0, "", Next.READDRESS),
        (1, "boot-1", 10, "", Next.SEND),
        (1, "boot-1", AGE_MS - 1, "overdue", Next.SEND),
        (1, "boot-1", AGE_MS, "overdue", Next.FORGOTTEN),
        (1, "boot-1", AGE_MS, "idempotent", Next.FORGOTTEN),
        (1, "boot-2", 0, "", Next.RESTARTED),
        (1, "boot-2", 0, "idempotent", Next.READDRESS),
        (1, "boot-2", 0, "idempotent, overdue", Next.RESTARTED),
    ],
)
def test_the_next_step_of_an_unanswered_command(attempts: int, boot: str, age_ms: int, what: str, step: Next) -> None:
    command = entry(attempts=attempts)
    facts = {"idempotent": "idempotent" in what, "overdue": "overdue" in what}
    now_ms = command.accepted_ms + age_ms
    assert decide(command, boot=boot, now_ms=now_ms, remember_s=REMEMBER_S, **facts) is step


@pytest.mark.parametrize("offset_ms", [None, 0.0, -90_000.0, 5_000.0])
def test_the_servers_time_is_the_monotonic_clock_moved_by_what_the_link_has_measured(offset_ms: float | None) -> None:
    earliest = time.monotonic() * 1000
    now_ms = server_now_ms(LinkStatus(state="up", server_clock_ms=offset_ms)) - (offset_ms or 0.0)
    assert earliest <= now_ms <= time.monotonic() * 1000


def test_the_deadline_on_the_wire_is_within_the_servers_memory() -> None:
    assert wire_deadline(SENT, REMEMBER_S) == SENT.deadline_ms
    assert wire_deadline(SENT, 2.0) == SENT.accepted_ms + 2_000


def test_an_expired_answer_proves_nothing_once_the_server_may_have_forgotten() -> None:
    again = entry(attempts=2)
    assert proves_undone(again, now_ms=again.accepted_ms + AGE_MS - 1, remember_s=REMEMBER_S)
    assert not proves_undone(again, now_ms=again.accepted_ms + AGE_MS, remember_s=REMEMBER_S)
    assert proves_undone(SENT, now_ms=SENT.accepted_ms + AGE_MS, remember_s=REMEMBER_S)


class Server:
    """A model of the bridge: it checks its memory, then the deadline, then executes."""

    def __init__(self) -> None:
        self.memory: dict[str, float] = {}
        self.executions: list[float] = []

    def receive(self, deadline_ms: int, now_ms: float) -> str:
        executed_at = self.memory.get("a")
        if executed_at is not None and now_ms < executed_at + REMEMBER_S * 1000:
            return "done"
        if deadline_ms < now_ms:
            return "expired"
        self.memory["a"] = now_ms
        self.executions.append(now_ms)
        return "done"


@given(
    timeout_ms=st.integers(1, 200_000),
    waits=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 100_000), st.booleans()), max_size=8),
)
def test_a_server_executes_a_command_at_most_once_and_every_accepted_answer_is_true(
    timeout_ms: int, waits: list[tuple[int, int, bool]]
) -> None:
    """In each round time passes and the command is sent again; its frame arrives late, in any order, or never."""
    command, now_ms, server = entry(attempts=0, accepted_ms=0, deadline_ms=timeout_ms), 0.0, Server()
    frames: list[tuple[float, int, int]] = []
    for wait_ms, delay_ms, lost in waits:
        now_ms += wait_ms
        overdue = now_ms >= timeout_ms
        if command.attempts == 0 and overdue:
            break
        if decide(command, boot="boot-1", now_ms=now_ms, remember_s=REMEMBER_S, idempotent=False, overdue=overdue) is (
            Next.FORGOTTEN
        ):
            break
        command = command.model_copy(update={"attempts": command.attempts + 1})
        if not lost:
            frames.append((now_ms + delay_ms, wire_deadline(command, REMEMBER_S), command.attempts))
    for arrives_ms, deadline_ms, _ in sorted(frames):
        answer = server.receive(deadline_ms, arrives_ms)
        if answer == "expired" and proves_undone(command, now_ms=arrives_ms, remember_s=REMEMBER_S):
            assert not server.executions
    assert len(server.executions) <= 1
