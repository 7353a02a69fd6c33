"""Fixtures of every test: it uses no real daemon of the user, and leaves no thread or process running."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.environments import installing
from tests.peer import Peer
from tests.runtimes import fresh, running
from tests.waiting import LOOK_EVERY_S
from timmy_actors import Runtime

GONE_WITHIN_S = 30.0

# For the whole run, before any fixture installs something.
os.environ.update(installing())
# A shell starts a background job with these ignored; what tests start and interrupt would inherit that.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A runtime folder for each test, with a short path: a socket's may have at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="ta-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.delenv("TIMMY_ENDPOINT", raising=False)
    monkeypatch.delenv("TIMMY_CONFIG", raising=False)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nothing_left_behind(runtime_folder: Path) -> Iterator[None]:
    """Fail a test that leaves a thread or a child process running."""
    with leaving_nothing():
        yield


@contextmanager
def leaving_nothing() -> Iterator[None]:
    """Fail if the block leaves a thread or a child process running."""
    threads, children = set(threading.enumerate()), _children()
    yield
    deadline = time.monotonic() + GONE_WITHIN_S
    while (left := _left(threads, children)) and time.monotonic() < deadline:
        threading.Event().wait(LOOK_EVERY_S)
    assert not left, f"left behind: {', '.join(left)}"


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open() -> Iterator[None]:
    """Fail the last test of a module if one of them left a socket, file or event loop open in a reference cycle.

    Otherwise the garbage collector finds it at any time, and fails the test of another module that runs then.
    """
    gc.freeze()  # what was there before is not looked at again: the collection takes milliseconds
    yield
    gc.collect()


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A scripted game server, in a thread of its own."""
    with Peer() as peer:
        yield peer


@pytest.fixture
def runtime(peer: Peer) -> Iterator[Runtime]:
    """A daemon in this process that is linked to `peer` and perceives its player."""
    with running(peer.address) as runtime:
        fresh(runtime)
        yield runtime


def _left(threads: set[threading.Thread], children: set[int]) -> list[str]:
    alive = [thread for thread in threading.enumerate() if thread not in threads]
    return [f"thread {thread.name}" for thread in alive] + [f"process {pid}" for pid in _children() - children]


def _children() -> set[int]:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return set()  # there are none: no need to read all of /proc, 19 ms each time
    children = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            children.add(int(entry.name))
    return children


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail skipped tests in CI, where every required system package is installed."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
    return report


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Exit at once if a failed test left a thread running, which would block the interpreter's exit for ever."""
    left = [thread for thread in threading.enumerate() if thread is not threading.main_thread() and not thread.daemon]
    if left:
        sys.stderr.write(f"threads that tests left running: {', '.join(thread.name for thread in left)}\n")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(pytest.ExitCode.TESTS_FAILED)
