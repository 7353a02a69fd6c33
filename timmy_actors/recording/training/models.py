"""The forms of training data. `training/schema/` has their JSON Schemas."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from timmy_actors.protocol import Action, Name, StrictModel

Text = Annotated[str, Field(min_length=1, max_length=1_000)]
RelativePath = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$")]
Pixel = Annotated[int, Field(ge=0, le=65_535)]
Extent = Annotated[int, Field(ge=1, le=65_535)]


class Source(StrictModel):
    """Where an example comes from."""

    episode: Name
    beat: Annotated[int, Field(ge=1)]


class Box(StrictModel):
    """Something in a picture: the pixels that it covers."""

    label: Name
    x: Pixel
    y: Pixel
    width: Extent
    height: Extent
    ref_id: Name | None = None
    """The game's identifier, where the perception names it."""
    occluded: bool | None = None
    """Whether something stands in front of it. None: not known, as for all that was projected."""


class Point(StrictModel):
    """A place in a picture: where to click, where a path leads."""

    label: Name
    x: Pixel
    y: Pixel


class AnnotatedPicture(StrictModel):
    """A JPEG picture with boxes, points, labels and a caption."""

    kind: Literal["picture"] = "picture"
    picture: RelativePath
    """Relative to the folder of this file."""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    width: Extent
    height: Extent
    caption: Text
    """One sentence on what is to be seen, in the words of the prompts' `see`."""
    labels: tuple[Name, ...] = ()
    """Of the whole picture: `map`, `town`, `night`."""
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    source: Source | None = None

    @model_validator(mode="after")
    def _inside(self) -> AnnotatedPicture:
        for number, box in enumerate(self.boxes):
            if box.x + box.width > self.width or box.y + box.height > self.height:
                raise ValueError(f"boxes.{number}: {box.label!r} is not inside {self.width} x {self.height} pixels")
        for number, point in enumerate(self.points):
            if point.x >= self.width or point.y >= self.height:
                raise ValueError(f"points.{number}: {point.label!r} is not inside {self.width} x {self.height} pixels")
        return self


class Condition(StrictModel):
    """What must hold before a line is said: a quest's stage, an item, a faction's rank, a disposition."""

    kind: Literal["quest", "item", "faction", "disposition", "topic", "other"]
    name: Name
    at_least: int | None = None


class Choice(StrictModel):
    """An answer that the player can choose, and the line that it leads to. None: the dialogue ends."""

    text: Text
    leads_to: Name | None = None
    chosen: Annotated[int, Field(ge=0)] = 0
    """How often it was chosen, in what was harvested."""


class DialogueLine(StrictModel):
    """A topic, what the speaker answers, and what can be answered to it."""

    id: Name
    topic: Text
    response: Text | None = None
    """None: only the game's data files have the words."""
    conditions: tuple[Condition, ...] = ()
    choices: tuple[Choice, ...] = ()
    opens: tuple[Name, ...] = ()
    """The topics that the player can ask about afterwards."""


class DialogueTree(StrictModel):
    """What can be talked about with a person."""

    kind: Literal["dialogue"] = "dialogue"
    speaker: Name
    name: Name | None = None
    lines: Annotated[tuple[DialogueLine, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _connected(self) -> DialogueTree:
        ids = [line.id for line in self.lines]
        for number, line in enumerate(self.lines):
            if ids.index(line.id) != number:
                raise ValueError(f"lines.{number}.id: {line.id!r} is used already")
            for place, choice in enumerate(line.choices):
                if choice.leads_to is not None and choice.leads_to not in ids:
                    raise ValueError(f"lines.{number}.choices.{place}.leads_to: there is no line {choice.leads_to!r}")
        return self


class DecisionExample(StrictModel):
    """An example: what is on the screen, the reasoning, and the resulting action. None: no action."""

    see: Text
    think: Text
    action: Action | None


class RecordedDecision(DecisionExample):
    """A decision that was recorded: a line of `decisions.jsonl`."""

    kind: Literal["decision"] = "decision"
    picture: RelativePath | None = None
    source: Source | None = None


Example = AnnotatedPicture | DialogueTree | RecordedDecision
EXAMPLE: TypeAdapter[Example] = TypeAdapter(Annotated[Example, Field(discriminator="kind")])
FORMS: dict[str, type[StrictModel]] = {
    "annotated_picture": AnnotatedPicture,
    "dialogue_tree": DialogueTree,
    "decision": RecordedDecision,
}


def training_schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each form, by name."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {name: {**dialect, **model.model_json_schema()} for name, model in FORMS.items()}
