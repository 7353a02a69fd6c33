from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from timmy_actors.errors import AskTimeoutError
from timmy_actors.portals import Caller
from timmy_actors.protocol import Action, ActionResult, CommandRequest, ExecuteRequest
from timmy_actors.serving import HttpOptions
from timmy_actors.serving.http.api import Api
from timmy_actors.serving.http.cause_log import CauseLog
from timmy_actors.serving.http.problems import ProblemError
from timmy_actors.supervision import Reply

EXECUTE = ExecuteRequest(id="1", action=Action(action="click"))
COMMAND = CommandRequest(id="1", name="message", arguments={}, command_id="key")


class Unanswered:
    """A service whose actor does not answer, and a client's connection."""

    def __init__(self, deadline: float | None = None) -> None:
        self.reply = Reply(deadline)
        self.caller = Caller()
        self.disconnected = asyncio.Event()
        options = HttpOptions(host="127.0.0.1", port=0, token_file=Path())
        self.api = Api(cast(Any, self), options, cast(Any, None), CauseLog(logging.getLogger("test")))

    def ask(self, _request: object, caller: Caller, *, wait_s: float) -> Reply:
        self.caller = caller
        return self.reply

    async def receive(self) -> dict[str, str]:
        await self.disconnected.wait()
        return {"type": "http.disconnect"}


def ask(request: Any, meanwhile: Callable[[Unanswered], object], deadline: float | None = None) -> tuple[Any, bool]:
    """The outcome of a request, and whether what only its caller waits for was cancelled."""

    async def run() -> tuple[Any, bool]:
        service = Unanswered(deadline)
        asking = asyncio.ensure_future(service.api.ask(request, cast(Any, service)))
        await asyncio.sleep(0)  # it waits now
        meanwhile(service)
        outcome = (await asyncio.gather(asking, return_exceptions=True))[0]
        return outcome, service.caller.gone

    return asyncio.run(run())


def test_a_reply_is_the_outcome() -> None:
    assert ask(EXECUTE, lambda service: service.reply.set("done")) == ("done", False)


def test_a_client_that_disconnects_cancels_its_action() -> None:
    result, cancelled = ask(EXECUTE, lambda service: service.disconnected.set())
    assert isinstance(result, ActionResult)
    assert (result.outcome, cancelled) == ("unknown", True)


def test_a_daemon_that_stops_answers_that_a_commands_outcome_is_unknown() -> None:
    error, cancelled = ask(COMMAND, lambda service: service.api.give_up())
    assert isinstance(error, ProblemError)
    assert (error.problem.status, error.problem.code, error.problem.command_id) == (504, "in_doubt", "key")
    assert cancelled


def test_a_reply_that_does_not_come_ends_at_its_deadline() -> None:
    error, _ = ask(COMMAND, lambda _service: None, deadline=time.monotonic() + 0.01)
    assert isinstance(error, AskTimeoutError)


def test_a_request_that_is_cancelled_cancels_its_action() -> None:
    async def run() -> None:
        service = Unanswered()
        asking = asyncio.ensure_future(service.api.ask(EXECUTE))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert service.caller.gone

    asyncio.run(run())
