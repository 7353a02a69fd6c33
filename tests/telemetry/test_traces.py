"""One trace from the caller to the game and back, over each way into a daemon in a process of its own."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.mcp_server.clients import MODERN, Connector
from tests.telemetry.collector import Collector, Received
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, telemetry

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import RequestParamsMeta

MINE = f"00-{'a' * 32}-{'b' * 16}-01"
"""The span of an operator's own program."""
SECRET = "the line that nobody else may read"


@pytest.fixture(scope="module")
def nothing_left_behind() -> None:
    """The daemon and the collector of this module run during each of its tests."""


@pytest.fixture(scope="module")
def exported() -> Iterator[Collector]:
    """The collector of the daemon."""
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def daemon(exported: Collector) -> Iterator[DaemonProcess]:
    """A daemon with HTTP that exports its spans."""
    pytest.importorskip("lupa.luajit21")
    with tempfile.TemporaryDirectory(prefix="ta-") as folder, pytest.MonkeyPatch.context() as patch:
        config = Path(folder) / "timmy.toml"
        config.write_text("[http]\nenabled = true\nport = 0\n[journal]\nenabled = false\n")
        for name, value in exported.environment.items():
            patch.setenv(name, value)
        with DaemonProcess(Path(folder), "--config", str(config)) as daemon:
            daemon.connect().close()
            yield daemon


def post(daemon: DaemonProcess, path: str, body: object, **headers: str) -> httpx.Response:
    with daemon.connect() as client:
        status = eventually(lambda: http if (http := client.status().http) and http.state == "up" else None)
    assert status is not None
    token = Path(status.token_file).read_text().strip()
    return httpx.post(
        f"{status.url.rstrip('/')}{path}",
        json=body,
        headers={"Authorization": f"Bearer {token}", **headers},
        timeout=PATIENCE_S,
        trust_env=False,
    )


def is_child(child: Received, parent: Received) -> bool:
    return (child.trace_id, child.parent) == (parent.trace_id, parent.id) and (
        parent.started <= child.started <= child.ended <= parent.ended
    )


def parent_of(child: Received, exported: Collector) -> Received:
    """Wait for a span's parent, which ends later, and may come from another process."""
    return eventually(lambda: [span for span in exported.spans if span.id == child.parent])[0]


def test_http_to_the_bridge_is_one_trace(daemon: DaemonProcess, exported: Collector) -> None:
    body = {"name": "message", "arguments": {"text": SECRET}}
    answer = post(daemon, "/v1/commands", body, **{"traceparent": MINE, "Idempotency-Key": "over-http"})
    assert answer.status_code == 200
    service = exported.find("command message", timmy_command_id="over-http")
    sent = exported.find("send message", timmy_command_id="over-http")
    (bridge,) = eventually(lambda: [span for span in exported.spans if span.parent == sent.id])
    server = exported.find("POST /v1/commands", http_response_status_code=200)
    assert (server.trace_id, server.parent) == ("a" * 32, "b" * 16)
    assert [is_child(service, server), is_child(sent, service), is_child(bridge, sent)] == [True] * 3
    assert [span.kind for span in (server, service, sent, bridge)] == ["server", "internal", "client", "server"]
    assert bridge.name == "bridge message"
    assert float(bridge.attributes["timmy.bridge.started_after_ms"]) >= 0
    assert service.attributes["timmy.command.revision"] == answer.json()["revision"]["number"]


def test_connect_begins_the_trace_and_the_daemon_goes_on_with_it(
    daemon: DaemonProcess, exported: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in exported.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "agent")
    random.seed(1)
    with daemon.connect() as client:
        client.command("message", text=SECRET, command_id="from-python")
        with pytest.raises(RefusedError):
            client.command("teleport", to=SECRET, command_id="refused")
    caller = eventually(lambda: [span for span in exported.spans if span.service == "agent"])[0]
    telemetry.stop()
    service = eventually(lambda: [span for span in exported.spans if span.parent == caller.id])[0]
    sent = exported.find("send message", timmy_command_id="from-python")
    assert [span.kind for span in (caller, service)] == ["client", "server"]
    assert is_child(service, caller)
    assert is_child(sent, service)
    refused = exported.find("command teleport", timmy_command_id="refused")
    assert (refused.failed, refused.attributes["error.type"]) == (True, "no_such_place")


def test_an_mcp_clients_traceparent_leads_through_the_tool_to_the_bridge(
    daemon: DaemonProcess, exported: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in exported.environment.items():
        monkeypatch.setenv(name, value)

    async def play(client: Client) -> None:
        arguments = {"action": "message", "params": {"text": SECRET}, "command_id": "over-mcp"}
        await client.call_tool("act", arguments, meta=cast("RequestParamsMeta", {"traceparent": MINE}))
        await asyncio.to_thread(exported.find, "tools/call act")  # it is lost if the server ends too soon

    Connector(daemon.endpoint, MODERN).run(play)
    tool = exported.find("tools/call act")
    assert (tool.service, tool.trace_id, tool.parent) == ("timmy-actors-mcp", "a" * 32, "b" * 16)
    chain = [exported.find("send message", timmy_command_id="over-mcp")]
    names = ["send message", "command message", "command message", "tools/call act"]
    while len(chain) < len(names):
        chain.append(parent_of(chain[-1], exported))
    assert [span.name for span in chain] == names
    assert [span.service for span in chain] == ["timmy-actors", "timmy-actors", "timmy-actors-mcp", "timmy-actors-mcp"]


@pytest.mark.parametrize("header", ["", "garbage", MINE.replace("b", "0"), MINE + "-x" * 100])
def test_an_invalid_traceparent_begins_a_new_trace(header: str, daemon: DaemonProcess, exported: Collector) -> None:
    key = f"invalid-{len(header)}"
    body = {"name": "message", "arguments": {"text": "x"}}
    assert post(daemon, "/v1/commands", body, **{"traceparent": header, "Idempotency-Key": key}).status_code == 200
    assert exported.find("command message", timmy_command_id=key).trace_id != "a" * 32


def test_no_span_contains_an_argument_or_a_token(daemon: DaemonProcess, exported: Collector) -> None:
    assert post(daemon, "/v1/commands", {"name": SECRET, "arguments": {SECRET: SECRET}}).status_code == 422
    unknown = exported.find("command unknown")
    assert unknown.attributes["timmy.outcome"] == "unknown_command"
    texts = [str(value) for span in exported.spans for value in (span.name, *span.attributes.values())]
    token = next(daemon.log.parent.glob("*http-token")).read_text().strip()
    assert [text for text in texts if SECRET in text or token in text] == []
