"""OpenMW 0.47 plays the test land as a game of its own, and is seen and played through the desktop-control portal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from PIL import Image, ImageChops

from tests.heavy.openmw import SHOWN_WITHIN_S, OpenMw, openmw
from tests.waiting import PATIENCE_S, eventually
from timmy_actors import Runtime
from timmy_actors.daemon import DesktopSettings, JournalSettings, Settings, SteamSettings
from timmy_actors.protocol import Action, ActionResult
from timmy_actors.system import config_folder
from timmy_actors.worlds import CompositeBody, DesktopBody, Turn, Walk

pytestmark = pytest.mark.timeout(5 * SHOWN_WITHIN_S)

MOST_OF_ITS_HALF = 100_000
"""Pixels of a window of 800 x 600."""
CHANGED, NOISE = 0.02, 0.002
"""Shares of the picture that change where one walks or turns, and where one stands still."""
CLEARLY = 24
"""The least change of a pixel that counts: the daylight changes every pixel a little."""
A_WHILE = 20
"""A number of captures, one each 50 ms or more."""
WINDOWS = 0.1
"""The share of magenta in a picture with the inventory is 0.16, in one without it 0.01: the game draws so what has no
texture."""
MAGENTA = (255, 0, 255)


@pytest.fixture(scope="module")
def game() -> Iterator[OpenMw]:
    with openmw() as running:
        yield running


@pytest.fixture(scope="module")
def played(game: OpenMw) -> Iterator[Runtime]:
    """A daemon whose portal is the game's window.

    Its embedded world stands in for the bridge of a server: a single player's game has none. What the composite body
    perceives is that world; what it does reaches the game.
    """
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ta-") as folder:
        for name in ("DISPLAY", "XDG_RUNTIME_DIR", "HOME"):
            patch.setenv(name, game.screen.environment[name])
        settings = Settings(
            desktop=DesktopSettings(captures_folder=f"{folder}/captures", captures_format="png"),
            steam=SteamSettings(command=()),
            journal=JournalSettings(file=f"{folder}/journal"),
            portal="morrowind",
        )
        with Runtime(settings, folder=config_folder(), endpoint=f"ipc://{folder}/daemon.sock") as runtime:
            runtime.wait_ready(PATIENCE_S)
            eventually(lambda: runtime.execute("focus_window", timeout_s=PATIENCE_S).success, SHOWN_WITHIN_S)
            yield runtime


def captured(runtime: Runtime) -> Image.Image:
    """The game's picture through the portal."""
    state = runtime.capture(timeout_s=PATIENCE_S)
    assert state.visual.screenshot_path is not None, state.problems
    with Image.open(state.visual.screenshot_path) as picture:
        return picture.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ clearly."""
    bands = ImageChops.difference(one, other).split()
    strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(strongest.histogram()[CLEARLY:]) / (one.width * one.height)


def share(picture: Image.Image, colour: tuple[int, int, int]) -> float:
    """The share of pixels of a colour."""
    counts = cast("list[tuple[int, tuple[int, int, int]]]", picture.getcolors(picture.width * picture.height))
    return sum(count for count, seen in counts if seen == colour) / (picture.width * picture.height)


def still(runtime: Runtime) -> Image.Image:
    """The picture once nothing moves: what was pressed before has its effect some frames later."""
    seen = [captured(runtime)]

    def settled() -> Image.Image | None:
        before, seen[0] = seen[0], captured(runtime)
        return seen[0] if difference(before, seen[0]) < NOISE else None

    settled_twice = [eventually(settled, SHOWN_WITHIN_S), eventually(settled, SHOWN_WITHIN_S)]
    picture = settled_twice[1]
    assert picture is not None
    return picture


def changes(runtime: Runtime, press: Callable[[], ActionResult]) -> ActionResult:
    """Press something, which must change the picture; its result."""
    before = still(runtime)
    result = press()
    assert result.success, result.reason
    eventually(lambda: difference(before, captured(runtime)) > CHANGED, SHOWN_WITHIN_S)
    still(runtime)
    return result


def returns(runtime: Runtime, before: Image.Image, press: Callable[[], ActionResult]) -> None:
    """Press something, which must bring an earlier picture back."""
    result = press()
    assert result.success, result.reason
    eventually(lambda: difference(before, captured(runtime)) < NOISE, SHOWN_WITHIN_S)


def test_the_land_is_loaded_and_seen(game: OpenMw) -> None:
    def sees_land_and_sky() -> bool:
        picture = game.picture()
        seen = picture.getcolors(picture.width * picture.height)
        counts = cast("list[tuple[int, tuple[int, int, int]]]", seen)
        land = sum(count for count, (red, green, blue) in counts if green > red > blue)  # as GRASS, lit by the sun
        sky = sum(count for count, (red, green, blue) in counts if blue > green > red)
        return min(land, sky) > MOST_OF_ITS_HALF

    eventually(sees_land_and_sky, SHOWN_WITHIN_S)
    text = game.log.read_text(errors="replace")
    assert "Failed to start new game" not in text
    assert "Fatal" not in text


def test_the_portal_finds_and_sees_the_window(played: Runtime) -> None:
    state = played.capture(timeout_s=PATIENCE_S)
    assert (state.visual.window, state.visual.image_size) == ("OpenMW", (800, 600))
    assert [problem for problem in state.problems if problem.what.startswith("visual")] == []
    picture = captured(played)
    assert max(high for _, high in cast("tuple[tuple[int, int], ...]", picture.getextrema())) > 100


def test_nothing_changes_where_nothing_is_pressed(played: Runtime) -> None:
    before = still(played)
    assert [share for _ in range(A_WHILE) if (share := difference(before, captured(played))) > NOISE] == []


def test_the_key_of_the_players_own_settings_walks(played: Runtime) -> None:
    before = still(played)
    assert played.execute("hold_key", key="w", seconds=1, timeout_s=PATIENCE_S).success  # W is bound to nothing
    assert difference(before, still(played)) < NOISE
    result = changes(played, lambda: played.execute("forward", seconds=2, timeout_s=PATIENCE_S))
    assert result.binding == "forward"


def test_a_relative_move_of_the_mouse_turns(played: Runtime) -> None:
    before = still(played)
    changes(played, lambda: played.execute("look", dx=150, dy=-50, timeout_s=PATIENCE_S))
    returns(played, before, lambda: played.execute("look", dx=-150, dy=50, timeout_s=PATIENCE_S))


def test_the_right_button_opens_and_closes_the_inventory(played: Runtime) -> None:
    before = still(played)
    assert share(before, MAGENTA) < WINDOWS
    assert played.execute("inventory", timeout_s=PATIENCE_S).success
    eventually(lambda: share(captured(played), MAGENTA) > WINDOWS, SHOWN_WITHIN_S)
    assert played.execute("inventory", timeout_s=PATIENCE_S).success
    eventually(lambda: share(captured(played), MAGENTA) < WINDOWS, SHOWN_WITHIN_S)
    assert difference(before, still(played)) < CHANGED


def test_a_composite_body_walks_and_turns_in_the_game(played: Runtime) -> None:
    body = CompositeBody(played)
    assert changes(played, lambda: body.act(Walk(seconds=2))).binding == "hold_key"
    before = still(played)
    changes(played, lambda: body.act(Turn(by=45)))
    returns(played, before, lambda: body.act(Turn(by=-45)))
    for _ in range(7):  # a slow game loses the rest of a move that takes the pointer to the screen's edge
        changes(played, lambda: body.act(Turn(by=45)))
    returns(played, before, lambda: body.act(Turn(by=45)))


def test_a_composite_body_perceives_through_the_stand_in(played: Runtime) -> None:
    body = CompositeBody(played)
    assert body.observe().player == "Timmy"
    assert body.act(Action(action="swim")).code == "needs_client_input"


def test_a_desktop_body_sees_and_plays_the_game(played: Runtime) -> None:
    body = DesktopBody(played)
    perception = body.observe()
    assert (perception.stale, perception.state.visual.window) == (False, "OpenMW")
    changes(played, lambda: body.act(Walk(seconds=2)))
