"""OpenMW 0.47 (Debian's `openmw`) on a screen, with the test land as a game of its own: no game data are needed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from Xlib import X

from tests.desktop_control.stage import Screen, skip_unless_installed
from tests.waiting import eventually
from tools.test_game import NAME, write_game

OPENMW, RESOURCES = "/usr/games/openmw", "/usr/share/games/openmw/resources"
SHOWN_WITHIN_S = 120.0
"""How long a picture may take, as the game draws in software: on two free cores it starts in 0.6 s."""
CONTROL = """
    <Control name="{number}" autoChangeDirectionOnLimitsAfterStop="false" autoReverseToInitialValue="true"
        initialValue="0" stepSize="MAX" stepsPerSeconds="MAX">{binder}
        <Channel number="{number}" direction="DIRECT" percentage="1" /></Control>"""
"""An action's binding, with the attributes that the game writes: it starts only if all are there."""
FORWARD = CONTROL.format(number=7, binder='<KeyBinder key="12" direction="INCREASE" />')
INVENTORY = CONTROL.format(number=3, binder='<MouseButtonBinder button="RIGHT" direction="INCREASE" />')
SETTINGS = f'<?xml version="1.0" encoding="utf-8" ?>\n<Controller>{FORWARD}{INVENTORY}\n</Controller>\n'
"""A player's own bindings: forward is I, and the right button opens the inventory."""
FATAL_ERROR = "OpenMW: Fatal error"
"""The title of the dialog that says why the game does not start."""


@dataclass(frozen=True)
class OpenMw:
    """The running game: its screen and its log."""

    screen: Screen
    log: Path

    def picture(self) -> Image.Image:
        """What the screen shows."""
        root = self.screen.x.screen().root
        size = root.get_geometry()
        raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
        return Image.frombytes("RGB", (size.width, size.height), raw, "raw", "BGRX")


@contextmanager
def openmw() -> Iterator[OpenMw]:
    """The game in front on a screen of its own, once it has loaded the first cell."""
    pytest.importorskip("lupa", reason="the test land is read from the simulator: pip install lupa")
    skip_unless_installed()
    if shutil.which(OPENMW) is None:
        pytest.skip("apt install openmw")
    with tempfile.TemporaryDirectory(prefix="ta-openmw-") as name, Screen(Path(name)) as screen:
        folder = Path(name)
        write_game(folder / "game")
        settings = folder / ".config" / "openmw" / "input_v3.xml"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        log = folder / "log"
        command = [OPENMW, f"--data={folder}/game", f"--content={NAME}", f"--resources={RESOURCES}", "--skip-menu"]
        command += ["--start=-2,-9", "--no-sound"]
        own = {"LIBGL_ALWAYS_SOFTWARE": "1"}
        own |= {"XDG_CONFIG_HOME": f"{folder}/.config", "XDG_DATA_HOME": f"{folder}/.data"}
        with log.open("wb") as out:
            process = screen.run(*command, env={**screen.environment, **own}, stdout=out, stderr=out)
            loaded = "Loading cell Seyda Neen (-2, -9)"

            def started_or_not() -> bool:
                ended = process.poll() is not None or screen.window(FATAL_ERROR) is not None
                return ended or loaded in log.read_text(errors="replace")

            eventually(started_or_not, SHOWN_WITHIN_S)
            assert loaded in log.read_text(errors="replace"), log.read_text(errors="replace")
            yield OpenMw(screen, log)
