"""An episode as pictures: an animation (GIF or WebP), and a picture as text in colour. Needs Pillow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording.describe import caption, find_section, where
from timmy_actors.recording.records import BeatRecord
from timmy_actors.recording.verify import picture_file

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

FORMATS = {".gif": "GIF", ".webp": "WEBP"}
WIDTH, HEIGHT, BAR = 480, 360, 22
SPAN = 2_048.0
"""Game units from one side of a drawn map to the other."""
LAND, LINE, PLAYER, ACTOR, DEAD = (222, 226, 205), (200, 205, 184), (20, 60, 160), (170, 60, 40), (130, 130, 130)
TALLEST = 2
"""A picture as text is at most so many times as high as wide; a higher one is squeezed."""
FARTHEST = 1e9
"""A number beyond it is no coordinate: an episode may have been edited by hand."""
SHORTEST_MS, LONGEST_MS = 40, 2_000
MAX_FRAMES = 2_000
EX_NOINPUT = 66


def animate(episode: Path, beats: Iterable[BeatRecord], target: Path, *, speed: float = 1.0) -> int:
    """Write an animation of the beats, at most `MAX_FRAMES`. Returns the number of frames.

    A beat without a picture is drawn as a map of its observation. A frame stays as long as the beat lasted, divided by
    `speed`, within `SHORTEST_MS` and `LONGEST_MS`.

    Raises:
        ConfigError: the target's name ends with neither .gif nor .webp, or Pillow is not installed.
        EpisodesUnusableError: there are no beats, or the target cannot be written.
    """
    kind = FORMATS.get(target.suffix.lower())
    if kind is None:
        raise ConfigError(f"{target}: an animation's name ends with {' or '.join(FORMATS)}")
    need_pillow()
    shown = list(islice(beats, MAX_FRAMES))
    if not shown:
        raise EpisodesUnusableError(f"episode {episode}: there are no beats to show: choose another", EX_NOINPUT)
    first, *rest = _frames(episode, shown)
    try:
        first.save(target, kind, save_all=True, append_images=rest, duration=_durations(shown, speed), loop=0)
    except OSError as error:
        raise EpisodesUnusableError(f"{target}: cannot be written ({error.strerror}): name another file") from error
    return len(shown)


def as_text(picture: Path, columns: int) -> list[str]:
    """A picture as lines for a terminal with 24-bit colours: two pixels per character.

    Raises:
        ConfigError: Pillow is not installed.
        OSError: it is not a picture.
    """
    need_pillow()
    from PIL import Image  # noqa: PLC0415  as above

    try:
        with Image.open(picture, formats=("JPEG",)) as image:
            rows = min(max(2, round(columns * image.height / image.width / 2) * 2), TALLEST * columns)
            pixels = image.convert("RGB").resize((columns, rows)).tobytes()
    except (SyntaxError, Image.DecompressionBombError) as error:
        raise OSError(f"{picture}: not a valid picture: {error}") from error
    return [_text_row(pixels, row, columns) for row in range(0, rows, 2)]


def need_pillow() -> None:
    """Check that Pillow is installed.

    Raises:
        ConfigError: it is not.
    """
    try:
        import PIL.Image  # noqa: F401, PLC0415  installed with the extra `recording`
    except ImportError as error:
        raise ConfigError("pictures need Pillow: pip install 'timmy_actors[recording]'") from error


def _text_row(pixels: bytes, row: int, columns: int) -> str:
    cells = []
    for column in range(columns):
        upper, lower = ((line * columns + column) * 3 for line in (row, row + 1))
        colours = [";".join(map(str, pixels[at : at + 3])) for at in (upper, lower)]
        cells.append(f"\x1b[38;2;{colours[0]}m\x1b[48;2;{colours[1]}m\N{UPPER HALF BLOCK}")
    return "".join(cells) + "\x1b[0m"


def _durations(beats: list[BeatRecord], speed: float) -> list[int]:
    starts = [beat.monotonic_s for beat in beats]
    lengths = [later - earlier for earlier, later in pairwise(starts)] + [1.0]
    return [round(min(max(length * 1_000 / speed, SHORTEST_MS), LONGEST_MS)) for length in lengths]


def _frames(episode: Path, beats: list[BeatRecord]) -> Iterator[Image.Image]:
    from PIL import Image, ImageDraw  # noqa: PLC0415  installed with the extra `recording`

    for beat in beats:
        frame = Image.new("RGB", (WIDTH, HEIGHT + BAR), (24, 24, 24))
        frame.paste(_picture(episode, beat), (0, 0))
        draw = ImageDraw.Draw(frame)
        draw.text((6, HEIGHT + 5), caption(beat)[:76].encode("latin-1", "replace").decode("latin-1"), (235, 235, 235))
        yield frame


def _picture(episode: Path, beat: BeatRecord) -> Image.Image:
    from PIL import Image, ImageOps  # noqa: PLC0415  as above

    path = picture_file(episode, beat.picture)
    if path is not None:
        try:
            with Image.open(path, formats=("JPEG",)) as image:
                return ImageOps.pad(image.convert("RGB"), (WIDTH, HEIGHT))
        except (OSError, SyntaxError, Image.DecompressionBombError):
            pass  # `verify` reports it; a map shows the beat all the same
    return draw_map(beat)


def draw_map(beat: BeatRecord) -> Image.Image:
    """A map of what was perceived: the player in the middle, north up, actors around. Needs Pillow."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  as above

    image = Image.new("RGB", (WIDTH, HEIGHT), LAND)
    draw = ImageDraw.Draw(image)
    for at in range(0, WIDTH, 60):
        draw.line((at, 0, at, HEIGHT), LINE)
        draw.line((0, at, WIDTH, at), LINE)
    position = find_section(beat.observation, "position")
    actors = find_section(beat.observation, "nearby_actors").get("actors")
    for actor in actors if isinstance(actors, list) else ():
        _mark(draw, position, actor)
    yaw = math.radians(_number(position, "yaw"))
    middle = (WIDTH / 2, HEIGHT / 2)
    draw.line((*middle, middle[0] + 26 * math.sin(yaw), middle[1] - 26 * math.cos(yaw)), PLAYER, 3)
    draw.circle(middle, 7, PLAYER)
    draw.text((6, 6), (where(beat) or "").encode("latin-1", "replace").decode("latin-1"), (40, 40, 40))
    return image


def _mark(draw: ImageDraw.ImageDraw, position: dict[str, Any], actor: Any) -> None:
    if not isinstance(actor, dict):
        return
    x = WIDTH / 2 + (_number(actor, "x") - _number(position, "x")) / SPAN * WIDTH
    y = HEIGHT / 2 - (_number(actor, "y") - _number(position, "y")) / SPAN * WIDTH
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        return
    draw.circle((x, y), 5, DEAD if actor.get("dead") else ACTOR)


def _number(section: dict[str, Any], key: str) -> float:
    value = section.get(key)
    return float(value) if isinstance(value, int | float) and abs(value) < FARTHEST else 0.0
