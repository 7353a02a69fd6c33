"""A real browser for tests and pictures: Debian's Chromium without a window, and the page that it shows."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from selenium.webdriver.remote.webelement import WebElement

DESKTOP, PHONE = (1440, 900), (390, 844)
PROGRAMS = {"chromium": "chromium", "chromedriver": "chromium-driver"}
"""The programs, and their packages."""
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.02
OWN_SCHEMES = ("blob:", "data:", "chrome:", "about:")


class Page:
    """The browser's only page."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self._requests: list[str] = []

    def resize(self, size: tuple[int, int], *, scale: float = 1) -> None:
        """Show the page as on a screen of this size; below 600 pixels as on a phone."""
        width, height = size
        screen = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def prefer(self, *, scheme: str = "light", motion: str = "no-preference") -> None:
        """Set the user's preferences: `light` or `dark`, and `no-preference` or `reduce`."""
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def open(self, url: str) -> None:
        """Load a page anew, even if only the fragment differs."""
        self.driver.get("about:blank")
        self.driver.get(url)

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; what it returns."""
        return self.driver.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """The text of an element, whether it is visible or not."""
        text: str = self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)
        return text

    def shows(self, selector: str, text: str) -> None:
        """Wait until the text of an element contains `text`."""
        self.wait(lambda: text in self.text(selector))

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a condition is true."""
        waiting = WebDriverWait(self.driver, PATIENCE_S, poll_frequency=LOOK_EVERY_S)
        waiting.until(lambda _: condition(), message=f"not so within {PATIENCE_S:g} s")

    def fill(self, selector: str, text: str) -> None:
        """Type a text into a field, instead of what it has."""
        field = self.find(selector)
        field.clear()
        field.send_keys(text)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option of a list by its value."""
        change = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
        self.run(change, self.find(selector), value)

    def press(self, selector: str) -> None:
        """Click an element, wherever it is on the page."""
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", element)
        element.click()

    def requests(self) -> list[str]:
        """The URLs that pages have requested so far, without those that leave no browser."""
        for entry in self._log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
        return [url for url in self._requests if not url.startswith(OWN_SCHEMES)]

    def errors(self) -> list[str]:
        """The console's errors since the last call."""
        return [entry["message"] for entry in self._log("browser") if entry["level"] == "SEVERE"]

    def _log(self, kind: str) -> list[dict[str, Any]]:
        """The new entries of one of the browser's logs."""
        return cast("list[dict[str, Any]]", cast("Any", self.driver).get_log(kind))


def missing_packages() -> list[str]:
    """The packages to install before a browser can run here."""
    return [package for program, package in PROGRAMS.items() if shutil.which(program) is None]


@contextmanager
def browsing() -> Iterator[Page]:
    """Run a browser with a profile of its own.

    Raises:
        FileNotFoundError: a package is missing.
    """
    if missing := missing_packages():
        raise FileNotFoundError(f"apt install {' '.join(missing)}")
    browser, driver = (str(shutil.which(program)) for program in PROGRAMS)
    with tempfile.TemporaryDirectory(prefix="ta-chromium-", ignore_cleanup_errors=True) as folder:
        running = webdriver.Chrome(options=_options(browser, folder), service=Service(driver))
        running.set_script_timeout(2 * PATIENCE_S)
        try:
            yield Page(running)
        finally:
            running.quit()


def _options(browser: str, folder: str) -> webdriver.ChromeOptions:
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    quiet = ("--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync")
    small = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}")
    for argument in (*quiet, *small, *(("--no-sandbox",) if os.getuid() == 0 else ())):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return options
