"""The world inside the process: a Lua state with the simulated server and the real bridge."""

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

from timmy_actors.embedded.control import Control
from timmy_actors.embedded.luajit import new_runtime, search_only
from timmy_actors.embedded.plugin import install_plugin, read_plugin
from timmy_actors.embedded.settings import EmbeddedSettings
from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.protocol import ClockCall, WorldClock
from timmy_actors.system import lua_folder

WAIT_MS = 1
"""The pause between two ticks, as in the real server."""
SLOW_TICK_S = 0.05
"""A tick longer than this, which every player would notice, is reported as blocking."""


DATA = Path(__file__).parent / "data"
API = DATA / "api-0.8.1.json"
PRECONDITIONS = DATA / "preconditions-0.8.1.json"
BYTES = "latin-1"
"""Decodes Lua's strings, one character per byte. A script's may be Windows-1252, as Morrowind's own files are."""


class Loop:
    """Runs `tick` until it returns False, a signal comes, or the lifeline's or control channel's last writer closes it.

    Args:
        tick: runs one tick; False ends the loop.
        report: logs a line about a tick that blocked.
        lifeline: the read end of a pipe, or None.
        control: the control channel, or None.
    """

    def __init__(
        self,
        tick: Callable[[], bool],
        report: Callable[[str], None],
        lifeline: int | None,
        control: Control | None = None,
    ) -> None:
        self._tick = tick
        self._report = report
        self._lifeline = lifeline
        self._control = control
        self._stopping = False
        self._poll = select.poll()
        if lifeline is not None:
            self._poll.register(lifeline, select.POLLIN)
        if control is not None:
            self._poll.register(control.descriptor, select.POLLIN)

    def stop_on_signals(self) -> None:
        """End the loop after its current tick on SIGTERM, SIGINT and SIGHUP; an ignored SIGHUP stays ignored."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def run(self) -> None:
        """Run ticks until the loop ends."""
        while not self._stopping:
            began = time.monotonic()
            if not self._tick():
                return
            self._check_duration(time.monotonic() - began)
            ready = [descriptor for descriptor, _ in self._poll.poll(WAIT_MS)]
            if self._lifeline in ready and self._lifeline_is_cut():
                return
            if self._control is not None and self._control.descriptor in ready and not self._control.read():
                return

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _check_duration(self, took_s: float) -> None:
        if took_s > SLOW_TICK_S:
            self._report(
                f"[WARN] blocking call: a tick took {took_s * 1000:.0f} ms, which stopped the game for as long"
            )

    def _lifeline_is_cut(self) -> bool:
        return self._lifeline is not None and os.read(self._lifeline, 1) == b""


def report(line: str) -> None:
    """Write a line of the server's log; a closed log is ignored."""
    _write(line.encode(errors="replace"))


def report_bytes(line: str) -> None:
    """Write a line from Lua to the server's log, its bytes unchanged."""
    _write(line.encode(BYTES))


def _write(line: bytes) -> None:
    stamp = time.strftime("%Y-%m-%d %H:%M:%S").encode()
    try:
        os.write(sys.stderr.fileno(), b"[%s] %s\n" % (stamp, line))
    except OSError:
        return


def die(reason: str) -> NoReturn:
    """Log the reason (Lua's bytes) and abort: a script's call violated a precondition."""
    report_bytes(f"[FATAL] {reason}")
    os.abort()


def to_clock(report: Any) -> WorldClock:
    """A report of Lua's clock."""
    fields = dict(report)
    if "frozen_by" in fields:
        fields["frozen_by"] = fields["frozen_by"].encode(BYTES).decode(errors="replace")
    return WorldClock(**{**fields, "passed": dict(report.passed)})


class _Ledger:
    """Appends each item that reaches a player's inventory to a file, which survives however the process ends."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise ConfigError(
                f"{path}: cannot be written: {error.strerror}: name another file with --ledger"
            ) from error

    def add(self, player: str, item: str, count: int) -> None:
        """Append a line: player, item and count, separated by tabs."""
        os.write(self._descriptor, f"{player}\t{item}\t{int(count)}\n".encode(BYTES))


class World:
    """A simulated server that has just started, with the bridge listening.

    Raises:
        LuaJitMissingError: there is no LuaJIT to run it.
        ConfigError: the plugin cannot be used, or the bridge did not start; the log says why.
    """

    def __init__(self, settings: EmbeddedSettings) -> None:
        self._lua = new_runtime(BYTES)
        search_only(self._lua, lua_folder())
        package = self._lua.globals().package
        package.loaded["timmy_config"] = self._lua.table_from(self._bridge_settings(settings))
        if settings.plugin is not None:
            install_plugin(self._lua, read_plugin(settings.plugin))
        self._host = self._lua.require("simulator.host")
        self._host.start(self._lua.table_from(self._host_options(settings)))
        self._tick = self._host.tick
        bridge = self._host.loaded("timmy.bridge")
        if bridge is None or bridge.port is None:
            raise ConfigError("the bridge is not listening; its log line above says why, and what to do")
        self.port = int(bridge.port)
        """The port that the bridge listens on."""
        self.boot: str | None = bridge.boot
        """The boot id of this run of the server."""

    def tick(self) -> bool:
        """Run one tick of the server's loop; False once a script has stopped the server."""
        return bool(self._tick())

    def clock(self, call: ClockCall) -> WorldClock:
        """Freeze, step or thaw the world, or read its clock.

        Raises:
            RefusedError: `game_refused`: the world is not frozen, and cannot be stepped.
        """
        match call.operation:
            case "freeze":
                report = self._host.freeze(call.by.encode())
            case "step":
                report = self._host.step(call.ms)
            case "thaw":
                report = self._host.thaw()
            case _:
                report = self._host.report_time()
        if report is None:
            raise RefusedError("game_refused", "the world is not frozen: freeze it before a step", "operation")
        return to_clock(report)

    def stop(self) -> None:
        """Stop the server: its scripts get the exit event."""
        self._host.stop()

    @staticmethod
    def _bridge_settings(settings: EmbeddedSettings) -> dict[str, Any]:
        options: dict[str, Any] = {
            "host": settings.host.encode(),
            "port": settings.port,
            "mechanism": settings.mechanism,
            "allow_raw": settings.allow_raw,
        }
        if settings.token_file is not None:
            options["token_file"] = os.fsencode(settings.token_file)
        return options

    def _host_options(self, settings: EmbeddedSettings) -> dict[str, Any]:
        return {
            "api": os.fsencode(API),
            "preconditions": os.fsencode(PRECONDITIONS),
            "seed": settings.seed,
            "die": die,
            "report": report_bytes,
            "ledger": None if settings.ledger is None else _Ledger(settings.ledger).add,
            "crowd": settings.crowd or None,
            "company": settings.company,
            "unfrozen": self._lua.table_from(["TimmyBridgePoll"]),
            "scripts": self._lua.table_from(["timmy_bridge"]),
        }
