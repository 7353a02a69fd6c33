"""The command line when standard output fails, and its use of colours."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.daemon import DaemonProcess
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import connect

PROGRAM = f"{sys.executable} -m timmy_actors"


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=6 * PATIENCE_S, check=False)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with DaemonProcess(tmp_path_factory.mktemp("output")) as daemon:
        daemon.connect().close()
        yield daemon.endpoint


@pytest.fixture(autouse=True)
def running_daemon(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMMY_ENDPOINT", endpoint)


@pytest.mark.parametrize("line", ["status", "tree --json", "snapshot", "do message text=hello", "--help", "--version"])
def test_a_full_disk_is_one_line_and_exit_code_74(line: str) -> None:
    done = shell(f"{PROGRAM} {line} > /dev/full")

    message = "timmy-actors: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (74, message)


def test_an_export_to_a_full_disk_is_the_same(tmp_path: Path, endpoint: str) -> None:
    journal = endpoint.removeprefix("ipc://") + ".journal"
    for form in ("csv", "jsonl"):
        shell(f"{PROGRAM} do message text=hello")
        done = shell(f"{PROGRAM} journal export --file {journal} --format {form} > /dev/full")
        assert (done.returncode, done.stderr.count("\n")) == (74, 1), done.stderr


@pytest.mark.parametrize("line", ["status", "do set_level level=9", "--help"])
def test_a_closed_standard_output_fails_before_anything_is_done(line: str) -> None:
    done = shell(f"{PROGRAM} {line} >&-")
    assert (done.returncode, done.stderr) == (74, "timmy-actors: standard output is closed: nothing was done\n")


def test_a_standard_output_that_is_for_reading_only_fails() -> None:
    done = shell(f"{PROGRAM} status 1</dev/null")

    message = "timmy-actors: standard output cannot be written: Bad file descriptor\n"
    assert (done.returncode, done.stderr) == (74, message)


def test_the_exit_code_holds_where_the_error_cannot_be_printed() -> None:
    assert shell(f"{PROGRAM} status --endpoint ipc:///nowhere 2>/dev/full").returncode == 69


@pytest.mark.parametrize(("no_colour", "coloured"), [(None, True), ("", True), ("1", False)])
def test_no_color_takes_the_colours_away(no_colour: str | None, *, coloured: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | {"TERM": "xterm"}
    if no_colour is not None:
        environment["NO_COLOR"] = no_colour
    ours, theirs = pty.openpty()
    try:
        command = [sys.executable, "-m", "timmy_actors", "tree"]
        subprocess.run(command, stdout=theirs, env=environment, check=True, timeout=6 * PATIENCE_S)
        text = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "connection" in text
    assert ("\x1b[" in text) is coloured


@pytest.mark.parametrize(
    "line",
    ["do --help", "status", "watch", "watch --json", "tree --live", "capture --watch"],
)
def test_a_reader_that_has_gone_ends_a_command_silently_as_sigpipe_would(line: str) -> None:
    done = shell(f"{{ {PROGRAM} {line}; echo $? >&3; }} 3>&2 | true")
    assert done.stderr == "141\n"


def interrupted(line: str, ready: Callable[[subprocess.Popen[str]], object]) -> tuple[int, str]:
    """Start a command and send it SIGINT when it is ready; its exit code, and standard error."""
    command = [*PROGRAM.split(), *line.split()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        ready(process)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=PATIENCE_S)
    return process.returncode, complaints


@pytest.mark.parametrize(("line", "code"), [("watch", 0), ("tree --live", 0), ("tasks score --episodes 1000", 130)])
def test_ctrl_c_is_the_end_of_what_runs_until_then_and_breaks_off_the_rest(line: str, code: int) -> None:
    def has_begun(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        assert process.stdout.readline()

    assert interrupted(line, has_begun) == (code, "")


def test_ctrl_c_during_a_command_says_that_it_may_still_be_executed(endpoint: str) -> None:
    with connect(endpoint) as daemon:
        before = daemon.status().journal.entries

        def is_accepted(_: object) -> None:
            eventually(lambda: daemon.status().journal.entries > before)

        code, complaints = interrupted("do walk seconds=5", is_accepted)
    assert (code, complaints.partition(":")[0]) == (130, "interrupted")
    assert "timmy-actors journal tail" in complaints
