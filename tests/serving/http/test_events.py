from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.serving.http.daemons import HttpDaemon, Sent, sent_events
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.serving.http import event_routes, limits, streams


@contextmanager
def stream(daemon: HttpDaemon, last_id: str | None = None, **query: Any) -> Iterator[Iterator[Sent]]:
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    with daemon.client.stream("GET", "/v1/events", params=query, headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield sent_events(response)


@contextmanager
def socket(daemon: HttpDaemon, query: str = "", *, token: str = "", **options: Any) -> Iterator[ClientConnection]:
    url = daemon.status.url.replace("http", "ws", 1) + "v1/ws" + query
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with connect(url, additional_headers=headers, proxy=None, open_timeout=PATIENCE_S, **options) as connection:
        yield connection


def until(pushes: Iterator[Sent], wanted: Callable[[Sent], bool]) -> Sent:
    return next(push for push in pushes if wanted(push))


def teleport(daemon: HttpDaemon, place: str) -> None:
    """Teleport, and wait until the player is seen there: of several at once only the last would be an event."""
    revision = daemon.post("/v1/commands", {"name": "teleport", "arguments": {"to": place}})["revision"]
    daemon.get("/v1/snapshot", params={"after": "{boot}:{number}".format(**revision), "timeout_s": 30})


def test_a_stream_begins_with_the_present_and_goes_on_with_what_happens(daemon: HttpDaemon) -> None:
    with stream(daemon, player="Timmy") as pushes:
        first, second = next(pushes), next(pushes)
        assert (first.event, first.data["link"]["state"]) == ("link", "up")
        assert (second.event, second.data["snapshot"]["player"]) == ("snapshot", "Timmy")
        teleport(daemon, "Vivec")
        event = until(pushes, lambda push: push.event == "event" and push.data["event"]["event"] == "cell_change")
        assert event.data["event"]["player"] == "Timmy"


def test_a_stream_delivers_only_the_events_that_are_asked_for(daemon: HttpDaemon) -> None:
    with stream(daemon, events=["cell_change"]) as pushes:
        assert next(pushes).event == "link"
        teleport(daemon, "Balmora")
        teleport(daemon, "Vivec")
        assert [next(pushes).data["event"]["event"] for _ in range(2)] == ["cell_change"] * 2


def test_a_stream_resumes_after_the_last_id(daemon: HttpDaemon) -> None:
    with stream(daemon, events=["cell_change"]) as pushes:
        last = next(pushes).id
    teleport(daemon, "Balmora")
    teleport(daemon, "Ald-ruhn")
    with stream(daemon, last, events=["cell_change"]) as pushes:
        first, second = next(pushes), next(pushes)
    with stream(daemon, first.id, events=["cell_change"]) as pushes:
        assert next(pushes) == second
    with daemon.client.stream("GET", "/v1/events", params={"events": "cell_change", "last_id": first.id}) as response:
        assert next(sent_events(response)) == second


@pytest.mark.parametrize("last_id", ["00000000-1", "nonsense", "1", "x" * 64])
def test_an_id_of_another_daemon_is_reported_and_followed_by_the_present(daemon: HttpDaemon, last_id: str) -> None:
    with stream(daemon, last_id) as pushes:
        assert [next(pushes).event for _ in range(2)] == ["outrun", "link"]


def test_a_client_that_knows_no_chunks_gets_none(daemon: HttpDaemon) -> None:
    with daemon.connect() as connection:
        connection.sendall(daemon.request("/v1/events").replace(b"HTTP/1.1", b"HTTP/1.0"))
        received = b""
        while b"event: snapshot" not in received or not received.endswith(b"\n\n"):
            received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body.startswith(b"retry: 1000\n\nid: ")
    assert {line.partition(b":")[0] for line in body.splitlines()} == {b"retry", b"id", b"event", b"data", b""}


def test_a_quiet_stream_sends_comments(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.01)
    with daemon.client.stream("GET", "/v1/events", params={"events": "video"}) as response:
        lines = response.iter_lines()
        assert next(lines) == "retry: 1000"
        assert next(line for line in lines if line.startswith(":")) == ": still here"


@pytest.mark.parametrize("query", ["events=unknown", "player=a%0Ab", "snapshots=perhaps", "last_id=" + "x" * 65])
def test_an_invalid_filter_is_refused(daemon: HttpDaemon, query: str) -> None:
    assert daemon.client.get(f"/v1/events?{query}").status_code == 422


def test_streams_are_bounded_and_a_closed_one_makes_room(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_PER_ADDRESS", 2)
    with ExitStack() as stack:
        eventually(lambda: not open_streams(daemon))
        held = [stack.enter_context(stream(daemon)) for _ in range(2)]
        assert [next(pushes).event for pushes in held] == ["link", "link"]
        response = daemon.client.get("/v1/events")
        assert (response.status_code, response.json()["code"]) == (503, "overloaded")
        assert response.headers["retry-after"] == "1"
    eventually(lambda: not open_streams(daemon))
    with stream(daemon) as pushes:
        next(pushes)


def open_streams(daemon: HttpDaemon) -> int:
    actor = daemon.runtime.directory.entries["http"].actor
    server: Any = getattr(actor, "_server", None)
    return int(server.streams.open)


def message_of(connection: ClientConnection) -> Any:
    return json.loads(connection.recv(PATIENCE_S))


def test_a_websocket_has_the_same_pushes(daemon: HttpDaemon) -> None:
    with socket(daemon, "?events=cell_change", token=daemon.token) as connection:
        first = message_of(connection)
        assert (first["event"], first["data"]["link"]["state"]) == ("link", "up")
        teleport(daemon, "Balmora")
        teleport(daemon, "Vivec")
        event = message_of(connection)
        assert event["data"]["event"]["event"] == "cell_change"
    with socket(daemon, f"?events=cell_change&last_id={first['id']}", token=daemon.token) as connection:
        assert message_of(connection) == event


def test_a_websocket_outlives_the_deadline_of_a_requests_head(
    daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        connection = stack.enter_context(daemon.connect())
        connection.sendall(daemon.request("/health/live"))
        response = HTTPResponse(connection)
        response.begin()
        assert response.read()
        with monkeypatch.context() as patch:  # of this connection only: others arrive meanwhile
            patch.setattr(limits, "HEADERS_WITHIN_S", 0.01)
            events = stack.enter_context(socket(daemon, "?events=cell_change", token=daemon.token, sock=connection))
            assert message_of(events)["event"] == "link"
        teleport(daemon, "Balmora")
        teleport(daemon, "Vivec")
        assert message_of(events)["data"]["event"]["event"] == "cell_change"


def test_a_browser_gives_the_token_as_a_subprotocol_or_first_message(daemon: HttpDaemon) -> None:
    with socket(daemon, subprotocols=["timmy", f"timmy.token.{daemon.token}"]) as connection:
        assert connection.subprotocol == "timmy"
        assert message_of(connection)["event"] == "link"
    with socket(daemon) as connection:
        connection.send(json.dumps({"token": daemon.token}))
        assert message_of(connection)["event"] == "link"


@pytest.mark.parametrize("options", [{"token": "wrong"}, {"subprotocols": ["timmy", "timmy.token.wrong"]}])
def test_a_wrong_token_in_the_handshake_is_refused(daemon: HttpDaemon, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus) as refused, socket(daemon, **options):
        pass
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("message", ['{"token": "wrong"}', "{", "[]", b"\xff", "x" * 10_000])
def test_a_wrong_first_message_ends_the_websocket(
    daemon: HttpDaemon, message: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket(daemon) as connection:
        connection.send(message)
        with pytest.raises(ConnectionClosed):
            connection.recv(PATIENCE_S)
    assert not [record for record in caplog.records if record.exc_info]


def test_a_websocket_without_a_token_is_ended_in_time(daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_routes, "TOKEN_WITHIN_S", 0.01)
    with socket(daemon) as connection, pytest.raises(ConnectionClosed):
        connection.recv(PATIENCE_S)


def test_websockets_without_a_token_are_bounded_and_keep_no_owner_out(
    daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_UNPROVEN", 2)
    monkeypatch.setattr(event_routes, "TOKEN_WITHIN_S", PATIENCE_S)
    with ExitStack() as stack:
        held = [stack.enter_context(socket(daemon)) for _ in range(2)]
        with pytest.raises(InvalidStatus) as refused, socket(daemon):
            pass
        assert refused.value.response.status_code == 503
        with socket(daemon, token=daemon.token) as connection:
            assert message_of(connection)["event"] == "link"
        held[0].send(json.dumps({"token": daemon.token}))
        assert message_of(held[0])["event"] == "link"


def test_a_websocket_without_a_place_is_told_to_try_again_later(
    daemon: HttpDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_PER_ADDRESS", 0)
    with socket(daemon, token=daemon.token) as connection, pytest.raises(ConnectionClosed) as closed:
        connection.recv(PATIENCE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def test_a_websocket_takes_no_further_message(daemon: HttpDaemon) -> None:
    with socket(daemon, "?events=video", token=daemon.token) as connection:
        message_of(connection)
        connection.send("more")
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(PATIENCE_S)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003


@pytest.mark.parametrize("headers", [{"Origin": "http://attacker.example"}, {"Host": "attacker.example"}])
def test_a_websocket_of_another_site_is_refused(daemon: HttpDaemon, headers: dict[str, str]) -> None:
    response = daemon.client.get("/v1/ws", headers={**upgrade(), **headers})
    assert response.status_code == 403


def upgrade() -> dict[str, str]:
    return {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
