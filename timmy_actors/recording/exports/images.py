"""The pictures of an export: copies under new names, with regions blanked."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from timmy_actors.recording.pictures import QUALITY
from timmy_actors.recording.playing import need_pillow
from timmy_actors.recording.records import Picture
from timmy_actors.recording.verify import picture_file

Row = dict[str, Any]
IMAGES = "images_file_names"
"""The column of paths that `datasets` loads as the column `images`."""
FOLDER = "images"
NAME_DIGITS = 24
Region = tuple[int, int, int, int]
"""x, y, width and height, in pixels of the picture."""


class Images:
    """Copies pictures into `target/images`. A blanked picture never has the name of the one that it was made from:
    libraries store the file of a name rather than the edited picture.

    Raises:
        ConfigError: regions are blanked, and Pillow is not installed.
    """

    def __init__(self, target: Path, blank: Sequence[Region] = ()) -> None:
        self._target = target
        self._blank = tuple(blank)
        if self._blank:
            need_pillow()

    def add(self, episode: Path, picture: Picture | None) -> str | None:
        """Copy a beat's picture. Returns its path relative to the target; None: it has none."""
        source = picture_file(episode, picture)
        if source is None or picture is None:
            return None
        (self._target / FOLDER).mkdir(parents=True, exist_ok=True)
        if not self._blank:
            return self._store(picture.sha256, source)
        data = self._blanked(source)
        return self._store(hashlib.sha256(data).hexdigest(), data)

    def paths(self, episode: Path, picture: Picture | None) -> list[str]:
        """`add`, as the value of a row's column `IMAGES`."""
        path = self.add(episode, picture)
        return [] if path is None else [path]

    def _store(self, sha256: str, source: Path | bytes) -> str:
        path = f"{FOLDER}/{sha256[:NAME_DIGITS]}.jpg"
        target = self._target / path
        if not target.exists():
            if isinstance(source, bytes):
                target.write_bytes(source)
            else:
                shutil.copyfile(source, target)
        return path

    def _blanked(self, source: Path) -> bytes:
        from PIL import Image, ImageDraw  # noqa: PLC0415  checked by the constructor

        with Image.open(source, formats=("JPEG",)) as image:
            edited = image.convert("RGB")
        draw = ImageDraw.Draw(edited)
        for x, y, width, height in self._blank:
            draw.rectangle((x, y, x + width - 1, y + height - 1), (0, 0, 0))
        stream = io.BytesIO()
        edited.save(stream, "JPEG", quality=QUALITY)
        return stream.getvalue()
