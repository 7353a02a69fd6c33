"""Annotates a picture by hand: writes the annotation beside it, and a preview with the boxes drawn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.protocol import first_mistake
from timmy_actors.recording.playing import need_pillow
from timmy_actors.recording.training.models import AnnotatedPicture

BOX, POINT = (230, 60, 30), (20, 90, 220)


def annotate_picture(
    picture: Path,
    caption: str | None,
    *,
    boxes: Sequence[dict[str, Any]] = (),
    points: Sequence[dict[str, Any]] = (),
    labels: Sequence[str] = (),
) -> Path:
    """Write the annotation of a JPEG picture beside it, or add to it. Returns the annotation's path.

    Raises:
        ConfigError: the picture or the annotation cannot be read or written, or what is added is invalid.
    """
    need_pillow()
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  as above

    path = picture.with_suffix(".json")
    try:
        with Image.open(picture, formats=("JPEG",)) as image:
            width, height = image.size
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        document = {
            **before,
            "picture": picture.name,
            "sha256": hashlib.sha256(picture.read_bytes()).hexdigest(),
            "width": width,
            "height": height,
            "caption": caption if caption is not None else before.get("caption"),
            "boxes": [*before.get("boxes", ()), *boxes],
            "points": [*before.get("points", ()), *points],
            "labels": list(dict.fromkeys([*before.get("labels", ()), *labels])),
        }
        annotated = AnnotatedPicture.model_validate_json(json.dumps(document))
        path.write_text(annotated.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")
    except ValidationError as error:
        mistake = first_mistake(error)
        text = mistake.text if mistake.kind == "value_error" else mistake.at("the annotation")
        raise ConfigError(f"{path}: {text}: correct the options") from error
    except (OSError, ValueError, AttributeError, TypeError, UnidentifiedImageError) as error:
        raise ConfigError(
            f"{picture}: cannot be annotated: {error}: name a JPEG picture in a folder of yours"
        ) from error
    return path


def draw_annotation(picture: Path, preview: Path) -> None:
    """Draw the boxes and points of a picture's annotation into a copy.

    Raises:
        ConfigError: the annotation cannot be read, or the preview cannot be written.
    """
    need_pillow()
    from PIL import Image, ImageDraw  # noqa: PLC0415  as above

    try:
        annotated = AnnotatedPicture.model_validate_json(picture.with_suffix(".json").read_text(encoding="utf-8"))
        with Image.open(picture, formats=("JPEG",)) as image:
            copy = image.convert("RGB")
        draw = ImageDraw.Draw(copy)
        for box in annotated.boxes:
            draw.rectangle((box.x, box.y, box.x + box.width - 1, box.y + box.height - 1), outline=BOX, width=2)
        for point in annotated.points:
            draw.circle((point.x, point.y), 4, POINT)
        copy.save(preview)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{preview}: the preview cannot be drawn: {error}") from error
