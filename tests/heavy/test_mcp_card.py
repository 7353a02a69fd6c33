"""The card in a real browser: a page that is its host, and passes its calls on to a real server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from tests.mcp_server.clients import MODERN, Connector
from tests.mcp_server.conftest import desktop, endpoint
from tests.waiting import eventually
from timmy_actors.mcp_server.resources import CARD

if TYPE_CHECKING:
    from mcp import Client

__all__ = ["desktop", "endpoint"]
HOST = """<!doctype html><meta charset="utf-8">
<iframe id="card" width="800" height="900" sandbox="allow-scripts"></iframe>
<script>
const calls = [], notes = [];
const card = document.getElementById("card").contentWindow;
addEventListener("message", ({ data, source }) => {
  if (source !== card) return;
  const host = { protocolVersion: "2026-01-26", hostInfo: {}, hostCapabilities: {} };
  if (data.method === "ui/initialize") return answer(data.id, host);
  (data.method === "tools/call" ? calls : notes).push(data);
});
function answer(id, result) { card.postMessage({ jsonrpc: "2.0", id, result }, "*"); }
</script>"""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """Chromium; the test is skipped without it."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("apt install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options=options, service=ChromeService(driver))
    yield chrome
    chrome.quit()


def test_the_card_shows_the_map_the_frame_and_the_chat(endpoint: str, browser: Chrome, tmp_path: Path) -> None:
    async def play(client: Client) -> None:
        html = (await client.read_resource(CARD)).contents[0].text  # type: ignore[union-attr]
        (tmp_path / "host.html").write_text(HOST)
        browser.get((tmp_path / "host.html").as_uri())
        browser.execute_script("document.getElementById('card').srcdoc = arguments[0]", html)
        await anyio.to_thread.run_sync(eventually, lambda: methods(browser) == ["ui/notifications/initialized"])
        await client.call_tool("speak", {"text": "<b>Hello</b>, card"})
        await client.call_tool("act", {"action": "teleport", "params": {"to": "Vivec"}})
        click(browser, "#refresh")
        for name in ("observe", "capture_state"):
            call = await anyio.to_thread.run_sync(eventually, lambda: next_call(browser))
            assert call["params"]["name"] == name
            result = await client.call_tool(name, call["params"]["arguments"])
            answer(browser, call["id"], result.model_dump(by_alias=True, mode="json", exclude_none=True))
        await anyio.to_thread.run_sync(eventually, lambda: text(browser, "#frame-text").startswith("morrowind"))

    Connector(endpoint, MODERN, ("--profile", "operator")).run(play)
    assert text(browser, "#name") == "Timmy"
    assert text(browser, "#place").startswith("Vivec")
    assert "<b>Hello</b>, card" in text(browser, "#chat")
    assert text(browser, "#map-text").startswith("Map, north is up")
    eventually(lambda: in_card(browser, "return document.querySelector('#frame').naturalWidth") == 64)
    assert in_card(browser, "return document.querySelectorAll('meter').length") == 3
    problems = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
    assert problems == []


def in_card(browser: Chrome, script: str) -> Any:
    """Run a script in the card."""
    browser.switch_to.frame("card")
    try:
        return browser.execute_script(script)
    finally:
        browser.switch_to.default_content()


def text(browser: Chrome, selector: str) -> str:
    return str(in_card(browser, f"return document.querySelector({json.dumps(selector)}).textContent"))


def click(browser: Chrome, selector: str) -> None:
    in_card(browser, f"document.querySelector({json.dumps(selector)}).click()")


def methods(browser: Chrome) -> list[str]:
    """The notifications that the card has sent to its host."""
    sent: list[str] = browser.execute_script("return notes.map((note) => note.method)")
    return sent


def next_call(browser: Chrome) -> Any:
    return browser.execute_script("return calls.shift() || null")


def answer(browser: Chrome, call: int, result: Any) -> None:
    browser.execute_script("answer(arguments[0], arguments[1])", call, result)
