"""The players' own bindings, against the file that the game itself writes: Debian 12's OpenMW 0.47.0."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.desktop_control.stage import Screen
from tests.portals.desktops import Desktop, desktop
from tests.waiting import eventually
from timmy_actors.errors import RefusedError
from timmy_actors.portals.catalog.bindings import bindings_of, resolve, steps_of
from timmy_actors.portals.catalog.catalog import choose, load_catalog
from timmy_actors.protocol import Action, GameSettings, PortalEntry
from timmy_actors.system import config_folder

OPENMW = "/usr/games/openmw"
CATALOGUE = config_folder() / "portals.json"


def morrowind(file: Path) -> PortalEntry:
    entry = choose(load_catalog(CATALOGUE), "morrowind", CATALOGUE)
    assert entry.settings is not None
    return entry.model_copy(update={"settings": entry.settings.model_copy(update={"file": str(file)})})


def first(entry: PortalEntry, name: str) -> tuple[str, object]:
    step = resolve(Action(action=name), bindings_of(entry, name))[0]
    return step.action, step.params.get("key")


@pytest.fixture(scope="module")
def written_by_openmw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What OpenMW writes at its first start: its own defaults. The game that it is started with is an empty one."""
    if shutil.which(OPENMW) is None or shutil.which("Xvfb") is None:
        pytest.skip("apt install openmw xvfb")
    folder = tmp_path_factory.mktemp("openmw")
    (folder / "empty.omwgame").write_bytes(_empty_game())
    file = folder / ".config" / "openmw" / "input_v3.xml"
    with tempfile.TemporaryDirectory(prefix="ta-screen-") as place, Screen(Path(place), managed=False) as screen:
        environment = {**os.environ, **screen.environment, "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        environment |= {"XDG_CONFIG_HOME": str(folder / ".config"), "XDG_DATA_HOME": str(folder / ".data")}
        command = [OPENMW, "--data", str(folder), "--content", "empty.omwgame", "--skip-menu", "--no-sound"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet) as game:
            try:
                eventually(lambda: file.exists() and file.read_text().rstrip().endswith("</Controller>"), 60)
            finally:
                game.kill()
    return file


def _keys(running: Desktop) -> list[object]:
    """The keys that were pressed, in their order."""
    return [action["params"]["key"] for action in running.actions() if "key" in action["params"]]


def _empty_game() -> bytes:
    header = struct.pack("<fI", 1.3, 1) + bytes(32) + bytes(256) + struct.pack("<I", 0)
    record = b"HEDR" + struct.pack("<I", len(header)) + header
    return b"TES3" + struct.pack("<III", len(record), 0, 0) + record


def test_what_ships_for_morrowind_is_what_openmw_has_by_itself(written_by_openmw: Path) -> None:
    entry = morrowind(written_by_openmw)
    assert entry.settings is not None
    for name in entry.settings.names:
        shipped = steps_of(entry.actions[name])[0]
        assert first(entry, name) == (shipped.action, shipped.params.get("key")), name


def test_what_a_player_chose_is_pressed(written_by_openmw: Path, tmp_path: Path) -> None:
    changed = tmp_path / "input_v3.xml"
    text = written_by_openmw.read_text()
    journal, inventory = 'key="13"', '<MouseButtonBinder button="RIGHT"'
    assert journal in text
    assert inventory in text
    changed.write_text(text.replace(journal, 'key="14"').replace(inventory, '<KeyBinder key="12"'))
    entry = morrowind(changed)
    assert first(entry, "journal") == ("press_key", "k")
    assert first(entry, "Inventory") == ("press_key", "i")
    assert first(entry, "forward 2s") == ("hold_key", "w")


def test_a_key_that_the_table_does_not_have_is_not_guessed(written_by_openmw: Path, tmp_path: Path) -> None:
    changed = tmp_path / "input_v3.xml"
    changed.write_text(written_by_openmw.read_text().replace('key="13"', 'key="299"'))
    with pytest.raises(RefusedError, match="binds it to '299'"):
        first(morrowind(changed), "journal")
    assert first(morrowind(changed), "rest") == ("press_key", "t")
    changed.write_text("<Controller><")
    with pytest.raises(RefusedError, match="cannot be read"):
        first(morrowind(changed), "journal")


def test_without_the_file_the_defaults_stand(tmp_path: Path) -> None:
    assert first(morrowind(tmp_path / "none.xml"), "journal") == ("press_key", "j")


def test_a_text_file_is_read_by_a_pattern(tmp_path: Path) -> None:
    file = tmp_path / "default.cfg"
    file.write_text("key_reload 19\nkey_fire 29\n")
    fire = GameSettings(file=str(file), regex=(r"^key_{}\s+(\d+)$",), names={"attack": "fire"}, keys={"29": "ctrl"})
    entry = morrowind(tmp_path).model_copy(update={"settings": fire})
    assert first(entry, "attack") == ("press_key", "ctrl")


def test_a_click_with_a_time_is_held() -> None:
    entry = morrowind(Path("none"))
    (step,) = resolve(Action(action="attack 1.5s"), entry.actions)
    assert (step.action, step.params) == ("hold_mouse", {"button": "left", "seconds": 1.5})


def test_a_chain_that_fails_half_way_closes_what_it_opened(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with desktop(tmp_path) as running:
        result = running.runtime.execute("say", text="refused")
        assert not result.success
        assert "after 1 of 3 steps" in str(result.reason)
        assert _keys(running) == ["y", "backspace", "enter"]
        assert "focus_window after a failure: " in caplog.text, "what could not be undone is logged"


def test_a_chain_that_succeeds_undoes_nothing(tmp_path: Path) -> None:
    with desktop(tmp_path) as running:
        assert running.runtime.execute("say", text="hail").success
        assert _keys(running) == ["y", "enter"]
