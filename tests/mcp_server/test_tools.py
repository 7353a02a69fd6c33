"""Every tool, called by the SDK's own client, which checks each result against the tool's output schema."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from mcp import Client, MCPError

from tests.mcp_server.clients import MODERN, Connector
from tests.mcp_server.conftest import DesktopFiles
from tests.waiting import eventually
from timmy_actors.mcp_server.refusals import GUIDANCE, Reason
from timmy_actors.mcp_server.tools import PROFILES, tools_of

if TYPE_CHECKING:
    from mcp.types import CallToolResult

READ_AS_JSON = ["null", "[]", "[1]", '{"a": 1}', " null ", "true", "1", '"quoted"']
"""Texts that a library could parse as JSON."""
GUIDED = ["observe", "act", "speak", "wait_until", "available_actions"]
FULL = [*GUIDED, "capture_state", "execute_action", "describe", "look_up", "route", "command"]
CLOCK = ["clock", "freeze", "step", "thaw"]
OPERATOR = [*FULL, "status", "journal", "use_portal", "check_portal", *CLOCK, "restart"]


def content(result: CallToolResult) -> dict[str, Any]:
    """The structured content of a success; its text is the same as JSON."""
    assert not result.is_error, result.content
    return structured(result)


def structured(result: CallToolResult) -> dict[str, Any]:
    whole: dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == whole  # type: ignore[union-attr]
    return whole


def refused(result: CallToolResult) -> tuple[str, str | None]:
    """The reason and the field of a refusal, which has guidance too."""
    assert result.is_error
    whole = structured(result)
    assert whole["message"]
    assert whole["guidance"] == GUIDANCE[whole["reason"]]
    return whole["reason"], whole.get("field")


def test_every_tool_answers(connector: Connector) -> None:
    async def play(client: Client) -> None:
        call = client.call_tool
        assert [tool.name for tool in (await client.list_tools()).tools] == OPERATOR
        seen = content(await call("observe", {}))
        assert seen["player"] == "Timmy"
        assert "inventory" not in seen
        assert set(content(await call("observe", {"sections": ["inventory"]}))) & {"inventory", "position"} == {
            "inventory"
        }
        moved = content(await call("act", {"action": "teleport", "params": {"to": "Vivec"}}))
        assert (moved["action"], moved["seen"]["position"]["place"]) == ("teleport", "Vivec")
        assert refused(await call("act", {"action": "sneak"})) == ("needs_client_input", "name")
        assert content(await call("speak", {"text": "Hi", "to": "Jiub"}))["value"]["text"] == "Hi"
        there = {"kind": "at_place", "place": "Vivec"}
        assert content(await call("wait_until", {"condition": there, "deadline_s": 20}))["met"]
        offered = content(await call("available_actions", {"search": "teleport"}))
        assert "teleport" in [action["name"] for action in offered["actions"]]
        captured = await call("capture_state", {})
        assert content(captured)["visual"]["screen_size"] == [800, 600]
        assert base64.b64decode(captured.content[1].data).startswith(b"\x89PNG")  # type: ignore[union-attr]
        assert len((await call("capture_state", {"picture": False})).content) == 1
        assert content(await call("execute_action", {"action": "press_key", "params": {"key": "x"}}))["success"]
        assert refused(await call("execute_action", {"action": "no such name"})) == ("unknown_command", "action")
        for tool, arguments in (("describe", {"record": "a"}), ("look_up", {"text": "a"}), ("route", {"to": "a"})):
            assert refused(await call(tool, arguments)) == ("unavailable", None)  # no files are configured
        done = content(await call("command", {"name": "teleport", "arguments": {"to": "Balmora"}}))
        assert done["value"]["cell"] == "-3, -2"
        health = content(await call("status", {}))
        assert health["link"]["state"] == "up"
        entries = content(await call("journal", {"newest": 1}))["commands"]
        assert [entry["id"] for entry in entries] == [done["command_id"]]
        assert content(await call("use_portal", {"portal": "bannerlord"}))["chosen"] == "bannerlord"
        assert content(await call("use_portal", {"portal": "morrowind"}))["chosen"] == "morrowind"
        assert content(await call("check_portal", {}))["portal"] == "morrowind"
        assert refused(await call("check_portal", {"portal": "no"})) == ("bad_arguments", "portal")
        assert content(await call("freeze", {"by": "a test"}))["frozen_by"] == "a test"
        stepped = content(await call("step", {"ms": 250}))
        assert (stepped["passed"]["game_ms"], stepped["passed"]["steps"]) == (250, 1)
        assert content(await call("clock", {}))["frozen_by"] == "a test"
        assert "frozen_by" not in content(await call("thaw", {}))
        assert refused(await call("step", {"ms": 250}))[0] == "game_refused"
        before = content(await call("restart", {"actor": "health"}))
        assert before["name"] == "health"
        assert refused(await call("restart", {"actor": "nobody"})) == ("bad_arguments", "actor")

    connector.run(play)


def test_a_text_arrives_as_it_was_sent(player: Connector) -> None:
    async def play(client: Client) -> None:
        for text in READ_AS_JSON:
            said = content(await client.call_tool("speak", {"text": text}))
            assert said["value"]["text"] == text
            assert refused(await client.call_tool("observe", {"player": text}))[0] == "no_such_player"
            assert content(await client.call_tool("speak", {"text": "Hi", "command_id": text}))["command_id"] == text

    player.run(play)


def test_what_is_wrong_is_refused_with_its_field_and_does_not_end_the_connection(player: Connector) -> None:
    calls: list[tuple[str, dict[str, Any], str, str | None]] = [
        ("observe", {"sections": ["nothing"]}, "bad_arguments", "sections.0"),
        ("observe", {"unknown": 1}, "bad_arguments", "unknown"),
        ("act", {}, "bad_arguments", "action"),
        ("act", {"action": "no_such"}, "unknown_command", "name"),
        ("act", {"action": "teleport", "params": {"to": "Nowhere"}}, "no_such_place", "to"),
        ("act", {"action": "teleport", "params": {"to": "Vivec", "timeout_s": 1}}, "bad_arguments", "timeout_s"),
        ("speak", {"text": ""}, "bad_arguments", "text"),
        ("speak", {"text": "Hi", "manner": "whisper"}, "bad_arguments", "to"),
        ("speak", {"text": 1}, "bad_arguments", "text"),
        ("wait_until", {"condition": {"kind": "no"}}, "bad_arguments", "condition"),
        ("wait_until", {"condition": {"kind": "dialogue"}, "deadline_s": 1e9}, "bad_arguments", "deadline_s"),
        ("available_actions", {"action": "no_such"}, "unknown_command", "action"),
        ("capture_state", {"region": [1]}, "bad_arguments", "region.1"),
        ("journal", {"command_id": "no such id"}, "no_such_command", "command_id"),
        ("use_portal", {"portal": "nowhere"}, "bad_arguments", "portal"),
        ("step", {"ms": 60_001}, "bad_arguments", "ms"),
        ("step", {}, "bad_arguments", "ms"),
        ("freeze", {"by": "a\nb"}, "bad_arguments", "by"),
    ]

    async def play(client: Client) -> None:
        for tool, arguments, reason, field in calls:
            assert refused(await client.call_tool(tool, arguments)) == (reason, field), (tool, arguments)
        with pytest.raises(MCPError, match="no tool 'nothing'"):
            await client.call_tool("nothing", {})

    player.run(play)


def test_a_repeated_command_id_does_nothing_twice(player: Connector) -> None:
    async def play(client: Client) -> None:
        gift = {"name": "give_item", "arguments": {"item": "gold_001", "count": 1}, "command_id": "gift"}
        first, again = [content(await client.call_tool("command", gift)) for _ in range(2)]
        assert first == again
        other = {**gift, "arguments": {"item": "gold_001", "count": 2}}
        assert refused(await client.call_tool("command", other)) == ("bad_arguments", "command_id")
        entries = content(await client.call_tool("journal", {"command_id": "gift"}))["commands"]
        assert [entry["state"] for entry in entries] == ["done"]

    player.run(play)


def test_a_wait_in_vain_is_no_error(player: Connector) -> None:
    waited = content(player.call("wait_until", condition={"kind": "at_place", "place": "Nowhere"}, deadline_s=0.2))
    assert not waited["met"]
    assert waited["waited_s"] >= 0.2
    assert waited["snapshot"]["player"] == "Timmy"


def test_an_action_is_described_with_its_parameters(player: Connector) -> None:
    (action,) = content(player.call("available_actions", action="teleport"))["actions"]
    assert action["summary"].startswith("Move a player")
    assert "to_player" in action["parameters"]["properties"]


def test_the_resources_and_the_prompt(connector: Connector) -> None:
    async def play(client: Client) -> None:
        listed = (await client.list_resources()).resources
        texts = {each.uri: (await client.read_resource(each.uri)).contents[0] for each in listed}
        assert json.loads(texts["timmy://snapshot"].text)["player"] == "Timmy"  # type: ignore[union-attr]
        assert "commands" in json.loads(texts["timmy://journal"].text)  # type: ignore[union-attr]
        assert "Morrowind" in texts["timmy://prompts"].text  # type: ignore[union-attr]
        card = texts["ui://timmy-actors/card.html"]
        assert card.mime_type == "text/html;profile=mcp-app"
        (prompt,) = (await client.list_prompts()).prompts
        for arguments, game in ({}, "Morrowind"), ({"portal": "bannerlord"}, "Bannerlord"):
            messages = (await client.get_prompt(prompt.name, arguments)).messages
            assert game in messages[0].content.text  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="no portal 'nowhere'"):
            await client.get_prompt(prompt.name, {"portal": "nowhere"})
        with pytest.raises(MCPError, match="no resource 'timmy://nothing'"):
            await client.read_resource("timmy://nothing")

    connector.run(play)


def test_a_desktop_that_fails_is_refused_and_an_unknown_outcome_says_so(
    player: Connector, desktop: DesktopFiles
) -> None:
    press = {"action": "press_key", "params": {"key": "f"}}
    desktop.fault("false")
    assert refused(player.call("execute_action", **press))[0] == "action_failed"
    desktop.fault("slow 3")
    assert refused(player.call("execute_action", **press, timeout_s=0.5))[0] == "outcome_unknown"
    desktop.fault("")
    eventually(lambda: not player.call("execute_action", **press).is_error)


def test_each_profile_contains_the_one_before_it_and_none_changes() -> None:
    assert [list(tools_of(profile)) for profile in PROFILES] == [GUIDED, FULL, OPERATOR]
    for tool in tools_of("operator").values():
        annotations = tool.listed("ui://card").annotations
        assert annotations is not None
        assert annotations.read_only_hint == (tool.scope == "observe")


def test_a_smaller_profile_lacks_the_tool(endpoint: str) -> None:
    async def play(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == GUIDED
        with pytest.raises(MCPError, match=r"no tool 'command'.* start this server with --profile full for it"):
            await client.call_tool("command", {"name": "teleport"})

    Connector(endpoint, MODERN, ("--profile", "guided")).run(play)


def test_a_server_of_another_player_plays_that_one(endpoint: str) -> None:
    async def play(client: Client) -> None:
        assert content(await client.call_tool("observe", {}))["player"] == "Jiub"
        moved = content(await client.call_tool("act", {"action": "teleport", "params": {"to": "Vivec"}}))
        assert moved["seen"]["player"] == "Jiub"

    Connector(endpoint, MODERN, ("--player", "Jiub")).run(play)


def test_every_reason_has_guidance() -> None:
    assert {reason for part in get_args(Reason) for reason in get_args(part)} == set(GUIDANCE)


def test_without_a_daemon_each_call_says_so_and_the_journal_too(runtime_folder: Path) -> None:
    async def play(client: Client) -> None:
        for tool in ("observe", "available_actions", "status", "capture_state"):
            assert refused(await client.call_tool(tool, {})) == ("daemon_unreachable", None)
        assert refused(await client.call_tool("act", {"action": "teleport"})) == ("daemon_unreachable", None)
        dialogue = {"condition": {"kind": "dialogue"}, "deadline_s": 0}
        assert refused(await client.call_tool("wait_until", dialogue)) == ("daemon_unreachable", None)
        assert refused(await client.call_tool("journal", {})) == ("unavailable", None)
        with pytest.raises(MCPError, match="no daemon"):
            await client.read_resource("timmy://snapshot")

    Connector(f"ipc://{runtime_folder}/none.sock", MODERN, ("--profile", "operator")).run(play)
