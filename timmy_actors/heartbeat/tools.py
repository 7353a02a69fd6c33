"""The tools of a policy: their schemas, and the validation of their calls. A refusal says what to do instead. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.heartbeat.proposal import Json, ToolCall
from timmy_actors.portals import Bindings, resolve
from timmy_actors.protocol import (
    COMMANDS,
    Action,
    Name,
    StrictModel,
    describe_actions,
    first_mistake,
    parse_command,
    parse_params,
    wire_arguments,
)
from timmy_actors.worlds import AtPlace, HealthBelow, Near, NearPoint

EXECUTE, PLAN, WAIT, FINISH = "execute_action", "plan", "wait", "finish"
MAX_CALLS = 16
"""Tool calls of one decision, and steps of one plan; more are refused: the world has changed by then."""
MAX_ARGUMENT_BYTES = 16_384
STEP_WITHIN_S = 30.0
GUIDANCE = {
    "unknown_command": "call one of the tools that are listed, by its exact name",
    "bad_arguments": "correct the arguments by the tool's schema",
    "needs_client_input": "the server cannot do this for a player: use execute_action, or choose another action",
    "expired": "it was not done in time: look again, then decide again",
    "overloaded": "call fewer tools at once",
    "unavailable": "the game cannot be reached now: wait",
    "in_doubt": "it may have been done: look at what is perceived before you repeat it",
    "game_refused": "the game does not allow it now: choose another action",
    "not_started": "an earlier call of the same decision failed, so this one was not started: decide again",
    "no_tool_call": "answer with a tool call; call wait to do nothing",
    "policy_failed": "",
    "aborted": "decide again from what is perceived now",
}
IN_PLACE: frozenset[str] = frozenset(
    {"attack", "barter", "block", "chat", "equip", "look", "stop_moving", "take", "unequip", "whisper", WAIT, PLAN}
)
"""Tools that do not change where the player is: if it is elsewhere afterwards, it walks by itself."""
SnapshotCondition = Annotated[AtPlace | NearPoint | Near | HealthBelow, Field(discriminator="kind")]
"""A condition that a snapshot fulfils."""


M = TypeVar("M", bound=StrictModel)


class PlanStep(StrictModel):
    """A step of a plan: a tool call, and when to go on."""

    tool: Name
    arguments: Json = Field(default_factory=dict)
    until: SnapshotCondition | None = None
    """The plan goes on when this holds. None: when the call is done."""
    abort_if: SnapshotCondition | None = None
    """The plan ends when this holds."""
    within_s: Annotated[float, Field(gt=0, le=600)] = STEP_WITHIN_S
    """The plan ends if the step is not over within this time."""


class _Plan(StrictModel):
    steps: Annotated[tuple[PlanStep, ...], Field(min_length=1, max_length=MAX_CALLS)]


class _Finish(StrictModel):
    outcome: Literal["success", "failure"] = "success"
    reason: Annotated[str, Field(max_length=500)] = ""


class _Nothing(StrictModel):
    """No arguments."""


@dataclass(frozen=True)
class Command:
    """A command of the bridge."""

    name: str
    arguments: Json


@dataclass(frozen=True)
class Execute:
    """An action in the portal's game: an MCP call of the desktop's tools."""

    action: Action


@dataclass(frozen=True)
class Plan:
    """A list of steps that the beats carry out, one after the other."""

    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True)
class Wait:
    """Nothing, on purpose."""


@dataclass(frozen=True)
class Finish:
    """The end of the episode."""

    outcome: Literal["success", "failure"]
    reason: str


Task = Command | Execute | Plan | Wait | Finish


@dataclass(frozen=True)
class PlannedStep:
    """A validated step of a plan."""

    task: Command | Execute | Wait
    step: PlanStep

    @property
    def call(self) -> ToolCall:
        """The call as it is recorded."""
        return ToolCall(self.step.tool, self.step.arguments)


@dataclass(frozen=True)
class Refusal:
    """Why a call is not carried out."""

    code: str
    message: str
    field: str | None = None

    @property
    def line(self) -> str:
        """The reason with its guidance, for the model."""
        guidance = GUIDANCE.get(self.code, GUIDANCE["game_refused"])
        return f"{self.code}: {self.message}{f' ({guidance})' if guidance else ''}"


class Toolbox:
    """The tools that a policy may use.

    Args:
        commands: names of commands of the bridge.
        player: the player of commands that name none.
        bindings: the portal's own names for actions; None: there is no portal.
        longest_s: how long one action may take.

    Raises:
        RefusedError: `unknown_command`: there is no such command.
    """

    def __init__(
        self, commands: Sequence[str], *, player: str, bindings: Bindings | None, longest_s: float = 60.0
    ) -> None:
        for name in commands:
            if name not in COMMANDS:
                parse_command(name, {})
        self._commands = tuple(dict.fromkeys(commands))
        self._player = player
        self._bindings = bindings
        self._longest_s = longest_s
        self.schemas: tuple[Json, ...] = tuple(self._schemas())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tools."""
        return tuple(schema["name"] for schema in self.schemas)

    def parse(self, call: ToolCall) -> Task:
        """Validate a call.

        Raises:
            RefusedError: it is not carried out; `field` names the invalid argument.
        """
        if call.problem is not None:
            raise RefusedError("bad_arguments", call.problem)
        if call.tool not in self.names:
            known = ", ".join(self.names)
            raise RefusedError("unknown_command", f"no tool {call.tool[:100]!r}; there are: {known}", "tool")
        if not is_bounded(call.arguments):
            reason = f"must be JSON of at most {MAX_ARGUMENT_BYTES} bytes, without NaN, infinity or lone surrogates"
            raise RefusedError("bad_arguments", f"{call.tool}: arguments: {reason}")
        match call.tool:
            case "plan":
                return self._plan(call.arguments)
            case "finish":
                finish = _validate(_Finish, call)
                return Finish(finish.outcome, finish.reason)
        return self._simple(call)

    def typed(self, call: ToolCall) -> ToolCall:
        """A person's call with arguments of the schema's types: a command line has texts only. Models learn from it.

        Raises:
            RefusedError: as `parse`.
        """
        task = self.parse(call)
        if not isinstance(task, Command):
            return call
        arguments = {name: task.arguments.get(name, value) for name, value in call.arguments.items()}
        return ToolCall(call.tool, arguments)

    def _simple(self, call: ToolCall) -> Command | Execute | Wait:
        match call.tool:
            case "wait":
                _validate(_Nothing, call)
                return Wait()
            case "execute_action":
                action = _validate(Action, call)
                return self._execute(action)
        return self._command(call)

    def _execute(self, action: Action) -> Execute:
        for step in resolve(action, self._bindings or {}):
            parse_params(step.action, step.params)
        return Execute(action)

    def _command(self, call: ToolCall) -> Command:
        fields = COMMANDS[call.tool].model_fields
        whole = {"player": self._player, **call.arguments} if "player" in fields else call.arguments
        arguments = wire_arguments(parse_command(call.tool, whole))
        if arguments.get("seconds", 0.0) > self._longest_s:
            reason = f"{call.tool}: seconds: an action has {self._longest_s:g} s in a beat: repeat it instead"
            raise RefusedError("bad_arguments", reason, "seconds")
        return Command(call.tool, arguments)

    def _plan(self, arguments: Json) -> Plan:
        plan = _validate(_Plan, ToolCall(PLAN, arguments))
        return Plan(tuple(self._planned(number, step) for number, step in enumerate(plan.steps)))

    def _planned(self, number: int, step: PlanStep) -> PlannedStep:
        if step.tool in (PLAN, FINISH) or step.tool not in self.names:
            others = ", ".join(name for name in self.names if name not in (PLAN, FINISH))
            reason = f"steps.{number}: a step's tool must be one of: {others}"
            raise RefusedError("bad_arguments", reason, f"steps.{number}.tool")
        try:
            return PlannedStep(self._simple(ToolCall(step.tool, step.arguments)), step)
        except RefusedError as refused:
            raise RefusedError(
                refused.code, f"steps.{number}: {refused.message}", f"steps.{number}.{refused.field or 'arguments'}"
            ) from refused

    def _schemas(self) -> list[Json]:
        schemas = [_of_command(name) for name in self._commands]
        if self._bindings is not None:
            schemas.append(_of_portal(self._bindings))
        about = "Carry out several calls, one a beat, each until its condition holds. A new decision replaces the plan."
        schemas.append(_schema(PLAN, about, _Plan.model_json_schema()))
        schemas.append(_schema(WAIT, "Do nothing in this beat.", _Nothing.model_json_schema()))
        schemas.append(
            _schema(FINISH, "End the episode: the goal is reached, or cannot be.", _Finish.model_json_schema())
        )
        return schemas


def canonical(tool: str, arguments: Json) -> str:
    """A call as one text, equal for equal calls."""
    return f"{tool} {json.dumps(arguments, sort_keys=True, default=str)}"


def is_bounded(arguments: Json) -> bool:
    """Whether arguments are JSON of bearable size."""
    try:
        text = json.dumps(arguments, allow_nan=False, ensure_ascii=False)
        return len(text.encode("utf-8")) <= MAX_ARGUMENT_BYTES
    except (ValueError, RecursionError, TypeError):  # a lone surrogate is a ValueError too
        return False


def _validate(model: type[M], call: ToolCall) -> M:
    try:
        return model.model_validate(call.arguments)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", f"{call.tool}: {mistake.at('arguments')}", mistake.field) from error


def _schema(name: str, about: str, parameters: Json) -> Json:
    parameters.pop("title", None)
    parameters.pop("description", None)
    return {"name": name, "description": about, "parameters": parameters}


def _of_command(name: str) -> Json:
    model = COMMANDS[name]
    parameters = model.model_json_schema(by_alias=True)
    parameters["properties"].pop("player", None)  # its own player, unless it names one
    if "required" in parameters:
        parameters["required"] = [each for each in parameters["required"] if each != "player"]
    return _schema(name, (model.__doc__ or name).strip(), parameters)


def _of_portal(bindings: Bindings) -> Json:
    about = "Press keys and use the mouse in the game's window, once."
    named = f" This game's own names for actions: {', '.join(sorted(bindings))}." if bindings else ""
    known = f" Actions ([optional]): {'; '.join(describe_actions())}."
    parameters: dict[str, Any] = {
        "type": "object",
        "properties": {"action": {"type": "string"}, "params": {"type": "object"}},
        "required": ["action"],
        "additionalProperties": False,
    }
    return {"name": EXECUTE, "description": about + named + known, "parameters": parameters}
