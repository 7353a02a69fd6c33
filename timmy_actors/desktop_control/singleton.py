"""Ensures one server per display: two would release each other's keys. A hung predecessor is killed."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import threading
import time
from pathlib import Path
from typing import NamedTuple

from timmy_actors.errors import DisplayInUseError
from timmy_actors.system import make_private

BEAT_S = 0.25
"""Interval of the heartbeats that the server's event loop writes."""
HUNG_AFTER_S = 2.0
"""A server without a heartbeat for this time counts as hung: eight intervals, to allow for a busy machine."""
LEAVE_WITHIN_S = 5.0
"""Maximum wait for a working server to end: a client may start the next server while it closes the previous one."""
GONE_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02


class Holder(NamedTuple):
    """The process that holds the display, its start time (clock ticks since boot), and its number of heartbeats."""

    pid: int
    started: int
    beat: int


class SingletonLock:
    """A lock on a display that this process holds until it ends."""

    def __init__(self, folder: Path, display: str) -> None:
        self._display = display
        self._path = folder / f"desktop-control-{file_name_of(display)}.lock"
        self._file = -1
        self._beats = 0

    def acquire(self) -> None:
        """Acquire the lock; a hung holder is killed first.

        Raises:
            DisplayInUseError: a working server holds the display, or a hung one that cannot be killed.
            ConfigError: other users have access to the folder.
        """
        make_private(self._path.parent)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        never, began = threading.Event(), time.monotonic()
        known, seen_at = self._holder(), began
        while not self._try_lock():
            now, holder = time.monotonic(), self._holder()
            if holder != known:
                known, seen_at = holder, now
            if now - seen_at > HUNG_AFTER_S:
                self._end(known)
                seen_at = now
            elif now - began > LEAVE_WITHIN_S and now - seen_at <= HUNG_AFTER_S:
                raise DisplayInUseError(self._message(known, "works on it. Stop it, or use that server"))
            never.wait(LOOK_EVERY_S)
        self.beat()

    def beat(self) -> None:
        """Write a heartbeat to the lock file."""
        self._beats += 1
        holder = Holder(os.getpid(), started_at(os.getpid()), self._beats)
        text = json.dumps(holder._asdict()).ljust(100) + "\n"
        os.pwrite(self._file, text.encode(), 0)  # a fixed length, so that no reader sees the rest of a longer line

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> Holder | None:
        try:
            fields = json.loads(os.pread(self._file, 200, 0) or b"{}")
            return Holder(int(fields["pid"]), int(fields["started"]), int(fields["beat"]))
        except (ValueError, KeyError, TypeError):
            return None

    def _end(self, holder: Holder | None) -> None:
        """Kill the hung process and wait until it has ended, so that it cannot act later."""
        # The pid may have been reused, so the start time is compared too.
        if holder is None or started_at(holder.pid) != holder.started or holder.started == 0:
            raise DisplayInUseError(self._message(holder, "hangs and cannot be identified. Kill it yourself"))
        os.kill(holder.pid, signal.SIGKILL)
        deadline = time.monotonic() + GONE_WITHIN_S
        while started_at(holder.pid) == holder.started and time.monotonic() < deadline:
            threading.Event().wait(LOOK_EVERY_S)

    def _message(self, holder: Holder | None, state: str) -> str:
        process = f"process {holder.pid}" if holder is not None else "a process with an unknown pid"
        return f"the display {self._display} already has a desktop-control: {process} {state} ({self._path})"


def file_name_of(display: str) -> str:
    """A display's name for use in a file name, without the screen number: a display's screens share one keyboard."""
    host, _, number = display.removeprefix("unix").rpartition(":")
    return re.sub(r"[^A-Za-z0-9]", "_", f"{host}-{number.partition('.')[0]}".strip("-"))


def started_at(pid: int) -> int:
    """A process's start time in clock ticks since boot (proc(5), field 22); 0: it has ended, or is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])
