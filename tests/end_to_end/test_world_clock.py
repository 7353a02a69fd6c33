"""The embedded world's clock, through a whole daemon: in process, from another process, and from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime, connect
from timmy_actors.cli.root import cli
from timmy_actors.client import Calls
from timmy_actors.daemon import JournalSettings, LinkSettings, Settings
from timmy_actors.daemon import WorldSettings as DaemonWorldSettings
from timmy_actors.protocol import Action, PerceptionOutput
from timmy_actors.system import config_folder
from timmy_actors.worlds import PlayerBody

pytest.importorskip("lupa.luajit21")


def daemon(folder: Path, *, embedded: bool) -> Runtime:
    settings = Settings(
        world=DaemonWorldSettings(embedded=embedded),
        link=LinkSettings(mechanism="null"),
        journal=JournalSettings(enabled=False),
    )
    return Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    with daemon(tmp_path_factory.mktemp("clock"), embedded=True) as runtime:
        runtime.wait_ready(PATIENCE_S)
        yield runtime


@pytest.fixture(params=["in process", "connected"])
def game(runtime: Runtime, request: pytest.FixtureRequest) -> Iterator[Calls]:
    if request.param == "in process":
        yield runtime
    else:
        with connect(runtime.endpoint) as connected:
            yield connected
    runtime.thaw()


def seen_at(runtime: Runtime, game_ms: int, player: str = "Timmy") -> PerceptionOutput:
    """Wait for a snapshot that was read at this game time or later."""

    def look() -> PerceptionOutput | None:
        snapshot = runtime.snapshot(player)
        return snapshot if (snapshot.game_ms or 0) >= game_ms else None

    snapshot = eventually(look)
    assert snapshot is not None
    return snapshot


def test_a_frozen_world_moves_by_steps_only_and_accounts_for_them(game: Calls, runtime: Runtime) -> None:
    frozen = game.freeze(by="a test")
    assert (frozen.frozen, frozen.frozen_by) == (True, "a test")
    stepped = game.step(10_000)
    assert (stepped.passed.game_ms, stepped.passed.steps) == (10_000, 1)
    again = game.clock()
    assert (again.game_ms, again.passed.game_ms, again.passed.steps) == (frozen.game_ms + 10_000, 0, 0)
    assert again.real_ms >= stepped.real_ms
    before = seen_at(runtime, again.game_ms, "Jiub")
    game.step(20_000)
    after = seen_at(runtime, again.game_ms + 20_000, "Jiub")
    assert before.position is not None
    assert after.position is not None
    assert (before.position.x, before.position.y) != (after.position.x, after.position.y), "Jiub walks around"


def test_the_end_of_each_step_is_seen_although_nothing_of_the_player_changed(runtime: Runtime) -> None:
    runtime.freeze(by="a test")
    for _ in range(5):
        stepped = runtime.step(1)
        assert seen_at(runtime, stepped.game_ms).game_ms == stepped.game_ms
    runtime.thaw()


def test_a_world_frozen_twice_stays_frozen_by_the_first_until_it_is_thawed(game: Calls, runtime: Runtime) -> None:
    game.freeze(by="one")
    assert game.freeze(by="another").frozen_by == "one"
    eventually(lambda: (world := runtime.status().world) is not None and world.frozen_by == "one")
    thawed = game.thaw()
    assert not thawed.frozen
    eventually(lambda: game.clock().game_ms > thawed.game_ms)


def test_commands_go_on_in_a_frozen_world_and_their_effects_await_its_time(runtime: Runtime) -> None:
    body = PlayerBody(runtime)
    runtime.freeze(by="a test")
    start = body.observe().position
    runtime.step(1000)
    seen_at(runtime, runtime.clock().game_ms - 1000)
    body.observe()
    runtime.step(250)
    sent = body.act(Action(action="teleport", params={"to": "Balmora"}))
    assert sent.success
    assert sent.game_ms_since_observation is not None
    assert sent.game_ms_since_observation >= 250
    assert start is not None
    with pytest.raises(RefusedError, match="no snapshot of Timmy showed"):
        body.observe(after=sent, deadline_s=0.3)
    runtime.step(5000)
    arrived = body.observe(after=sent, deadline_s=PATIENCE_S).position
    assert arrived is not None
    assert arrived.cell == "-3, -2"
    runtime.thaw()


def test_a_step_of_a_running_world_and_wrong_steps_are_refused(game: Calls) -> None:
    with pytest.raises(RefusedError, match="not frozen") as running:
        game.step(50)
    assert running.value.code == "game_refused"
    for ms in (0, -1, 60_001, 0.5):
        with pytest.raises(RefusedError, match="ms") as wrong:
            game.step(ms)  # type: ignore[arg-type]
        assert wrong.value.code == "bad_arguments"


def test_a_live_server_has_no_such_clock(tmp_path: Path) -> None:
    with daemon(tmp_path, embedded=False) as live, connect(live.endpoint) as connected:
        for game in (live, connected):
            with pytest.raises(RefusedError, match="game server") as refused:
                game.freeze()
            assert refused.value.code == "needs_embedded_world"


def test_the_clock_from_the_command_line(runtime: Runtime) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, ["clock", *words, "--endpoint", runtime.endpoint])
        assert result.exit_code == 0, result.output
        return result.output

    assert run("freeze", "--by", "me").startswith("frozen by me, at ")
    stepped = json.loads(run("step", "500", "--json"))
    assert (stepped["passed"]["game_ms"], stepped["frozen_by"]) == (500, "me")
    assert "frozen by me" in run("status")
    assert run("thaw").startswith("running, at ")
