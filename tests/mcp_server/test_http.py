"""HTTP: only for clients with a token, on this machine, from no other site's page; and a token's scopes."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.mcp_server.clients import COMMAND, LEGACY, MODERN, Connector, HttpServer, environment, http_server
from tests.mcp_server.test_tools import OPERATOR, content, refused, structured
from tests.waiting import PATIENCE_S
from timmy_actors.errors import ConfigError
from timmy_actors.mcp_server import Address
from timmy_actors.mcp_server.access import Tokens

if TYPE_CHECKING:
    from mcp import Client

OBSERVER, ACTOR = "observer-token-0123456789", "actor-token-0123456789"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}},
}
CALL = (
    '{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "command", "arguments": ARGUMENTS, "_meta":'
    ' {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientInfo":'
    ' {"name": "raw", "version": "1"}, "io.modelcontextprotocol/clientCapabilities": {}}}}'
)
CALL_HEADERS = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "command"}


@pytest.fixture(scope="module")
def scoped(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    """A server whose tokens have scopes."""
    token_file = tmp_path_factory.mktemp("scoped") / "tokens"
    token_file.touch(0o600)
    token_file.write_text(f"# a comment\n{OBSERVER} observe\n\n{ACTOR} observe act\n")
    with http_server(endpoint, token_file, "--profile", "operator") as server:
        yield server


def ask(url: str, token: str | None, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    """The status and the body of the server's response."""
    authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
    accepts = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    sent = Request(url, json.dumps(HELLO).encode() if body is None else body, {**accepts, **authorization, **headers})
    try:
        with urlopen(sent, timeout=PATIENCE_S) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_only_the_token_opens_it(http: HttpServer) -> None:
    assert stat.S_IMODE(http.token_file.stat().st_mode) == 0o600
    assert "timmy-actors" in ask(http.url, http.token)[1]
    for wrong in (None, "", "wrong", http.token[:-1], http.token + "x", http.token.swapcase()):
        status, body = ask(http.url, wrong)
        assert status == 401
        assert "token" in body
        assert http.token not in body


def test_another_site_a_rebound_host_and_a_huge_body_are_refused_even_with_the_token(http: HttpServer) -> None:
    assert ask(http.url, http.token, Origin="http://evil.example")[0] == 403
    assert ask(http.url, http.token, Host="evil.example")[0] == 421
    assert ask(http.url, http.token, b"", **{"Content-Length": "1000001"})[0] == 413
    assert ask(http.url, http.token, b"{not json")[0] == 400
    assert ask(http.url, http.token)[0] == 200


def test_it_listens_on_loopback_alone(http: HttpServer) -> None:
    port = int(http.url.rsplit(":", 1)[1].split("/")[0])
    listening = [line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line]
    assert [each for each in listening if each.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_lacks_is_refused_and_no_result_holds_one(http: HttpServer, number: str) -> None:
    arguments = f'{{"name": "teleport", "arguments": {{"x": {number}, "y": 0, "z": 0}}}}'
    status, body = ask(http.url, http.token, CALL.replace("ARGUMENTS", arguments).encode(), **CALL_HEADERS)
    assert status in (200, 400)
    assert ("bad_arguments" in body) == (status == 200)
    assert not re.search("NaN|Infinity", body.replace("NaN or infinity", ""))


@pytest.mark.parametrize("mode", [MODERN, LEGACY])
def test_a_tokens_scopes_apply(endpoint: str, scoped: HttpServer, mode: str) -> None:
    async def look(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == OPERATOR
        content(await client.call_tool("observe", {}))
        content(await client.call_tool("status", {}))
        for tool in ("act", "speak", "execute_action", "command", "use_portal"):
            assert refused(await client.call_tool(tool, {}))[0] == "not_permitted"

    async def act(client: Client) -> None:
        content(await client.call_tool("act", {"action": "teleport", "params": {"to": "Vivec"}}))
        assert refused(await client.call_tool("use_portal", {"portal": "morrowind"}))[0] == "not_permitted"

    Connector(endpoint, mode, http=scoped, token=OBSERVER).run(look)
    Connector(endpoint, mode, http=scoped, token=ACTOR).run(act)


def test_operators_commands_need_the_scope_operate_and_the_operators_profile(
    endpoint: str, scoped: HttpServer, http: HttpServer
) -> None:
    async def stop(client: Client) -> list[str]:
        calls: list[tuple[str, dict[str, Any]]] = [("act", {"action": "stop_server"})]
        if "command" in [tool.name for tool in (await client.list_tools()).tools]:
            calls.append(("command", {"name": "ban", "arguments": {"player": "Jiub"}}))
        answers = [await client.call_tool(tool, arguments) for tool, arguments in calls]
        assert {refused(answer)[0] for answer in answers} == {"not_permitted"}
        return [structured(answer)["message"] for answer in answers]

    here, bridge = "an operator's command needs", "this client's token lacks"
    assert all(why.startswith(here) for why in Connector(endpoint, MODERN, http=scoped, token=ACTOR).run(stop))
    assert all(why.startswith(here) for why in Connector(endpoint, MODERN, ("--profile", "guided")).run(stop))
    assert all(why.startswith(bridge) for why in Connector(endpoint, MODERN, http=http).run(stop))


def ended(endpoint: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A server that cannot start."""
    command = [*COMMAND, "--endpoint", endpoint, *options]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE_S, env=environment(), input=""
    )


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("short", 0o600, "16"),
        ("x" * 32, 0o644, "chmod 600"),
        ("x" * 32 + " observe fly\n", 0o600, "line 1: unknown scope 'fly'"),
        ("x" * 32 + "\nshort\n", 0o600, "line 2: a token has 16"),
        ("x" * 32 + "\n" + "y " * 8_192 + "observe\n", 0o600, "larger than 16384 bytes"),
    ],
)
def test_a_token_file_that_is_no_secret_is_an_error(tmp_path: Path, text: str, mode: int, says: str) -> None:
    token_file = tmp_path / "tokens"
    token_file.write_text(text)
    token_file.chmod(mode)
    with pytest.raises(ConfigError) as error:
        Tokens(token_file)
    assert says in str(error.value)
    assert "x" * 32 not in str(error.value)


def test_another_address_needs_the_hosts_that_may_be_asked_for(tmp_path: Path) -> None:
    process = ended(f"ipc://{tmp_path}/d", "--http", "0.0.0.0:0", "--token-file", str(tmp_path / "tokens"))
    assert process.returncode == os.EX_CONFIG
    assert "--allowed-host" in process.stderr
    assert not (tmp_path / "tokens").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_its_ordinary_end(endpoint: str, tmp_path: Path, number: signal.Signals) -> None:
    with http_server(endpoint, tmp_path / "token") as server:
        server.process.send_signal(number)
        assert server.process.wait(PATIENCE_S) == 0
        assert server.process.stderr is not None
        assert not server.process.stderr.read()


def test_a_port_in_use_is_named(http: HttpServer, tmp_path: Path) -> None:
    address = http.url.removeprefix("http://").removesuffix("/mcp")
    process = ended(f"ipc://{tmp_path}/d", "--http", address, "--token-file", str(tmp_path / "tokens"))
    assert process.returncode == os.EX_CONFIG
    assert address in process.stderr


@pytest.mark.parametrize(
    ("text", "host", "port", "is_loopback"),
    [
        ("127.0.0.1:8766", "127.0.0.1", 8766, True),
        ("8766", "127.0.0.1", 8766, True),
        ("[::1]:0", "::1", 0, True),
        ("localhost:1", "localhost", 1, True),
        ("0.0.0.0:1", "0.0.0.0", 1, False),
        ("timmy.example:1", "timmy.example", 1, False),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int, is_loopback: bool) -> None:
    address = Address.parse(text)
    assert (address, address.is_loopback) == ((host, port), is_loopback)


@pytest.mark.parametrize("text", ["", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", ":-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="HOST:PORT"):
        Address.parse(text)
