"""A busy game server in a process of its own: the embedded world with a crowd, which times each poll of its script.

One JSON line says where it listens; each line on its standard input is answered by one with the polls since the last.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from timmy_actors.embedded import EmbeddedSettings, Loop, World

CONTENDERS = Path(__file__).parent / "contenders"

WATCH = """
-- The thread's own time: on a shared machine the wall's has the others' in it.
local name, samples, count = ..., {}, 0
local poll, posix, ffi = _G[name], require("timmy.server.posix"), require("ffi")
local THREAD_TIME, WALL_TIME = 3, 1
local time = ffi.new("timmy_time")
local function read(clock)
  posix.C.clock_gettime(clock, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end
local function now() return read(THREAD_TIME) end
_G[name] = function()
  local began = now()
  poll()
  count = count + 1
  samples[count] = now() - began
end
local began = read(WALL_TIME)
return function()
  local taken, total, elapsed = samples, 0, read(WALL_TIME) - began
  samples, count, began = {}, 0, read(WALL_TIME)
  table.sort(taken)
  for _, sample in ipairs(taken) do total = total + sample end
  local function at(share) return (taken[math.max(1, math.ceil(#taken * share))] or 0) * 1e6 end
  return #taken, at(0.5), at(0.99), total / elapsed * 100, elapsed
end
"""


class CrowdProcess:
    """Runs this module; `address` is the bridge's, `port` the contender's.

    Args:
        players: how many players, each far from the others.
        company: how many actors around each.
        bare: let a bare loop read what pushes read (contenders/reading.lua), in place of the contender.
    """

    def __init__(self, players: int, company: int = 30, *, bare: bool = False) -> None:
        self._arguments = ["--players", str(players), "--company", str(company), *(["--bare"] if bare else [])]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crowd", *self._arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        ready = self._read()
        self.address, self.port = f"tcp://127.0.0.1:{ready['bridge']}", int(ready["contender"])
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def polls(self) -> dict[str, dict[str, float]]:
        """The polls since the last look, of each script: p50 and p99 in us, and the share of all time in percent."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        taken: dict[str, dict[str, float]] = self._read()
        return taken

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def main(players: int, company: int, *, bare: bool) -> None:
    """Serve until killed."""
    world = World(EmbeddedSettings(mechanism="NULL", crowd=players, company=company))
    lua = world._lua
    load = lua.eval("function(text, ...) return assert(loadstring(text))(...) end")
    contender = load((CONTENDERS / ("reading.lua" if bare else "polling.lua")).read_text())
    timers = ("TimmyBridgePoll", "BareReading" if bare else "ContenderPoll")
    watches = {name: load(WATCH, name) for name in timers}
    print(json.dumps({"bridge": world.port, "contender": contender.port or 0}), flush=True)
    asked = threading.Event()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()

    def tick() -> bool:
        if asked.is_set():
            asked.clear()
            print(json.dumps({name: _figures(watch()) for name, watch in watches.items()}), flush=True)
        return world.tick()

    Loop(tick, lambda _line: None, None).run()


def _listen(asked: threading.Event) -> None:
    for _ in sys.stdin:
        asked.set()


def _figures(taken: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(("polls", "p50_us", "p99_us", "percent", "seconds"), taken, strict=True))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--players", type=int, required=True)
    parser.add_argument("--company", type=int, required=True)
    parser.add_argument("--bare", action="store_true")
    main(**vars(parser.parse_args()))
