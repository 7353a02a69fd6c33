from __future__ import annotations

import time

import pytest

from tests.journal.entries import entry
from timmy_actors import RefusedError
from timmy_actors.commands.pending import HOST, Pending, Stage
from timmy_actors.supervision import Reply


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
