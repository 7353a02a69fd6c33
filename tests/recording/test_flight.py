"""The flight recorder: its bounds, its file, and a recording that is played as a world."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peer import Peer
from tests.runtimes import LinkHistory, fresh, link_lost, link_up, running
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import RefusedError, Runtime
from timmy_actors.daemon import JournalSettings, RecordingSettings, Settings
from timmy_actors.errors import ConfigError
from timmy_actors.protocol import CommandResult
from timmy_actors.recording import FlightRecorder, Passage, ReplayServer, read_flight
from timmy_actors.system import config_folder

WELCOME = {"type": "welcome", "id": "hello", "boot": "b1", "now": 1000}


def encoded(**message: Any) -> bytes:
    return json.dumps(message).encode()


def push(number: int, *, full: bool = False, **sections: Any) -> bytes:
    revisions = dict.fromkeys(sections, number)
    return encoded(type="perception", seq=number, player="Timmy", full=full, sections=sections, revisions=revisions)


def test_a_dump_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=10_000)
    recorder.note("sent", 1, encoded(type="hello", id="hello"))
    recorder.note("received", 1, encoded(**WELCOME))
    recorder.note("received", 1, push(1, full=True, position={"x": 1}))
    recorder.note("received", 1, b"\xff not JSON")
    recorder.note("down", 1, b"the server has ended")
    dump = recorder.dump("test")
    assert dump.messages == 5
    (passage,) = read_flight(Path(dump.path))
    assert (passage.welcome, passage.down) == (WELCOME, "the server has ended")
    assert [message["type"] for _, _, message in passage.entries] == ["hello", "perception"]


def test_the_ring_is_bounded_and_keeps_what_later_messages_build_on(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=2_000)
    recorder.note("received", 1, encoded(**WELCOME))
    recorder.note("received", 1, push(1, full=True, position={"x": 1}, stats={"level": 1}))
    for number in range(2, 200):
        recorder.note("received", 1, push(number, position={"x": number}))
    dump = recorder.dump("test")
    assert Path(dump.path).stat().st_size < 8_000
    (passage,) = read_flight(Path(dump.path))
    assert passage.welcome == WELCOME
    base = passage.base["player Timmy"]
    first = passage.entries[0][2]
    assert (base["full"], base["sections"]["stats"]) == (True, {"level": 1})
    assert base["sections"]["position"]["x"] == first["sections"]["position"]["x"] - 1


def test_what_an_earlier_connection_established_is_dropped_with_it(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=600)
    recorder.note("received", 1, encoded(**WELCOME))
    recorder.note("down", 1, b"lost")
    recorder.note("received", 2, encoded(**{**WELCOME, "boot": "b2"}))
    for number in range(1, 50):
        recorder.note("received", 2, push(number, full=True, position={"x": number}))
    (passage,) = read_flight(Path(recorder.dump("test").path))
    assert passage.epoch == 2
    assert passage.welcome is not None
    assert passage.welcome["boot"] == "b2"


def test_old_dumps_are_deleted_and_none_has_a_secret(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=10_000)
    recorder.note("received", 1, encoded(**WELCOME, note="correct-horse-battery"))
    dumps = [recorder.dump("test", ["correct-horse-battery"]) for _ in range(12)]
    assert len(list(tmp_path.iterdir())) == 10
    text = Path(dumps[-1].path).read_text()
    assert "correct-horse" not in text
    assert "[redacted]" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no connection to the game came up"),
        (b"text\n", "line 1: is no line of a flight recording"),
        (b'{"kind": "flight", "format": 9}\n', "has format 9"),
        (b'{"kind": "flight", "format": 1}\n{"kind": "fra', "line 2: is no line"),
        (b'{"kind": "beat"}\n', "line 1"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "flight.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_flight(path)


def test_a_recorder_that_fails_is_dropped_and_the_link_stays_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(FlightRecorder, "note", fail)
    with Peer() as peer, running(peer.address) as runtime:
        link_up(runtime)
        assert runtime.command("message", text="hello").ok
        history, epoch = runtime.shared.link, runtime.shared.link.value.epoch
    assert isinstance(history, LinkHistory)
    assert not any("broken" in (link.reason or "") for link in history.seen)  # a busy machine may end it by itself
    assert 1 <= caplog.text.count("is dropped") <= epoch


def test_the_end_of_the_link_is_recorded_before_anyone_can_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    note = FlightRecorder.note

    def watch(recorder: FlightRecorder, direction: Any, epoch: int, data: bytes) -> None:
        note(recorder, direction, epoch, data)
        if direction == "down":
            seen.append(runtime.shared.link.value.carries)

    monkeypatch.setattr(FlightRecorder, "note", watch)
    recording = RecordingSettings(folder=str(tmp_path / "episodes"))
    with Peer() as peer, running(peer.address, recording=recording) as runtime:
        link_up(runtime)
    assert seen == [True]


def test_messages_of_a_strange_server_are_dumped_and_read(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=300)
    recorder.note("received", 1, encoded(**WELCOME))
    for sections in (5, {"chat": ["\ud800"]}, None, "many"):
        recorder.note("received", 1, encoded(type="perception", seq=1, player="Timmy", sections=sections))
    for number in range(4):
        recorder.note("received", 1, push(number, chat=["half a pair: \ud800"]))
    (passage,) = read_flight(Path(recorder.dump("test").path))
    assert passage.base["player Timmy"]["sections"]["chat"] == ["half a pair: ?"]


def test_a_dump_on_request_names_its_file_and_the_recorder_can_be_off(tmp_path: Path) -> None:
    recording = RecordingSettings(folder=str(tmp_path / "episodes"))
    with Peer() as peer, running(peer.address, recording=recording) as runtime:
        link_up(runtime)
        dump = runtime.dump_flight()
        assert Path(dump.path).parent == tmp_path / "flight"
        assert read_flight(Path(dump.path))[0].welcome is not None
    off = RecordingSettings(flight_minutes=0)
    with Peer() as peer, running(peer.address, recording=off) as runtime, pytest.raises(RefusedError, match="is off"):
        runtime.dump_flight()


# The incident.

COMMANDS = ("c1", "c2", "c3")


def outcome(run: Callable[[], CommandResult]) -> str:
    try:
        return f"done {run().value}"
    except RefusedError as refused:
        return refused.code


def submit(runtime: Runtime, ids: tuple[str, ...]) -> tuple[dict[str, str], list[threading.Thread]]:
    """Give a command under each id at once; their outcomes, when the threads have ended."""
    outcomes: dict[str, str] = {}

    def give(name: str) -> None:
        arguments = {"text": f"Are you {name}?", "buttons": ["Yes"]}
        outcomes[name] = outcome(lambda: runtime.command("ask", command_id=name, timeout_s=PATIENCE_S, **arguments))

    threads = [threading.Thread(target=give, args=(name,)) for name in ids]
    for thread in threads:
        thread.start()
    return outcomes, threads


@contextmanager
def recorded_events(runtime: Runtime) -> Iterator[list[tuple[str, Any]]]:
    """The events while the block runs, in order."""
    seen: list[tuple[str, Any]] = []

    def read(pushes: Any) -> None:
        for pushed in pushes:
            if pushed.event is not None:
                seen.append((pushed.event.event, pushed.event.data))
                if pushed.event.event == "chat" and "the end" in str(pushed.event.data):
                    return

    with runtime.watch(events=("chat", "cell_change", "inventory", "topics"), timeout_s=PATIENCE_S) as pushes:
        thread = threading.Thread(target=read, args=(pushes,))
        thread.start()
        yield seen
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_an_incident_is_replayed_with_the_same_outcomes_and_events_in_order(tmp_path: Path) -> None:
    pytest.importorskip("lupa.luajit21")
    recording = RecordingSettings(folder=str(tmp_path / "episodes"))
    settings = Settings(recording=recording, journal=JournalSettings(file=str(tmp_path / "journal")))
    with Runtime(settings, folder=config_folder()) as runtime:
        runtime.wait_ready(PATIENCE_S)
        with recorded_events(runtime) as events:
            answered = speak(runtime, events)
            outcomes, threads = submit(runtime, COMMANDS)
            eventually(lambda: all(f'"{name}"'.encode() in frames(runtime) for name in COMMANDS))
            world = runtime.status().world
            assert world is not None
            assert world.pid is not None
            os.kill(world.pid, signal.SIGKILL)
            for thread in threads:
                thread.join(PATIENCE_S)
            link_up(runtime, after=1)
            runtime.wait_ready(PATIENCE_S)
            runtime.command("chat", text="the end", timeout_s=PATIENCE_S)
        dump = runtime.dump_flight()
    assert sorted(outcomes) == list(COMMANDS)
    assert "in_doubt" in outcomes.values()
    passages = read_flight(Path(dump.path))
    assert len(passages) == 2
    replayed, replayed_events, replayed_answer = replay(passages)
    assert (replayed_answer, replayed) == (answered, outcomes)
    assert since_the_first(replayed_events) == since_the_first(events)
    assert [name for name, _ in since_the_first(events)].count("chat") >= 4


def speak(runtime: Runtime, events: list[tuple[str, Any]]) -> list[str]:
    """Say three lines; the outcomes, when the events have come."""
    said = [
        outcome(lambda text=text: runtime.command("chat", command_id=text, text=text, timeout_s=PATIENCE_S))  # type: ignore[misc]
        for text in ("first", "second", "third")
    ]
    eventually(lambda: any("third" in str(data) for _, data in events))
    return said


def since_the_first(events: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The events since the first line: those before came while the watches started."""
    return events[next(number for number, (_, data) in enumerate(events) if "first" in str(data)) :]


def frames(runtime: Runtime) -> bytes:
    assert runtime.flight is not None
    with runtime.flight._lock:
        return b"".join(frame.data for frame in runtime.flight._frames if frame.direction == "sent")


def replay(passages: list[Passage]) -> tuple[dict[str, str], list[tuple[str, Any]], list[str]]:
    """The same commands, given to a daemon whose world is the recording."""
    with ReplayServer(passages, await_command_s=PATIENCE_S) as server, running(server.address) as runtime:
        link_up(runtime)
        fresh(runtime)
        with recorded_events(runtime) as events:
            answered = speak(runtime, events)
            outcomes, threads = submit(runtime, COMMANDS)
            for thread in threads:
                thread.join(PATIENCE_S)
            link_up(runtime, after=1)
            runtime.command("chat", text="the end", timeout_s=PATIENCE_S)
        return outcomes, events, answered


def test_a_command_that_the_recording_does_not_have_is_refused_at_once(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=3600, max_bytes=100_000)
    with Peer() as peer:
        peer.boot = "b1"
        recorder.note("received", 1, json.dumps({"id": "hello", **peer.welcome()}).encode())
    recorder.note("received", 1, json.dumps(Peer.perception(seq=1)).encode())
    recorder.note("sent", 1, encoded(type="command", id="c1", name="chat", arguments={"text": "first"}))
    passages = read_flight(Path(recorder.dump("test").path))
    with ReplayServer(passages, await_command_s=10 * PATIENCE_S) as server, running(server.address) as runtime:
        link_up(runtime)
        assert outcome(lambda: runtime.command("chat", text="second", timeout_s=PATIENCE_S)) == "unavailable"


def test_a_recording_that_ends_with_the_link_leaves_it_down(tmp_path: Path) -> None:
    recorder = FlightRecorder(tmp_path, keep_s=60, max_bytes=100_000)
    with Peer() as peer:
        peer.boot = "b1"
        recorder.note("received", 1, json.dumps({"id": "hello", **peer.welcome()}).encode())
    pushed = Peer.perception(seq=1)
    recorder.note("received", 1, json.dumps(pushed).encode())
    recorder.note("down", 1, b"killed")
    passages = read_flight(Path(recorder.dump("test").path))
    with ReplayServer(passages) as server, running(server.address) as runtime:
        assert server.finished.wait(PATIENCE_S)
        link_lost(runtime)
        snapshot = runtime.snapshot("Timmy")
        assert snapshot.stale
