"""One server a display: two would let go of each other's keys. A hung predecessor is ended, a working one respected."""

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
"""How often a working server shows that it is: its event loop turns."""
HUNG_AFTER_S = 2.0
"""A server that has not shown it for so long is hung: eight beats, on a machine however busy."""
LEAVE_WITHIN_S = 5.0
"""How long a working server may take to leave: its client closes it, and the next is started already."""
GONE_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02


class Holder(NamedTuple):
    """Who holds the display: a process, when it was started (clock ticks since boot), and how often it has beaten."""

    pid: int
    started: int
    beat: int


class SoleServer:
    """Holds a display for this process until it ends, however it ends."""

    def __init__(self, folder: Path, display: str) -> None:
        self._display = display
        self._path = folder / f"desktop-control-{file_name_of(display)}.lock"
        self._file = -1
        self._beats = 0

    def acquire(self) -> None:
        """Take the display; a hung predecessor is killed first.

        Raises:
            DisplayInUseError: a working server holds it, or one that may not be killed.
            ConfigError: the folder is not this user's alone.
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
                raise DisplayInUseError(self._in_words(known, "works on it. Stop it first, or use that one"))
            never.wait(LOOK_EVERY_S)
        self.beat()

    def beat(self) -> None:
        """Show that this server works."""
        self._beats += 1
        holder = Holder(os.getpid(), started_at(os.getpid()), self._beats)
        text = json.dumps(holder._asdict()).ljust(100) + "\n"
        os.pwrite(self._file, text.encode(), 0)  # always as long: no reader sees half a line after it

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder(self) -> Holder | None:
        try:
            said = json.loads(os.pread(self._file, 200, 0) or b"{}")
            return Holder(int(said["pid"]), int(said["started"]), int(said["beat"]))
        except (ValueError, KeyError, TypeError):
            return None

    def _end(self, holder: Holder | None) -> None:
        """Kill the process that hangs, and wait for its end: what it would still do, it may not do later."""
        # The number alone may be another process's by now; a lock that is held says that the holder lives.
        if holder is None or started_at(holder.pid) != holder.started or holder.started == 0:
            raise DisplayInUseError(self._in_words(holder, "hangs, and cannot be ended from here. End it yourself"))
        os.kill(holder.pid, signal.SIGKILL)
        deadline = time.monotonic() + GONE_WITHIN_S
        while started_at(holder.pid) == holder.started and time.monotonic() < deadline:
            threading.Event().wait(LOOK_EVERY_S)

    def _in_words(self, holder: Holder | None, state: str) -> str:
        who = f"process {holder.pid}" if holder is not None else "a process that did not say its number"
        return f"the display {self._display} has a desktop-control already: {who} {state} ({self._path})"


def file_name_of(display: str) -> str:
    """A display's name as a part of a file's: its screen does not matter, its keyboard is the same."""
    host, _, number = display.removeprefix("unix").rpartition(":")
    return re.sub(r"[^A-Za-z0-9]", "_", f"{host}-{number.partition('.')[0]}".strip("-"))


def started_at(pid: int) -> int:
    """When a process was started, in clock ticks since boot (proc(5), field 22); 0: it is no more, or only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])
