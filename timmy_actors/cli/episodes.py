"""The commands for recorded episodes. They read files, so they also work without a daemon."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click

from timmy_actors.cli import root
from timmy_actors.cli.output import escaped, escaped_json
from timmy_actors.daemon import config_path, episodes_folder, load_settings
from timmy_actors.errors import EpisodesUnusableError
from timmy_actors.recording import (
    IMAGE_TOKENS,
    BeatRecord,
    ExportFormat,
    ExportOptions,
    Region,
    animate,
    as_text,
    describe_beat,
    describe_summary,
    export_episodes,
    find_episode,
    list_episodes,
    picture_file,
    read_beats,
    read_episode,
    repair_episode,
    verify_episode,
)

EX_DATAERR = 65
LONGEST_PAUSE_S = 2.0
TERMINAL_COLUMNS = 100
_REGION = re.compile(r"(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})")


def which_folder(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that name the folder of the episodes."""
    for option in (
        click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="The daemon's configuration."),
        click.option(
            "--folder", type=click.Path(file_okay=False, path_type=Path), help="The episodes. Default: the daemon's."
        ),
    ):
        command = option(command)
    return command


def folder_of(folder: Path | None, config: Path | None) -> Path:
    """The folder of the episodes."""
    if folder is not None:
        return folder
    path = config_path(config)
    return episodes_folder(load_settings(path))


episode_argument = click.argument("episode_id", metavar="EPISODE")


@click.group()
def episodes() -> None:
    """List, play, check and export recorded episodes. No daemon is needed."""


@episodes.command(name="list")
@root.as_json
@which_folder
def list_all(as_json: bool, **place: Any) -> None:
    """List the episodes, the newest first."""
    for summary in list_episodes(folder_of(**place)):
        if as_json:
            click.echo(escaped_json(json.dumps(asdict(summary), default=str)))
        else:
            click.echo(escaped(describe_summary(summary)))


@episodes.command()
@episode_argument
@click.option("--beat", type=click.IntRange(1), help="Show this beat only, with its prompt and observation.")
@root.as_json
@which_folder
def show(episode_id: str, beat: int | None, as_json: bool, **place: Any) -> None:
    """Show the beats of EPISODE."""
    folder = find_episode(folder_of(**place), episode_id)
    if beat is None:
        for one in read_beats(folder):
            _show(one, as_json=as_json)
        return
    one = next(iter(read_beats(folder, beat - 1)), None)  # type: ignore[assignment]
    if one is None or one.beat != beat:
        raise EpisodesUnusableError(f"episode {episode_id}: has no beat {beat}: 'episodes show' lists its beats", 66)
    _show(one, as_json=as_json)
    if not as_json:
        for message in one.prompt:
            click.echo("\n".join(f"  {message.role}: {escaped(line)}" for line in message.text.splitlines()))
        click.echo(escaped_json(json.dumps(one.observation, indent=2, ensure_ascii=False)))


@episodes.command()
@episode_argument
@click.option(
    "--speed",
    type=click.FloatRange(0, 1000),
    default=1.0,
    show_default=True,
    help="How many times faster than it was; 0: without pauses.",
)
@click.option("--pictures", is_flag=True, help="Also show the pictures, in a terminal with 24-bit colours.")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write an animated picture (.gif, .webp) instead.",
)
@which_folder
def play(episode_id: str, speed: float, pictures: bool, target: Path | None, **place: Any) -> None:
    """Play EPISODE in the terminal, or as an animated picture."""
    folder = find_episode(folder_of(**place), episode_id)
    if target is not None:
        count = animate(folder, read_beats(folder), target, speed=speed or 1_000.0)
        click.echo(f"wrote {count} frames to {escaped(str(target))}")
        return
    try:
        _play(folder, read_beats(folder), speed, pictures=pictures)
    except KeyboardInterrupt:
        return


@episodes.command()
@click.argument("episode_ids", metavar="[EPISODE]...", nargs=-1)
@which_folder
def verify(episode_ids: tuple[str, ...], **place: Any) -> None:
    """Check episodes, by default all, for damage and edits; the exit code is 65 if there is any."""
    folder = folder_of(**place)
    wrong = 0
    for episode_id in episode_ids or [summary.id for summary in list_episodes(folder)]:
        findings = list(verify_episode(find_episode(folder, episode_id)))
        wrong += len(findings)
        for finding in findings:
            click.echo(escaped(f"{episode_id}, {finding}"))
        if not findings:
            click.echo(f"{episode_id}: intact")
    if wrong:
        raise EpisodesUnusableError(f"{wrong} findings: each line says what to do", EX_DATAERR)


@episodes.command()
@episode_argument
@which_folder
def repair(episode_id: str, **place: Any) -> None:
    """Repair EPISODE: keep all that can be read. The file as it was stays beside the new one."""
    repaired = repair_episode(find_episode(folder_of(**place), episode_id))
    for finding in repaired.findings:
        click.echo(escaped(f"{episode_id}, line {finding.line}: {finding.code}: {finding.message}"))
    if repaired.before is None:
        click.echo(f"{episode_id}: intact, nothing was changed")
    else:
        click.echo(f"{episode_id}: repaired; {repaired.before.name} is the file as it was")


class RegionType(click.ParamType[Region]):
    """`X,Y,WIDTH,HEIGHT`."""

    name = "region"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Region:
        """The four numbers."""
        match = _REGION.fullmatch(str(value))
        if match is None:
            self.fail(f"{value!r} must be X,Y,WIDTH,HEIGHT in pixels", param, ctx)
        x, y, width, height = map(int, match.groups())
        return x, y, width, height


@episodes.command()
@click.argument("episode_ids", metavar="EPISODE...", nargs=-1, required=True)
@click.option("--format", "as_format", type=click.Choice(get_args(ExportFormat)), required=True)
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A new or empty folder.",
)
@click.option("--blank", type=RegionType(), multiple=True, help="Blank X,Y,WIDTH,HEIGHT of every picture; repeatable.")
@click.option("--max-length", type=click.IntRange(1), help="The trainer's max_length: warn of prompts that fill it.")
@click.option(
    "--image-tokens",
    type=click.IntRange(0),
    default=IMAGE_TOKENS,
    show_default=True,
    help="The model's tokens for a picture.",
)
@which_folder
def export(
    *,
    episode_ids: tuple[str, ...],
    as_format: ExportFormat,
    target: Path,
    blank: tuple[Region, ...],
    max_length: int | None,
    image_tokens: int,
    **place: Any,
) -> None:
    """Export EPISODE... for trainers and other harnesses, into a new folder."""
    folder = folder_of(**place)
    options = ExportOptions(as_format, blank, max_length, image_tokens)
    exported = export_episodes([find_episode(folder, name) for name in episode_ids], target, options)
    for warning in exported.warnings:
        click.echo(escaped(f"warning: {warning}"), err=True)
    unit = {"atif": "steps", "owamcap": "messages", "lerobot": "frames", "minari": "steps"}.get(as_format, "rows")
    click.echo(f"wrote {exported.rows} {unit} to {escaped(str(target))}")


def _show(beat: BeatRecord, *, as_json: bool) -> None:
    if as_json:
        click.echo(escaped_json(beat.model_dump_json(exclude_none=True)))
    else:
        click.echo("\n".join(map(escaped, describe_beat(beat))))


def _play(folder: Path, beats: Iterable[BeatRecord], speed: float, *, pictures: bool) -> None:
    before: float | None = None
    for beat in beats:
        if before is not None and speed:
            time.sleep(min(max((beat.monotonic_s - before) / speed, 0.0), LONGEST_PAUSE_S))
        before = beat.monotonic_s
        _show(beat, as_json=False)
        picture = picture_file(folder, beat.picture) if pictures else None
        if picture is not None and sys.stdout.isatty():
            columns = min(shutil.get_terminal_size().columns, TERMINAL_COLUMNS)
            try:
                click.echo("\n".join(as_text(picture, columns)))
            except OSError as error:
                click.echo(escaped(f"  its picture cannot be shown: {error}"))
    end = read_episode(folder).end
    click.echo(f"ended: {end.outcome}" if end is not None else "unfinished")
