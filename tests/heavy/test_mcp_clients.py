"""Foreign clients of the MCP server, in environments of their own: fastmcp with its tasks, and the TypeScript SDK."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.callers import GOLD
from tests.end_to_end.daemon import DaemonProcess
from tests.mcp_server.clients import COMMAND, environment
from tests.mcp_server.stage import Stage
from tests.mcp_server.test_tools import OPERATOR, READ_AS_JSON
from tests.portals.environments import TYPESCRIPT_SDK, node_environment
from tests.portals.environments import environment as python_environment

FASTMCP = ("fastmcp==4.1.4", "fastmcp-tasks==4.1.4")
CLIENTS = Path(__file__).with_name("mcp_clients")
RUN_WITHIN_S = 240
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("observe", {}),
    ("act", {"action": "teleport", "params": {"to": "Vivec"}}),
    ("act", {"action": "sneak"}),
    ("wait_until", {"condition": {"kind": "at_place", "place": "Vivec"}, "deadline_s": 30}),
    ("available_actions", {"action": "teleport"}),
    ("capture_state", {}),
    ("execute_action", {"action": "no such name"}),
    ("command", {"name": "teleport", "arguments": {"to": "Balmora"}}),
    ("status", {}),
    ("journal", {"newest": 2}),
    ("use_portal", {"portal": "nowhere"}),
    ("check_portal", {}),
    ("freeze", {}),
    ("step", {"ms": 100}),
    ("clock", {}),
    ("thaw", {}),
    ("describe", {"record": "arrille"}),
    ("look_up", {"text": "ledger"}),
    ("route", {"to": "Arrille"}),
    *(("speak", {"text": text}) for text in READ_AS_JSON),
]
REFUSED = {
    2: "needs_client_input",
    6: "unknown_command",
    10: "bad_arguments",
    **dict.fromkeys((16, 17, 18), "unavailable"),
}
"""The calls that are refused, and why."""

pytestmark = pytest.mark.timeout(600)


def fastmcp() -> tuple[list[str], Path]:
    """The command of the fastmcp client, and its folder."""
    return [str(python_environment(*FASTMCP) / "python"), str(CLIENTS / "fastmcp_client.py")], CLIENTS


def typescript() -> tuple[list[str], Path]:
    """The command of the TypeScript client, and its folder."""
    return ["node", str(CLIENTS / "typescript.mjs")], node_environment(*TYPESCRIPT_SDK)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ta-heavy-") as folder, DaemonProcess(Path(folder)) as daemon:
        daemon.connect().close()
        yield daemon.endpoint


def run(client: tuple[list[str], Path], calls: list[Any], *options: str) -> dict[str, Any]:
    """What a client listed, and got from calls on a server that it starts."""
    command, folder = client
    done = subprocess.run(
        [*command, *COMMAND, *options],
        input=json.dumps(calls),
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=RUN_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    output: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return output


@pytest.mark.parametrize("start", [fastmcp, typescript])
def test_a_foreign_client_lists_and_calls_everything(endpoint: str, start: Any) -> None:
    output = run(start(), CALLS, "--endpoint", endpoint, "--profile", "operator")
    assert output["tools"] == OPERATOR
    assert output["prompts"] == ["play"]
    assert len(output["resources"]) == 4
    assert all(output["resources"].values())
    assert output.get("stray", []) == []
    for number, ((name, arguments), result) in enumerate(zip(CALLS, output["results"], strict=True)):
        assert "raised" not in result, (name, result)
        assert result["is_error"] == (number in REFUSED), (name, result)
        if number in REFUSED:
            assert result["structured"]["reason"] == REFUSED[number]
        elif name == "speak":
            assert result["structured"]["value"]["text"] == arguments["text"]


def test_fastmcp_follows_a_task_to_its_outcome(runtime_folder: Path) -> None:
    gift = {"name": "give_item", "arguments": {"item": GOLD}, "timeout_s": 60.0, "command_id": "gift"}
    command, folder = fastmcp()
    with Stage(runtime_folder) as stage:
        options = ("--endpoint", stage.endpoint, "--config", str(stage.config))
        client = subprocess.Popen(
            [*command, *COMMAND, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            cwd=folder,
            text=True,
        )
        with client:
            assert client.stdin is not None
            assert client.stdout is not None
            assert client.stdout.readline() == "ready\n"
            stage.freeze()
            client.stdin.write(json.dumps([["command", gift, "task"], ["command", gift]]))
            client.stdin.close()
            assert json.loads(client.stdout.readline()) == {"task": "gift", "status": "working"}
            stage.kill_daemon()
            stage.go_on()
            stage.start_daemon()
            task, again = json.loads(client.stdout.read())["results"]
        assert stage.gifts() == 1
    assert not task["is_error"], task
    assert task["structured"]["command_id"] == "gift"
    assert again["structured"] == task["structured"]
