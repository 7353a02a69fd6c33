"""The world inside the process: a Lua state with the stand-in server and the real bridge."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from timmy_actors.embedded.luajit import new_runtime, search_only
from timmy_actors.embedded.settings import WorldSettings
from timmy_actors.errors import ConfigError
from timmy_actors.system import lua_folder

WAIT_MS = 1
"""The real server sleeps as long between its ticks."""
SLOW_TICK_S = 0.05
"""A tick this long was felt by every player: something in it blocked."""


class Loop:
    """Runs `tick` until it says False, a signal comes, or the lifeline's last writer is gone.

    Args:
        tick: one turn; False ends the loop.
        report: takes a line about a tick that blocked.
        lifeline: a pipe's read end, or None.
    """

    def __init__(self, tick: Callable[[], bool], report: Callable[[str], None], lifeline: int | None) -> None:
        self._tick = tick
        self._report = report
        self._lifeline = lifeline
        self._stopping = False
        self._poll = select.poll()
        if lifeline is not None:
            self._poll.register(lifeline, select.POLLIN)

    def stop_on_signals(self) -> None:
        """From now on SIGTERM, SIGINT and SIGHUP end the loop after its current tick; an ignored SIGHUP stays so."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def run(self) -> None:
        """Turn until the end."""
        while not self._stopping:
            began = time.monotonic()
            if not self._tick():
                return
            self._judge(time.monotonic() - began)
            if self._poll.poll(WAIT_MS) and self._lifeline_is_cut():
                return

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _judge(self, took_s: float) -> None:
        if took_s > SLOW_TICK_S:
            self._report(f"[WARN] blocking call: a tick took {took_s * 1000:.0f} ms, and the game stood still")

    def _lifeline_is_cut(self) -> bool:
        return self._lifeline is not None and os.read(self._lifeline, 1) == b""


DATA = Path(__file__).parent / "data"
API = DATA / "api-0.8.1.json"
PRECONDITIONS = DATA / "preconditions-0.8.1.json"
BYTES = "latin-1"
"""How texts come from Lua: a character a byte. A script's may be Windows-1252, as Morrowind's own files are."""


def report(line: str) -> None:
    """Write a line of the server's log. Whoever reads it may be gone: that is no reason to die."""
    _write(line.encode(errors="replace"))


def report_bytes(line: str) -> None:
    """The same for a line from Lua: its bytes as they are."""
    _write(line.encode(BYTES))


def _write(line: bytes) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S").encode()
    try:
        os.write(sys.stderr.fileno(), b"[%s] %s\n" % (stamp, line))
    except OSError:
        return


def die(reason: str) -> NoReturn:
    """End the process, with the reason (Lua's bytes) in the log: a script's call did not meet its preconditions."""
    report_bytes(f"[FATAL] {reason}")
    os.abort()


class _Ledger:
    """What reached the players' inventories, as told by their clients: it outlives the process, however that ends."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror}: name another with --ledger") from error

    def add(self, player: str, item: str, count: int) -> None:
        """Append a line: player, item, count, between tabs."""
        os.write(self._descriptor, f"{player}\t{item}\t{int(count)}\n".encode(BYTES))


class World:
    """A stand-in server that has just started, with the bridge listening.

    Raises:
        LuaJitMissingError: there is no LuaJIT to run it.
        ConfigError: the bridge stayed off; the log says why.
    """

    def __init__(self, settings: WorldSettings) -> None:
        self._lua = new_runtime(BYTES)
        search_only(self._lua, lua_folder())
        package = self._lua.globals().package
        package.loaded["timmy_config"] = self._lua.table_from(self._bridge_settings(settings))
        self._host = self._lua.require("simulator.host")
        self._host.start(self._lua.table_from(self._host_options(settings)))
        self._tick = self._host.tick
        bridge = self._host.loaded("timmy.bridge")
        if bridge is None or bridge.port is None:
            raise ConfigError("the bridge is not listening; its line above says why, and what to do")
        self.port = int(bridge.port)
        """The port the bridge listens on."""
        self.boot: str | None = bridge.boot
        """The identity that the bridge gave to this run of the server."""

    def tick(self) -> bool:
        """One turn of the server's loop; False once a script has stopped the server."""
        return bool(self._tick())

    def stop(self) -> None:
        """Tell the scripts that the server ends."""
        self._host.stop()

    @staticmethod
    def _bridge_settings(settings: WorldSettings) -> dict[str, Any]:
        chosen: dict[str, Any] = {
            "host": settings.host.encode(),
            "port": settings.port,
            "mechanism": settings.mechanism,
            "allow_raw": settings.allow_raw,
        }
        if settings.token_file is not None:
            chosen["token_file"] = os.fsencode(settings.token_file)
        return chosen

    def _host_options(self, settings: WorldSettings) -> dict[str, Any]:
        return {
            "api": os.fsencode(API),
            "preconditions": os.fsencode(PRECONDITIONS),
            "seed": settings.seed,
            "die": die,
            "report": report_bytes,
            "ledger": None if settings.ledger is None else _Ledger(settings.ledger).add,
            "crowd": settings.crowd or None,
            "company": settings.company,
            "scripts": self._lua.table_from(["timmy_bridge"]),
        }
