"""The portal on a real screen, through the bundled desktop-control: real windows, real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from benchmarks import game_window
from tests.desktop_control.stage import Screen, skip_unless_installed
from tests.portals.desktops import Desktop, desktop
from tests.portals.sessions import SERVERS, opened
from tests.waiting import eventually
from timmy_actors import connect
from timmy_actors.daemon import DesktopSettings, SteamSettings
from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ActionResult

KILLS = int(os.environ.get("TIMMY_PORTAL_KILLS", "4"))
"""How often a server is killed or frozen; `make portal-kills` does it a hundred times."""
SEED = int(os.environ.get("TIMMY_PORTAL_SEED", str(random.randrange(2**32))))
LARGE = (1920, 1080)
CAPTURES = 40
"""`make bench` makes a thousand captures; a growth of 19 MB there was already reached after ten."""
MAX_GROWTH_MB = 10.0
SLOWER_THAN_A_START = 3.0
"""Maximum time until the next capture succeeds, as a multiple of a bare start in the same run."""
HELD = 0x77
"""The keysym of w."""
GREEN = (0, 238, 0)

pytestmark = pytest.mark.timeout(120 + 30 * KILLS)


@pytest.fixture
def bare_starts_s(screen: Screen) -> list[float]:
    """The bundled server's start times, measured before `running` starts, since a display has only one server."""
    return [bare_start_s(screen) for _ in range(3)]


@pytest.fixture
def running(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    with on(screen, tmp_path, monkeypatch) as running:
        yield running


@contextmanager
def on(screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A runtime whose desktop-control uses the screen."""
    for name in ("DISPLAY", "XDG_RUNTIME_DIR", "HOME"):
        monkeypatch.setenv(name, screen.environment[name])
    # The bundled server's table has the protocol's own names: Steam's tools go by those as well.
    steam = SteamSettings(command=("{python}", str(SERVERS / "steam.py")), tools="desktop-control")
    with desktop(tmp_path, command=DesktopSettings().command, steam=steam, probe_interval_s=1.0) as running:
        running.start()
        yield running


def terminal(screen: Screen, title: str, typed: Path) -> tuple[str, ...]:
    """A green terminal that writes its input lines to a file."""
    script = f"while read -r line; do echo \"$line\" >> '{typed}'; done"
    return ("xterm", "-T", title, "-bg", "green2", "-geometry", "60x20+40+40", "-e", "sh", "-c", script)


def test_the_games_window_is_seen_and_acted_in(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    with screen.program("OpenMW", *terminal(screen, "OpenMW", typed)):
        state = running.runtime.capture()
        assert [problem for problem in state.problems if problem.what.startswith("visual")] == []
        assert (state.visual.window, state.visual.os, state.visual.screen_size) == ("OpenMW", "Linux", (1280, 800))
        assert state.visual.screenshot_path is not None
        with Image.open(state.visual.screenshot_path) as picture:
            assert picture.size == state.visual.image_size
            assert picture.convert("RGB").getpixel((picture.width - 30, picture.height - 30)) == GREEN
        assert running.runtime.execute("focus_window").success
        assert running.runtime.execute("type_text", text="I see Balmora ahead").success
        assert running.runtime.execute("press_key", key="enter").success
        eventually(lambda: typed.exists() and typed.read_text() == "I see Balmora ahead\n")
        assert running.runtime.execute("click", x=20, y=20).success
        assert running.runtime.capture().visual.mouse_position == (20, 20)


def test_a_key_is_refused_where_the_game_is_not_in_front(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    with (
        screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "game")),
        screen.program("Mail", *terminal(screen, "Mail", tmp_path / "mail")),
    ):
        assert running.runtime.execute("focus_window", title="Mail").success
        result = running.runtime.execute("journal")
        assert (result.success, result.outcome) == (False, "failed")
        assert "not_focused" in str(result.reason)


def test_a_server_that_runs_already_is_reached_by_its_url_and_token(screen: Screen, tmp_path: Path) -> None:
    token = tmp_path / "token"
    command = [sys.executable, "-m", "timmy_actors.desktop_control", "--http", "0", "--token-file", str(token)]
    command += ["--captures", str(tmp_path / "captures")]
    with (
        screen.started(*command, stdout=subprocess.PIPE) as process,
        screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")),
    ):
        assert process.stdout is not None
        with process.stdout as output:
            url = json.loads(output.readline())["url"]
        with desktop(tmp_path, desktop={"url": url, "token_file": str(token)}) as running:
            state = running.runtime.capture(timeout_s=30)
            assert state.visual.window == "OpenMW"
            assert running.runtime.execute("move_to", x=5, y=5).success
            process.kill()
            process.wait()
            lost = running.runtime.capture(timeout_s=5)
            assert {problem.code for problem in lost.problems if problem.what.startswith("visual")} <= {
                "server_unavailable",
                "outcome_unknown",
            }


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_caller_that_is_gone_holds_no_key_any_more(
    running: Desktop, screen: Screen, tmp_path: Path, number: signal.Signals
) -> None:
    """The key would be held for half a minute, far longer than the test waits."""
    hold = ["execute", "hold_key", "key=w", "seconds=30", "--endpoint", running.runtime.endpoint]
    with screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")):
        assert running.runtime.execute("focus_window").success
        caller = subprocess.Popen([sys.executable, "-m", "timmy_actors", *hold], stderr=subprocess.DEVNULL)
        eventually(lambda: screen.is_down(screen.keycode(HELD)), 30)
        caller.send_signal(number)
        caller.wait()
        eventually(lambda: not screen.is_down(screen.keycode(HELD)))
        assert running.runtime.execute("press_key", key="enter").success


def test_a_caller_in_this_process_that_is_interrupted_holds_no_key_any_more(
    running: Desktop, screen: Screen, tmp_path: Path
) -> None:
    with screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")):
        assert running.runtime.execute("focus_window").success
        interrupting = threading.Thread(target=_interrupt_once_held, args=(screen,))
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            running.runtime.execute("hold_key", key="w", seconds=30)
        interrupting.join()
        eventually(lambda: not screen.is_down(screen.keycode(HELD)))


def _interrupt_once_held(screen: Screen) -> None:
    eventually(lambda: screen.is_down(screen.keycode(HELD)), 30)
    os.kill(os.getpid(), signal.SIGINT)


def test_captures_and_actions_take_what_the_tools_take(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    with (
        screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")),
        connect(running.runtime.endpoint) as far,
    ):
        whole = running.runtime.capture().visual.image_size
        assert whole is not None
        part = far.capture(region=(10, 10, 120, 80))
        assert (part.visual.image_size, [each.code for each in part.problems if each.what.startswith("vis")]) == (
            (120, 80),
            [],
        )
        small = far.capture(max_width=whole[0] // 2).visual.image_size
        assert small is not None
        assert small[0] == whole[0] // 2
        assert running.runtime.execute("focus_window").success
        assert far.execute("click", x=small[0] - 1, y=small[1] - 1, image_size=list(small), button="middle").success
        x, y = running.runtime.capture().visual.mouse_position or (0, 0)
        assert (whole[0] - x, whole[1] - y) <= (3, 3)
        outside = far.capture(region=(0, 0, 5000, 10))
        assert outside.visual.screenshot_path is None
        with pytest.raises(RefusedError, match="region"):
            far.capture(region=(0, 0))


def test_a_capture_waits_until_nothing_moves_or_something_changes(
    running: Desktop, screen: Screen, tmp_path: Path
) -> None:
    script = "while read -r line; do for n in 1 2 3 4 5 6; do yes $n | head -c 1500; sleep 0.1; done; done"
    moving = ("xterm", "-T", "OpenMW", "-geometry", "60x20+40+40", "-e", "sh", "-c", script)
    with screen.program("OpenMW", *moving):
        assert running.runtime.execute("focus_window").success
        still = running.runtime.capture(wait_until="stable")
        assert not [each for each in still.problems if each.code == "not_settled"]
        assert running.runtime.execute("press_key", key="enter").success
        changed = running.runtime.capture(wait_until="change", wait_s=20)
        assert not [each for each in changed.problems if each.code == "not_settled"]
        settled = running.runtime.capture(wait_until="stable", wait_s=20)
        assert not [each for each in settled.problems if each.code == "not_settled"]
        nothing = running.runtime.capture(wait_until="change", wait_s=0.3)
        assert [each.code for each in nothing.problems if each.what == "visual.screenshot_path"] == ["not_settled"]
        assert nothing.visual.screenshot_path is not None


def test_what_a_capture_waits_for_comes_on_top_of_its_time(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    with (
        screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")),
        connect(running.runtime.endpoint) as far,
    ):
        assert running.runtime.capture(wait_until="stable").visual.screenshot_path is not None
        for daemon in (running.runtime, far):
            nothing = daemon.capture(timeout_s=2, wait_until="change", wait_s=8)
            assert [each.code for each in nothing.problems if each.what == "visual.screenshot_path"] == ["not_settled"]


def test_no_window_is_told_and_no_key_goes_anywhere(running: Desktop) -> None:
    state = running.runtime.capture()
    codes = {problem.what: problem.code for problem in state.problems}
    assert codes["visual.screenshot_path"] == "no_window"
    window = next(finding for finding in running.runtime.check_portal().findings if finding.what == "window")
    assert "gamescope" in window.detail
    assert "DISPLAY" in window.detail
    assert state.visual.screenshot_path is None
    result = running.runtime.execute("journal")
    assert (result.success, "window_not_found" in str(result.reason)) == (False, True)


def bare_start_s(screen: Screen) -> float:
    """The bundled server's time from its start to the list of its tools."""
    began = time.monotonic()
    variables = {name: screen.environment[name] for name in ("DISPLAY", "XDG_RUNTIME_DIR")}
    with opened(DesktopSettings().command[:3], environment=variables) as server:
        server.connected()
        return time.monotonic() - began


@pytest.mark.timing
def test_killed_and_frozen_servers_leave_no_key_held_and_nothing_done_twice(
    bare_starts_s: list[float], running: Desktop, screen: Screen, tmp_path: Path
) -> None:
    chance = Random(SEED)
    typed = tmp_path / "typed"
    back_s: list[float] = []
    with screen.program("OpenMW", *terminal(screen, "OpenMW", typed)):
        # Known before the first kill: no capture after the first waits for a Steam that is being restarted.
        eventually(lambda: running.runtime.capture().game_context.current_players_online == 22320, 60)
        sent: dict[str, ActionResult] = {}
        for number in range(KILLS):
            for result in (
                running.runtime.execute("focus_window", timeout_s=60),
                running.runtime.execute("key_down", key="w", timeout_s=30),
            ):
                assert result.success, f"seed {SEED}, kill {number}: {result.action}: {result.reason}"
            text = f"line {number:04}"
            acting = threading.Thread(target=lambda text=text: sent.update({text: _say(running, text)}))
            acting.start()
            threading.Event().wait(chance.uniform(0, 0.1))
            victim = chance.choice(["desktop-control", "desktop-control", "steam-info"])
            pid, killed_at = running.pid(victim), time.monotonic()
            os.kill(pid, chance.choice([signal.SIGKILL, signal.SIGSTOP]))
            state = running.runtime.capture(timeout_s=60)
            back_s += [time.monotonic() - killed_at] if victim == "desktop-control" else []
            acting.join(60)
            assert state.visual.screenshot_path is not None, f"seed {SEED}, kill {number}: {state.problems}"
            assert state.game_context.current_players_online == 22320
            if victim == "steam-info":
                assert running.runtime.execute("key_up", key="w").success
            eventually(lambda: not screen.is_down(screen.keycode(HELD)), 30)
        bare_start = statistics.median(bare_starts_s)
        slower = sorted(seconds / bare_start for seconds in back_s)
        if slower:
            sys.stdout.write(
                f"a picture again after {statistics.median(slower):.1f} x a bare start of {bare_start:.2f} s"
                f" (p90 {slower[len(slower) * 9 // 10]:.1f} x, at most {slower[-1]:.1f} x, of {len(slower)})\n"
            )
            assert statistics.median(slower) <= SLOWER_THAN_A_START, f"seed {SEED}: {back_s} against {bare_starts_s}"
        lines = typed.read_text().split("\n") if typed.exists() else []
        for text, result in sent.items():
            times = sum(text in line for line in lines)
            assert times == 1 if result.success else times <= 1, f"seed {SEED}: {text!r} {times} times: {result}"


def _say(running: Desktop, text: str) -> ActionResult:
    return running.runtime.execute("type_text", text=f"{text}\n", timeout_s=30)


def test_a_key_is_pressed_for_as_long_as_the_caller_says(running: Desktop, screen: Screen, tmp_path: Path) -> None:
    with screen.program("OpenMW", *terminal(screen, "OpenMW", tmp_path / "typed")):
        assert running.runtime.execute("focus_window", timeout_s=60).success
        assert running.runtime.execute("key_down", key="shift", expires_s=0.5).success
        eventually(lambda: not any(screen.x.query_keymap()), 5)


def test_captures_leave_no_memory_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_unless_installed()
    window = (sys.executable, game_window.__file__, "OpenMW", *map(str, LARGE))
    with (
        Screen(tmp_path, managed=False, size=LARGE) as screen,
        on(screen, tmp_path, monkeypatch) as running,
        screen.program("OpenMW", *window),
    ):
        assert running.runtime.capture().visual.image_size == LARGE
        processes = (running.pid(), os.getpid())
        before = [resident_mb(pid) for pid in processes]
        for _ in range(CAPTURES):
            assert running.runtime.capture().visual.screenshot_path is not None
        grown = [resident_mb(pid) - start for pid, start in zip(processes, before, strict=True)]
        assert max(grown) <= MAX_GROWTH_MB, f"the server and the daemon grew by {grown} MB"


def resident_mb(pid: int) -> float:
    """A process's memory: proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
