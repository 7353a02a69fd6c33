from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tests.portals.sessions import TINY
from tests.waiting import eventually
from timmy_actors.actors.session import Offer, SessionActor, Wake, Wanted
from timmy_actors.model.portal import ServerStatus
from timmy_actors.portals import session
from timmy_actors.portals.server_options import ServerOptions
from timmy_actors.supervision import ChildSpec, Directory, Published, Supervisor

if TYPE_CHECKING:
    import pytest


class SlowToLoad(ModuleType):
    """`timmy_actors.portals.session`, which tells what is known of the server at the moment it is imported from."""

    def __init__(self, offer: Published[Offer]) -> None:
        super().__init__(session.__name__)
        self.offer = offer
        self.known: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == "Session":
            self.known.append(self.offer.value.status.state)
        return getattr(session, name)


def test_a_server_whose_client_is_still_being_loaded_is_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = Published(Offer(ServerStatus(name="tiny", state="offline", since=datetime.now(UTC))))
    module = SlowToLoad(offer)
    monkeypatch.setitem(sys.modules, session.__name__, module)
    options = ServerOptions("tiny", command=TINY)
    directory = Directory()
    spec = ChildSpec("tiny", lambda: SessionActor(options, wanted=Wanted(), offer=offer))
    supervisor = Supervisor([spec], directory).launch()
    try:
        directory.ask("tiny", Wake(), timeout_s=30, wait_s=5).wait()
        assert module.known == ["starting"]  # and so whoever waits for it goes on waiting
        eventually(lambda: offer.value.status.state == "ready", 30)
    finally:
        supervisor.stop(timeout=10)
