"""The body of a player client as a `WorldInterface`, in a daemon, on the stand-in server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.stand_in.game import SPAWN, SPAWN_PLACE
from benchmarks.stand_in.server import COMMIT, StandInServer
from tests.peer import POSITION, Peer
from tests.player_client.bodies import client_body, furnished_server
from tests.player_client.played import BARREL, GUARD
from tests.runtimes import running
from tests.waiting import PATIENCE_S
from timmy_actors.errors import ConfigError
from timmy_actors.player_client import Crowd, Login
from timmy_actors.protocol import Action, PerceptionOutput
from timmy_actors.worlds import (
    Activate,
    AtPlace,
    Attack,
    Block,
    ChooseTopic,
    ClientBody,
    Look,
    Near,
    NearPoint,
    Point,
    Run,
    Take,
    Talk,
    Turn,
    Walk,
    WorldInterface,
    follow,
    go_to,
    merged,
    pick_up,
)

X, Y, Z = SPAWN_PLACE[:3]


@pytest.fixture
def server() -> Iterator[StandInServer]:
    with furnished_server() as server:
        yield server


@pytest.fixture
def body(server: StandInServer, peer: Peer, tmp_path: Path) -> Iterator[ClientBody]:
    with client_body(server, peer, tmp_path) as body:
        yield body


def test_a_body_observes_walks_uses_things_and_speaks(body: ClientBody) -> None:
    assert isinstance(body, WorldInterface)
    seen = body.observe()
    assert seen.position is not None
    assert (seen.position.cell, seen.position.x) == (SPAWN.description, X)
    assert seen.stats is not None
    assert (seen.stats.health.current, seen.stats.race, seen.stats.character_class) == (100.0, "dark elf", "warrior")
    assert (seen.stats.attributes["Strength"].base, seen.stats.skills["Longblade"].base) == (40.0, 20.0)
    assert seen.sources["stats"] == "client"
    assert body.act(Turn(yaw=90)).value["yaw"] == pytest.approx(90)
    step = body.act(Walk(distance=40, seconds=3), observe=True)
    assert step.result.success, step.result
    assert step.seen.position is not None
    assert step.seen.position.x == pytest.approx(X + 40)
    assert not step.seen.stale
    assert body.wait_until(NearPoint(x=X + 40, y=Y, within=1), 5).met
    looked = body.act(Look())
    assert [thing["unique_index"] for thing in looked.value["things"]] == [GUARD]
    assert body.act(Talk(unique_index=GUARD)).value["topics"] == []
    assert body.act(ChooseTopic(topic="background")).success
    assert body.act(Activate(unique_index=BARREL)).value["items"][0]["ref_id"] == "bread"
    assert body.act(Take(unique_index=BARREL, item="bread", count=2)).success
    assert body.speak("hello").success
    assert body.speak("hello", to="Jiub").code == "bad_arguments"
    refused = [body.act(action).code for action in (Attack(unique_index=GUARD), Block(), Take(unique_index="9-9"))]
    assert refused == ["not_permitted", "not_permitted", "no_such_target"]
    assert "walk" in body.available_actions().commands


def test_verbs_run_with_it(body: ClientBody) -> None:
    arrived = body.perform(go_to(Point(X, Y + 300, Z), within=20.0), deadline_s=PATIENCE_S)
    assert arrived.success, arrived
    assert arrived.value["path"] == "straight"
    assert "game_data.files" in arrived.value["no_route"]
    assert body.act(Run(direction="back", distance=100, seconds=3)).success
    dropped = body.act(Action(action="drop", params={"item": "gold_001", "count": 5}), observe=True)
    assert dropped.result.success, dropped.result
    taken = body.perform(pick_up("gold_001"), deadline_s=PATIENCE_S)
    assert taken.success, taken
    assert body.observe().inventory is not None


def test_a_player_is_followed(body: ClientBody, server: StandInServer) -> None:
    leader = Crowd(server.address, [Login("Jiub", "a password", COMMIT)], "wander")
    stop = threading.Event()
    leading = threading.Thread(target=leader.run, args=(PATIENCE_S, stop))
    leading.start()
    try:
        assert body.wait_until(Near(who="Jiub", within=8000), PATIENCE_S).met
        followed = body.perform(follow("Jiub", 3), deadline_s=PATIENCE_S)
        assert followed.success, followed
        assert not body.wait_until(NearPoint(x=X, y=Y, within=1), 0).met
        seen = body.observe().nearby_players
        assert seen is not None
        (jiub,) = seen.players
        arrived = body.perform(go_to(Point(jiub.x, jiub.y, jiub.z), within=20.0), deadline_s=PATIENCE_S)
        assert arrived.success, arrived
        assert arrived.value["path"] == "seen", "Jiub walked there from where the body came"
    finally:
        stop.set()
        leading.join()


def test_conditions_hold_for_what_only_the_bridge_perceives(body: ClientBody) -> None:
    seen = PerceptionOutput.model_validate(
        {"player": "Timmy", "pid": 0, "boot": "b", "epoch": 1, "revisions": {"position": 1}, "position": POSITION}
    )
    both = ClientBody(body._player, lambda: seen)
    assert both.wait_until(AtPlace(place="Seyda Neen"), PATIENCE_S).met
    assert not both.wait_until(AtPlace(place="Balmora"), 0.3).met
    sources = both.observe().sources
    assert (sources["position"], sources["inventory"]) == ("bridge", "client")
    step = both.act(Walk(distance=40, seconds=3), observe=True)
    assert step.seen.position is not None
    assert (step.seen.sources["position"], step.seen.position.x != POSITION["x"]) == ("client", True)


def test_without_a_player_client_there_is_no_handle(peer: Peer) -> None:
    with running(peer.address) as timmy, pytest.raises(ConfigError, match="no player client"):
        timmy.player_client()


def perception(section: str, *, source: str, stale: bool = False) -> PerceptionOutput:
    """A perception with one section."""
    content = {"topics": {"topics": [source]}, "books": {"books": [source]}}[section]
    return PerceptionOutput.model_validate(
        {
            "player": "Timmy",
            "pid": 0,
            "boot": source,
            "epoch": 1,
            "revisions": {section: 1},
            "stale": stale,
            section: content,
        }
    )


def test_perceptions_are_merged_with_their_sources() -> None:
    bridge, client = perception("topics", source="bridge"), perception("books", source="client")
    both = merged(bridge, client)
    assert both is not None
    assert both.sources == {"topics": "bridge", "books": "client"}
    assert both.revisions == {"topics": 1, "books": 1}
    assert merged(None, client) is client
    again = merged(perception("topics", source="bridge"), perception("topics", source="client"), client_first=True)
    assert again is not None
    assert again.sources == {"topics": "client"}
    assert merged(bridge, None) is bridge
    assert merged(None, None) is None


@pytest.mark.parametrize(("stale", "source"), [(False, "bridge"), (True, "client")])
def test_a_stale_bridge_gives_way_to_the_client(stale: bool, source: str) -> None:
    both = merged(perception("topics", source="bridge", stale=stale), perception("topics", source="client"))
    assert both is not None
    assert both.topics is not None
    assert (both.topics.topics, both.sources) == ((source,), {"topics": source})
