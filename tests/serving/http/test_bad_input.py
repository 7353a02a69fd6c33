from __future__ import annotations

import logging
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.serving.http.daemons import HttpDaemon
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.serving.http import guard, limits
from timmy_actors.serving.http.limits import MAX_CONNECTIONS, MAX_PER_ADDRESS

if TYPE_CHECKING:
    import httpx

HUNDRED_MB = 100_000_000
JSON = {"content-type": "application/json"}


def received(connection: socket.socket, most: int = 1_000_000) -> bytes:
    """What the server sends until it ends the connection."""
    connection.settimeout(PATIENCE_S)
    data = b""
    while len(data) < most:
        try:
            more = connection.recv(65_536)
        except ConnectionResetError:
            break
        if not more:
            break
        data += more
    return data


def problem(response: httpx.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["type"]) == (status, "about:blank")
    return str(body["detail"])


@pytest.mark.parametrize("path", ["/v1/status", "/v1/snapshot", "/v1/events", "/metrics", "/v1/unknown", "/v1"])
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic dGltbXk6dGltbXk=", "Bearer \xff\xfe", "token"])
def test_without_the_token_nothing_is_answered(daemon: HttpDaemon, path: str, header: str) -> None:
    response = daemon.client.get(path, headers={b"Authorization": header.encode("latin-1")})
    assert "give this server's token" in problem(response, 401)
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert daemon.token not in response.text


def test_no_command_is_executed_without_the_token(daemon: HttpDaemon) -> None:
    before = daemon.get("/v1/journal")["last"]
    body = {"name": "message", "arguments": {"text": "hi"}}
    assert daemon.client.post("/v1/commands", json=body, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert daemon.get("/v1/journal")["last"] == before


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "attacker.example:80", "localhost.attacker.example", "127.0.0.1.nip.example", ""],
)
def test_a_rebound_host_is_refused(daemon: HttpDaemon, host: str) -> None:
    assert "http.allowed_hosts" in problem(daemon.client.get("/health/live", headers={"Host": host}), 403)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1234", "127.0.0.1", "192.0.2.7:80", "[::1]:80", "timmy.example.org", "localhost."]
)
def test_an_address_and_a_listed_name_are_accepted(daemon: HttpDaemon, host: str) -> None:
    assert daemon.client.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://attacker.example", "null", "http://localhost", "file://", ""])
def test_another_origin_is_refused(daemon: HttpDaemon, origin: str) -> None:
    assert "http.allowed_origins" in problem(daemon.client.get("/v1/status", headers={"Origin": origin}), 403)


def test_the_pages_own_origin_is_accepted(daemon: HttpDaemon) -> None:
    origin = daemon.status.url.rstrip("/")
    assert daemon.client.get("/v1/status", headers={"Origin": origin}).status_code == 200


def test_a_body_of_100_mb_is_refused_before_it_is_read(daemon: HttpDaemon) -> None:
    with daemon.connect() as connection:
        head = daemon.request("/v1/commands", f"Content-Length: {HUNDRED_MB}", "Content-Type: application/json")
        connection.sendall(head.replace(b"GET", b"POST"))
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


def test_a_body_that_grows_is_refused_when_it_is_too_large(daemon: HttpDaemon) -> None:
    with daemon.connect() as connection:
        head = daemon.request("/v1/commands", "Transfer-Encoding: chunked", "Content-Type: application/json")
        connection.sendall(head.replace(b"GET", b"POST"))
        chunk = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
        try:
            for _ in range(2 * guard.MAX_BODY_BYTES // 65_536):
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused while we were sending
        answer = received(connection)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    assert daemon.client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"{", b"[" * 100_000, b"\xff", b'{"name": "a", "name"', b"nul", b"1" * 10_000],
    ids=["cut", "deep", "not UTF-8", "cut in a name", "no word", "a long number"],
)
def test_broken_json_is_400(daemon: HttpDaemon, body: bytes) -> None:
    problem(daemon.client.post("/v1/commands", content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"[]", ""),
        (b"{}", "name"),
        (b'{"name": 1}', "name"),
        (b'{"name": "message", "extra": 1}', "extra"),
        (b'{"name": "message", "timeout_s": 1e9}', "timeout_s"),
        (b'{"name": "message", "timeout_s": NaN}', "timeout_s"),
        (b'{"name": "message", "arguments": {"text": NaN}}', "arguments"),
        (b'{"name": "message", "arguments": {"\\ud800": 1}}', "arguments"),
        (b'{"name": "message", "arguments": {"text": "\\ud800"}}', "arguments"),
        (b'{"name": "\\ud800"}', "name"),
        (b'{"name": "message", "arguments": ' + b'{"a":' * 900 + b"1" + b"}" * 901, "text"),
    ],
)
def test_json_that_is_no_command_is_422_with_its_field(daemon: HttpDaemon, body: bytes, field: str) -> None:
    response = daemon.client.post("/v1/commands", content=body, headers=JSON)
    problem(response, 422)
    assert (response.json().get("field") or "").startswith(field)


def test_another_media_type_method_or_path_is_a_problem(daemon: HttpDaemon) -> None:
    text = {"content-type": "text/plain"}
    assert "must be JSON" in problem(daemon.client.post("/v1/commands", content=b"{}", headers=text), 415)
    response = daemon.client.put("/v1/status")
    assert "no such method" in problem(response, 405)
    assert response.headers["allow"] == "GET"
    assert "/openapi.json" in problem(daemon.client.get("/v1/unknown"), 404)


@pytest.mark.parametrize(
    "query", ["timeout_s=0", "timeout_s=nan", "after=1", "player=", "player=a%0Ab", "player=" + "x" * 300]
)
def test_an_invalid_parameter_is_422_with_its_name(daemon: HttpDaemon, query: str) -> None:
    response = daemon.client.get(f"/v1/snapshot?{query}")
    problem(response, 422)
    assert response.json()["field"] == query.partition("=")[0]


def test_what_is_not_http_is_refused_and_others_are_served(daemon: HttpDaemon) -> None:
    for data in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"A" * 100_000, b"GET / HTTP/1.1\r\n\r\n"):
        with daemon.connect() as connection:
            connection.sendall(data)
            assert received(connection).startswith(b"HTTP/1.1 400 ")
    assert daemon.client.get("/health/live").status_code == 200


def test_a_flood_of_one_cause_is_logged_once(daemon: HttpDaemon, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        daemon.client.get("/v1/status", headers={"Authorization": "Bearer wrong"})
    lines = [record for record in caplog.records if "no token" in record.getMessage()]
    assert len(lines) <= 1
    assert all(record.levelno == logging.WARNING for record in lines)


def test_a_thousand_slow_readers_leave_room_for_others(daemon: HttpDaemon) -> None:
    with ExitStack() as stack:
        slow = []
        for number in range(1_000):
            connection = stack.enter_context(daemon.connect(f"127.0.1.{number % 3 + 1}"))
            connection.sendall(daemon.request("/v1/commands"))  # 137 kB that nobody reads
            slow.append(connection)
        assert daemon.client.get("/v1/snapshot").status_code == 200
        assert daemon.get("/health/ready")["ok"]
    assert len(slow) > MAX_CONNECTIONS > MAX_PER_ADDRESS


def test_connections_that_send_nothing_make_room_for_new_ones(daemon: HttpDaemon) -> None:
    with ExitStack() as stack:
        for _ in range(MAX_PER_ADDRESS + 10):
            stack.enter_context(daemon.connect("127.0.2.1"))
        with daemon.connect("127.0.2.1") as new:
            new.sendall(daemon.request("/health/live", "Connection: close"))
            assert received(new).startswith(b"HTTP/1.1 200 ")


def test_a_head_that_does_not_arrive_ends_its_connection(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HEADERS_WITHIN_S", 0.05)
    with daemon.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert received(connection) == b""


def test_a_client_that_does_not_read_is_disconnected(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READ_WITHIN_S", 0.05)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(daemon.address)
        connection.settimeout(PATIENCE_S)

        def is_disconnected() -> bool:
            try:
                connection.sendall(daemon.request("/v1/commands"))
            except (BrokenPipeError, ConnectionResetError):
                return True
            return False

        eventually(is_disconnected)


def test_a_body_that_does_not_arrive_is_given_up(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_WITHIN_S", 0.05)
    with daemon.connect() as connection:
        head = daemon.request("/v1/commands", "Content-Length: 10", "Content-Type: application/json")
        connection.sendall(head.replace(b"GET", b"POST") + b"{")
        assert received(connection).startswith(b"HTTP/1.1 408 ")
