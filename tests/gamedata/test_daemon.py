"""A daemon on the embedded world indexes the test land by itself, and answers what it says over every transport."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tests.mcp_server.clients import MODERN, Connector
from tests.recording.beats import beat
from tests.serving.http.daemons import HttpDaemon, serving, up
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime
from timmy_actors.cli.root import cli
from timmy_actors.client import connect
from timmy_actors.daemon import GameDataSettings, HttpSettings, JournalSettings, Settings, SteamSettings, WorldSettings
from timmy_actors.heartbeat.prompting import compose
from timmy_actors.heartbeat.proposal import Question
from timmy_actors.heartbeat.view import View
from timmy_actors.protocol import GameDataStatus, PerceptionOutput, Place
from timmy_actors.recording import EpisodeWriter, ExportOptions, export_episodes, hash_observation
from timmy_actors.system import config_folder
from tools.land_records import QUESTS
from tools.plugin_writer import plugin

if TYPE_CHECKING:
    from mcp import Client

OFFICE = Place(cell="Seyda Neen, Census and Excise Office", x=1130, y=-387, z=193)


def started(folder: str, *files: str, http: bool = False, plugin: str = "") -> Runtime:
    game_data = GameDataSettings(files=files, index=f"{folder}/index")
    journal = JournalSettings(file=f"{folder}/journal")
    settings = Settings(
        game_data=game_data,
        journal=journal,
        world=WorldSettings(plugin=plugin),
        steam=SteamSettings(command=()),
        http=HttpSettings(enabled=http, port=0),
    )
    return Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon.sock")


def settled(runtime: Runtime) -> GameDataStatus:
    """The status of the game data once they are indexed or off."""

    def look() -> GameDataStatus | None:
        status = runtime.shared.game_data.value
        return status if status is not None and status.state != "indexing" else None

    status = eventually(look)
    assert status is not None
    return status


@pytest.fixture(scope="module")
def runtime(land: bytes) -> Iterator[Runtime]:
    with tempfile.TemporaryDirectory(prefix="ta-") as folder:
        (Path(folder) / "land.omwaddon").write_bytes(land)
        land_file = f"{folder}/land.omwaddon"
        with started(folder, land_file, http=True, plugin=land_file) as running:
            assert settled(running).state == "up"
            running.wait_ready(PATIENCE_S)
            up(running)  # or its thread begins during a test
            yield running


def test_the_world_is_the_plugin(runtime: Runtime) -> None:
    status = runtime.status().world
    assert status is not None
    assert b"land.omwaddon" in Path(f"/proc/{status.pid}/cmdline").read_bytes()
    seen = runtime.command("look").value or {}
    names = {thing.get("name") for thing in seen["things"]}
    assert "Vodunius Nuccius" in names  # the world itself has no name for him


def test_the_calls_are_answered_in_process_and_over_the_endpoint(runtime: Runtime) -> None:
    with connect(runtime.endpoint) as daemon:
        for calls in (runtime, daemon):
            assert calls.describe("arrille").name == "Arrille"
            assert calls.look_up("fargoth").matches[0].id == "fargoth"
            assert {(cell.x, cell.y) for cell in calls.terrain(-2, -9, radius=0).cells} == {(-2, -9)}
            assert calls.route("Arrille", start=OFFICE).waypoints[-1].cell == "Seyda Neen, Arrille's Tradehouse"


@pytest.fixture(scope="module")
def http(runtime: Runtime) -> Iterator[HttpDaemon]:
    with serving(runtime) as served:
        yield served


def test_the_calls_are_answered_over_http(http: HttpDaemon) -> None:
    assert http.get("/v1/record", params={"id": "arrille"})["name"] == "Arrille"
    assert http.get("/v1/records", params={"text": "fargoth", "limit": 1})["matches"][0]["id"] == "fargoth"
    ground = http.get("/v1/terrain", params={"cell_x": -2, "cell_y": -9})
    assert (len(ground["cells"]), ground["side"], len(ground["cells"][0]["heights"])) == (9, 16, 256)
    route = http.post("/v1/route", {"to": "Arrille", "start": OFFICE.model_dump()})
    assert route["waypoints"][-1]["cell"] == "Seyda Neen, Arrille's Tradehouse"
    from_player = http.post("/v1/route", {"to": "Arrille"})
    assert [point["door"] for point in from_player["waypoints"] if point.get("door")] == ["107003-0"]
    assert "no place, person or thing 'nobody'" in http.post("/v1/route", {"to": "nobody"})["reason"]


@pytest.mark.parametrize(
    ("path", "call", "status", "field"),
    [
        ("/v1/record", {"params": {"id": "mehrunes"}}, 404, "record"),
        ("/v1/record", {"params": {"id": ""}}, 422, "id"),
        ("/v1/records", {"params": {"text": "a" * 257}}, 422, "text"),
        ("/v1/records", {"params": {"text": "a", "limit": 101}}, 422, "limit"),
        ("/v1/terrain", {"params": {"cell_x": 0}}, 422, "cell_y"),
        ("/v1/terrain", {"params": {"cell_x": 1001, "cell_y": 0}}, 422, "cell_x"),
        ("/v1/terrain", {"params": {"cell_x": 0, "cell_y": 0, "radius": 5}}, 422, "radius"),
        ("/v1/route", {"json": {"to": {"cell": "0, 0", "x": 1e8, "y": 0}}}, 422, "to"),
        ("/v1/route", {"json": {"to": "a", "from": "b"}}, 422, "from"),
    ],
)
def test_bad_calls_over_http_name_the_field(
    path: str, call: dict[str, Any], status: int, field: str, http: HttpDaemon
) -> None:
    response = http.client.request("POST" if "json" in call else "GET", path, **call)
    assert response.status_code == status, response.text
    assert field in response.json()["field"]


def test_the_tools_answer_an_llm_client(runtime: Runtime) -> None:
    async def play(client: Client) -> None:
        async def answer(tool: str, **arguments: Any) -> Any:
            result = await client.call_tool(tool, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        assert (await answer("describe", record="arrille"))["name"] == "Arrille"
        assert (await answer("look_up", text="fargoth", limit=1))["matches"][0]["id"] == "fargoth"
        from_office = await answer("route", to="Arrille", start=OFFICE.model_dump())
        assert from_office["waypoints"][-1]["cell"] == "Seyda Neen, Arrille's Tradehouse"
        from_player = await answer("route", to="Arrille")
        assert [point["door"] for point in from_player["waypoints"] if point.get("door")] == ["107003-0"]
        refused = (await client.call_tool("describe", {"record": "mehrunes"})).structured_content
        assert (refused["reason"], refused["field"]) == ("no_such_target", "record")
        wrong = (await client.call_tool("route", {"to": {"cell": "0, 0", "x": 1e8, "y": 0}})).structured_content
        assert wrong["reason"] == "bad_arguments"

    Connector(runtime.endpoint, MODERN, ("--player", "Timmy")).run(play)


def test_a_route_starts_at_the_player(runtime: Runtime) -> None:
    position = runtime.snapshot().position
    assert position is not None
    route = runtime.route("Arrille")
    assert route.reason is None
    assert [point.door for point in route.waypoints if point.door] == ["107003-0"]


def test_snapshots_have_names_and_texts(runtime: Runtime) -> None:
    def look() -> PerceptionOutput | None:
        snapshot = runtime.snapshot()
        quests = snapshot.quests
        return snapshot if quests is not None and quests.texts else None

    snapshot = eventually(look)
    assert snapshot is not None
    assert snapshot.quests is not None
    assert snapshot.quests.names == {"a1_1_findspymaster": "Report to Caius Cosades"}
    assert snapshot.quests.texts == {
        "a1_1_findspymaster": QUESTS["a1_1_findspymaster"][1][1],
    }
    assert snapshot.inventory is not None
    assert {"Gold", "Iron Dagger", "Package for Caius Cosades"} <= {item.name for item in snapshot.inventory.items}
    assert snapshot.nearby_actors is not None
    assert "Fargoth" in {actor.name for actor in snapshot.nearby_actors.actors}
    assert snapshot.factions is not None
    assert snapshot.factions.names == {"mages guild": "Mages Guild", "fighters guild": "Fighters Guild"}


def test_prompts_and_exports_use_the_words(runtime: Runtime, tmp_path: Path) -> None:
    eventually(lambda: (quests := runtime.snapshot().quests) is not None and quests.texts)
    observation = View(snapshot=runtime.snapshot()).observation
    prompt = compose(Question(beat=1, goal="", observation=observation), None, 100_000)
    writer = EpisodeWriter(tmp_path / "episodes", episode_id="one", meta={})
    writer.write(beat(1, observation=observation, observation_hash=hash_observation(observation), prompt=prompt))
    writer.close("success")
    export_episodes([writer.episode], tmp_path / "rows", ExportOptions("messages"))
    [row] = (tmp_path / "rows" / "metadata.jsonl").read_text().splitlines()
    exported = json.loads(row)["messages"][1]["content"]
    assert exported == prompt[1].text
    for words in "Package for Caius Cosades", "Fargoth", QUESTS["a1_1_findspymaster"][1][1]:
        assert words in exported


def test_what_the_files_do_not_have_is_refused(runtime: Runtime) -> None:
    with pytest.raises(RefusedError, match="the game's files have no 'mehrunes'") as refused:
        runtime.describe("mehrunes")
    assert (refused.value.code, refused.value.field) == ("no_such_target", "record")


def test_the_command_line_shows_records_and_routes(runtime: Runtime) -> None:
    def output(*arguments: str) -> str:
        return CliRunner().invoke(cli, [*arguments, "--endpoint", runtime.endpoint], catch_exceptions=False).output

    assert output("describe", "inn_ledger_errand").startswith("The Innkeeper's Ledger (quest inn_ledger_errand")
    assert "Ledger of the Eight Plates" in output("look-up", "ledger")
    assert "door 107011-0" in output("route", "Dulnea Ralaal")
    assert "no place, person or thing 'nobody'" in output("route", "nobody", "--from", "-2, -9", "0", "0", "0")


def test_the_index_can_be_built_beforehand(land: bytes, tmp_path: Path) -> None:
    (tmp_path / "land.omwaddon").write_bytes(land[:-9])
    config = tmp_path / "timmy.toml"
    config.write_text('[game_data]\nfiles = ["land.omwaddon"]\nindex = "index"\n')
    result = CliRunner().invoke(cli, ["index-game-data", "--config", str(config)], catch_exceptions=False)
    assert "land.omwaddon, record INFO, byte " in result.output
    assert "1 files are indexed in " in result.output
    config.write_text("")
    refused = CliRunner().invoke(cli, ["index-game-data", "--config", str(config)])
    assert refused.exit_code != 0


def test_a_daemon_runs_without_game_data_that_cannot_be_used() -> None:
    with tempfile.TemporaryDirectory(prefix="ta-") as folder:
        (Path(folder) / "a.esp").write_bytes(plugin([], masters=["lost.esm"]))
        with started(folder, f"{folder}/a.esp") as running:
            reason = "its master lost.esm is not loaded before it"
            status = settled(running)
            assert (status.state, reason in (status.reason or "")) == ("off", True)
            with pytest.raises(RefusedError, match=f"{reason}.*: correct that, and restart the daemon"):
                running.look_up("a")
            running.wait_ready(PATIENCE_S)
            eventually(lambda: any(reason in each for each in running.status().reasons))


def test_without_files_the_calls_say_how_to_name_them() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="ta-") as folder,
        pytest.raises(RefusedError, match=r"name them in game_data\.files"),
    ):
        started(folder).describe("arrille")
