from __future__ import annotations

import shutil
import subprocess

import httpx
import pytest

from tests.peer import Peer
from tests.runtimes import running
from tests.serving.http.daemons import HttpDaemon, serving
from tests.waiting import eventually
from timmy_actors import connect
from timmy_actors.daemon import HttpSettings


def metrics(daemon: HttpDaemon) -> str:
    response = daemon.client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    return response.text


def value(daemon: HttpDaemon, sample: str) -> float:
    lines = (line for line in metrics(daemon).splitlines() if line.startswith(f"{sample} "))
    return next((float(line.rpartition(" ")[2]) for line in lines), 0.0)


def test_metrics_pass_prometheus_own_check(daemon: HttpDaemon) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt install prometheus")
    daemon.post("/v1/commands", {"name": "message", "arguments": {"text": "hi"}})
    check = subprocess.run(
        [promtool, "check", "metrics"], input=metrics(daemon), capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_the_daemons_state_can_be_watched(daemon: HttpDaemon) -> None:
    assert value(daemon, "timmy_link_up") == 1
    assert value(daemon, 'timmy_health{verdict="down"}') == 0
    assert value(daemon, 'timmy_actor_up{actor="perception"}') == 1
    assert value(daemon, 'timmy_perception_stale{player="Timmy"}') == 0
    assert value(daemon, "timmy_journal_ok") == 1
    assert value(daemon, "process_resident_memory_bytes") > 0


def test_the_bridges_costs_can_be_watched(daemon: HttpDaemon) -> None:
    eventually(lambda: value(daemon, "timmy_server_bridge_share") > 0)
    eventually(lambda: 'timmy_server_section_seconds{section="position"}' in metrics(daemon))
    assert "timmy_server_push_late_max_seconds{subscriber=" in metrics(daemon)


def test_commands_are_counted_by_outcome_whichever_way_they_come(daemon: HttpDaemon) -> None:
    sample = 'timmy_commands_total{{command="message",outcome="{}"}}'
    done, refused = sample.format("done"), sample.format("bad_arguments")
    before = value(daemon, done), value(daemon, refused)
    with connect(daemon.runtime.endpoint) as client:
        client.command("message", text="hi")
    daemon.post("/v1/commands", {"name": "message", "arguments": {"text": "hi"}})
    daemon.post("/v1/commands", {"name": "message", "arguments": {"txt": "hi"}}, 422)
    assert (value(daemon, done), value(daemon, refused)) == (before[0] + 2, before[1] + 1)


def test_requests_are_counted_by_route_not_by_path(daemon: HttpDaemon) -> None:
    sample = 'timmy_http_requests_total{method="GET",route="/v1/commands/{command_id:path}",status="404"}'
    before = value(daemon, sample)
    for name in ("one", "two"):
        daemon.client.get(f"/v1/commands/{name}")
    assert value(daemon, sample) == before + 2
    daemon.client.get("/unknown/1")
    assert "/unknown/1" not in metrics(daemon)


def test_metrics_can_be_public() -> None:
    http = HttpSettings(enabled=True, port=0, metrics_public=True)
    with Peer() as peer, running(peer.address, http=http) as runtime, serving(runtime) as daemon:
        assert httpx.get(f"{daemon.status.url}metrics", trust_env=False).status_code == 200
        assert httpx.get(f"{daemon.status.url}v1/status", trust_env=False).status_code == 401
