"""The tools: one table, in three profiles. It never changes while the server runs, since clients cache it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from mcp.types import CallToolResult, Tool, ToolAnnotations
from pydantic import BaseModel, ValidationError

from timmy_actors.errors import TimmyError
from timmy_actors.mcp_server.access import Scope
from timmy_actors.mcp_server.arguments import (
    ActArguments,
    AvailableArguments,
    CaptureArguments,
    CheckPortalArguments,
    CommandArguments,
    DescribeArguments,
    ExecuteArguments,
    FreezeArguments,
    JournalArguments,
    LookUpArguments,
    NoArguments,
    ObserveArguments,
    RestartArguments,
    RouteArguments,
    SpeakArguments,
    StepArguments,
    UsePortalArguments,
    WaitArguments,
)
from timmy_actors.mcp_server.handlers import Answer, Handlers
from timmy_actors.mcp_server.refusals import Refusal, explain, explain_arguments, refusal
from timmy_actors.mcp_server.results import Available, Done, Journal, Waited, output_schema, to_mcp
from timmy_actors.protocol import (
    ActionResult,
    ActorHealth,
    Description,
    GameRoute,
    GameState,
    Health,
    Matches,
    PerceptionOutput,
    PortalCheck,
    Portals,
    WorldClock,
    describe_actions,
)

Profile = Literal["guided", "full", "operator"]
PROFILES: tuple[Profile, ...] = ("guided", "full", "operator")
"""From the smallest to the largest; each contains the one before it."""


@dataclass(frozen=True)
class ToolSpec:
    """One tool."""

    name: str
    title: str
    about: str
    call: Callable[[Handlers, Any], Awaitable[BaseModel | Answer]]
    takes: type[BaseModel]
    returns: type[BaseModel]
    profile: Profile
    scope: Scope
    reads_only: bool = False
    is_idempotent: bool = False
    """Whether the same call twice has no further effect, also without a `command_id`."""
    has_card: bool = False
    """Whether a host may show the card with its result."""

    def listed(self, card: str) -> Tool:
        """The tool as clients see it; `card` is the card's URI."""
        annotations = ToolAnnotations(
            title=self.title,
            read_only_hint=self.reads_only,
            destructive_hint=not self.reads_only,
            idempotent_hint=self.reads_only or self.is_idempotent,
            open_world_hint=True,
        )
        return Tool(
            name=self.name,
            title=self.title,
            description=self.about,
            input_schema=self.takes.model_json_schema(by_alias=True),
            output_schema=output_schema(self.returns),
            annotations=annotations,
            _meta={"ui": {"resourceUri": card}} if self.has_card else None,
        )

    def parse(self, arguments: dict[str, Any] | None) -> BaseModel | Refusal:
        """The validated arguments, or the refusal of them."""
        try:
            return self.takes.model_validate(arguments or {})
        except ValidationError as error:
            return explain_arguments(error)

    async def run(self, handlers: Handlers, parsed: BaseModel | Refusal) -> CallToolResult:
        """Call the tool with what it parsed. A refusal is an answer; only a cancellation leaves this function."""
        if isinstance(parsed, Refusal):
            return to_mcp(parsed)
        try:
            answer = await self.call(handlers, parsed)
        except TimmyError as error:
            return to_mcp(explain(error))
        return to_mcp(answer.result, *answer.more) if isinstance(answer, Answer) else to_mcp(answer)


def not_permitted(tool: ToolSpec) -> CallToolResult:
    """The answer to a client whose token lacks the tool's scope."""
    return to_mcp(refusal("not_permitted", f"{tool.name} needs a token with the scope {tool.scope!r}"))


def is_for_operators(parsed: BaseModel | Refusal) -> bool:
    """Whether a call gives a command of the operators: ban, stop the server, ..."""
    match parsed:
        case ActArguments(action=name) | CommandArguments(name=name):
            # Imported late: a hundred models, which no other call needs.
            from timmy_actors.protocol import COMMANDS  # noqa: PLC0415

            return name in COMMANDS and COMMANDS[name].scope == "operate"
    return False


def for_operators_only() -> CallToolResult:
    """The answer to a client that gives a command of the operators, and is none."""
    reason = "an operator's command needs the profile 'operator' and, over HTTP, a token with the scope 'operate'"
    return to_mcp(refusal("not_permitted", reason))


_TOOLS = (
    ToolSpec(
        "observe",
        "Observe",
        "What the player perceives now: place, health, who and what is near, chat. `stale` means that it may be out of"
        " date. Look before and after you act.",
        Handlers.observe,
        ObserveArguments,
        PerceptionOutput,
        "guided",
        "observe",
        reads_only=True,
        has_card=True,
    ),
    ToolSpec(
        "act",
        "Act",
        "Do an action of available_actions, such as teleport or give_item, and see what it did. Walking, fighting and"
        " talking need the player's own client: the refusal says what to do instead.",
        Handlers.act,
        ActArguments,
        Done,
        "guided",
        "act",
    ),
    ToolSpec(
        "speak",
        "Speak",
        "Say a line in the chat, whisper it to one player, announce it to all, or show it as a note.",
        Handlers.speak,
        SpeakArguments,
        Done,
        "guided",
        "act",
    ),
    ToolSpec(
        "wait_until",
        "Wait until",
        "Wait until a condition holds: at a place, near somebody, health low, an event, a dialogue, a line of chat."
        " It looks at the present first, and returns what it saw; `met` is false if the deadline passed.",
        Handlers.wait_until,
        WaitArguments,
        Waited,
        "guided",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "available_actions",
        "Available actions",
        "The actions that the game would accept now, and why it would refuse the others. Name one for its parameters.",
        Handlers.available_actions,
        AvailableArguments,
        Available,
        "guided",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "capture_state",
        "Capture the window",
        "A screenshot of the game's window through the chosen portal, and Steam's data on the game. `problems` says"
        " what is missing.",
        Handlers.capture_state,
        CaptureArguments,
        GameState,
        "full",
        "observe",
        reads_only=True,
        has_card=True,
    ),
    ToolSpec(
        "execute_action",
        "Press keys, use the mouse",
        "An action in the game's window through the chosen portal, once. Cancelling the call ends it and releases its"
        " keys. Actions ([optional]): " + "; ".join(describe_actions()) + ".",
        Handlers.execute_action,
        ExecuteArguments,
        ActionResult,
        "full",
        "act",
    ),
    ToolSpec(
        "describe",
        "Describe",
        "What the game's data files say of a thing, person, quest or cell: its name, text, stages, places and doors.",
        Handlers.describe,
        DescribeArguments,
        Description,
        "full",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "look_up",
        "Look up",
        "Find the ids of things, persons, quests and cells by a part of their name, for describe.",
        Handlers.look_up,
        LookUpArguments,
        Matches,
        "full",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "route",
        "Find a way",
        "A way on foot to a person, thing, cell or position by the game's data files: way points with the doors to open"
        " on the way, or the reason why no way exists. The player does not move.",
        Handlers.route,
        RouteArguments,
        GameRoute,
        "full",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "command",
        "Give a command",
        "Give the game server any command of available_actions, with its own time limit. A client that knows tasks may"
        " get a task for one that takes long; its id is the command_id.",
        Handlers.command,
        CommandArguments,
        Done,
        "full",
        "act",
    ),
    ToolSpec(
        "status",
        "Status",
        "The daemon's health: verdict and reasons, the link to the game, portals, actors.",
        Handlers.status,
        NoArguments,
        Health,
        "operator",
        "observe",
        reads_only=True,
        has_card=True,
    ),
    ToolSpec(
        "journal",
        "Command journal",
        "Commands with their outcomes, the newest or one by its id; also while the daemon is away.",
        Handlers.journal,
        JournalArguments,
        Journal,
        "operator",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "use_portal",
        "Choose a portal",
        "Choose which game capture_state and execute_action work on, until the daemon ends.",
        Handlers.use_portal,
        UsePortalArguments,
        Portals,
        "operator",
        "operate",
        is_idempotent=True,
    ),
    ToolSpec(
        "check_portal",
        "Check a portal",
        "Check what works of a portal, and what does not and why. Starts its servers and takes a screenshot.",
        Handlers.check_portal,
        CheckPortalArguments,
        PortalCheck,
        "operator",
        "operate",
        is_idempotent=True,
    ),
    ToolSpec(
        "clock",
        "World clock",
        "The embedded world's clock: whether game time stands still and by whom, and what has passed.",
        Handlers.clock,
        NoArguments,
        WorldClock,
        "operator",
        "observe",
        reads_only=True,
    ),
    ToolSpec(
        "freeze",
        "Freeze the world",
        "Stop the embedded world's time: nothing moves until step or thaw, while commands and observe go on.",
        Handlers.freeze,
        FreezeArguments,
        WorldClock,
        "operator",
        "operate",
        is_idempotent=True,
    ),
    ToolSpec(
        "step",
        "Let time pass",
        "Let game time pass in a frozen world, as fast as it can compute it.",
        Handlers.step,
        StepArguments,
        WorldClock,
        "operator",
        "operate",
    ),
    ToolSpec(
        "thaw",
        "Thaw the world",
        "Let the embedded world's time follow real time again.",
        Handlers.thaw,
        NoArguments,
        WorldClock,
        "operator",
        "operate",
        is_idempotent=True,
    ),
    ToolSpec(
        "restart",
        "Restart an actor",
        "Restart one actor of the daemon, which counts as no failure. The result shows it as it was; status shows its"
        " next generation.",
        Handlers.restart,
        RestartArguments,
        ActorHealth,
        "operator",
        "operate",
    ),
)


def tools_of(profile: Profile) -> dict[str, ToolSpec]:
    """The tools of a profile, by name, always in the same order."""
    included = PROFILES[: PROFILES.index(profile) + 1]
    return {tool.name: tool for tool in _TOOLS if tool.profile in included}
