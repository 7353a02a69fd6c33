from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import TextIO

import pytest

from tests.waiting import eventually
from timmy_actors.cli import async_writer as module
from timmy_actors.cli.async_writer import AsyncLogHandler, AsyncWriter, LogWriter

A_PIPE_HOLDS = 65536


@pytest.fixture
def pipe() -> Iterator[tuple[TextIO, TextIO]]:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as reader, os.fdopen(writing, "w", encoding="utf-8") as writer:
        yield reader, writer


def fill(descriptor: int) -> None:
    """Fill a pipe completely."""
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
    async_writer = AsyncWriter("a pipe", writer)
    for number in range(100):
        async_writer.post(f"line {number}")
    async_writer.close()
    writer.close()
    assert reader.read().splitlines() == [f"line {number}" for number in range(100)]


def test_a_reader_that_does_not_read_never_blocks_and_sees_how_much_it_missed(
    pipe: tuple[TextIO, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    monkeypatch.setattr(module, "FLUSH_WITHIN_S", 0.01)
    reader, writer = pipe
    fill(writer.fileno())
    async_writer = AsyncWriter("a pipe", writer)
    async_writer.post("taken")
    eventually(async_writer.lines.empty)
    for number in range(10):
        async_writer.post(f"line {number}")
    async_writer.close()
    os.read(reader.fileno(), A_PIPE_HOLDS)
    eventually(async_writer.lines.empty)
    async_writer.post("read again")
    async_writer.close()
    *first, gap, last = os.read(reader.fileno(), A_PIPE_HOLDS).decode().splitlines()
    assert (first, last) == (["taken", "line 0", "line 1", "line 2"], "read again")
    assert gap.split(" ", 2)[2] == "(7 lines were dropped: the reader was too slow)"


def test_a_stream_that_another_process_made_non_blocking_is_written_whole(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    fill(writer.fileno())
    os.set_blocking(writer.fileno(), False)
    async_writer = AsyncWriter("a pipe", writer)
    async_writer.post("the end")
    os.read(reader.fileno(), A_PIPE_HOLDS)
    async_writer.close()
    assert os.read(reader.fileno(), A_PIPE_HOLDS) == b"the end\n"


def test_a_broken_stream_is_reported_once(pipe: tuple[TextIO, TextIO], caplog: pytest.LogCaptureFixture) -> None:
    reader, writer = pipe
    reader.close()
    async_writer = AsyncWriter("a pipe", writer)
    async_writer.post("one")
    async_writer.post("two")
    async_writer.close()
    assert caplog.messages == ["a pipe cannot be written (Broken pipe): further output to it is dropped"]


def test_a_stream_that_was_closed_at_the_start_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    async_writer = AsyncWriter("nothing", None)
    async_writer.post("one")
    async_writer.close()
    assert caplog.messages == []


def test_what_is_logged_of_the_game_is_escaped(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    async_writer = LogWriter("a pipe", writer)
    failed = (ValueError, ValueError("\x1b[2J"), None)
    record = {"levelname": "ERROR", "msg": "%s crashed\nlink up", "args": ("\x9b2J",), "exc_info": failed}
    AsyncLogHandler(async_writer).emit(logging.makeLogRecord(record))
    async_writer.close()
    writer.close()
    lines = [line.split(" ", 2)[2] for line in reader.read().splitlines()]
    assert lines[:2] == ["ERROR   \ufffd2J crashed", "ERROR     link up"]
    assert lines[-1] == "ERROR     ValueError: \ufffd[2J"


def test_tracebacks_that_are_held_are_written_when_they_are_released(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    async_writer = LogWriter("a pipe", writer)
    log = AsyncLogHandler(async_writer, hold_tracebacks=True)
    failed = (ValueError, ValueError("no"), None)
    for message, exc_info in (("one", failed), ("two", None)):
        log.emit(logging.makeLogRecord({"msg": message, "exc_info": exc_info}))
    log.release_tracebacks()
    log.emit(logging.makeLogRecord({"msg": "three", "exc_info": failed}))
    async_writer.close()
    writer.close()
    assert [line.split()[-1] for line in reader.read().splitlines()] == ["two", "one", "no", "three", "no"]


def test_a_traceback_that_comes_as_text_is_held_and_escaped_too(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    async_writer = LogWriter("a pipe", writer)
    log = AsyncLogHandler(async_writer, hold_tracebacks=True)
    record = logging.makeLogRecord({"msg": "one", "exc_text": "Traceback\nValueError: \x1b[2J"})
    log.emit(record)
    log.emit(logging.makeLogRecord({"msg": "two"}))
    log.release_tracebacks()
    async_writer.close()
    writer.close()
    assert [line.split()[-1] for line in reader.read().splitlines()] == ["two", "one", "Traceback", "\ufffd[2J"]
    assert record.exc_text == "Traceback\nValueError: \x1b[2J"


def test_a_record_is_one_line_with_its_level(pipe: tuple[TextIO, TextIO]) -> None:
    reader, writer = pipe
    async_writer = LogWriter("a pipe", writer)
    AsyncLogHandler(async_writer).emit(logging.makeLogRecord({"levelname": "WARNING", "msg": "slow: %d", "args": (5,)}))
    async_writer.close()
    assert reader.readline().endswith(" WARNING slow: 5\n")
