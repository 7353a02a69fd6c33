from __future__ import annotations

import os
import queue
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.portals.sessions import SERVERS, TINY, error_of, http_server, is_gone, opened, raw, value
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.errors import ServerGoneError, ServerHungError, ToolError
from timmy_actors.portals.mcp.server_options import Redactor, ServerOptions
from timmy_actors.portals.mcp.session import Session
from timmy_actors.portals.mcp.transport import LONGEST_MESSAGE
from timmy_actors.portals.tools.results import ToolAnswer

STOP_WITHIN_S = 3.0


def test_a_server_says_what_it_is_and_what_it_offers() -> None:
    with opened() as server:
        connected = server.connected()
        assert (connected.server, connected.protocol) == ("tiny", "2026-07-28")
        assert {"echo", "add", "picture"} <= {tool.name for tool in connected.tools}


def test_text_structure_and_images_are_understood() -> None:
    with opened() as server:
        server.connected()
        assert value(server.ask("echo", text="hello")) == "hello"
        assert value(server.ask("add", x=1, y=2)) == {"sum": 3}
        shown = server.ask("picture")
        assert isinstance(shown, ToolAnswer)
        assert [(image.mime_type, image.data[:4]) for image in shown.images] == [("image/png", b"\x89PNG")]


@pytest.mark.parametrize(("command", "protocol"), [(TINY, "2026-07-28"), (raw(), "2025-11-25")])
def test_a_server_that_offers_something_new_is_listed_again(command: tuple[str, ...], protocol: str) -> None:
    with opened(command) as server:
        assert server.connected().protocol == protocol
        assert "grown" in [tool.name for tool in server.changed().tools]


def test_what_a_server_declines_is_a_failure_and_no_end() -> None:
    with opened() as server:
        server.connected()
        assert error_of(server.ask("fail", message="on purpose")).code == "tool_failed"
        assert error_of(server.ask("no such tool")).code == "tool_failed"
        assert error_of(server.ask("echo")).code == "tool_failed"
        assert value(server.ask("echo", text="still here")) == "still here"


def test_a_killed_server_is_told_with_how_it_ended_and_calls_in_flight_are_unknown() -> None:
    with opened() as server:
        pid = server.connected().pid
        assert pid is not None
        answer = server.begin("slow", seconds=20.0)
        os.kill(pid, signal.SIGKILL)
        error = error_of(answer.get(timeout=PATIENCE_S))
        assert (error.code, str(server.over())) == ("outcome_unknown", "server: was killed by SIGKILL")
        assert error_of(server.ask("echo", text="x")).code in ("server_unavailable", "outcome_unknown")


def test_a_server_that_ends_itself_is_told_with_its_last_words() -> None:
    with opened() as server:
        server.connected()
        assert error_of(server.ask("leave", code=3)).code == "outcome_unknown"
        assert "exited with code 3; the end of its log: leaving on purpose" in str(server.over())


def test_a_frozen_server_is_killed_when_it_answers_neither_the_call_nor_the_probe() -> None:
    with opened(probe_timeout_s=0.5) as server:
        pid = server.connected().pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        assert error_of(server.ask("echo", 0.3, text="x")).code == "outcome_unknown"
        failure = server.over()
        assert isinstance(failure, ServerHungError)
        assert is_gone(pid)


def test_a_frozen_server_is_seen_without_a_call() -> None:
    with opened(probe_interval_s=0.2, probe_timeout_s=0.5) as server:
        pid = server.connected().pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        assert isinstance(server.over(), ServerHungError)
        assert is_gone(pid)


def test_a_slow_answer_is_unknown_and_the_server_lives(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with opened() as server:
        server.connected()
        error = error_of(server.ask("mark", 0.2, file=str(mark), seconds=0.6))
        assert error.code == "outcome_unknown"
        assert mark.read_text() == "x"  # it happened, as an answer that is missing does not deny
        assert value(server.ask("echo", text="hello")) == "hello"


def test_a_call_that_is_given_up_ends_by_itself_and_the_server_lives() -> None:
    with opened() as server:
        server.connected()
        answers: queue.Queue[ToolAnswer | ToolError] = queue.Queue()
        give_up = server.session.call("slow", {"seconds": 600.0}, 600.0, answers.put)
        give_up()
        assert error_of(answers.get(timeout=PATIENCE_S)).code == "outcome_unknown"
        assert value(server.ask("echo", text="hello")) == "hello"


def test_a_stopped_session_leaves_no_process() -> None:
    with opened() as server:
        pid = server.connected().pid
        assert pid is not None
        server.session.stop(10)
        assert server.over() is None
        assert is_gone(pid)


@pytest.mark.timing
@pytest.mark.parametrize("when", ["before the first step", "in the handshake"])
def test_a_stop_does_not_wait_for_a_server_that_still_starts(when: str) -> None:
    session = Session(ServerOptions("server", command=raw("silent")), lambda _event: None)
    if when == "before the first step":
        session._soon(session._end_in_order)
    session.start()
    if when == "in the handshake":
        eventually(lambda: session._child)
    began = time.monotonic()
    session.stop(30)
    assert time.monotonic() - began < STOP_WITHIN_S
    assert session._child is None or is_gone(session._child.pid)


@pytest.mark.timing
def test_a_stop_does_not_wait_for_a_url_that_takes_a_request_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        session = Session(ServerOptions("server", url=_url(listener)), lambda _event: None)
        session.start()
        with listener.accept()[0] as connection:
            assert connection.recv(1)
            began = time.monotonic()
            session.stop(30)
            assert time.monotonic() - began < STOP_WITHIN_S


def test_a_url_that_never_answers_is_given_up_at_its_deadline() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        opened((), url=_url(listener), start_timeout_s=0.5) as server,
    ):
        assert "did not answer within 0.5 s of its start" in str(server.over())


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"


def test_a_server_that_dies_at_import_is_told_with_the_reason() -> None:
    with opened(raw("dies")) as server:
        reason = str(server.over())
        assert (
            "exited with code 1; the end of its log: ModuleNotFoundError: No module named 'mcp.server.fastmcp'"
            in reason
        )


def test_a_program_that_is_not_there_is_named() -> None:
    with opened(("no-such-program",)) as server:
        assert "there is no program 'no-such-program'" in str(server.over())


def test_a_server_that_never_answers_is_given_up_at_its_deadline() -> None:
    with opened(raw("silent"), start_timeout_s=0.5) as server:
        assert "did not answer within 0.5 s of its start" in str(server.over())


def test_a_banner_is_forgiven_and_endless_garbage_is_not() -> None:
    with opened(raw(), protocol="legacy") as server:
        server.connected()
        assert value(server.ask("garbage", lines=3)) == "said"
    with opened(raw("garbage"), protocol="legacy") as server:
        assert "no messages of the protocol" in str(server.over())


@pytest.mark.parametrize("content", [5, [{"type": "nonsense"}], [{"type": "image", "data": 5, "mimeType": "x"}]])
def test_an_answer_of_the_wrong_shape_is_told_and_the_server_lives(content: object) -> None:
    with opened(raw(), protocol="legacy") as server:
        server.connected()
        assert error_of(server.ask("wrong", content=content)).code == "bad_result"
        assert value(server.ask("garbage", lines=0)) == "said"


def test_an_image_of_200_megabytes_is_passed_over_and_the_server_lives() -> None:
    with opened(raw(), protocol="legacy") as server:
        server.connected()
        assert error_of(server.ask("huge", 2 * PATIENCE_S, size=200_000_000)).code == "too_large"
        assert value(server.ask("garbage", lines=0)) == "said"


def test_an_answer_that_is_too_large_is_refused_before_its_end() -> None:
    with opened(raw(), protocol="legacy") as server:
        server.connected()
        assert error_of(server.ask("unended", PATIENCE_S, size=LONGEST_MESSAGE + 1)).code == "too_large"


def test_an_endless_line_that_is_no_answer_ends_the_session() -> None:
    with opened(raw(), protocol="legacy") as server:
        server.connected()
        server.begin("endless", size=LONGEST_MESSAGE + 1)
        assert f"more than {LONGEST_MESSAGE} bytes" in str(server.over())


def test_only_what_is_given_is_in_a_servers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DAEMON", "no")
    with opened(environment={"DISPLAY": ":7"}) as server:
        server.connected()
        assert value(server.ask("environment", name="DISPLAY")) == ":7"
        assert value(server.ask("environment", name="SECRET_OF_THE_DAEMON")) == ""


def test_a_key_never_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    key = "0123456789ABCDEF0123456789ABCDEF"
    caplog.set_level("DEBUG")
    with opened(environment={"STEAM_API_KEY": key}, redactor=Redactor([key])) as server:
        server.connected()
        assert value(server.ask("environment", name="STEAM_API_KEY")) == "[redacted]"
        assert value(server.ask("echo", text=f"https://x/?key={key}&a=1")) == "https://x/?key=[redacted]&a=1"
        assert value(server.ask("echo", text="https://x/?key=ANOTHER&a=1")) == "https://x/?key=[redacted]&a=1"
        server.ask("leave", code=1)
        assert key not in str(server.over())
    assert key not in caplog.text


def test_a_server_ends_with_the_process_that_started_it_even_when_it_is_frozen() -> None:
    program = (
        "import os, signal, queue\n"
        "from tests.portals.sessions import Open, TINY\n"
        "server = Open(TINY)\n"
        "pid = server.connected().pid\n"
        "os.kill(pid, signal.SIGSTOP)\n"
        "print(pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    pid = int(done.stdout)
    eventually(lambda: is_gone(pid))


def test_a_call_to_a_url_whose_server_dies_is_unknown_long_before_its_deadline() -> None:
    with http_server() as (url, process), opened((), url=url, probe_interval_s=10_000) as server:
        server.connected()
        answer = server.begin("slow", 600.0, seconds=600.0)
        assert value(server.ask("echo", text="hello")) == "hello"  # sent after the slow call
        process.kill()
        assert error_of(answer.get(timeout=PATIENCE_S)).code == "outcome_unknown"


def test_a_server_behind_a_url_is_called_and_its_end_is_seen() -> None:
    with http_server() as (url, process), opened((), url=url, probe_interval_s=0.2, probe_timeout_s=2.0) as server:
        assert server.connected().server == "tiny"
        assert value(server.ask("echo", text="hello")) == "hello"
        process.kill()
        assert isinstance(server.over(), ServerGoneError)


def test_a_key_never_comes_back_from_a_url_nor_is_the_urls_own_logged(caplog: pytest.LogCaptureFixture) -> None:
    key, other = "0123456789ABCDEF", "FEDCBA9876543210"
    caplog.set_level("DEBUG")
    with (
        http_server() as (url, _),
        opened((), url=f"{url}?key={other}", redactor=Redactor([key])) as server,
    ):
        server.connected()
        assert value(server.ask("echo", text=f"{key}, https://x/?key={other}&a=1")) == (
            "[redacted], https://x/?key=[redacted]&a=1"
        )
    assert key not in caplog.text
    assert other not in caplog.text


def test_a_url_where_nobody_listens_is_told() -> None:
    with opened((), url="http://127.0.0.1:9/mcp", start_timeout_s=5.0) as server:
        assert "server: " in str(server.over())


def test_a_server_that_a_signal_stops_in_a_call_is_ended_long_before_the_calls_deadline() -> None:
    with opened(probe_interval_s=10_000, probe_timeout_s=10_000) as server:
        pid = server.connected().pid
        assert pid is not None
        answer = server.begin("slow", 10_000, seconds=600)
        os.kill(pid, signal.SIGSTOP)
        assert error_of(answer.get(timeout=PATIENCE_S)).code == "outcome_unknown"
        failure = server.over()
        assert isinstance(failure, ServerHungError)
        assert "SIGSTOP" in str(failure)
        assert is_gone(pid)


def test_a_server_that_dies_behind_a_wrapper_that_lives_is_seen_and_both_are_ended() -> None:
    wrapped = f"{shlex.quote(sys.executable)} {shlex.quote(str(SERVERS / 'tiny.py'))}; exec sleep 600"
    with opened(("sh", "-c", wrapped), probe_interval_s=10_000, probe_timeout_s=0.5) as server:
        wrapper = server.connected().pid
        assert wrapper is not None
        assert error_of(server.ask("leave", 0.5, code=1)).code == "outcome_unknown"
        assert isinstance(server.over(), ServerHungError)
        assert is_gone(wrapper)
