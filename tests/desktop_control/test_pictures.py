"""The folder that captures go to."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from timmy_actors.desktop_control.frames import Frame, JpegEncoder
from timmy_actors.desktop_control.pictures import CaptureStore, is_black
from timmy_actors.errors import RefusedError


def test_a_picture_replaces_an_older_one_of_its_name(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path / "captures")
    store.write("a.png", b"old")
    assert store.write("a.png", b"new").read_bytes() == b"new"
    assert [each.name for each in store.folder.iterdir()] == ["a.png"]


def test_a_full_folder_is_an_error_and_keeps_the_old_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = CaptureStore(tmp_path)
    store.write("a.png", b"old")
    monkeypatch.setattr(Path, "open", _on_a_full_disk)
    with pytest.raises(RefusedError, match="no space is left") as refusal:
        store.write("a.png", b"new")
    assert refusal.value.code == "captures_full"
    monkeypatch.undo()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.png", b"old")]


def _on_a_full_disk(path: Path, mode: str) -> Any:
    path.touch()
    return io.open("/dev/full", "wb")  # noqa: UP020  the real error of the real device


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError) as refusal:
        CaptureStore(tmp_path / "file" / "captures").write("a.png", b"new")
    assert refusal.value.code == "captures_unwritable"


def test_a_folder_in_the_pictures_place_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.png" / "b").mkdir(parents=True)
    with pytest.raises(RefusedError) as refusal:
        CaptureStore(tmp_path).write("a.png", b"new")
    assert refusal.value.code == "captures_unwritable"
    assert [each.name for each in tmp_path.iterdir()] == ["a.png"]


def test_a_picture_that_shows_nothing_is_known() -> None:
    black = Image.new("RGB", (640, 480))
    assert is_black(black)
    black.putpixel((3, 3), (0, 9, 0))
    assert not is_black(black)
    assert not is_black(Image.new("RGB", (640, 480), (200, 0, 0)))


@pytest.mark.parametrize("size", [(1920, 1080), (1281, 801), (257, 999), (300, 300), (16, 16), (1, 1)])
@pytest.mark.parametrize("quality", [1, 85, 95])
def test_a_jpeg_made_by_two_threads_is_the_one_that_a_single_thread_makes(size: tuple[int, int], quality: int) -> None:
    image = Image.merge("RGB", [Image.effect_noise(size, spread) for spread in (20, 60, 100)])
    alone = io.BytesIO()
    image.save(alone, "JPEG", quality=quality)
    with closing(JpegEncoder()) as encoder:
        data = encoder.encode(Frame.of(image), quality)
    with Image.open(io.BytesIO(data)) as joined, Image.open(alone) as expected:
        assert joined.size == size
        assert joined.tobytes() == expected.tobytes()
