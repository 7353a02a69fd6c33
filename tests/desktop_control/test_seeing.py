"""Captures contain the window's own current pixels, or fail with a reason."""

from __future__ import annotations

import base64
import io
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from Xlib import X, Xatom

from tests.desktop_control.stage import HEIGHT, WIDTH, Screen, Server, Xev, error_of
from tests.waiting import eventually

BLUE, RED = (0x12, 0x34, 0x56), (0xAB, 0x22, 0x11)
ON_BLUE = {"window_title": "blue"}


@contextmanager
def painted(screen: Screen, title: str, colour: tuple[int, int, int], geometry: str) -> Iterator[Any]:
    """An xterm of one colour, without a cursor or scroll bar."""
    shade = "#{:02x}{:02x}{:02x}".format(*colour)
    hidden = "printf '\\033[?25l'; cat > typed.txt"
    with screen.program(
        title, "xterm", "-T", title, "-geometry", geometry, "-bg", shade, "-fg", "white", "+sb", "-b", "0", "-e", hidden
    ) as process:
        yield process


def share(image: Image.Image, colour: tuple[int, int, int]) -> float:
    """The share of a picture's pixels that have a colour."""
    colours = image.getcolors(image.width * image.height)
    assert colours is not None
    return sum(count for count, each in colours if each == colour) / (image.width * image.height)


def until_painted(server: Server, title: str, colour: tuple[int, int, int]) -> None:
    """Wait until a capture shows the window's colour; on a busy machine, the first captures may fail."""

    def is_painted() -> bool:
        taken = server.result("take_screenshot", filename="painted.png", window_title=title)
        if taken.is_error:
            return False
        with Image.open(server.captures / "painted.png") as picture:
            return share(picture.convert("RGB"), colour) > 0.99

    eventually(is_painted)


def test_a_capture_has_the_size_and_the_pixels_of_its_window(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        until_painted(server, "blue", BLUE)
        capture = server.do("take_screenshot", filename="blue.png", **ON_BLUE)
        window = capture["window"]
        assert (capture["width"], capture["height"]) == (window["width"], window["height"])
        assert not capture["covered"]
        assert server.do("get_screen_size", **ON_BLUE) == {"width": capture["width"], "height": capture["height"]}
        assert server.do("pixel_color", x=5, y=5, **ON_BLUE)["hex"] == "#123456"


def test_a_capture_contains_the_screen_and_the_mouse_as_their_own_tools_do(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        until_painted(server, "blue", BLUE)
        for x, y in ((150, 160), (3, 4)):  # in the window, and outside
            server.do("move_to", x=x, y=y)
            for target in (ON_BLUE, {}):
                capture = server.do("take_screenshot", filename="blue.png", **target)
                assert capture["screen"] == server.do("get_screen_size")
                assert capture["mouse"] == server.do("get_mouse_position", **target)


def test_a_covered_window_is_seen_as_if_nothing_covered_it(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"), painted(screen, "red", RED, "120x40+0+0"):
        until_painted(server, "red", RED)
        capture = server.do("take_screenshot", filename="under.png", **ON_BLUE)
        assert capture["covered"]
        assert share(server.picture(**ON_BLUE), BLUE) > 0.99
        assert server.do("pixel_color", x=5, y=5, **ON_BLUE)["hex"] == "#123456"
        assert share(server.picture(), RED) > 0.3
        assert share(server.picture(), BLUE) == 0


def test_what_happens_under_a_cover_is_seen(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100") as below, painted(screen, "red", RED, "120x40+0+0"):
        before = server.picture(**ON_BLUE)
        terminal = next(Path(f"/proc/{below.pid}/task/{below.pid}").glob("children")).read_text().split()[0]
        Path(f"/proc/{terminal}/fd/1").resolve().write_text("\033[H\033[41m" + " " * 400)
        eventually(lambda: server.picture(**ON_BLUE) != before)


def test_looking_at_a_covered_window_does_not_take_the_focus(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"), painted(screen, "red", RED, "40x10+120+120"):
        server.do("focus_window", title="red")
        assert server.do("take_screenshot", filename="under.png", **ON_BLUE)["covered"]
        server.do("focus_window", title="blue")
        cover(screen, "blue")
        assert server.do("take_screenshot", filename="under.png", **ON_BLUE)["covered"]
        facts = {each["title"]: each for each in server.do("list_windows")["windows"]}
        assert facts["blue"]["focused"]


def cover(screen: Screen, title: str) -> None:
    """Raise every other window above the one with the title, which keeps the focus."""
    root = screen.x.screen().root
    window = screen.x.create_resource_object("window", screen.window(title) or 0)
    while (parent := window.query_tree().parent).id != root.id:
        window = parent
    window.configure(stack_mode=X.Below)
    screen.x.sync()


def test_a_window_half_off_the_screen_is_seen_whole(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+1150+100"):
        capture = server.do("take_screenshot", filename="half.png", **ON_BLUE)
        assert capture["covered"]
        assert capture["window"]["x"] + capture["width"] > WIDTH
        assert share(server.picture(**ON_BLUE), BLUE) > 0.99
        assert server.refusal("click", x=capture["width"] - 1, y=5, **ON_BLUE) == "off_screen"


def test_the_whole_screen_is_seen_without_a_title(server: Server) -> None:
    capture = server.do("take_screenshot", filename="all.png")
    assert (capture["width"], capture["height"], capture["window"]) == (WIDTH, HEIGHT, None)
    assert server.do("get_screen_size") == {"width": WIDTH, "height": HEIGHT}


def test_a_capture_after_an_action_shows_what_the_action_did(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        until_painted(server, "blue", BLUE)
        server.do("focus_window", title="blue")
        for _ in range(5):
            before = server.picture(**ON_BLUE)
            server.do("type_text", text="x", **ON_BLUE)
            assert server.picture(**ON_BLUE) != before


def test_a_picture_without_a_filename_comes_with_the_answer(server: Server, xev: Xev) -> None:
    result = server.result("take_screenshot", window_title=Xev.TITLE, format="png")
    _, picture = result.content
    assert picture.type == "image"
    assert picture.mime_type == "image/png"
    with Image.open(io.BytesIO(base64.b64decode(picture.data))) as image:
        assert image.size == (300, 200)
    jpeg = server.result("take_screenshot", window_title=Xev.TITLE, max_width=150).content[1]
    assert jpeg.type == "image"
    with Image.open(io.BytesIO(base64.b64decode(jpeg.data))) as image:
        assert (image.format, image.size) == ("JPEG", (150, 100))


def test_the_first_title_that_matches_is_meant(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"), painted(screen, "red", RED, "40x10+500+100"):
        for titles, meant in ((["OpenMW", "RED", "blue"], "red"), ("b*e", "blue"), (" Blue ", "blue")):
            assert server.do("take_screenshot", filename="x.jpg", window_title=titles)["window"]["title"] == meant


def test_a_title_that_is_only_a_part_of_a_windows_means_no_window(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        result = server.result("take_screenshot", filename="x.jpg", window_title="blu")
        assert error_of(result)["code"] == "window_not_found"
        assert "'blue'" in error_of(result)["message"]


def test_two_windows_with_the_title_are_an_error(screen: Screen, server: Server) -> None:
    with (
        painted(screen, "blue", BLUE, "40x10+100+100"),
        screen.started("xterm", "-T", "blue", "-geometry", "40x10+500+100"),
    ):
        eventually(lambda: len(server.do("list_windows")["windows"]) == 2)
        assert server.refusal("take_screenshot", **ON_BLUE) == "window_ambiguous"
        assert server.refusal("press_key", key="x", **ON_BLUE) == "window_ambiguous"
    eventually(lambda: server.do("list_windows")["windows"] == [])


def test_a_minimised_window_is_an_error_until_it_is_shown_again(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        until_painted(server, "blue", BLUE)
        minimise(screen, "blue")
        eventually(lambda: screen.window("blue") is None)
        assert server.refusal("take_screenshot", **ON_BLUE) == "window_hidden"
        assert server.refusal("click", x=5, y=5, **ON_BLUE) == "window_hidden"
        assert not next(each for each in server.do("list_windows")["windows"] if each["title"] == "blue")["visible"]
        assert server.do("focus_window", title="blue")["focused"]
        until_painted(server, "blue", BLUE)


def minimise(screen: Screen, title: str) -> None:
    """Ask the window manager to minimise the window."""
    from Xlib.protocol.event import ClientMessage

    root = screen.x.screen().root
    window = screen.x.create_resource_object("window", screen.window(title) or 0)
    iconic = 3
    message = ClientMessage(
        window=window, client_type=screen.x.intern_atom("WM_CHANGE_STATE"), data=(32, [iconic, 0, 0, 0, 0])
    )
    root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    screen.x.sync()


def test_a_covered_window_that_hangs_is_no_black_picture_but_an_error(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100") as below, painted(screen, "red", RED, "120x40+0+0"):
        until_painted(server, "red", RED)
        below.send_signal(signal.SIGSTOP)
        for _ in range(2):
            assert server.refusal("take_screenshot", **ON_BLUE) == "window_not_painted"
        below.send_signal(signal.SIGCONT)
        assert share(server.picture(**ON_BLUE), BLUE) > 0.99


def test_a_hostile_title_is_shown_and_matched_as_text(screen: Screen, server: Server) -> None:
    with painted(screen, "blue", BLUE, "40x10+100+100"):
        window = screen.x.create_resource_object("window", screen.window("blue") or 0)
        for title in (b"\xff\xfe[a-z]?\x1b[2J", b"x" * 100_000, b""):
            window.change_property(screen.x.intern_atom("_NET_WM_NAME"), screen.x.intern_atom("UTF8_STRING"), 8, title)
            window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, title)
            screen.x.sync()
            server.do("list_windows")
            assert server.refusal("take_screenshot", **ON_BLUE) == "window_not_found"
        window.set_wm_name("blue")
        screen.x.sync()


@pytest.mark.parametrize(
    "filename",
    ["../a.png", "/tmp/a.png", "a/b.png", "..", ".a.png", "a\\b.png", "a\n.png", "", "x" * 300 + ".png", "a.gif", "a"],
)
def test_a_filename_is_a_name_and_nothing_else(server: Server, filename: str) -> None:
    assert server.refusal("take_screenshot", filename=filename) == "bad_filename"


def test_a_filename_and_a_format_that_contradict_each_other_are_an_error(server: Server) -> None:
    assert server.refusal("take_screenshot", filename="a.png", format="jpeg") == "bad_arguments"


def test_a_link_in_the_folder_is_replaced_and_not_followed(server: Server) -> None:
    elsewhere = server.captures.parent / "elsewhere.png"
    elsewhere.write_text("mine")
    server.captures.mkdir(exist_ok=True)
    for name in ("link.png", ".link.png.new"):
        (server.captures / name).symlink_to(elsewhere)
    server.do("take_screenshot", filename="link.png")
    assert elsewhere.read_text() == "mine"
    assert not (server.captures / "link.png").is_symlink()


def test_under_a_compositor_too_a_covered_window_is_seen(screen: Screen, server: Server) -> None:
    with (
        screen.started("xcompmgr"),
        painted(screen, "blue", BLUE, "40x10+100+100"),
        painted(screen, "red", RED, "120x40+0+0"),
    ):
        composited = screen.x.get_atom("_NET_WM_CM_S0")
        eventually(lambda: screen.x.get_selection_owner(composited) != X.NONE)
        until_painted(server, "red", RED)
        assert server.do("take_screenshot", filename="under.png", **ON_BLUE)["covered"]
        assert share(server.picture(**ON_BLUE), BLUE) > 0.99
        assert share(server.picture(), BLUE) == 0


def test_of_two_windows_with_one_title_each_is_chosen_by_id_class_or_pid(screen: Screen, server: Server) -> None:
    one = ["xterm", "-T", "twin", "-class", "One", "-geometry", "40x10+10+10"]
    other = ["xterm", "-T", "twin", "-class", "Other", "-geometry", "50x12+400+300"]
    with screen.started(*one) as first, screen.started(*other) as second:
        twins = eventually(lambda: two(server.do("list_windows")["windows"]))
        assert server.refusal("get_screen_size", window_title="twin") == "window_ambiguous"
        by_class = {each["window_class"]: each for each in twins}
        assert [by_class[name]["pid"] for name in ("One", "Other")] == [first.pid, second.pid]
        for each in twins:
            size = {"width": each["width"], "height": each["height"]}
            for way in (
                f"id:{each['id']:#x}",
                f"id:{each['id']}",
                f"pid:{each['pid']}",
                f"class:{each['window_class']}",
            ):
                assert server.do("get_screen_size", window_title=["nowhere", way]) == size
        hint = error_of(server.result("get_screen_size", window_title="twin"))["message"]
        assert all(f"id:{each['id']:#x}" in hint for each in twins)
        assert server.refusal("get_screen_size", window_title="id:first") == "bad_arguments"
        assert server.refusal("get_screen_size", window_title="title:id:first") == "window_not_found"


def two(windows: list[dict[str, Any]]) -> Any:
    twins = [each for each in windows if each["title"] == "twin" and each["visible"]]
    return twins if len(twins) == 2 else None


def test_a_window_a_pixel_off_the_screen_is_photographed_there(screen: Screen, server: Server) -> None:
    command = ["xterm", "-T", "edge", "-bg", "green2", "-geometry", "60x20+0+0"]
    with screen.program("edge", *command):
        window = screen.x.create_resource_object("window", screen.window("edge") or 0)
        window.set_input_focus(0, 0)
        frame = window
        while frame.query_tree().parent.id != screen.x.screen().root.id:
            frame = frame.query_tree().parent
        place = server.do("get_mouse_position", window_title="edge")
        frame.configure(x=-(640 - place["x"]) - 1)
        screen.x.sync()
        look = eventually(lambda: moved(server))
        assert look["covered"] is False
        picture = server.picture(window_title="edge")
        assert picture.size == (look["source_width"], look["source_height"])
        assert picture.getpixel((0, picture.height // 2)) == (0, 0, 0)
        assert picture.getpixel((picture.width - 20, picture.height // 2)) == (0, 238, 0)


def moved(server: Server) -> Any:
    look = server.do("take_screenshot", window_title="edge", filename="edge.png")
    return look if look["window"]["x"] == -1 else None
