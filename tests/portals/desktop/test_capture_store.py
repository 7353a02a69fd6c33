from __future__ import annotations

import io
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from timmy_actors.errors import ToolError
from timmy_actors.portals.desktop.capture_store import CaptureStore, Facts, look_at

SIZE = (640, 480)


def encoded(kind: str, colour: tuple[int, int, int] | None) -> bytes:
    """An encoded picture of one colour, or of noise if `colour` is None."""
    file = io.BytesIO()
    noise = random.Random(1).randbytes(SIZE[0] * SIZE[1] * 3)
    picture = Image.frombytes("RGB", SIZE, noise) if colour is None else Image.new("RGB", SIZE, colour)
    picture.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP"])
def test_a_black_picture_is_distinguished_from_a_dark_and_a_lively_one(kind: str) -> None:
    facts = [look_at(encoded(kind, colour)) for colour in ((0, 0, 0), (0, 0, 40), None)]
    assert facts == [Facts(*SIZE, is_black) for is_black in (True, False, False)]


def test_one_lit_corner_is_no_black_picture() -> None:
    picture = Image.new("RGB", SIZE, (0, 0, 0))
    picture.paste((255, 255, 255), (600, 440, 640, 480))
    file = io.BytesIO()
    picture.save(file, "JPEG")
    assert not look_at(file.getvalue()).is_black


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("colour", [(0, 0, 0), None])
def test_a_part_of_a_picture_is_none(kind: str, colour: tuple[int, int, int] | None) -> None:
    whole = encoded(kind, colour)
    for size in (0, 3, len(whole) // 2, len(whole) - 70):
        with pytest.raises(ToolError) as raised:
            look_at(whole[:size])
        assert raised.value.code == "bad_result"


@pytest.mark.parametrize("data", [b"GIF89a" + b"\0" * 100, b"BM" + b"\0" * 100, b"\x89PNG\r\n\x1a\n" + b"\0" * 100])
def test_what_is_no_picture_is_reported(data: bytes) -> None:
    with pytest.raises(ToolError, match="screenshot is"):
        look_at(data)


def test_a_full_disk_is_reported_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    error = store.write_error()
    assert error is not None
    assert (error.code, "delete files" in error.message) == ("no_space", True)


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    now = datetime.now(UTC)
    fifo, endless = tmp_path / "capture_1.png", tmp_path / "capture_2.png"
    os.mkfifo(fifo)
    endless.symlink_to("/dev/zero")
    for path in (fifo, endless):
        with pytest.raises(ToolError, match="did not write a regular file"):
            store.add(path, datetime.fromtimestamp(0, UTC) if path == endless else now)
