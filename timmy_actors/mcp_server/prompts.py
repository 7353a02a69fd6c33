"""The prompts that teach a model to play: one for the tools, with the chosen portal's own prompts."""

from __future__ import annotations

from collections.abc import Iterator

from mcp.types import GetPromptResult, Prompt, PromptArgument, PromptMessage, TextContent

from timmy_actors.client import AsyncDaemon
from timmy_actors.errors import RefusedError
from timmy_actors.portals import Prompts, load_prompts
from timmy_actors.protocol import PortalEntry

PLAY = Prompt(
    name="play",
    title="Play",
    description="How to play with these tools, and what to know about the portal's game.",
    arguments=[PromptArgument(name="portal", description="A portal's id. Default: the chosen one.", required=False)],
)
HOW_TO_PLAY = """You play a character in a game world with these tools.

Look with `observe` before you act, and after it. `available_actions` says what the game accepts now; name one action \
for its parameters. `act` does it and returns what you see afterwards. `speak` talks in the chat. `wait_until` waits \
for a place, a person, low health, an event or a line of chat, instead of observing again and again.

A refused call has a `reason`, a `message` and `guidance`: follow the guidance, do not repeat the same call. Give each \
call that must not happen twice a `command_id` of your own; if its outcome is unknown, repeat it under the same id."""


async def entry_of(daemon: AsyncDaemon, portal: str | None) -> PortalEntry:
    """The entry of a portal, or of the chosen one.

    Raises:
        RefusedError: `bad_arguments`: there is no such portal.
    """
    portals = await daemon.portals()
    wanted = portal or portals.chosen
    for entry in portals.portals:
        if entry.id == wanted:
            return entry
    raise RefusedError("bad_arguments", f"portal: no portal {wanted!r}", "portal")


async def play(daemon: AsyncDaemon, portal: str | None) -> GetPromptResult:
    """The prompt `play`."""
    text = "\n".join([HOW_TO_PLAY, *describe(await entry_of(daemon, portal))])
    return GetPromptResult(
        description=PLAY.description,
        messages=[PromptMessage(role="user", content=TextContent(type="text", text=text))],
    )


def describe(entry: PortalEntry) -> Iterator[str]:
    """A portal's prompts as Markdown; nothing if it has none."""
    prompts = load_prompts(entry)
    if prompts is None:
        return
    yield from ("", f"# {prompts.game}, through its window (`capture_state`, `execute_action`)", "", prompts.system)
    yield from _actions(prompts)
    for scene in prompts.scenes:
        yield from ("", f"## {scene.name}", f"You see: {scene.see}", f"Know: {scene.know}", f"Do: {scene.do}")
    yield from _examples(prompts)


def _actions(prompts: Prompts) -> Iterator[str]:
    yield from ("", "## Names for actions", "")
    for action in prompts.actions:
        yield f"- `{action.name}`: {action.use}"


def _examples(prompts: Prompts) -> Iterator[str]:
    yield from ("", "## Examples", "")
    for decision in prompts.decisions:
        chosen = "no action" if decision.action is None else decision.action.model_dump_json(exclude_defaults=True)
        yield f"- {decision.see} {decision.think} -> {chosen}"
