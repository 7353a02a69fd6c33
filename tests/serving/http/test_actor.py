from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.peer import Peer
from tests.runtimes import fresh, restarted, running
from tests.serving.http.daemons import HttpDaemon, sent_events, serving
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime, connect
from timmy_actors.daemon import HttpSettings
from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.serving.http.actor import ServerEnded
from timmy_actors.supervision import ChildState

STOP_WITHIN_S = 2.0
HTTP = HttpSettings(enabled=True, port=0)


def test_a_port_in_use_is_a_reason_and_takes_nothing_else_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Peer() as peer:
        port = taken.getsockname()[1]
        with running(peer.address, http=HttpSettings(enabled=True, port=port)) as runtime:
            fresh(runtime)
            reasons = eventually(lambda: [reason for reason in runtime.status().reasons if reason.startswith("http")])
            assert f"cannot listen at 127.0.0.1:{port}: Address already in use" in reasons[0]
            assert "set another http.port" in reasons[0]
            with connect(runtime.endpoint) as client:
                assert client.snapshot().player == "Timmy"
            assert runtime.directory.entries["gateway"].restarts == 0
            taken.close()
            with serving(runtime) as daemon:
                assert daemon.address[1] == port


def test_answers_are_sent_without_delay() -> None:
    with Peer() as peer, running(peer.address, http=HTTP) as runtime, serving(runtime) as daemon:
        daemon.client.get("/health/live")
        actor: Any = runtime.directory.entries["http"].actor
        connections = [transport.get_extra_info("socket") for transport in actor._server.connections]
        assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in connections)
        assert connections


def test_a_crash_of_the_server_restarts_it_alone() -> None:
    with Peer() as peer, running(peer.address, http=HTTP) as runtime:
        with serving(runtime):
            runtime.directory.tell("http", ServerEnded(RuntimeError("broken")))
            restarted(runtime, "http")
            assert "broken" in (runtime.directory.entries["http"].last_reason or "")
        with serving(runtime) as daemon:
            assert daemon.client.get("/health/live").status_code == 200
        assert runtime.directory.entries["gateway"].restarts == 0


def test_restarting_the_server_through_itself_is_answered() -> None:
    with Peer() as peer, running(peer.address, http=HTTP) as runtime:
        with serving(runtime) as daemon:
            assert daemon.post("/v1/tree/http/restart", status=202)["name"] == "http"
        restarted(runtime, "http")


def test_without_the_setting_nothing_is_imported() -> None:
    program = """
import sys
from timmy_actors import Runtime
from timmy_actors.daemon import Settings, WorldSettings
from timmy_actors.system import config_folder
with Runtime(Settings(world=WorldSettings(embedded=False)), folder=config_folder()) as runtime:
    assert runtime.status().http is None
print({"fastapi", "uvicorn", "prometheus_client", "timmy_actors.serving.http.app"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_token_that_others_can_read_is_refused_at_the_start(runtime_folder: Path) -> None:
    token = runtime_folder / "token"
    token.write_text("x" * 32)
    token.chmod(0o644)
    http = HttpSettings(enabled=True, port=0, token_file=str(token))
    with (
        Peer() as peer,
        pytest.raises(ConfigError, match="others can read the token"),
        running(peer.address, http=http),
    ):
        pass


def test_an_operators_own_token_is_used(runtime_folder: Path) -> None:
    token = runtime_folder / "token"
    token.write_text("x" * 32)
    token.chmod(0o600)
    http = HttpSettings(enabled=True, port=0, token_file=str(token))
    with Peer() as peer, running(peer.address, http=http) as runtime, serving(runtime) as daemon:
        assert daemon.client.headers["Authorization"] == f"Bearer {'x' * 32}"
        assert daemon.client.get("/v1/players").status_code == 200


def test_an_allowed_site_may_call_from_its_pages_and_no_other() -> None:
    site, other = "https://dashboard.example.org", "https://attacker.example"
    http = HttpSettings(enabled=True, port=0, allowed_origins=(site,))
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    with Peer() as peer, running(peer.address, http=http) as runtime, serving(runtime) as daemon:
        allowed = daemon.client.options("/v1/commands", headers={**preflight, "Origin": site, "Authorization": ""})
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, site)
        assert daemon.client.get("/v1/players", headers={"Origin": site}).headers["vary"] == "Origin"
        refused = daemon.client.options("/v1/commands", headers={**preflight, "Origin": other})
        assert refused.status_code == 403


def test_not_ready_is_503_with_the_reasons() -> None:
    with Peer(silent_to={"hello"}) as peer, running(peer.address, http=HTTP) as runtime, serving(runtime) as daemon:
        response = daemon.client.get("/health/ready")
        failed = {check["name"]: check["reason"] for check in response.json()["checks"] if not check["ok"]}
        assert response.status_code == 503
        assert {"link", "player"} <= set(failed)
        assert failed["link"].startswith("the link is ")
        assert daemon.client.get("/health/live").status_code == 200
        assert daemon.client.get("/v1/snapshot").json()["code"] == "unavailable"


@pytest.mark.timing
def test_a_stop_ends_streams_first_and_answers_what_is_open() -> None:
    ends: list[str] = []
    with Peer(silent_to={"command"}) as peer, running(peer.address, http=HTTP) as runtime:
        fresh(runtime)
        with serving(runtime) as daemon:
            stream = threading.Thread(target=_read_stream, args=(daemon, ends))
            command = threading.Thread(target=_give_command, args=(daemon, ends))
            stream.start()
            command.start()
            eventually(lambda: "stream open" in ends and _commands(runtime))
            started = time.monotonic()
            runtime.stop()
            took_s = time.monotonic() - started
            stream.join(PATIENCE_S)
            command.join(PATIENCE_S)
    assert ends[0] == "stream open"
    assert ends[1] == "end"
    assert ends[2] in ("in_doubt", "unavailable")
    assert took_s < 10 * STOP_WITHIN_S  # of the whole daemon, on a busy machine


def _read_stream(daemon: HttpDaemon, ends: list[str]) -> None:
    with daemon.client.stream("GET", "/v1/events") as response:
        pushes = sent_events(response)
        next(pushes)
        ends.append("stream open")
        *_, last = pushes
        ends.append(last.event)


def _give_command(daemon: HttpDaemon, ends: list[str]) -> None:
    body = {"name": "message", "arguments": {"text": "hi"}, "timeout_s": 60}
    problem = daemon.client.post("/v1/commands", json=body).json()
    ends.append(problem["code"])


def _commands(runtime: Runtime) -> bool:
    actor: Any = runtime.directory.entries["command"].actor
    return bool(actor._pending)


def test_a_daemon_that_serves_http_ends_in_order_at_sigterm(runtime_folder: Path) -> None:
    configuration = runtime_folder / "timmy.toml"
    configuration.write_text("[http]\nport = 0\n")
    command = [sys.executable, "-m", "timmy_actors", "run", "--http", "--config", str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "http up" in line)
        match = re.search(r"(http://\S+) \(its token is in (\S+)\)", line)
        assert match is not None
        token = Path(match[2]).read_text().strip()
        assert token not in line
        with (
            httpx.Client(timeout=PATIENCE_S, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client,
            client.stream("GET", f"{match[1]}v1/events") as response,
        ):
            pushes = sent_events(response)
            next(pushes)
            process.send_signal(signal.SIGTERM)
            *_, last = pushes
            assert (last.event, last.data) == ("end", {"reason": "the daemon is stopping"})
        _, errors = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("name", ["stranger", "root"])
def test_a_runtime_restarts_only_what_is_in_its_tree(name: str) -> None:
    with Peer() as peer, running(peer.address) as runtime:
        with pytest.raises(RefusedError, match="no actor"):
            runtime.restart(name)
        runtime.restart("portals")
        restarted(runtime, "portals")
        eventually(lambda: all(entry.state is ChildState.UP for entry in runtime.directory.entries.values()))


def test_the_extra_is_named_if_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timmy_actors.daemon.serving_supervisor.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=re.escape("fastapi is not installed: pip install 'timmy_actors[http]'")):
        Runtime.from_config(http=True)


def test_a_missing_package_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timmy_actors.serving.http.server", None)
    with Peer() as peer, running(peer.address, http=HTTP) as runtime:
        reasons = eventually(lambda: [reason for reason in runtime.status().reasons if reason.startswith("http")])
        assert "pip install 'timmy_actors[http]'" in reasons[0]
        assert runtime.directory.entries["gateway"].restarts == 0
