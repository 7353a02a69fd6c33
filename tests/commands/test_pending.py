from __future__ import annotations

import time

import pytest

from tests.journal.entries import entry
from timmy_actors import RefusedError
from timmy_actors.commands.pending import HOST, Pending, Stage
from timmy_actors.protocol import CommandResult, ErrorInfo, LinkStatus, Result, Revision
from timmy_actors.supervision import Reply

EXPIRED = ErrorInfo(code="expired", message="too late")
RESULT = Result(id="one", value={"total": 1}, revision=7, game_ms=1_200)


@pytest.mark.parametrize(
    ("left_s", "code"),
    [(-1.0, "expired"), (60.0, "in_doubt")],
    ids=["its own deadline has passed", "it will still be sent for another caller"],
)
def test_a_late_caller_learns_that_nothing_was_done_only_if_nothing_will_be(left_s: float, code: str) -> None:
    pending = Pending.resumed(entry("one", due=time.monotonic() + left_s, host=HOST), idempotent=False)
    pending.stage, pending.attempts = Stage.JOURNALING, 0
    reply = Reply()
    pending.answer_late(reply)
    with pytest.raises(RefusedError) as refused:
        reply.get()
    assert refused.value.code == code


def test_the_answer_has_what_the_server_reported_of_the_execution() -> None:
    pending = Pending.resumed(entry("one"), idempotent=False)
    pending.settle(None, RESULT)
    revision = Revision(boot="boot-1", number=7)
    assert pending.outcome() == CommandResult(id="one", value={"total": 1}, revision=revision, game_ms=1_200)
    assert pending.entry().revision == 7


def test_a_command_that_failed_has_no_revision() -> None:
    pending = Pending.resumed(entry("one"), idempotent=False)
    pending.settle(EXPIRED, RESULT)
    assert (pending.entry().revision, pending.game_ms) == (None, None)


@pytest.mark.parametrize(
    ("age_s", "attempts", "code"),
    [(1.0, 2, "expired"), (59.0, 1, "expired"), (59.0, 2, "in_doubt")],
    ids=["the server remembers it", "it was sent once", "the server may have forgotten it"],
)
def test_expired_proves_that_a_command_was_not_executed_only_while_the_server_remembers_it(
    age_s: float, attempts: int, code: str
) -> None:
    pending = Pending.resumed(entry("one", attempts=attempts), idempotent=False)
    now_ms = pending.accepted_ms + age_s * 1_000
    link = LinkStatus(state="up", remember_s=60.0, server_clock_ms=now_ms - time.monotonic() * 1_000)
    error = pending.checked(EXPIRED, link)
    assert error is not None
    assert error.code == code
