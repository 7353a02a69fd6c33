from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import TextIO

import pytest

from tests.waiting import eventually
from timmy_actors.cli import async_writer as module
from timmy_actors.cli.async_writer import LogOutlet, Outlet

A_PIPE_HOLDS = 65536


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as reader, os.fdopen(writing, "w", encoding="utf-8") as writer:
        yield reader, writer


def fill(descriptor: int) -> None:
    """Leave no room in a pipe for a single byte."""
    os.set_blocking(descriptor, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(descriptor, b"x" * 4096)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(descriptor, b"x")
    os.set_blocking(descriptor, True)


def test_what_waits_is_written_before_the_end(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    outlet = Outlet("a pipe", writer)
    for number in range(100):
        outlet.post(f"line {number}")
    outlet.close()
    writer.close()
    assert reader.read().splitlines() == [f"line {number}" for number in range(100)]


def test_a_reader_that_does_not_read_keeps_nobody_waiting_and_is_told_what_it_missed(
    pipe: tuple[TextIO, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    monkeypatch.setattr(module, "FLUSH_WITHIN_S", 0.01)
    reader, writer = pipe
    fill(writer.fileno())
    outlet = Outlet("a pipe", writer)
    outlet.post("taken")
    eventually(outlet._lines.empty)
    for number in range(10):
        outlet.post(f"line {number}")
    outlet.close()
    os.read(reader.fileno(), A_PIPE_HOLDS)
    eventually(outlet._lines.empty)
    outlet.post("read again")
    outlet.close()
    *first, gap, last = os.read(reader.fileno(), A_PIPE_HOLDS).decode().splitlines()
    assert (first, last) == (["taken", "line 0", "line 1", "line 2"], "read again")
    assert gap.split(" ", 2)[2] == "(7 lines were left out: they were not read in time)"


def test_a_stream_that_somebody_made_non_blocking_is_written_whole(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    fill(writer.fileno())
    os.set_blocking(writer.fileno(), False)
    outlet = Outlet("a pipe", writer)
    outlet.post("the end")
    os.read(reader.fileno(), A_PIPE_HOLDS)
    outlet.close()
    assert os.read(reader.fileno(), A_PIPE_HOLDS) == b"the end\n"


def test_a_stream_that_is_gone_is_said_once(pipe: tuple[TextIO, TextIO], caplog: pytest.LogCaptureFixture) -> None:
    reader, writer = pipe
    reader.close()
    outlet = Outlet("a pipe", writer)
    outlet.post("one")
    outlet.post("two")
    outlet.close()
    assert caplog.messages == ["a pipe cannot be written (Broken pipe): nothing more is said there"]


def test_a_stream_that_was_closed_at_the_start_is_none() -> None:
    outlet = Outlet("nothing", None)
    outlet.post("one")
    outlet.close()


def test_what_is_logged_of_the_game_is_harmless(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    outlet = Outlet("a pipe", writer)
    failed = (ValueError, ValueError("\x1b[2J"), None)
    record = {"levelname": "ERROR", "msg": "%s crashed\nlink up", "args": ("\x9b2J",), "exc_info": failed}
    LogOutlet(outlet).emit(logging.makeLogRecord(record))
    outlet.close()
    writer.close()
    lines = [line.split(" ", 2)[2] for line in reader.read().splitlines()]
    assert lines[:2] == ["ERROR   \ufffd2J crashed", "ERROR     link up"]
    assert lines[-1] == "ERROR     ValueError: \ufffd[2J"


def test_tracebacks_that_are_held_are_written_when_they_are_let_go(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    outlet = Outlet("a pipe", writer)
    log = LogOutlet(outlet, hold_tracebacks=True)
    failed = (ValueError, ValueError("no"), None)
    for message, exc_info in (("one", failed), ("two", None)):
        log.emit(logging.makeLogRecord({"msg": message, "exc_info": exc_info}))
    log.let_go()
    log.emit(logging.makeLogRecord({"msg": "three", "exc_info": failed}))
    outlet.close()
    writer.close()
    assert [line.split()[-1] for line in reader.read().splitlines()] == ["two", "one", "no", "three", "no"]


def test_a_traceback_that_comes_as_text_is_held_and_made_harmless_too(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    outlet = Outlet("a pipe", writer)
    log = LogOutlet(outlet, hold_tracebacks=True)
    record = logging.makeLogRecord({"msg": "one", "exc_text": "Traceback\nValueError: \x1b[2J"})
    log.emit(record)
    log.emit(logging.makeLogRecord({"msg": "two"}))
    log.let_go()
    outlet.close()
    writer.close()
    assert [line.split()[-1] for line in reader.read().splitlines()] == ["two", "one", "Traceback", "\ufffd[2J"]
    assert record.exc_text == "Traceback\nValueError: \x1b[2J"


def test_a_record_is_one_line_with_its_level(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    outlet = Outlet("a pipe", writer)
    LogOutlet(outlet).emit(logging.makeLogRecord({"levelname": "WARNING", "msg": "slow: %d", "args": (5,)}))
    outlet.close()
    assert reader.readline().endswith(" WARNING slow: 5\n")
