"""A player without a game walks a way of the game's data files, on the stand-in server."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stand_in.game import SPAWN_PLACE
from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.gamedata.test_daemon import settled
from tests.peer import Peer
from tests.player_client.test_daemon import password
from tests.runtimes import running
from tests.waiting import PATIENCE_S
from timmy_actors.daemon import GameDataSettings, PlayerClientSettings
from timmy_actors.worlds import ClientBody, Point, go_to

X, Y, Z = SPAWN_PLACE[:3]


def test_a_player_without_a_game_walks_a_way_of_the_files(peer: Peer, land: bytes, tmp_path: Path) -> None:
    (tmp_path / "land.omwaddon").write_bytes(land)
    files = GameDataSettings(files=(str(tmp_path / "land.omwaddon"),), index=str(tmp_path / "index"))
    with StandInServer() as server:
        host, port = server.address
        client = PlayerClientSettings(
            enabled=True, server=f"{host}:{port}", password_file=password(tmp_path), commit=COMMIT
        )
        with running(peer.address, player_client=client, game_data=files) as timmy:
            assert settled(timmy).state == "up"
            player = timmy.player_client()
            assert player.perception.wait_for(lambda seen: seen is not None and seen.position is not None, PATIENCE_S)
            body = ClientBody(player, find_route=timmy.route)
            arrived = body.perform(go_to(Point(X + 400, Y + 300, Z), within=20.0), deadline_s=PATIENCE_S)
    assert (arrived.outcome, arrived.value["path"]) == ("done", "route"), arrived
