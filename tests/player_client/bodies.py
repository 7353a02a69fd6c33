"""The body of a player client in a daemon, on the stand-in server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stand_in.game import SPAWN_PLACE
from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.peer import Peer
from tests.player_client.played import BARREL, GUARD, Played, stored
from tests.player_client.test_daemon import password
from tests.runtimes import running
from tests.waiting import PATIENCE_S
from timmy_actors.daemon import PlayerClientSettings
from timmy_actors.worlds import ClientBody

X, Y, Z = SPAWN_PLACE[:3]


@contextmanager
def furnished_server() -> Iterator[StandInServer]:
    """A server with a barrel and a guard."""
    with StandInServer() as server:
        server.game.objects += [
            Played.object("CONTAINER", BARREL, items=[stored("bread", 3)], packet={"action": 0, "sub_action": 0}),
            Played.object("OBJECT_SPAWN", GUARD, position=(X + 50, Y, Z, 0.0, 0.0, 0.0), summon=False),
        ]
        yield server


@contextmanager
def client_body(server: StandInServer, peer: Peer, folder: Path) -> Iterator[ClientBody]:
    """A body in the world of a server; the daemon's link is to `peer`."""
    host, port = server.address
    settings = PlayerClientSettings(
        enabled=True, server=f"{host}:{port}", password_file=password(folder), commit=COMMIT
    )
    with running(peer.address, player_client=settings) as timmy:
        handle = timmy.player_client()
        assert handle.perception.wait_for(
            lambda seen: seen is not None and seen.nearby_objects is not None and seen.nearby_objects.objects,
            PATIENCE_S,
        )
        yield ClientBody(handle, find_route=timmy.route)
