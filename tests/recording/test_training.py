"""Training data: the shipped samples and schemas, annotation, harvest, and the check of bad files."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from tests.recording.beats import STORED_WITHIN_S, beat, picture
from timmy_actors.errors import ConfigError, EpisodesUnusableError
from timmy_actors.recording import (
    AnnotatedPicture,
    BeatCall,
    CallOutcome,
    Camera,
    Decision,
    EpisodeWriter,
    annotate_picture,
    check_data,
    draw_annotation,
    harvest_episode,
    project,
)
from timmy_actors.system import training_folder
from tools.training_schemas import schemas

SAMPLES = training_folder() / "samples"
PLAYER_PIXELS = 30
NEARBY: dict[str, Any] = {
    "position": {"x": 0.0, "y": 0.0, "z": 0.0, "yaw": 90.0, "pitch": 0.0, "cell": "1, 1"},
    "nearby_actors": {
        "actors": [
            {"ref_id": "rat", "x": 512.0, "y": 0.0, "z": 0.0},
            {"ref_id": "crab", "x": -512.0, "y": 0.0, "z": 0.0, "dead": True},
            {"ref_id": "far", "x": 9000.0, "y": 0.0, "z": 0.0},
        ]
    },
}


def findings(*paths: Path) -> list[str]:
    return [finding.message for finding in check_data(list(paths), {})]


def test_the_shipped_schemas_are_those_of_the_models() -> None:
    folder = training_folder() / "schema"
    assert {path.name: path.read_text() for path in folder.iterdir()} == schemas(), "run 'make schemas'"


def test_the_shipped_samples_are_valid_and_of_every_kind() -> None:
    counted: dict[str, int] = {}
    assert list(check_data([SAMPLES], counted)) == []
    assert counted.keys() == {"picture", "dialogue", "decision"}


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.json")), ids=lambda path: path.stem)
def test_a_sample_has_the_form_of_its_schema(path: Path) -> None:
    document = json.loads(path.read_text())
    name = {"picture": "annotated_picture", "dialogue": "dialogue_tree"}[document["kind"]]
    jsonschema.validate(document, json.loads(schemas()[f"{name}.schema.json"]))


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("pictures/*.json")), ids=lambda path: path.stem)
def test_a_sample_has_its_actors_where_they_are_drawn(path: Path) -> None:
    annotated = AnnotatedPicture.model_validate_json(path.read_text())
    with Image.open(path.with_suffix(".jpg")) as image:
        data = image.convert("RGB").tobytes()
    middle = annotated.width // 2
    away = [box for box in annotated.boxes if max(abs(box.x - middle), abs(box.y - middle)) > PLAYER_PIXELS]
    for box in away:  # the player's mark covers what is nearer
        at = ((box.y + box.height // 2) * annotated.width + box.x + box.width // 2) * 3
        red, green, blue = data[at : at + 3]
        assert red > 130 > green + 20 > blue, (box, red, green, blue)


def test_a_map_has_what_is_near_and_not_what_is_far() -> None:
    boxes = project(NEARBY, Camera("map", 256, 256))
    assert [(box.ref_id, box.label, box.x + box.width // 2, box.y + box.height // 2) for box in boxes] == [
        ("rat", "actor", 192, 128),
        ("crab", "dead actor", 64, 128),
    ]


def test_in_first_person_only_what_is_ahead_is_in_the_picture() -> None:
    (box,) = project(NEARBY, Camera("first-person", 800, 600))
    assert box.ref_id == "rat"
    assert box.x + box.width / 2 == pytest.approx(400, abs=1)
    focal = 300 / math.tan(math.radians(30))
    assert box.height == pytest.approx(focal * 130 / 512, abs=2)
    assert box.occluded is None


def test_in_first_person_the_right_is_right_and_looking_down_moves_things_up() -> None:
    turned = {**NEARBY, "position": {**NEARBY["position"], "yaw": 60.0}}
    (right,) = project(turned, Camera("first-person", 800, 600))
    assert right.x > 400
    down = {**NEARBY, "position": {**NEARBY["position"], "pitch": 10.0}}
    (level,), (raised,) = (project(one, Camera("first-person", 800, 600)) for one in (NEARBY, down))
    assert raised.y < level.y


@pytest.mark.parametrize(
    "observation", [{}, {"position": {"x": "a"}}, {**NEARBY, "nearby_actors": {"actors": [1, {"x": 1, "y": 1}]}}]
)
def test_a_perception_without_positions_has_no_boxes(observation: dict[str, Any]) -> None:
    assert project(observation, Camera("map", 256, 256)) == ()


def test_a_harvest_has_pictures_decisions_and_dialogues_and_passes_the_check(tmp_path: Path) -> None:
    ask = BeatCall(id="ask", name="ask", arguments={"text": "Ready?", "buttons": ["Yes", "No"]})
    writer = EpisodeWriter(tmp_path, episode_id="one", meta={})
    for number, answer in ((1, "Yes"), (2, "Yes")):
        result = CallOutcome(call_id="ask", value={"index": 0, "choice": answer})
        events = [{"event": "dialogue_choice", "data": {"objects": [{"ref_id": "arrille", "choice": "barter"}]}}]
        observation = {**NEARBY, "events": events}
        decision = Decision(text="I should ask.", calls=(ask,))
        writer.write(beat(number, decision=decision, results=(result,), observation=observation), picture())
    assert writer.flush(STORED_WITHIN_S)
    writer.close("success")
    opened = [
        {"event": "dialogue_choice", "data": {"objects": [{"ref_id": "caius", "choice": "topic", "topic": "orders"}]}},
        {"event": "topics", "data": {"topics": ["skooma"]}},
    ]
    done = harvest_episode(writer.episode, tmp_path / "data", view="map", vertical_degrees=60.0, events=opened)
    assert (done.pictures, done.dialogues, done.decisions) == (2, 3, 2)
    assert findings(tmp_path / "data") == []
    (asked,) = json.loads((tmp_path / "data" / "dialogues" / "server.json").read_text())["lines"]
    assert asked["choices"] == [{"text": "Yes", "chosen": 2}, {"text": "No"}]
    (orders,) = json.loads((tmp_path / "data" / "dialogues" / "caius.json").read_text())["lines"]
    assert orders == {"id": "orders", "topic": "orders", "opens": ["skooma"]}
    with pytest.raises(EpisodesUnusableError, match="is not empty"):
        harvest_episode(writer.episode, tmp_path / "data", view="map", vertical_degrees=60.0)


@pytest.fixture
def jpeg(tmp_path: Path) -> Path:
    path = tmp_path / "one.jpg"
    path.write_bytes(picture())
    return path


def test_an_annotation_is_written_beside_the_picture_and_added_to(jpeg: Path) -> None:
    box = {"label": "door", "x": 1, "y": 2, "width": 10, "height": 20}
    annotate_picture(jpeg, "A door.", boxes=[box])
    path = annotate_picture(jpeg, None, points=[{"label": "handle", "x": 5, "y": 9}], labels=["interior"])
    annotated = AnnotatedPicture.model_validate_json(path.read_text())
    assert (annotated.caption, len(annotated.boxes), len(annotated.points)) == ("A door.", 1, 1)
    assert findings(path) == []
    draw_annotation(jpeg, jpeg.with_name("preview.png"))
    with Image.open(jpeg.with_name("preview.png")) as image:
        assert image.convert("RGB").tobytes()[(2 * 64 + 1) * 3] > 200


def test_a_box_outside_the_picture_is_refused(jpeg: Path) -> None:
    with pytest.raises(ConfigError, match=r"boxes\.0: 'door' is not inside 64 x 48 pixels"):
        annotate_picture(jpeg, "A door.", boxes=[{"label": "door", "x": 60, "y": 2, "width": 10, "height": 20}])


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"text")
    with pytest.raises(ConfigError, match="cannot be annotated"):
        annotate_picture(tmp_path / "one.jpg", "Nothing.")


def test_a_picture_that_was_changed_or_is_gone_is_found(jpeg: Path) -> None:
    path = annotate_picture(jpeg, "A door.")
    jpeg.write_bytes(picture((1, 2, 3)))
    assert findings(path) == ["sha256: the picture is another one: annotate it again"]
    jpeg.unlink()
    assert findings(path) == ["picture: there is no file 'one.jpg' in this folder: copy it there"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "the example: "),
        ('{"kind": "song"}', "kind"),
        ('{"kind": "dialogue", "speaker": "a", "lines": []}', "lines: must have at least 1 items"),
        (
            '{"kind": "dialogue", "speaker": "a", "lines": [{"id": "1", "topic": "t", "choices":'
            ' [{"text": "x", "leads_to": "2"}]}]}',
            "lines.0.choices.0.leads_to: there is no line '2'",
        ),
        ('{"kind": "decision", "see": "a", "think": "b", "action": null, "picture": "../x.jpg"}', "picture"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_file_is_a_finding_that_says_what_must_hold(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "one.json"
    path.write_text(text)
    (finding,) = findings(path)
    assert message in finding


def test_each_line_of_decisions_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    good = '{"kind": "decision", "see": "a", "think": "b", "action": null}'
    path.write_text(f"{good}\n{{}}\n{good}\n")
    counted: dict[str, int] = {}
    (finding,) = check_data([path], counted)
    assert (finding.line, counted) == (2, {"decision": 2})
