"""Exports episodes into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording.exports.atif import write_trajectory
from timmy_actors.recording.exports.images import IMAGES, Images, Region, Row
from timmy_actors.recording.exports.lerobot import write_lerobot
from timmy_actors.recording.exports.messages import message_rows
from timmy_actors.recording.exports.minari import write_minari
from timmy_actors.recording.exports.owamcap import write_owamcap
from timmy_actors.recording.exports.rows import label_rows, pair_rows

ExportFormat = Literal["atif", "messages", "dpo", "kto", "owamcap", "lerobot", "minari"]
ROWS: dict[str, Callable[[Sequence[Path], Images], Iterator[Row]]] = {
    "messages": message_rows,
    "dpo": pair_rows,
    "kto": label_rows,
}
DOCUMENTS: dict[str, Callable[[Path, Path, Images], int]] = {"atif": write_trajectory, "owamcap": write_owamcap}
"""The formats with one file per episode."""
DATASETS: dict[str, Callable[[Sequence[Path], Path, Images], int]] = {"lerobot": write_lerobot, "minari": write_minari}
"""The formats with files of their own for all episodes together."""
METADATA = "metadata.jsonl"
"""The file that `datasets` reads beside the images."""
EX_NOINPUT, EX_CANTCREAT = 66, 73
CHARACTERS_PER_TOKEN = 3
"""Fewer than tokenizers need for English or JSON (3.5 to 4.5): the estimate is rather too high."""
IMAGE_TOKENS = 576
"""Of a picture, at LLaVA's 24 x 24 patches; Qwen's depend on the size."""
MOST_WARNINGS = 100
WRITE_BYTES = 256 * 1024
"""Written at once: a system call per row would cost as much as the row."""


@dataclass(frozen=True)
class ExportOptions:
    """What is exported, and how."""

    format: ExportFormat
    blank: tuple[Region, ...] = ()
    """Regions of every picture that are blanked: a chat window, a name."""
    max_length: int | None = None
    """The trainer's `max_length`, to warn of prompts that fill it; None: no warnings."""
    image_tokens: int = IMAGE_TOKENS
    """The tokens that the model needs for a picture."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    rows: int
    """Rows; for ATIF and Minari steps, for OWAMcap messages, for LeRobot frames."""
    warnings: tuple[str, ...] = ()


def export_episodes(episodes: Sequence[Path], target: Path, options: ExportOptions) -> Exported:
    """Export episodes into the folder `target`, which must be new or empty.

    Raises:
        EpisodesUnusableError: there is nothing to export, an episode cannot be read, or the target cannot be written.
        ConfigError: a package that the format needs is not installed.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise EpisodesUnusableError(f"{target}: is not empty: name a new folder", EX_CANTCREAT)
        images = Images(target, options.blank)
        if options.format in DOCUMENTS:
            return Exported(sum(DOCUMENTS[options.format](episode, target, images) for episode in episodes))
        if options.format in DATASETS:
            return Exported(DATASETS[options.format](episodes, target, images))
        exported = _write_rows(ROWS[options.format](episodes, images), target / METADATA, options)
    except OSError as error:
        reason = f"{target}: cannot be written ({error.strerror}): correct that, or name another folder"
        raise EpisodesUnusableError(reason, EX_CANTCREAT) from error
    if not exported.rows:
        (target / METADATA).unlink(missing_ok=True)
        reason = f"there is nothing to export as {options.format}: 'dpo' needs overrides, forks of one state, or"
        reason += " success beside failure; 'kto' needs overrides or outcomes"
        raise EpisodesUnusableError(reason, EX_NOINPUT)
    return exported


def _write_rows(rows: Iterator[Row], path: Path, options: ExportOptions) -> Exported:
    count = 0
    warnings: list[str] = []
    with path.open("wb", buffering=WRITE_BYTES) as file:
        for row in rows:
            count += 1
            file.write(to_json(row, inf_nan_mode="null") + b"\n")
            if options.max_length is not None and len(warnings) < MOST_WARNINGS:
                warnings += _warnings(row, count, options.max_length, options.image_tokens)
    return Exported(count, tuple(warnings))


def _warnings(row: Row, number: int, max_length: int, image_tokens: int) -> list[str]:
    prompt = row["prompt"] if "prompt" in row else row["messages"][:-1]
    tokens = estimate_tokens(prompt, len(row[IMAGES]), image_tokens)
    if tokens < max_length:
        return []
    return [
        f"row {number} (episode {row['episode']}, beat {row['beat']}): its prompt has about {tokens} tokens, and a"
        f" max_length of {max_length} would cut off the answer: raise max_length, or leave the row out"
    ]


def estimate_tokens(prompt: list[dict[str, Any]], images: int, image_tokens: int) -> int:
    """About how many tokens a prompt has, rather too many than too few."""
    characters = sum(len(message["role"]) + len(message["content"]) for message in prompt)
    return characters // CHARACTERS_PER_TOKEN + images * image_tokens
