from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from timmy_actors.serving.http.cause_log import MAX_CAUSES, REPEAT_AFTER_S, CauseLog

if TYPE_CHECKING:
    import pytest

log = logging.getLogger("test")


def test_a_cause_is_logged_once_and_again_later_with_its_count(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    causes = CauseLog(log, clock=lambda: now[0])
    for _ in range(3):
        causes.note("too large", "from 127.0.0.1")
    now[0] = REPEAT_AFTER_S
    causes.note("too large", "from 127.0.0.2")
    assert caplog.messages == [
        "http: too large: from 127.0.0.1",
        "http: too large: from 127.0.0.2 (and 2 times since it was last logged)",
    ]


def test_different_causes_are_told_apart_up_to_a_limit(caplog: pytest.LogCaptureFixture) -> None:
    causes = CauseLog(log, clock=lambda: 0.0)
    for number in range(2 * MAX_CAUSES):
        causes.note(f"cause {number}")
    assert len(caplog.messages) == MAX_CAUSES + 1


def test_an_error_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    CauseLog(log).note("ValueError", error=ValueError("no"))
    assert caplog.records[0].levelno == logging.ERROR
    assert "ValueError: no" in caplog.text
