"""The pictures of an export: copies under new names, with regions blanked."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.pictures import QUALITY
from timmy_actors.recording.playing import need_pillow
from timmy_actors.recording.records import Picture
from timmy_actors.recording.verify import picture_file

if TYPE_CHECKING:
    from PIL import Image

Row = dict[str, Any]
IMAGES = "images_file_names"
"""The column of paths that `datasets` loads as the column `images`."""
FOLDER = "images"
EX_DATAERR = 65
VERIFY = "'timmy-actors episodes verify' names the line"
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
        self.size: tuple[int, int] | None = None
        """Width and height of the first picture of `sized`."""
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

    def sized(self, episode: Path, picture: Picture | None) -> tuple[bytes, list[int]]:
        """A picture as a JPEG of the first one's size, and its histogram: 256 levels of red, of green, and of blue.

        Raises:
            EpisodesUnusableError: there is no such picture, or it cannot be read.
            ConfigError: Pillow is not installed.
        """
        need_pillow()
        source = picture_file(episode, picture)
        if source is None:
            raise EpisodesUnusableError(f"episode {episode.name}: a picture is missing: {VERIFY}", EX_DATAERR)
        image = self._edited(source)
        self.size = self.size or image.size
        if image.size != self.size:
            image = image.resize(self.size)
        elif not self._blank:
            return source.read_bytes(), image.histogram()
        return _as_jpeg(image), image.histogram()

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
        return _as_jpeg(self._edited(source))

    def _edited(self, source: Path) -> Image.Image:
        """The picture with its regions blanked."""
        from PIL import Image, ImageDraw  # noqa: PLC0415  checked by the callers

        try:
            with Image.open(source, formats=("JPEG",)) as image:
                edited = image.convert("RGB")
        except OSError as error:
            raise EpisodesUnusableError(
                f"{source}: cannot be read as a JPEG ({error}): {VERIFY}", EX_DATAERR
            ) from error
        draw = ImageDraw.Draw(edited)
        for x, y, width, height in self._blank:
            draw.rectangle((x, y, x + width - 1, y + height - 1), (0, 0, 0))
        return edited


def _as_jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()
