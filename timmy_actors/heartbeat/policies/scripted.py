"""The policy of a script: a YAML list of decisions, played one a beat."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from timmy_actors.errors import ConfigError
from timmy_actors.heartbeat.proposal import Proposal, Question, ToolCall
from timmy_actors.portals import Caller
from timmy_actors.protocol import Name, StrictModel, first_mistake
from timmy_actors.system import read_text

MAX_STEPS = 100_000


class ScriptCall(StrictModel):
    """A tool call."""

    tool: Name
    arguments: dict[str, Any] = Field(default_factory=dict)


class ScriptStep(StrictModel):
    """A decision."""

    text: str = ""
    calls: Annotated[tuple[ScriptCall, ...], Field(min_length=1)]


SCRIPT: TypeAdapter[tuple[ScriptStep, ...]] = TypeAdapter(
    Annotated[tuple[ScriptStep, ...], Field(min_length=1, max_length=MAX_STEPS)]
)


class ScriptedPolicy:
    """Plays a script; the beat's number says where it is, so that a resumed episode goes on there.

    Args:
        repeats: whether it begins again after the last decision; else the episode ends.
    """

    is_slow = False

    def __init__(self, script: tuple[ScriptStep, ...], *, repeats: bool = False) -> None:
        self._proposals = [_proposal(step) for step in script]
        self._repeats = repeats

    def decide(self, question: Question, caller: Caller) -> Proposal:  # noqa: ARG002  it is never slow
        """The decision of this beat."""
        position = question.beat - 1
        if self._repeats:
            position %= len(self._proposals)
        return self._proposals[position] if position < len(self._proposals) else Proposal(over="the script is played")

    def close(self) -> None:
        """Do nothing."""


def load_script(path: Path) -> tuple[ScriptStep, ...]:
    """Read a script.

    Raises:
        ConfigError: the file is missing or invalid; the message names the field, and what must hold there.
    """
    try:
        import yaml  # noqa: PLC0415  installed with the extra `heartbeat`
    except ModuleNotFoundError as error:
        raise ConfigError(f"{path}: needs PyYAML: pip install 'timmy_actors[heartbeat]'") from error
    try:
        return SCRIPT.validate_python(yaml.safe_load(read_text(path, "the script")))
    except ValidationError as error:
        raise ConfigError(f"{path}: {first_mistake(error).at('the script')}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from error


def _proposal(step: ScriptStep) -> Proposal:
    return Proposal(step.text, tuple(ToolCall(call.tool, call.arguments) for call in step.calls))
