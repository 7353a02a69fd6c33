from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from timmy_actors.daemon import load_settings
from timmy_actors.fleet import evaluate, read_endpoints

PAGE = Path(__file__).parents[2] / "docs" / "fleet.md"
DOCKER = PAGE.parents[1] / "docker"
POLICY, PROGRAM = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_pages_program_prints_its_scores(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("lupa.luajit21")
    exec(compile(PROGRAM, str(PAGE), "exec"), {})
    assert "| all tasks | 2 | 0 | 1.00 (1.00 to 1.00) |" in capsys.readouterr().out


def test_the_pages_policy_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("lupa.luajit21")
    (tmp_path / "my_agents.py").write_text(POLICY)
    monkeypatch.syspath_prepend(tmp_path)
    evaluation = evaluate(tmp_path / "hunter", tasks=["kill-rat"], policy="my_agents:Hunter", worlds=1, episodes=1)
    summary = evaluation.summaries()[0]
    assert (summary.task, summary.played, summary.lost) == ("kill-rat", 1, 0)


def test_the_example_for_a_host_names_the_same_worlds_everywhere() -> None:
    services = yaml.safe_load((DOCKER / "worlds.yaml").read_text(encoding="utf-8"))["services"]
    endpoints = {name: endpoint.address for name, endpoint in read_endpoints(DOCKER / "fleet.txt").items()}
    assert endpoints == {name: service["environment"]["TIMMY_ENDPOINT"] for name, service in services.items()}
    view = load_settings(DOCKER / "fleet.toml").http
    fleets = {view.fleet_file, *(service["environment"]["TIMMY_FLEET"] for service in services.values())}
    assert fleets == {"/etc/timmy-actors/fleet.txt"}
    assert "--config /etc/timmy-actors/fleet.toml" in " ".join(services["north"]["command"])
