"""The commands for training data. They read and write files, so they also work without a daemon."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click

from timmy_actors.cli.episodes import episode_argument, folder_of, which_folder
from timmy_actors.cli.output import escaped
from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording import (
    View,
    annotate_picture,
    check_data,
    draw_annotation,
    find_episode,
    harvest_episode,
)
from timmy_actors.system import training_folder

EX_DATAERR = 65
MAX_LINE = 1_000_000
_MARK = re.compile(r"(.{1,256}):(\d{1,5}),(\d{1,5})(?:,(\d{1,5}),(\d{1,5}))?")


@click.group()
def data() -> None:
    """Make and check training data: annotated pictures, dialogues, decisions."""


@data.command()
@click.argument("picture", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--caption", help="One sentence on what is to be seen.")
@click.option("--box", "boxes", multiple=True, metavar="LABEL:X,Y,WIDTH,HEIGHT", help="Something in it; repeatable.")
@click.option("--point", "points", multiple=True, metavar="LABEL:X,Y", help="A place in it; repeatable.")
@click.option("--label", "labels", multiple=True, help="Of the whole picture; repeatable.")
@click.option(
    "--preview", type=click.Path(dir_okay=False, path_type=Path), help="Draw the annotation into this picture."
)
def annotate(
    *,
    picture: Path,
    caption: str | None,
    boxes: tuple[str, ...],
    points: tuple[str, ...],
    labels: tuple[str, ...],
    preview: Path | None,
) -> None:
    """Annotate PICTURE, a JPEG; what is given is added to its annotation, PICTURE's name with .json."""
    path = annotate_picture(
        picture,
        caption,
        boxes=[_mark("--box", box, ("x", "y", "width", "height")) for box in boxes],
        points=[_mark("--point", point, ("x", "y")) for point in points],
        labels=labels,
    )
    if preview is not None:
        draw_annotation(picture, preview)
    click.echo(f"wrote {escaped(str(path))}")


@data.command()
@episode_argument
@click.option(
    "--to", "target", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new or empty folder."
)
@click.option(
    "--view",
    type=click.Choice(get_args(View)),
    default="first-person",
    show_default=True,
    help="How its pictures were taken.",
)
@click.option(
    "--fov",
    type=click.FloatRange(10, 150),
    default=60.0,
    show_default=True,
    help="The vertical field of view, in degrees.",
)
@click.option(
    "--events",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The output of 'timmy-actors watch --json', for dialogues.",
)
@which_folder
def harvest(*, episode_id: str, target: Path, view: View, fov: float, events: Path | None, **place: Any) -> None:
    """Harvest EPISODE: pictures annotated by the perceptions, dialogues, decisions."""
    episode = find_episode(folder_of(**place), episode_id)
    known = list(_events(events)) if events is not None else []
    done = harvest_episode(episode, target, view=view, vertical_degrees=fov, events=known)
    counts = f"{done.pictures} pictures, {done.dialogues} dialogues, {done.decisions} decisions"
    click.echo(f"wrote {counts} to {escaped(str(target))}")


@data.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check files or folders of training data, by default the shipped samples; exit code 65 if anything is wrong."""
    counted: dict[str, int] = {}
    wrong = 0
    for finding in check_data(list(paths) or [training_folder() / "samples"], counted):
        wrong += 1
        click.echo(escaped(str(finding)))
    click.echo(", ".join(f"{count} {kind}" for kind, count in sorted(counted.items())) or "no training data")
    if wrong:
        raise EpisodesUnusableError(f"{wrong} findings: each line says what must hold", EX_DATAERR)


def _mark(option: str, text: str, keys: tuple[str, ...]) -> dict[str, Any]:
    match = _MARK.fullmatch(text)
    numbers = [int(number) for number in match.groups()[1:] if number is not None] if match is not None else []
    if match is None or len(numbers) != len(keys):
        raise click.UsageError(f"{option}: {text!r} must be LABEL:{','.join(keys).upper()}")
    return {"label": match[1], **dict(zip(keys, numbers, strict=True))}


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), ""), start=1):
            try:
                pushed = json.loads(line)
            except (ValueError, RecursionError) as error:
                remedy = "write the file with timmy-actors watch --json"
                raise ConfigError(f"{path}, line {number}: is not JSON: {remedy}") from error
            event = pushed.get("event") if isinstance(pushed, dict) else None
            if isinstance(event, dict):
                yield event
