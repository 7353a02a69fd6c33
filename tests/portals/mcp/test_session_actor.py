from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from tests.portals.sessions import TINY, raw
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.daemon.portal_supervisor import AT_ONCE
from timmy_actors.errors import ServerGoneError, ToolError
from timmy_actors.portals.mcp import session
from timmy_actors.portals.mcp.server_options import ServerOptions
from timmy_actors.portals.mcp.session_actor import START_BACKOFF, CallTool, Offer, SessionActor, Wake, Wanted
from timmy_actors.protocol import ServerStatus
from timmy_actors.supervision import ChildSpec, Directory, SharedValue, Supervisor


class SlowToLoad(ModuleType):
    """Stands in for `timmy_actors.portals.mcp.session`, and records the server's status at the time of its import."""

    def __init__(self, offer: SharedValue[Offer]) -> None:
        super().__init__(session.__name__)
        self.offer = offer
        self.known: list[str] = []
        self.loaded = threading.Event()

    def __getattr__(self, name: str) -> Any:
        if name == "Session":
            self.known.append(self.offer.value.status.state)
            self.loaded.wait(PATIENCE_S)
        return getattr(session, name)


@contextmanager
def actor(
    name: str, command: tuple[str, ...], offer: SharedValue[Offer], wanted: Wanted | None = None
) -> Iterator[Directory]:
    """A session actor under a supervisor."""
    options, wanted, directory = ServerOptions(name, command=command), wanted or Wanted(), Directory()
    spec = ChildSpec(
        name, lambda: SessionActor(options, wanted=wanted, offer=offer), expected=(ServerGoneError,), backoff=AT_ONCE
    )
    supervisor = Supervisor([spec], directory).launch()
    try:
        yield directory
    finally:
        supervisor.stop(timeout=10)


def offered(name: str) -> SharedValue[Offer]:
    """The shared status of a server that has not been started."""
    return SharedValue(Offer(ServerStatus(name=name, state="offline", since=datetime.now(UTC))))


def test_an_actor_answers_while_the_mcp_library_is_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = offered("tiny")
    module = SlowToLoad(offer)
    monkeypatch.setitem(sys.modules, session.__name__, module)
    with actor("tiny", TINY, offer) as directory:
        for _ in range(2):
            directory.ask("tiny", Wake(), timeout_s=30, wait_s=5).wait()
        eventually(lambda: module.known == ["starting"])
        assert not module.loaded.is_set()
        call = directory.ask("tiny", CallTool("echo", {"text": "hello"}, 30), timeout_s=60)
        module.loaded.set()
        assert call.wait().value == "hello"
        assert offer.value.status.state == "ready"


def test_a_library_that_cannot_be_loaded_is_the_actors_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = offered("tiny")
    monkeypatch.setitem(sys.modules, session.__name__, ModuleType(session.__name__))
    failed = threading.Event()
    monkeypatch.setattr(SessionActor, "on_failure", lambda self, *_: failed.set())
    with actor("tiny", TINY, offer) as directory:
        directory.ask("tiny", Wake(), timeout_s=30, wait_s=5).wait()
        assert failed.wait(PATIENCE_S)


def test_a_server_that_was_of_use_is_started_again_at_once() -> None:
    offer, wanted = offered("tiny"), Wanted()

    def is_ready(number: int) -> bool:
        return (offer.value.status.state, wanted.generation) == ("ready", number)

    with actor("tiny", TINY, offer, wanted) as directory:
        directory.ask("tiny", Wake(), timeout_s=30, wait_s=5).wait()
        for number in range(1, 6):
            eventually(partial(is_ready, number), 30)
            directory.ask("tiny", CallTool("echo", {"text": "x"}, 30), timeout_s=60).wait()
            assert wanted.idle_starts == 0
            with pytest.raises(ToolError):
                directory.ask("tiny", CallTool("leave", {"code": 1}, 30), timeout_s=60).wait()


def test_a_server_that_dies_each_time_is_started_later_and_later() -> None:
    offer, wanted = offered("raw"), Wanted()
    with actor("raw", raw("dies"), offer, wanted) as directory:
        directory.ask("raw", Wake(), timeout_s=30, wait_s=5).wait()
        eventually(lambda: wanted.failures >= 4, 60)
        assert wanted.idle_starts >= 4
    assert [START_BACKOFF.ceiling(starts) for starts in (0, 1, 2, 3)] == [0.0, 0.1, 0.2, 0.4]
