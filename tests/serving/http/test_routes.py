from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.serving.http.daemons import HttpDaemon
from tests.waiting import eventually
from timmy_actors.protocol import (
    COMMANDS,
    EVERY_COMMAND,
    ActionResult,
    ErrorCode,
    GameState,
    Health,
    PerceptionOutput,
    PortalCheck,
    Portals,
)
from timmy_actors.serving.http.problems import STATUS


def test_the_token_is_its_owners_alone_and_kept_by_the_next_start(daemon: HttpDaemon) -> None:
    file = Path(daemon.status.token_file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    daemon.runtime._serving_supervisor.make_token()
    assert file.read_text().strip() == daemon.token


def test_health_needs_no_token_and_says_what_holds(daemon: HttpDaemon) -> None:
    for path in ("/health/live", "/health/ready"):
        response = daemon.client.get(path, headers={"Authorization": ""})
        assert response.status_code == 200
        assert all(check["ok"] for check in response.json()["checks"])
    assert {check["name"] for check in response.json()["checks"]} >= {"link", "player", "journal", "command"}


def test_status_and_snapshot_are_those_of_the_runtime(daemon: HttpDaemon) -> None:
    health = Health.model_validate(daemon.get("/v1/status"))
    assert (health.link.state, health.http) == ("up", daemon.status)
    snapshot = PerceptionOutput.model_validate(daemon.get("/v1/snapshot", params={"player": "Timmy"}))
    assert snapshot.player == "Timmy"
    assert daemon.get("/v1/snapshot")["player"] == "Timmy"


def test_an_unknown_player_is_a_problem_with_the_daemons_code(daemon: HttpDaemon) -> None:
    response = daemon.client.get("/v1/snapshot", params={"player": "Nobody"})
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"], problem["field"]) == (404, "no_such_player", "player")
    assert "available: " in problem["detail"]


def test_a_command_and_the_snapshot_that_shows_it(daemon: HttpDaemon) -> None:
    outcome = daemon.post("/v1/commands", {"name": "teleport", "arguments": {"to": "Balmora"}})
    assert outcome["value"]["cell"] == "-3, -2"
    after = "{boot}:{number}".format(**outcome["revision"])
    snapshot = daemon.get("/v1/snapshot", params={"after": after})
    assert snapshot["position"]["cell"] == "-3, -2"
    players = daemon.get("/v1/players")
    assert players["configured"] == "Timmy"
    assert {player["player"]: player["cell"] for player in players["players"]}["Timmy"] == "-3, -2"


def test_a_command_repeated_under_its_key_is_executed_once(daemon: HttpDaemon) -> None:
    body = {"name": "give_item", "arguments": {"item": "gold_001", "count": 7}}
    first, second = (daemon.post("/v1/commands", body, headers={"Idempotency-Key": "gold / 7"}) for _ in range(2))
    assert first == second
    body["arguments"] = {"item": "gold_001", "count": 8}
    problem = daemon.post("/v1/commands", body, 422, headers={"Idempotency-Key": "gold / 7"})
    assert (problem["code"], problem["command_id"]) == ("bad_arguments", "gold / 7")


def test_an_accepted_command_has_a_status_resource(daemon: HttpDaemon) -> None:
    response = daemon.client.post(
        "/v1/commands",
        json={"name": "message", "arguments": {"text": "hello"}},
        headers={"Prefer": "wait=5, respond-async", "Idempotency-Key": "some / key?"},
    )
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    location = response.headers["location"]
    status = eventually(lambda: (now := daemon.get(location)) and now["settled"] and now)
    assert (status["command_id"], status["state"], status["name"]) == ("some / key?", "done", "message")


def test_an_unknown_commands_status_is_not_found(daemon: HttpDaemon) -> None:
    assert "was not accepted" in daemon.get("/v1/commands/unknown", 404)["detail"]


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"name": "teleport", "arguments": {"to": "Nowhere"}}, "no_such_place", 404),
        ({"name": "teleport", "arguments": {"too": "Balmora"}}, "bad_arguments", 422),
        ({"name": "fly"}, "unknown_command", 422),
        ({"name": "swim"}, "needs_client_input", 422),
        ({"name": "teleport", "arguments": {"player": "Nobody", "to": "Balmora"}}, "no_such_player", 404),
    ],
)
def test_a_refusal_is_a_problem_with_the_daemons_code(
    daemon: HttpDaemon, body: dict[str, object], code: str, status: int
) -> None:
    problem = daemon.post("/v1/commands", body, status)
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["command_id"]


def test_every_code_of_the_daemon_has_a_status() -> None:
    assert set(STATUS) == set(ErrorCode.__args__)  # type: ignore[attr-defined]
    assert set(EVERY_COMMAND) <= set(STATUS)


def test_the_list_of_commands_has_every_schema_with_an_example(daemon: HttpDaemon) -> None:
    commands = {command["name"]: command for command in daemon.get("/v1/commands")["commands"]}
    assert set(commands) == set(COMMANDS)
    assert commands["teleport"]["arguments"]["properties"]["to"]
    assert commands["teleport"]["example"]["player"] == "Timmy"


def test_the_journal_is_read_page_by_page(daemon: HttpDaemon) -> None:
    for number in range(3):
        daemon.post("/v1/commands", {"name": "message", "arguments": {"text": str(number)}})
    newest = daemon.get("/v1/journal", params={"limit": 2})
    assert [entry["arguments"]["text"] for entry in newest["entries"]] == ["1", "2"]
    first = newest["entries"][0]["number"]
    following = daemon.get("/v1/journal", params={"after": first, "limit": 1})
    assert [entry["number"] for entry in following["entries"]] == [following["last"]] == [newest["last"]]
    assert daemon.get("/v1/journal", params={"after": newest["last"]}) == {"entries": [], "last": newest["last"]}


def test_the_tree_is_nested_and_an_actor_can_be_restarted(daemon: HttpDaemon) -> None:
    def generation() -> int:
        link = next(node for node in daemon.get("/v1/tree")["root"]["children"] if node["name"] == "link")
        return int(next(node["generation"] for node in link["children"] if node["name"] == "perception"))

    before = generation()
    response = daemon.client.post("/v1/tree/perception/restart")
    assert (response.status_code, response.headers["location"]) == (202, "/v1/tree")
    assert response.json() == {"name": "perception", "generation": before}
    eventually(lambda: generation() == before + 1)
    assert daemon.runtime.directory.entries["link"].restarts == 0


@pytest.mark.parametrize("name", ["stranger", "root", "%C3%BC"])
def test_only_a_child_of_the_tree_can_be_restarted(daemon: HttpDaemon, name: str) -> None:
    assert "GET /v1/tree lists them" in daemon.post(f"/v1/tree/{name}/restart", status=404)["detail"]


def test_the_worlds_clock_is_stopped_and_stepped(daemon: HttpDaemon) -> None:
    assert daemon.post("/v1/clock", {"operation": "step", "ms": 50}, status=409)["code"] == "game_refused"
    assert daemon.post("/v1/clock", {"operation": "freeze", "by": "http"})["frozen_by"] == "http"
    try:
        assert daemon.post("/v1/clock", {"operation": "step", "ms": 500})["passed"]["game_ms"] == 500
        assert daemon.get("/v1/clock")["frozen_by"] == "http"
        assert daemon.post("/v1/clock", {"operation": "step"}, status=422)["code"] == "bad_arguments"
    finally:
        assert daemon.post("/v1/clock", {"operation": "thaw"}).get("frozen_by") is None


def test_a_portal_is_chosen_and_used(daemon: HttpDaemon) -> None:
    assert Portals.model_validate(daemon.post("/v1/portals/bannerlord/use")).chosen == "bannerlord"
    assert daemon.get("/v1/portals")["chosen"] == "bannerlord"
    assert daemon.post("/v1/portals/unknown/use", status=404)["code"] == "bad_arguments"
    daemon.post("/v1/portals/morrowind/use")


def test_a_portal_can_be_checked(daemon: HttpDaemon) -> None:
    checked = PortalCheck.model_validate(daemon.post("/v1/portals/morrowind/check"))
    assert checked.portal == "morrowind"
    assert not checked.ok
    assert [finding.detail for finding in checked.findings if not finding.ok]
    assert daemon.post("/v1/portals/unknown/check", status=404)["code"] == "bad_arguments"
    state = GameState.model_validate(daemon.post("/v1/capture", {"timeout_s": 30}))
    assert "no_display" in " ".join(problem.message for problem in state.problems)
    result = ActionResult.model_validate(daemon.post("/v1/execute", {"action": "press_key", "params": {"key": "a"}}))
    assert (result.success, result.outcome) == (False, "failed")


def test_a_screenshot_is_read_by_its_name_and_nothing_else_is(daemon: HttpDaemon, tmp_path: Path) -> None:
    captures = Path(daemon.runtime.settings.desktop.captures_folder)
    captures.mkdir(exist_ok=True)
    (captures / "capture_1.png").write_bytes(b"picture")
    (captures / "capture_2.png").symlink_to("/etc/hostname")
    (captures / "capture_3.png").mkdir()
    response = daemon.client.get("/v1/captures/capture_1.png")
    assert (response.content, response.headers["content-type"]) == (b"picture", "image/png")
    for name in ("capture_2.png", "capture_3.png", "capture_4.png"):
        assert "no such screenshot" in daemon.get(f"/v1/captures/{name}", 404)["detail"]
    for name in ("..%2Fsocket.http-token", "capture_..%2F..%2Fsocket", "notes.txt"):
        assert daemon.client.get(f"/v1/captures/{name}").status_code in (404, 422)


def test_responses_have_the_headers_of_a_careful_site(daemon: HttpDaemon) -> None:
    headers = daemon.client.get("/health/live").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "server" not in headers
