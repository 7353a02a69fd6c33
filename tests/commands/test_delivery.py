from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal.entries import entry
from timmy_actors.commands.delivery import Next, decide, proves_undone, wire_deadline

REMEMBER_S = 60.0
AGE_MS = 60_000
SENT = entry(attempts=1)


@pytest.mark.parametrize(
    ("attempts", "boot", "age_ms", "what", "step"),
    [
        (0, "boot-1", 0, "", Next.SEND),
        (0, "boot-2", 0, "", Next.SEND_ANEW),
        (1, "boot-1", 10, "", Next.SEND),
        (1, "boot-1", AGE_MS - 1, "overdue", Next.SEND),
        (1, "boot-1", AGE_MS, "overdue", Next.FORGOTTEN),
        (1, "boot-1", AGE_MS, "be repeated", Next.FORGOTTEN),
        (1, "boot-2", 0, "", Next.RESTARTED),
        (1, "boot-2", 0, "be repeated", Next.SEND_ANEW),
        (1, "boot-2", 0, "be repeated, overdue", Next.RESTARTED),
    ],
)
def test_what_becomes_of_a_command_that_is_not_answered(
    attempts: int, boot: str, age_ms: int, what: str, step: Next
) -> None:
    command = entry(attempts=attempts)
    facts = {"idempotent": "be repeated" in what, "overdue": "overdue" in what}
    now_ms = command.accepted_ms + age_ms
    assert decide(command, boot=boot, now_ms=now_ms, remember_s=REMEMBER_S, **facts) is step


def test_the_deadline_on_the_wire_is_never_past_the_servers_memory() -> None:
    assert wire_deadline(SENT, REMEMBER_S) == SENT.deadline_ms
    assert wire_deadline(SENT, 2.0) == SENT.accepted_ms + 2_000


def test_that_it_expired_proves_nothing_once_the_server_may_have_forgotten() -> None:
    again = entry(attempts=2)
    assert proves_undone(again, now_ms=again.accepted_ms + AGE_MS - 1, remember_s=REMEMBER_S)
    assert not proves_undone(again, now_ms=again.accepted_ms + AGE_MS, remember_s=REMEMBER_S)
    assert proves_undone(SENT, now_ms=SENT.accepted_ms + AGE_MS, remember_s=REMEMBER_S)


class Server:
    """A bridge as the wire's rules have it: memory, then deadline, then the deed."""

    def __init__(self) -> None:
        self.memory: dict[str, float] = {}
        self.deeds: list[float] = []

    def hear(self, deadline_ms: int, now_ms: float) -> str:
        done_at = self.memory.get("a")
        if done_at is not None and now_ms < done_at + REMEMBER_S * 1000:
            return "done"
        if deadline_ms < now_ms:
            return "expired"
        self.memory["a"] = now_ms
        self.deeds.append(now_ms)
        return "done"


@given(
    timeout_ms=st.integers(1, 200_000),
    waits=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 100_000), st.booleans()), max_size=8),
)
def test_whatever_is_delayed_or_lost_one_server_does_it_once_and_no_answer_that_is_believed_is_wrong(
    timeout_ms: int, waits: list[tuple[int, int, bool]]
) -> None:
    """Each round a time passes and the command goes out again; its frame arrives late, in any order, or not at all."""
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
        answer = server.hear(deadline_ms, arrives_ms)
        if answer == "expired" and proves_undone(command, now_ms=arrives_ms, remember_s=REMEMBER_S):
            assert not server.deeds
    assert len(server.deeds) <= 1
