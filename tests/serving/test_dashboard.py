"""The dashboard, in a real browser on a real daemon."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from benchmarks.environments import npm_folder
from tests.conftest import leaving_nothing
from tests.recording.beats import beat, picture
from tests.runtimes import fresh
from tests.serving.dashboards import COLOURS, SEEN, SHADES, serving, signed_in, url_of
from tests.waiting import eventually
from timmy_actors import Runtime
from timmy_actors.daemon import episodes_folder
from timmy_actors.recording import EpisodeWriter
from tools.browser import DESKTOP, PHONE, Page, browsing, missing_packages
from tools.dashboard_places import STATIC as PLACES
from tools.dashboard_places import current
from tools.test_land import load_scene, write

MODULES = Path(__file__).with_name("dashboard.mjs")
AXE = "axe-core@4.14.1"
SEVERE = ("serious", "critical")
CONNECTION_FAILED = (
    "ERR_CONNECTION_REFUSED",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
)
"""What the browser notes of a server that ends."""
STATUS = "the server responded with a status of"
"""What it notes of a refusal."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail if the tests leave a thread or process: all together, as the server's pool of threads grows with each."""
    with leaving_nothing():
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """One browser for all tests."""
    if missing := missing_packages():
        pytest.skip(f"apt install {' '.join(missing)}")
    with browsing() as page:
        yield page


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One daemon for the tests that leave it running as it was."""
    with serving(tmp_path_factory.mktemp("dashboard")) as runtime:
        runtime.capture(timeout_s=60)  # starts the desktop server, which would else be a process that a test left
        yield runtime


@pytest.fixture
def page(browser: Page, daemon: Runtime) -> Iterator[Page]:
    """The dashboard after signing in, on a desktop's screen. It must cause no error in the console."""
    browser.resize(DESKTOP)
    browser.prefer()
    if (
        not browser.run("return location.href").startswith(url_of(daemon))
        or not browser.find("#dashboard").is_displayed()
    ):
        browser.open(signed_in(daemon))
    browser.shows("#connection-state", "Live")
    browser.shows("#map-where", "Timmy is in")
    eventually(lambda: browser.text("#tree-rows"))
    browser.errors()
    yield browser
    assert browser.errors() == []


def give(page: Page, name: str, **arguments: str) -> None:
    """Send a command with the form."""
    page.choose("#command-name", name)
    for argument, text in arguments.items():
        page.fill(f"#argument-{argument}", text)
    page.press("#command-send")


def test_the_modules_rules_hold() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("apt install nodejs")
    done = subprocess.run([node, "--test", str(MODULES)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


def test_the_known_places_are_those_of_the_bridge() -> None:
    assert PLACES.read_text() == current(), "run make dashboard-places"


def test_a_wrong_token_is_refused_and_the_right_one_lasts_as_long_as_the_tab(browser: Page, daemon: Runtime) -> None:
    address, token = signed_in(daemon).split("#token=")
    browser.open(address)
    eventually(lambda: browser.find("#token").is_displayed())
    browser.fill("#token", "not-the-token" + Keys.ENTER)
    browser.shows("#sign-in-error", "refused this token")
    assert browser.run("return sessionStorage.length") == 0
    assert not browser.find("#dashboard").is_displayed()
    browser.fill("#token", token + Keys.ENTER)
    browser.shows("#connection-state", "Live")
    browser.driver.refresh()
    browser.shows("#connection-state", "Live")
    browser.press("#sign-out")
    assert browser.find("#token").is_displayed()
    assert browser.run("return sessionStorage.length") == 0
    assert all("401" in error for error in browser.errors())


def test_a_token_in_the_fragment_is_taken_and_removed_from_the_address(page: Page, daemon: Runtime) -> None:
    page.open(signed_in(daemon))
    page.shows("#connection-state", "Live")
    assert page.run("return location.href") == url_of(daemon)
    assert page.run("return performance.getEntriesByType('navigation')[0].name.includes('token')") is True


def test_a_teleport_moves_the_map_and_is_logged(page: Page, daemon: Runtime) -> None:
    give(page, "teleport", to="Vos")
    page.shows("#command-outcome", "teleport was executed")
    page.shows("#map-where", "Timmy is in Vos (11, 14)")
    page.shows(".places", "Vos")
    page.shows("#log-rows [data-kind=command]", "teleport")
    page.shows("#log-rows [data-state=done]", "cell 11, 14")
    give(page, "teleport", to="Seyda Neen")
    page.shows("#map-where", "Timmy is in Seyda Neen (-2, -9)")
    page.shows("#near-rows [data-kind=player]", "Jiub")
    assert page.text("#map-facing").startswith("facing ")


def test_the_track_of_a_walk_is_drawn(page: Page, daemon: Runtime) -> None:
    for step in range(1, 4):
        daemon.command("teleport", x=-11264.0 + 400 * step, y=-70912.0, z=220.0)
        fresh(daemon, x=-11264.0 + 400 * step)
    eventually(lambda: page.run("return document.querySelectorAll('.tracks .self').length"))


def test_an_interior_is_shown_as_a_plan(page: Page, daemon: Runtime) -> None:
    place = "Balmora, Guild of Mages"
    daemon.command("teleport", cell=place, x=-755.0, y=-1007.0, z=-644.0)
    page.shows("#map-where", f"Timmy is in {place}")
    eventually(lambda: page.run("return document.querySelector('.land').getAttribute('visibility')") == "hidden")
    daemon.command("teleport", to="Seyda Neen")
    page.shows("#map-space", "Vvardenfell")


def test_the_map_is_moved_with_the_keyboard(page: Page) -> None:
    picture = page.find("#map-picture")
    for key in (Keys.ARROW_LEFT, "+", "0"):
        before = land(page)
        picture.send_keys(key)
        eventually(lambda before=before: land(page) != before)  # type: ignore[misc]
    assert page.find("#map-follow").get_attribute("aria-pressed") == "false"
    picture.send_keys("f")
    assert page.find("#map-follow").get_attribute("aria-pressed") == "true"


def land(page: Page) -> Any:
    """Where the land is in the picture, and how large."""
    return page.run("return document.querySelector('.land').getAttribute('transform')")


def test_an_invalid_argument_is_marked_where_it_is(page: Page) -> None:
    give(page, "teleport", x="far", y="1", z="1")
    page.shows("#argument-x-error", "must be a number")
    assert page.find("#argument-x").get_attribute("aria-invalid") == "true"
    give(page, "teleport", to="Nowhere at all")
    page.shows("#argument-to-error", "Nowhere at all")
    assert page.run("return document.activeElement.id") == "argument-to"
    assert all(STATUS in error for error in page.errors())


def test_a_child_is_restarted_and_seen_to_be(page: Page) -> None:
    row = "#tree-rows [data-name=perception]"
    before = int(page.find(row).get_attribute("data-generation") or 0)
    page.press(f"{row} button")
    eventually(lambda: int(page.find(row).get_attribute("data-generation") or 0) > before)
    page.shows("#tree-news", "perception was restarted")
    page.shows("#restarts", "perception")
    assert "flash" in (page.find(row).get_attribute("class") or "")


def test_a_line_is_said_and_heard_in_the_chat(page: Page) -> None:
    page.fill("#chat-text", "Has anybody seen Fargoth?" + Keys.ENTER)
    page.shows("#chat-lines", "Has anybody seen Fargoth?")
    eventually(lambda: page.find("#chat-text").get_attribute("value") == "")


def test_the_screenshot_has_the_last_action_drawn_on_it(page: Page, daemon: Runtime) -> None:
    page.press("#capture")
    eventually(lambda: (page.find("#screen-image").get_attribute("href") or "").startswith("blob:"))
    daemon.execute("click", x=32, y=24)  # as an agent does: the page was not asked
    page.shows("#screen-title", "Last action: click, done")
    circle = page.find("#screen-action circle")
    assert (circle.get_attribute("cx"), circle.get_attribute("cy")) == ("32", "24")
    page.fill("#parameter", "w")
    page.press("#action-form button")
    page.shows("#screen-title", "Last action: press key w, done")


def test_another_portal_is_chosen(page: Page, daemon: Runtime) -> None:
    for portal in ("bannerlord", "morrowind"):
        page.choose("#portal", portal)
        eventually(lambda portal=portal: daemon.portals().chosen == portal)  # type: ignore[misc]


def test_a_lost_connection_is_shown_and_comes_back(page: Page, daemon: Runtime) -> None:
    page.press("#tree-rows [data-name=http] button")
    page.shows("#connection-state", "Connection lost")
    page.shows("#connection-state", "Live")
    daemon.command("teleport", to="Balmora")
    page.shows("#map-where", "Balmora")
    assert all(any(reason in error for reason in CONNECTION_FAILED) for error in page.errors())


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe, which checks accessibility."""
    if shutil.which("npm") is None:
        pytest.skip("apt install nodejs npm")
    return (npm_folder(AXE) / "node_modules/axe-core/axe.min.js").read_text()


def violations(page: Page, axe: str) -> list[Any]:
    """What axe finds that keeps people from using the page."""
    page.run(axe)
    check = "const done = arguments[0]; axe.run().then((result) => done(result.violations));"
    return [
        (rule["id"], [node["html"] for node in rule["nodes"]])
        for rule in page.driver.execute_async_script(check)
        if rule["impact"] in SEVERE
    ]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE)])
def test_everyone_can_use_the_page(page: Page, axe: str, scheme: str, size: tuple[int, int]) -> None:
    page.prefer(scheme=scheme, motion="reduce")
    page.resize(size)
    eventually(lambda: page.run("return innerWidth") == size[0])
    assert violations(page, axe) == []
    assert page.run("return document.documentElement.scrollWidth") <= size[0]


def test_the_beats_of_an_episode_are_gone_through_with_a_slider(page: Page, daemon: Runtime) -> None:
    writer = EpisodeWriter(episodes_folder(daemon.settings), episode_id="one", meta={})
    for number, image in ((1, picture()), (2, None), (3, picture())):
        writer.write(beat(number), image)
    writer.close("success")
    page.press("#episodes-load")
    page.shows("#episode-about", "Beat 1, ")
    page.shows("#episode-lines", "The road leads north.")
    eventually(lambda: page.run("return document.querySelector('#episode-picture').naturalWidth") == 64)
    page.find("#episode-beat").send_keys(Keys.ARROW_RIGHT)
    page.shows("#episode-about", "Beat 2, ")
    eventually(lambda: not page.find("#episode-picture").is_displayed())
    page.find("#episode-beat").send_keys(Keys.END)
    page.shows("#episode-about", "Beat 3, ")
    page.shows("#episode-lines", "walk direction forward")


def test_a_person_takes_the_heartbeat_over_chooses_and_ends_it(page: Page, daemon: Runtime) -> None:
    page.shows("#heartbeat-state", "Stopped")
    page.press("#heartbeat-start")
    page.shows("#heartbeat-start", "Resume")
    page.press("[data-operation=pause]")
    page.shows("#heartbeat-state", "Paused: on request")
    page.press("[data-operation=take_over]")
    page.shows("#heartbeat-state", "A person decides")
    page.choose("#heartbeat-tool", "chat")
    page.fill("#heartbeat-arguments", "text=Good day" + Keys.ENTER)
    page.shows("#heartbeat-lines", "acted")
    page.shows("#chat-lines", "Good day")
    page.fill("#heartbeat-arguments", "text" + Keys.ENTER)
    page.shows("#heartbeat-answer", "text must be NAME=VALUE")
    page.fill("#heartbeat-arguments", "text=/die" + Keys.ENTER)
    page.shows("#heartbeat-answer", "chat: text: must")
    page.press("[data-operation=stop]")
    page.shows("#heartbeat-state", "Stopped: on request")
    assert daemon.heartbeat().episode is None
    assert all(STATUS in error for error in page.errors())


def test_the_daemons_of_the_fleet_are_shown_with_what_is_wrong(page: Page, daemon: Runtime) -> None:
    file = Path(daemon.settings.http.fleet_file)
    file.write_text("north\n")
    page.press("#fleet-load")
    page.shows("#fleet-about", "line 1: has 1 words")
    page.errors()  # the browser notes the refusal
    file.write_text(f"north {daemon.endpoint}\nsouth ipc://{file.parent}/missing.sock\n")
    page.press("#fleet-load")
    page.shows("#fleet-about", "1 of 2 daemons answer")
    page.shows("#fleet-rows", "north")
    page.shows("#fleet-rows", "Timmy")
    page.shows("#fleet-rows", "no daemon at")


def test_everyone_can_sign_in(page: Page, axe: str) -> None:
    page.press("#sign-out")
    assert violations(page, axe) == []


def test_the_colours_can_be_switched(page: Page) -> None:
    light = background(page)
    page.press("#theme")
    assert background(page) != light
    page.driver.refresh()
    eventually(lambda: background(page) != light)
    page.press("#theme")
    assert background(page) == light


def background(page: Page) -> Any:
    """The page's background colour."""
    return page.run("return getComputedStyle(document.body).backgroundColor")


@pytest.fixture
def fresh_daemon(tmp_path: Path) -> Iterator[Runtime]:
    """A daemon whose processes a test may kill."""
    with serving(tmp_path) as runtime:
        yield runtime


def test_the_page_shows_the_world_killed_and_recovered(browser: Page, fresh_daemon: Runtime) -> None:
    browser.resize(DESKTOP)
    browser.open(signed_in(fresh_daemon))
    browser.shows("#verdict", "Everything works")
    browser.run(SEEN, "#verdict")
    world = fresh_daemon.status().world
    assert world is not None
    assert world.pid is not None
    os.kill(world.pid, signal.SIGKILL)
    browser.shows("#restarts", "killed by SIGKILL")
    browser.shows("#verdict", "Everything works")
    assert "Down" in browser.run("return window.seen")
    assert browser.text("#tree-rows [data-name=world] .restarts") == "1"
    assert browser.errors() == []


@pytest.fixture
def daemon_with_land(tmp_path: Path) -> Iterator[Runtime]:
    """A daemon that knows the test land's files."""
    plugin = tmp_path / "land.omwaddon"
    plugin.write_bytes(write(load_scene()))
    with serving(tmp_path, game_data=(str(plugin),)) as runtime:
        yield runtime


def test_the_map_has_no_terrain_without_game_data(page: Page, daemon: Runtime) -> None:
    assert page.run("return document.querySelector('.terrain').children.length") == 0
    assert not [url for url in page.requests() if url.startswith(f"{url_of(daemon)}v1/terrain")]


def test_the_map_shows_hills_and_water_where_the_files_have_them(browser: Page, daemon_with_land: Runtime) -> None:
    browser.resize(DESKTOP)
    browser.open(signed_in(daemon_with_land))
    eventually(lambda: browser.run("return document.querySelector('.terrain image')?.href.baseVal.startsWith('blob:')"))
    assert browser.run("return document.querySelectorAll('.terrain .ground').length") > 0
    colours = {}
    for scheme in ("light", "dark"):
        browser.prefer(scheme=scheme)
        colours[scheme] = browser.run(COLOURS)
        assert colours[scheme][0] != colours[scheme][1]
    assert colours["light"] != colours["dark"]
    opacities = browser.driver.execute_async_script(SHADES)
    assert len(set(opacities)) > 10
    daemon_with_land.command("teleport", cell="Balmora, Guild of Mages", x=-755.0, y=-1007.0, z=-644.0)
    eventually(lambda: browser.run("return document.querySelector('.terrain').getAttribute('visibility')") == "hidden")
    assert browser.errors() == []


def test_no_request_leaves_the_daemon(page: Page) -> None:
    # The last test: the requests of all pages so far.
    requests = page.requests()
    assert requests
    assert [url for url in requests if not url.startswith("http://127.0.0.1:")] == []
