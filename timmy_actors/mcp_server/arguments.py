"""The arguments of the tools. Strings arrive as the client sent them: nothing in them is parsed as JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from timmy_actors.protocol import (
    MAX_MATCHES,
    MAX_STEP_MS,
    MAX_TIMEOUT_S,
    LookOptions,
    MessageId,
    Name,
    Place,
    PortalId,
    SearchText,
    SectionName,
    StrictModel,
)
from timmy_actors.worlds import LONGEST_WAIT_S, Condition, Manner

Player = Annotated[Name | None, Field(description="A player's name. Default: the daemon's own player.")]
CommandId = Annotated[
    MessageId | None,
    Field(
        description="Your own unique id for this call. Repeating the call under the same id does nothing twice: it"
        " returns the first outcome. Default: a new id, which the result contains."
    ),
]
Timeout = Annotated[
    float, Field(gt=0, le=MAX_TIMEOUT_S, description="Seconds after which the game no longer starts it.")
]
Parameters = Annotated[dict[str, Any], Field(default_factory=dict)]


class ObserveArguments(StrictModel):
    """The arguments of `observe`."""

    sections: Annotated[
        frozenset[SectionName] | None,
        Field(description="The parts to return. Default: where you are, how you are, who and what is near, and chat."),
    ] = None
    player: Player = None


class DescribeArguments(StrictModel):
    """The arguments of `describe`."""

    record: Annotated[
        Name, Field(description="An id, the name of an interior, or a unique index, as observe shows it.")
    ]


class LookUpArguments(StrictModel):
    """The arguments of `look_up`."""

    text: Annotated[SearchText, Field(description="A part of a name or id.")]
    limit: Annotated[int, Field(ge=1, le=MAX_MATCHES)] = 20


class RouteArguments(StrictModel):
    """The arguments of `route`."""

    to: Annotated[
        Place | Name, Field(description="A person, thing, cell or town by its name, id or unique index; or a position.")
    ]
    start: Annotated[Place | None, Field(description="Where it begins. Default: where the player is.")] = None


class ActArguments(StrictModel):
    """The arguments of `act`."""

    action: Annotated[Name, Field(description="The action's name, from available_actions.")]
    params: Annotated[Parameters, Field(description="The action's parameters.")]
    observe: Annotated[bool, Field(description="Also return what the player perceives after the action.")] = True
    player: Player = None
    command_id: CommandId = None


class SpeakArguments(StrictModel):
    """The arguments of `speak`."""

    text: Annotated[str, Field(min_length=1, max_length=1024, description="One line of text.")]
    to: Annotated[Name | None, Field(description="The player to whisper or show it to. Default: everybody.")] = None
    manner: Annotated[
        Manner,
        Field(
            description="say: as the player; whisper: to one player; announce: to all, without a name; show: as a note"
            " on one player's screen"
        ),
    ] = "say"
    player: Player = None
    command_id: CommandId = None


class WaitArguments(StrictModel):
    """The arguments of `wait_until`."""

    condition: Condition
    deadline_s: Annotated[float, Field(ge=0, le=LONGEST_WAIT_S, description="The longest wait, in seconds.")] = 30.0
    player: Player = None


class AvailableArguments(StrictModel):
    """The arguments of `available_actions`."""

    action: Annotated[Name | None, Field(description="One action, with its parameters' schema.")] = None
    search: Annotated[
        str | None, Field(min_length=1, max_length=100, description="Only actions with this text in name or summary.")
    ] = None
    player: Player = None


class CaptureArguments(LookOptions):
    """The arguments of `capture_state`."""

    picture: Annotated[bool, Field(description="Return the screenshot itself, not only its path.")] = True

    def look(self) -> dict[str, Any]:
        """The options of the capture."""
        return self.model_dump(exclude={"picture"}, exclude_none=True)


class ExecuteArguments(StrictModel):
    """The arguments of `execute_action`."""

    action: Annotated[
        Name,
        Field(
            description="press_key, hold_key, click, move_relative, type_text, ... or the portal's own name, such as"
            " 'journal' or 'forward 2s'"
        ),
    ]
    params: Annotated[Parameters, Field(description="The action's parameters.")]
    timeout_s: Annotated[
        float | None, Field(gt=0, le=MAX_TIMEOUT_S, description="Bounds the whole call. Default: 15 and its duration.")
    ] = None


class CommandArguments(StrictModel):
    """The arguments of `command`."""

    name: Annotated[Name, Field(description="The command's name, from available_actions.")]
    arguments: Annotated[Parameters, Field(description="The command's arguments.")]
    timeout_s: Timeout = 10.0
    command_id: CommandId = None


class NoArguments(StrictModel):
    """A tool without arguments."""


class JournalArguments(StrictModel):
    """The arguments of `journal`."""

    command_id: Annotated[MessageId | None, Field(description="Only this command.")] = None
    newest: Annotated[int, Field(ge=1, le=200, description="How many of the newest commands.")] = 20


class UsePortalArguments(StrictModel):
    """The arguments of `use_portal`."""

    portal: Annotated[PortalId, Field(description="The portal's id, from status.")]


class CheckPortalArguments(StrictModel):
    """The arguments of `check_portal`."""

    portal: Annotated[PortalId | None, Field(description="The portal's id. Default: the chosen one.")] = None


class FreezeArguments(StrictModel):
    """The arguments of `freeze`."""

    by: Annotated[Name, Field(description="Who freezes the world, for everybody who reads its clock.")] = "MCP client"


class StepArguments(StrictModel):
    """The arguments of `step`."""

    ms: Annotated[
        int, Field(ge=1, le=MAX_STEP_MS, description="How much game time passes, in milliseconds: at most a minute.")
    ]


class RestartArguments(StrictModel):
    """The arguments of `restart`."""

    actor: Annotated[Name, Field(description="The actor's name, from status.")]
