"""The heartbeat in a whole daemon, on the embedded world: with a script, a person, and a stand-in for a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.heartbeat.stand_in import ModelStandIn, calls, dies, nothing, prose, refuses, streams
from tests.heartbeat.stand_in import chunk as a_chunk
from tests.heartbeat.stand_in import part as a_part
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime
from timmy_actors.cli.root import cli
from timmy_actors.daemon import Settings
from timmy_actors.errors import ConfigError
from timmy_actors.protocol import HeartbeatStatus
from timmy_actors.recording import Episode, read_episode, verify_episode
from timmy_actors.system import config_folder

pytest.importorskip("lupa.luajit21")


def daemon(folder: Path, **heartbeat: Any) -> Runtime:
    """A daemon whose heartbeat has these settings."""
    settings = Settings.model_validate(
        {
            "perception": {"rate_hz": 20.0},
            "journal": {"file": str(folder / "journal")},
            "recording": {"folder": str(folder / "episodes")},
            "heartbeat": {"enabled": True, "rate_hz": 20.0, **heartbeat},
        }
    )
    return Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon")


def until(runtime: Runtime, **wanted: Any) -> HeartbeatStatus:
    """Wait until the heartbeat's status has these values."""

    def look() -> HeartbeatStatus | None:
        status = runtime.heartbeat()
        return status if all(getattr(status, name) == value for name, value in wanted.items()) else None

    status = eventually(look)
    assert status is not None
    return status


def episode(folder: Path) -> Episode:
    """The last episode of a daemon."""
    path = max((file.parent for file in (folder / "episodes").glob("*/beats.jsonl")), key=lambda path: path.name)
    assert list(verify_episode(path)) == []
    return read_episode(path)


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runtime, Path]]:
    """A daemon whose script goes on for ever, and begins when it is told to."""
    folder = tmp_path_factory.mktemp("beat")
    script = folder / "script.yaml"
    turns = [{"calls": [{"tool": "turn", "arguments": {"yaw": yaw}}]} for yaw in range(0, 360, 60)]
    script.write_text(json.dumps(turns))
    scripted = {"file": str(script), "repeats": True}
    with daemon(folder, policy="scripted", begins=False, scripted=scripted) as runtime:
        runtime.wait_ready(PATIENCE_S)
        yield runtime, folder


def test_a_heartbeat_is_started_paused_stepped_taken_over_and_stopped(person: tuple[Runtime, Path]) -> None:
    runtime, folder = person
    assert runtime.heartbeat().episode is None
    with pytest.raises(RefusedError, match="no episode: start it first"):
        runtime.heartbeat("pause")

    runtime.heartbeat("start")
    eventually(lambda: runtime.heartbeat().beats >= 3)
    paused = runtime.heartbeat("pause")
    assert (paused.phase, paused.reason) == ("paused", "on request")
    beats = until(runtime, phase="paused").beats
    runtime.heartbeat("step")
    eventually(lambda: runtime.heartbeat().beats > beats)

    runtime.heartbeat("take_over")
    with pytest.raises(RefusedError, match="no tool 'fly'"):
        runtime.choose("fly")
    runtime.choose("chat", text="I take over")
    taken = eventually(lambda: (last := runtime.heartbeat().last) and last.calls == ("chat",) and last)
    assert taken

    runtime.heartbeat("start")
    eventually(lambda: runtime.heartbeat().beats > beats + 3)
    stopped = runtime.heartbeat("stop")
    assert until(runtime, episode=None).reason == "on request"
    assert stopped.jitter_ms.max > 0

    run = episode(folder)
    assert run.end is not None
    assert run.end.outcome == "stopped"
    assert [record.beat for record in run.beats] == list(range(1, len(run.beats) + 1))
    (corrected,) = [record for record in run.beats if record.override is not None]
    assert corrected.phase == "correcting"
    assert corrected.override is not None
    assert corrected.override.human.calls[0].name == "chat"
    assert corrected.override.policy.calls[0].name == "turn"
    assert all(record.observation["player"] == "Timmy" for record in run.beats)


def test_a_start_after_a_stop_that_awaits_an_action_begins_another_episode(person: tuple[Runtime, Path]) -> None:
    runtime, _ = person

    def stopped_during_an_action() -> str | None:
        runtime.heartbeat("start")
        runtime.heartbeat("take_over")
        runtime.choose("walk", seconds=1)
        eventually(lambda: runtime.heartbeat().skipped.get("busy"))
        ending = runtime.heartbeat("stop").episode
        if ending is None:
            until(runtime, episode=None)
        return ending

    ending = eventually(stopped_during_an_action)
    runtime.heartbeat("start")
    eventually(lambda: runtime.heartbeat().episode not in (None, ending))
    runtime.heartbeat("stop")
    until(runtime, episode=None)


def test_the_command_line_controls_it(person: tuple[Runtime, Path]) -> None:
    runtime, _ = person

    def timmy(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli, ["heartbeat", *arguments, "--endpoint", runtime.endpoint])
        assert result.exit_code == code, result.output
        return result.output

    assert timmy("status").startswith("no episode")
    assert json.loads(timmy("start", "--json"))["phase"] == "autonomous"
    eventually(lambda: runtime.heartbeat().beats >= 1)
    shown = timmy("status")
    for words in ("autonomous", "policy   scripted", "jitter", "turn: acted", "tools"):
        assert words in shown
    timmy("take-over")
    timmy("act", "walk", "seconds=0.1")
    eventually(lambda: (last := runtime.heartbeat().last) is not None and last.calls == ("walk",))
    assert "must be NAME=VALUE" in timmy("act", "walk", "seconds", code=2)
    assert "must be JSON" in timmy("act", "plan", "steps=[oops", code=2)
    timmy("pause")
    timmy("step")
    timmy("stop")
    until(runtime, episode=None)


def test_a_loop_is_reported_by_health_and_the_heartbeat_pauses(tmp_path: Path, runtime_folder: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("- calls: [{tool: fly}]\n")
    with daemon(runtime_folder, policy="scripted", scripted={"file": str(script), "repeats": True}) as runtime:
        runtime.wait_ready(PATIENCE_S)
        until(runtime, phase="paused", guard="paused")
        reason = "the heartbeat is paused: the policy repeats itself: fly {} was refused 6 times in a row"
        eventually(lambda: reason in runtime.status().reasons)
        assert runtime.status().verdict == "degraded"
        assert runtime.heartbeat("start").guard == "ok"
        runtime.heartbeat("stop")


def test_a_model_plays_a_whole_task_through_every_kind_of_bad_answer(
    runtime_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ModelStandIn().running() as endpoint:
        endpoint.script.extend(
            [
                prose("I think that I should walk."),
                calls(("walk", {"seconds": 0.2}), text="North."),
                streams([a_chunk(tool_calls=[a_part("walk", '{"seconds": ')]), a_chunk(finish="tool_calls")]),
                calls(("fly", {"to": "Vivec"})),
                nothing,
                dies,
                refuses(429, "slow down", retry_after="0.1"),
                calls(*[("turn", {"by": 30})] * 40),
                calls(("walk", {"seconds": 1e12})),
                calls(("plan", {"steps": [{"tool": "turn", "arguments": {"yaw": 0}}, {"tool": "walk"}]})),
                calls(("finish", {"outcome": "success", "reason": "I am there"}), text="Done."),
            ]
        )
        openai = {"base_url": endpoint.url, "model": "stand-in", "images": False}
        with daemon(runtime_folder, policy="openai", goal="Walk north.", repeats=20, openai=openai) as runtime:
            runtime.wait_ready(PATIENCE_S)
            ended = eventually(lambda: (status := runtime.heartbeat()).beats and not status.episode and status)
            assert ended
            assert (ended.reason, ended.recording) == ("I am there", None)
            assert runtime.clock().frozen_by is None
            assert runtime.clock().steps == 0
    run = episode(runtime_folder)
    assert run.end is not None
    assert run.end.outcome == "success"
    by_model = [record for record in run.beats if record.decision is not None and record.decision.by == "openai"]
    assert [record.outcome for record in by_model] == [
        "refused",
        "acted",
        "refused",
        "refused",
        "refused",
        "failed",
        "failed",
        "acted",
        "refused",
        "waited",
        "waited",
    ]
    planned = [
        record.decision.calls[0].name for record in run.beats if record.decision and record.decision.by == "plan"
    ]
    assert planned == ["turn", "walk"]
    asked = [request["messages"][1]["content"] for request in endpoint.requests]
    assert "no_tool_call: the answer called no tool (answer with a tool call" in asked[1]
    assert "beat 2: North. -> walk" in asked[2]
    assert "no tool 'fly'" in asked[4]
    assert ended.tokens >= 120
    assert "Walk north." in asked[0]


def test_the_world_stands_still_while_a_slow_policy_thinks(runtime_folder: Path) -> None:
    THINKS["runtime"] = daemon(runtime_folder, policy="python", python={"function": f"{__name__}:decide"})
    with THINKS["runtime"] as runtime:
        runtime.wait_ready(PATIENCE_S)
        until(runtime, episode=None, reason="enough")
        assert THINKS["frozen_by"] == ["heartbeat"] * 3
        assert runtime.clock().frozen_by is None


THINKS: dict[str, Any] = {"frozen_by": []}


def decide(question: Any) -> Any:
    """A policy that looks at the world's clock."""
    frozen = eventually(lambda: THINKS["runtime"].clock().frozen_by)
    THINKS["frozen_by"].append(frozen)
    return {"tool": "finish", "arguments": {"reason": "enough"}} if question.beat == 3 else None


@pytest.mark.parametrize(
    ("heartbeat", "reason"),
    [
        ({"policy": "openai"}, "heartbeat.openai.model: name the model"),
        ({"policy": "scripted"}, "heartbeat.scripted.file: name the file"),
        ({"policy": "python", "python": {"function": "nowhere:decide"}}, "heartbeat.python.function: No module named"),
        ({"policy": "human", "commands": ("fly",)}, "heartbeat.commands: no command 'fly'"),
    ],
)
def test_a_start_without_what_the_policy_needs_is_refused(
    runtime_folder: Path, heartbeat: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ConfigError) as error:
        daemon(runtime_folder, **heartbeat).check()
    assert str(error.value).startswith(reason)


def test_a_portal_whose_world_is_not_configured_stops_the_start_with_its_line(runtime_folder: Path) -> None:
    runtime = daemon(runtime_folder, policy="human", perceives="both")
    settings = runtime.settings.model_copy(update={"portal": "bannerlord"})
    with pytest.raises(ConfigError, match=r"portals.json, line \d+: portal bannerlord: .*no world 'calradia'"):
        Runtime(settings, folder=config_folder(), endpoint=runtime.endpoint).check()
