"""Each export, loaded by the library that it is for, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.portals.environments import environment
from tests.recording.beats import beat, picture
from tests.recording.exported import HUMAN, SLEEP, episodes
from timmy_actors.recording import (
    EpisodeWriter,
    ExportFormat,
    ExportOptions,
    Override,
    PromptMessage,
    export_episodes,
)

ATIF = ("atif==1.8.0",)
OWAMCAP = ("mcap-owa-support==0.6.6", "owa-msgs==0.6.6")
TRL = ("torch==2.13.0", "trl==1.16.0", "datasets", "pillow")
"""torch first and pinned: plain trl resolves to a CUDA torch."""
LOADERS = Path(__file__).with_name("loaders")
LOADED_WITHIN_S = 900
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

pytestmark = pytest.mark.timeout(1_800)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return episodes(tmp_path_factory.mktemp("episodes"))


def export(recorded: dict[str, Path], target: Path, kind: ExportFormat, **options: Any) -> Path:
    export_episodes(list(recorded.values()), target, ExportOptions(kind, **options))
    return target


def load(packages: tuple[str, ...], loader: str, *arguments: str, home: Path) -> list[Any]:
    """What a loader printed, a JSON value per line."""
    done = subprocess.run(
        [str(environment(*packages) / "python"), str(LOADERS / loader), *arguments],
        env={**os.environ, **OFFLINE, "HF_HOME": str(home / "hf")},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=LOADED_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-4_000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line[:2] in ('{"', '["')]


def test_atif_reads_every_document(recorded: dict[str, Path], tmp_path: Path) -> None:
    target = export(recorded, tmp_path / "atif", "atif")
    documents = sorted(map(str, target.glob("*.json")))
    read = load(ATIF, "load_atif.py", *documents, home=tmp_path)
    assert read == [{"steps": 5, "pictures": True}] * len(recorded)


def test_owamcap_decodes_every_message_and_finds_every_picture(recorded: dict[str, Path], tmp_path: Path) -> None:
    target = export({"portal": recorded["portal"]}, tmp_path / "owamcap", "owamcap")
    read = load(OWAMCAP, "load_owamcap.py", str(target / "portal.mcap"), home=tmp_path)
    assert [one["shape"] for one in read if one["topic"] == "screen"] == [[48, 64, 3]]
    assert {one["type"] for one in read} == {"ScreenCaptured", "KeyboardEvent", "MouseEvent"}


@pytest.mark.parametrize("kind", ["messages", "dpo", "kto"])
def test_datasets_reads_every_row_with_every_key_and_picture(
    recorded: dict[str, Path], tmp_path: Path, kind: ExportFormat
) -> None:
    target = export(recorded, tmp_path / kind, kind)
    written = [json.loads(line) for line in (target / "metadata.jsonl").read_text().splitlines()]
    columns, *rows = load(TRL, "load_rows.py", str(target), str(tmp_path / "cache"), home=tmp_path)
    assert columns == sorted({"images" if key == "images_file_names" else key for key in written[0]})
    assert len(rows) == len(written)
    for row, line in zip(rows, written, strict=True):
        assert len(row["pictures"]) == len(line["images_file_names"])
        assert {key: row[key] for key in row if key != "pictures"} == {
            key: line[key] for key in line if key != "images_file_names"
        }


def test_datasets_stores_a_blanked_picture_blanked(recorded: dict[str, Path], tmp_path: Path) -> None:
    target = export({"good": recorded["good"]}, tmp_path / "messages", "messages", blank=((0, 0, 32, 48),))
    _, first, _ = load(TRL, "load_rows.py", str(target), str(tmp_path / "cache"), home=tmp_path)
    assert max(first["pictures"][0][2:]) < 20


LONG_ENOUGH, TOO_SHORT = 512, 100
IMAGE_TOKENS = 16
"""Of the tiny model; its tokenizer has a token per character."""


def test_trl_learns_from_every_row_of_the_pairs(recorded: dict[str, Path], tmp_path: Path) -> None:
    target = export(recorded, tmp_path / "dpo", "dpo")
    written = (target / "metadata.jsonl").read_text().splitlines()
    steps = load(TRL, "train_dpo.py", str(target), str(tmp_path / "cache"), str(LONG_ENOUGH), home=tmp_path)
    assert len(steps) == len(written)
    for step in steps:
        assert step["image_tokens"] == step["expected_image_tokens"], step
        assert min(step["completion_tokens"]) > 0, step
        assert step["gradient"] > 0, step


def test_a_row_that_the_export_warns_of_teaches_trl_nothing(tmp_path: Path) -> None:
    override = Override(policy=SLEEP, human=HUMAN)
    prompt = (PromptMessage(role="user", text="You are on a long road. " * 20),)
    writer = EpisodeWriter(tmp_path / "episodes", episode_id="long", meta={})
    writer.write(beat(1, decision=HUMAN, override=override, prompt=prompt), picture())
    writer.close("success")
    options = ExportOptions("dpo", max_length=TOO_SHORT, image_tokens=IMAGE_TOKENS)
    exported = export_episodes([writer.episode], tmp_path / "dpo", options)
    assert len(exported.warnings) == exported.rows == 1
    (step,) = load(TRL, "train_dpo.py", str(tmp_path / "dpo"), str(tmp_path / "cache"), str(TOO_SHORT), home=tmp_path)
    assert step["image_tokens"] == step["expected_image_tokens"], step
    assert (step["completion_tokens"], step["gradient"]) == ([0, 0], 0), step
