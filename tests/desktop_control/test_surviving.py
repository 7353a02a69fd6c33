"""However a server ends, no key stays pressed, no input reaches another window, and the next server takes over."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desktop_control.stage import MODULE, Screen, Server, Xev, error_of, server_pid, skip_unless_installed
from tests.portals.sessions import is_gone
from tests.waiting import PATIENCE_S, eventually
from timmy_actors.desktop_control.held_keys import HeldFile, Pressed

ON_XEV: dict[str, Any] = {"window_title": Xev.TITLE}
W = ord("w")
PICTURES_UNTIL_THE_SCREEN_ENDS = """
import os
from mss.exception import ScreenShotError
from Xlib.display import Display
from timmy_actors.desktop_control.camera import SharedMemory
from timmy_actors.desktop_control.window_target import Place
root = Display().screen().root.id
memory = SharedMemory(os.environ["DISPLAY"])
memory.picture(root, Place(0, 0, 9, 9))
print("taken", flush=True)
input()
try:
    memory.picture(root, Place(0, 0, 9, 9))
except ScreenShotError as error:
    print(error)
"""


@pytest.fixture
def own_screen() -> Iterator[Screen]:
    """A screen for a single test, which may break it."""
    skip_unless_installed()
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as folder, Screen(Path(folder)) as screen:
        yield screen


def hold_everything(screen: Screen, server: Server) -> None:
    """Hold a key and a button, and map a spare key to a character."""
    server.do("move_to", x=50, y=50, **ON_XEV)
    server.do("type_text", text="☃", **ON_XEV)
    server.do("key_down", key="w", expires_s=60, **ON_XEV)
    server.do("mouse_down", expires_s=60, **ON_XEV)
    assert screen.is_down(screen.keycode(W))


def nothing_is_held(screen: Screen) -> bool:
    return not any(screen.x.query_keymap()) and screen.x.screen().root.query_pointer().mask == 0


def spare_keys(screen: Screen) -> int:
    low, high = screen.x.display.info.min_keycode, screen.x.display.info.max_keycode
    return sum(not any(row) for row in screen.x.get_keyboard_mapping(low, high - low + 1))


def test_what_a_killed_server_left_pressed_its_successor_releases(screen: Screen, xev: Xev) -> None:
    spare = spare_keys(screen)
    with Server.on(screen) as server:
        hold_everything(screen, server)
        os.kill(server_pid(screen), signal.SIGKILL)
        assert not nothing_is_held(screen)
        with Server.on(screen) as successor:
            assert nothing_is_held(screen)
            assert spare_keys(screen) == spare
            successor.do("press_key", key="w", **ON_XEV)


def test_a_server_that_hangs_is_ended_by_its_successor(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server:
        hold_everything(screen, server)
        hung = server_pid(screen)
        os.kill(hung, signal.SIGSTOP)
        with Server.on(screen) as successor:
            assert server_pid(screen) != hung
            assert nothing_is_held(screen)
            successor.do("press_key", key="w", **ON_XEV)


def test_a_server_that_works_is_left_alone(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server:
        command = [sys.executable, "-m", MODULE]
        second = subprocess.run(command, env=screen.environment, capture_output=True, text=True, check=False, input="")
        assert second.returncode == 69
        assert f"process {server_pid(screen)} works on it" in second.stderr
        server.do("press_key", key="w", **ON_XEV)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_releases_everything(screen: Screen, xev: Xev, number: signal.Signals) -> None:
    spare = spare_keys(screen)
    with Server.on(screen) as server:
        hold_everything(screen, server)
        os.kill(server_pid(screen), number)
        eventually(lambda: nothing_is_held(screen) and spare_keys(screen) == spare)


def test_a_client_that_hangs_up_ends_the_key_that_is_being_held(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server:
        walking = server.start("hold_key", key="w", seconds=60, **ON_XEV)
        xev.until("KeyPress", count=1)
    assert nothing_is_held(screen)
    assert walking.exception(10) is not None


def test_a_window_that_closes_while_a_key_is_held_ends_the_hold(screen: Screen) -> None:
    with Server.on(screen) as server:
        with Xev(screen).shown() as xev:
            walking = server.start("hold_key", key="w", seconds=60, **ON_XEV)
            xev.until("KeyPress", count=1)
        assert error_of(walking.result(PATIENCE_S))["code"] in ("not_focused", "window_changed")
        assert nothing_is_held(screen)


def test_a_window_that_closes_in_the_middle_of_a_drag_ends_it(screen: Screen) -> None:
    with Server.on(screen) as server:
        with Xev(screen).shown() as xev:
            server.do("move_to", x=5, y=5, **ON_XEV)
            dragging = server.start("drag_to", x=200, y=150, duration=30, **ON_XEV)
            xev.until("ButtonPress", count=1)
        assert error_of(dragging.result(PATIENCE_S))["code"] in ("window_changed", "window_hidden")
        assert nothing_is_held(screen)


def test_a_window_that_is_resized_in_the_middle_of_a_drag_ends_it(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server:
        server.do("move_to", x=5, y=5, **ON_XEV)
        dragging = server.start("drag_to", x=200, y=150, duration=30, **ON_XEV)
        xev.until("ButtonPress", count=1)
        screen.x.create_resource_object("window", screen.window(Xev.TITLE) or 0).configure(width=200, height=100)
        screen.x.sync()
        assert error_of(dragging.result(PATIENCE_S))["code"] == "window_changed"
        assert nothing_is_held(screen)


def test_a_window_that_loses_the_focus_gets_no_more_keys(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server, screen.program("other", "xev", "-name", "other", "-geometry", "300x200+600+60"):
        server.do("focus_window", title=Xev.TITLE)
        typing = server.start("type_text", text="x" * 500, **ON_XEV)
        xev.until("KeyPress", count=5)
        server.do("focus_window", title="other")
        result = typing.result(PATIENCE_S)
        assert error_of(result)["code"] == "not_focused"
        typed = int(error_of(result)["message"].split("(")[-1].split(" of ")[0])
        assert len(xev.until("KeyPress", count=typed)) == typed


def test_input_goes_to_the_window_that_was_named_or_nowhere(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server, screen.program("other", "xev", "-name", "other", "-geometry", "300x200+100+100"):
        server.do("focus_window", title="other")
        assert server.refusal("press_key", key="w", **ON_XEV) == "not_focused"
        assert server.refusal("type_text", text="w", **ON_XEV) == "not_focused"
        assert server.refusal("click", x=150, y=150, **ON_XEV) == "window_covered"
        assert server.refusal("mouse_down", window_title="gone") == "window_not_found"
        server.do("move_to", x=200, y=150, window_title="other")
        assert server.refusal("mouse_down", **ON_XEV) == "window_covered"
        assert server.refusal("scroll", amount=1, **ON_XEV) == "window_covered"
        assert xev.events("KeyPress", "ButtonPress") == []
        assert nothing_is_held(screen)


def test_a_window_that_moved_is_clicked_where_it_is_now(screen: Screen, xev: Xev) -> None:
    with Server.on(screen) as server:
        server.do("click", x=10, y=20, **ON_XEV)
        screen.x.create_resource_object("window", screen.window(Xev.TITLE) or 0).configure(x=400, y=300)
        screen.x.sync()
        eventually(lambda: server.do("list_windows")["windows"][0]["x"] > 300)
        server.do("click", x=10, y=20, **ON_XEV)
        assert [(event.x, event.y) for event in xev.until("ButtonPress", count=2)] == [(10, 20), (10, 20)]


def test_without_a_display_each_tool_says_so(screen: Screen) -> None:
    with Server.on(screen, DISPLAY=":9999") as server:
        assert server.refusal("take_screenshot") == "no_display"
        assert server.refusal("press_key", key="w") == "no_display"
        assert server.do("get_os")["system"] == "Linux"
        assert server.do("release_all")["released"] == []
    with Server.on(screen, DISPLAY="") as server:
        assert server.refusal("list_windows") == "no_display"


def test_a_display_that_ends_is_reported_and_one_that_returns_is_used(own_screen: Screen) -> None:
    with Server.on(own_screen) as server:
        with Xev(own_screen).shown():
            server.do("take_screenshot", filename="before.png")
            server.do("key_down", key="w", **ON_XEV)
            own_screen.restart()
        for _ in range(2):
            for tool, arguments in (("take_screenshot", {}), ("press_key", {"key": "w"}), ("list_windows", {})):
                result = server.result(tool, **arguments)
                assert not result.is_error or error_of(result)["code"] == "no_display"
        with Xev(own_screen).shown() as xev:
            server.do("press_key", key="w", **ON_XEV)
            assert xev.until("KeyPress", count=1)[0].detail == "w"
            assert server.do("take_screenshot", filename="after.png", **ON_XEV)["width"] == 300


@pytest.mark.parametrize("option", ["-B", "-O"])
def test_a_picture_of_a_screen_that_ended_is_refused(own_screen: Screen, option: str) -> None:
    """mss 10.2.0 reports a lost connection by an assertion that fails; without assertions, by a null pointer."""
    command = [sys.executable, option, "-c", PICTURES_UNTIL_THE_SCREEN_ENDS]
    program = subprocess.Popen(
        command, env=own_screen.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "taken\n"
        own_screen.restart()
        assert program.communicate("go on\n")[0] == "the connection to the X server was lost\n"


def test_without_a_window_manager_windows_are_found_focused_and_driven() -> None:
    skip_unless_installed()
    with (
        tempfile.TemporaryDirectory(prefix="ta-screen-") as folder,
        Screen(Path(folder), managed=False) as screen,
        Server.on(screen) as server,
        screen.program("other", "xterm", "-T", "other", "-geometry", "40x10+0+0"),
        Xev(screen).shown(focused=False) as xev,
    ):
        assert server.do("focus_window", title="events")["focused"]
        server.do("click", x=7, y=8, **ON_XEV)
        server.do("press_key", key="w", **ON_XEV)
        (down,) = xev.until("ButtonPress", count=1)
        assert (down.x, down.y) == (7, 8)
        assert xev.until("KeyPress", count=1)[0].detail == "w"
        assert server.do("take_screenshot", filename="other.png", window_title="other")["covered"]


def test_an_x_server_that_hangs_does_not_keep_the_server_from_ending(own_screen: Screen) -> None:
    with Server.on(own_screen) as server:
        server.do("key_down", key="w", expires_s=60)
        pid = server_pid(own_screen)
        own_screen.process.send_signal(signal.SIGSTOP)
        looking = server.start("take_screenshot", filename="never.png")
        os.kill(pid, signal.SIGTERM)
        assert looking.exception(10) is not None
        own_screen.process.send_signal(signal.SIGCONT)
    with Server.on(own_screen):
        assert nothing_is_held(own_screen)


@contextmanager
def starting_on_a_hung_screen(screen: Screen) -> Iterator[subprocess.Popen[bytes]]:
    """A server that waits for the first reply of a hung X server."""
    screen.process.send_signal(signal.SIGSTOP)
    try:
        command, pipe = [sys.executable, "-m", MODULE], subprocess.PIPE
        with subprocess.Popen(command, env=screen.environment, stdin=pipe) as process:
            eventually(lambda: is_at_work(screen, process.pid))
            try:
                yield process
            finally:
                process.kill()
    finally:
        screen.process.send_signal(signal.SIGCONT)


def is_at_work(screen: Screen, pid: int) -> bool:
    lock = screen.folder / "timmy-actors" / f"desktop-control-{screen.name[1:]}.lock"
    return lock.exists() and f'"pid": {pid}' in lock.read_text()


def test_a_server_that_starts_on_an_x_server_that_hangs_ends_with_its_client(own_screen: Screen) -> None:
    with starting_on_a_hung_screen(own_screen) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0


def test_a_server_that_starts_on_an_x_server_that_hangs_ends_on_signals(own_screen: Screen) -> None:
    with starting_on_a_hung_screen(own_screen) as process:
        process.terminate()
        assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM


CLIENT = """
import os, signal, sys
from tests.portals.sessions import Open
server = Open(("{python}", "-m", sys.argv[1]), environment=dict(os.environ))
pid = server.connected().pid
server.ask("key_down", key="w", expires_s=60)
print(pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("frozen", [False, True])
def test_a_server_whose_client_is_killed_releases_keys_first(screen: Screen, xev: Xev, *, frozen: bool) -> None:
    command = [sys.executable, "-c", CLIENT, MODULE]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=screen.environment, **pipes) as client:
        assert client.stdout is not None
        pid = int(client.stdout.readline())
        assert screen.is_down(screen.keycode(W))
        if frozen:
            os.kill(pid, signal.SIGSTOP)
        client.kill()
        eventually(lambda: nothing_is_held(screen) and is_gone(pid))


HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
KEY_DOWN = {"name": "key_down", "arguments": {"key": "w", "expires_s": 60}}


def test_a_server_whose_output_is_closed_releases_keys_and_ends(screen: Screen, xev: Xev) -> None:
    """The client closes the server's standard output; its standard input stays open."""
    command = [sys.executable, "-m", MODULE]
    with subprocess.Popen(command, env=screen.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for request in (
            {"id": 1, "method": "initialize", "params": HELLO},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/call", "params": KEY_DOWN},
        ):
            server.stdin.write(json.dumps({"jsonrpc": "2.0", **request}).encode() + b"\n")
            server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        assert [answer["id"] for answer in answers] == [1, 2]
        assert screen.is_down(screen.keycode(W))
        server.stdout.close()
        assert server.wait(PATIENCE_S) == 0
        assert nothing_is_held(screen)


def test_an_invalid_held_file_is_ignored(own_screen: Screen) -> None:
    held = own_screen.folder / "timmy-actors" / f"desktop-control-{own_screen.name[1:]}.held"
    held.parent.mkdir(mode=0o700)
    for nonsense in ('{"keys": [7]}', '{"buttons": [-3]}', '{"borrowed": [9999]}', "x", '{"keys": [300]}'):
        held.write_text(nonsense)
        assert HeldFile(held).read() == Pressed()
    with Server.on(own_screen) as server:
        server.do("press_key", key="w")


def test_nothing_is_pressed_if_the_held_file_cannot_be_written(own_screen: Screen) -> None:
    with Server.on(own_screen) as server, Xev(own_screen).shown() as xev:
        in_the_way = own_screen.folder / "timmy-actors" / f"desktop-control-{own_screen.name[1:]}.held.new"
        in_the_way.mkdir()
        assert server.refusal("press_key", key="w", **ON_XEV) == "record_unwritable"
        assert nothing_is_held(own_screen)
        in_the_way.rmdir()
        server.do("press_key", key="d", **ON_XEV)
        assert [event.detail for event in xev.until("KeyPress", count=1)] == ["d"]


def test_a_missing_part_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "mss.py").write_text("raise ModuleNotFoundError('no mss', name='mss')")
    ended = subprocess.run(
        [sys.executable, "-m", MODULE], env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        check=False, input="",
    )  # fmt: skip
    assert ended.returncode == os.EX_UNAVAILABLE
    assert "pip install 'timmy_actors[desktop]'" in ended.stderr


def test_killed_and_stopped_in_the_middle_of_things_again_and_again(screen: Screen, xev: Xev) -> None:
    """A few rounds; TIMMY_DESKTOP_STORM=100 runs a hundred."""
    chance, spare = random.Random(6), spare_keys(screen)
    with ExitStack() as servers:
        for ending in (signal.SIGKILL, signal.SIGSTOP) * (int(os.environ.get("TIMMY_DESKTOP_STORM", "4")) // 2):
            server = servers.enter_context(Server.on(screen))
            assert nothing_is_held(screen)
            assert spare_keys(screen) == spare
            before = len(xev.events("KeyPress"))
            under_way = [
                server.start("hold_key", key="w", seconds=60, **ON_XEV),
                server.start("type_text", text="abc☃→" * 100, **ON_XEV),
                server.start("take_screenshot", filename="storm.png", **ON_XEV),
            ]
            xev.until("KeyPress", count=before + chance.randint(2, 20))
            os.kill(server_pid(screen), ending)
            if ending == signal.SIGKILL:
                assert all(call.exception(10) is not None or not call.result().is_error for call in under_way)
    with Server.on(screen) as server:
        server.do("press_key", key="w", **ON_XEV)
    assert nothing_is_held(screen)
