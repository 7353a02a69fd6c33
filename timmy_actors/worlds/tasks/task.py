"""The files of tasks: `tasks/*.yaml`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.protocol import Name, SectionName, StrictModel, first_mistake, parse_command, wire_arguments
from timmy_actors.system import read_text, tasks_folder
from timmy_actors.worlds.tasks.goals import AnyGoal, Distance

EVERY_TASK: tuple[SectionName, ...] = ("position", "stats", "condition", "nearby_actors", "available_actions")
"""The sections that the observations of every task have."""
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
MAX_STEP_MS = 10_000
FORWARD, LEFT, RIGHT = "forward", "turn-left", "turn-right"
"""The actions by which a scripted agent goes; a task that has it go must have them."""
MAX_LIMIT_S = 3600.0


class Command(StrictModel):
    """A command of the bridge, given by the task's player."""

    command: Name
    arguments: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        try:
            parse_command(self.command, {"player": "Timmy", **self.arguments})
        except RefusedError as refused:
            raise ValueError(refused.message) from refused
        return self

    def wired(self, player: str) -> dict[str, Any]:
        """The arguments as in a message."""
        return wire_arguments(parse_command(self.command, {"player": player, **self.arguments}))


class TaskAction(StrictModel):
    """Something that the agent can do in one step. Without a command it waits."""

    id: Id
    command: Name | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if self.command is not None:
            Command(command=self.command, arguments=self.arguments)
        elif self.arguments:
            raise ValueError("'arguments' belong to a 'command'")
        return self

    def wired(self, player: str) -> dict[str, Any]:
        """The arguments of its command as in a message."""
        if self.command is None:
            return {}
        return Command(command=self.command, arguments=self.arguments).wired(player)


class Go(StrictModel):
    """A step of the scripted agent: to a point, or to a player."""

    to: tuple[float, float] | Name
    within: Distance = 60.0


class Chase(StrictModel):
    """A step of the scripted agent: follow the nearest actor of a record, and act within reach until it is dead."""

    chase: Name
    act: Id
    within: Distance = 130.0


class Do(StrictModel):
    """A step of the scripted agent: actions, in order."""

    act: Id | tuple[Id, ...]


class Task(StrictModel):
    """A task."""

    id: Id
    goal: Text
    """What to do, in words for the agent."""
    player: Name = "Timmy"
    start: tuple[Command, ...] = ()
    """The commands that bring the world to the start; they are not the agent's, and their time does not count."""
    step_ms: Annotated[int, Field(ge=50, le=MAX_STEP_MS)] = 250
    """How much game time passes in a step."""
    time_limit_s: Annotated[float, Field(gt=0, le=MAX_LIMIT_S)]
    """Game time after which the episode is truncated."""
    actions: Annotated[tuple[TaskAction, ...], Field(min_length=2, max_length=64)]
    success: Annotated[tuple[AnyGoal, ...], Field(min_length=1, max_length=8)]
    """The episode ends when all hold; the score is the mean of their progress."""
    failure: Annotated[tuple[AnyGoal, ...], Field(max_length=8)] = ()
    """The episode ends when any holds."""
    script: tuple[Go | Chase | Do, ...] = ()
    """How the scripted agent does it."""

    @field_validator("actions")
    @classmethod
    def _are_different(cls, actions: tuple[TaskAction, ...]) -> tuple[TaskAction, ...]:
        ids = [action.id for action in actions]
        repeated = next((name for name in ids if ids.count(name) > 1), None)
        if repeated is not None:
            raise ValueError(f"the action {repeated!r} is listed twice")
        return actions

    @model_validator(mode="after")
    def _script_uses_its_actions(self) -> Self:
        known = {action.id for action in self.actions}
        for step in self.script:
            acts = () if isinstance(step, Go) else (step.act,) if isinstance(step.act, str) else step.act
            named = acts if isinstance(step, Do) else (FORWARD, LEFT, RIGHT, *acts)
            for name in named:
                if name not in known:
                    raise ValueError(f"script: there is no action {name!r}; there are: {', '.join(sorted(known))}")
        return self

    @property
    def name(self) -> str:
        """The id in CamelCase, as environments are named."""
        return "".join(part.capitalize() for part in self.id.split("-"))

    @property
    def sections(self) -> tuple[SectionName, ...]:
        """The sections that the task reads, in order."""
        read = [section for condition in (*self.success, *self.failure) for section in condition.sections()]
        to_players: tuple[SectionName, ...] = ("nearby_players",)
        goes_to_players = any(isinstance(step, Go) and isinstance(step.to, str) for step in self.script)
        return tuple(dict.fromkeys((*EVERY_TASK, *read, *(to_players if goes_to_players else ()))))

    def position_of(self, action: str) -> int:
        """The position of an action in the list."""
        return next(position for position, known in enumerate(self.actions) if known.id == action)


def load_task(path: Path) -> Task:
    """Load a task's file.

    Raises:
        ConfigError: the file is missing or invalid; the message names the field, and what must hold there.
    """
    try:
        import yaml  # noqa: PLC0415  an extra: clients without tasks do without it
    except ModuleNotFoundError as error:
        raise ConfigError(f"{path}: needs PyYAML: pip install 'timmy_actors[tasks]'") from error
    try:
        document = yaml.safe_load(read_text(path, "the task", "name one of 'timmy-actors tasks list'"))
        return Task.model_validate(document)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_readable(first_mistake(error).at('the task'))}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: cannot be read as YAML: {error}") from error


def _readable(mistake: str) -> str:
    return re.sub(r"\s+", " ", mistake)


def find_task(name: str | Path) -> Task:
    """The task of this id among those that ship, or of this file: a `Path`, or a string that ends in `.yaml`.

    Raises:
        ConfigError: there is none, or the file is invalid.
    """
    if isinstance(name, Path) or name.endswith(".yaml"):
        return load_task(Path(name))
    files = {path.stem: path for path in _files(tasks_folder())}
    if name not in files:
        known = ", ".join(files)
        raise ConfigError(f"no task is called {name[:64]!r}; there are: {known}; or give the path of a .yaml file")
    return load_task(files[name])


def load_tasks(folder: Path | None = None) -> dict[str, Task]:
    """The tasks of a folder by id, in order. None: the ones that ship.

    Raises:
        ConfigError: a file is invalid, or its name is not its task's id.
    """
    tasks: dict[str, Task] = {}
    for path in _files(folder or tasks_folder()):
        task = load_task(path)
        if task.id != path.stem:
            raise ConfigError(f"{path}: id: must be {path.stem!r}, the file's name")
        tasks[task.id] = task
    return tasks


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))
