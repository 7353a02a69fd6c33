"""What each tool does, as coroutines on a daemon: a call that is cancelled acts no more."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcp.types import ContentBlock, ImageContent

from timmy_actors.client import AsyncDaemon
from timmy_actors.errors import JournalUnusableError, RefusedError, TimmyError
from timmy_actors.journal import Reader
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
from timmy_actors.mcp_server.refusals import explain_action
from timmy_actors.mcp_server.results import Available, Closed, Described, Done, Journal, Waited, done
from timmy_actors.protocol import (
    ActorHealth,
    CommandResult,
    Description,
    GameRoute,
    GameState,
    Health,
    JournalEntry,
    Matches,
    PerceptionOutput,
    Place,
    PortalCheck,
    Portals,
    SectionName,
    WorldClock,
)
from timmy_actors.worlds import await_until

if TYPE_CHECKING:
    from pydantic import BaseModel

    from timmy_actors.protocol import CommandArguments as CommandModel

ACT_TIMEOUT_S = 10.0
BRIEFLY: frozenset[SectionName] = frozenset(
    {
        "position",
        "stats",
        "condition",
        "equipment",
        "nearby_actors",
        "nearby_players",
        "nearby_objects",
        "world",
        "chat",
        "dialog",
    }
)
"""The sections that `observe` returns by default: what an agent needs at each step."""
ALL_SECTIONS = frozenset({*BRIEFLY, "inventory", "spells", "factions", "journal", "quests", "topics", "books", "kills"})
MAX_PICTURE_BYTES = 8_000_000
IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Answer:
    """A tool's result, and what follows it in the answer's content."""

    result: BaseModel
    more: tuple[ContentBlock, ...] = ()


class Handlers:
    """The tools' functions: each takes its validated arguments.

    Raises:
        TimmyError: the call was refused, or the daemon does not answer.
    """

    def __init__(self, daemon: AsyncDaemon, *, player: str | None, journal: Path | None) -> None:
        self.daemon = daemon
        self._player = player
        self._journal = journal

    async def observe(self, call: ObserveArguments) -> PerceptionOutput:
        """What the player perceives."""
        return chosen(await self.daemon.snapshot(self._named(call.player)), call.sections or BRIEFLY)

    async def act(self, call: ActArguments) -> Done:
        """An action of the player's body, and what is perceived after it."""
        result = await self._command(call.action, call.params, call.player, call.command_id)
        return done(call.action, result, await self._seen(call.player, result) if call.observe else None)

    async def speak(self, call: SpeakArguments) -> Done:
        """A text, said, whispered, announced or shown."""
        from timmy_actors.worlds import spoken  # noqa: PLC0415  as in `_model`

        action = spoken(call.text, call.to, call.manner)
        return done("speak", await self._command(action.action, action.params, call.player, call.command_id))

    async def wait_until(self, call: WaitArguments) -> Waited:
        """A condition that is waited for."""
        waited = await await_until(self.daemon, call.condition, call.deadline_s, player=self._named(call.player))
        seen = None if waited.snapshot is None else chosen(waited.snapshot, BRIEFLY)
        return Waited.model_validate({**dict(waited), "snapshot": seen})

    async def available_actions(self, call: AvailableArguments) -> Available:
        """The actions that the game would accept now."""
        snapshot = await self.daemon.snapshot(self._named(call.player))
        if (offered := snapshot.available_actions) is None:
            raise RefusedError("unavailable", "the game server has not said which actions are available")
        names = _matching(call, (*offered.commands, *offered.unavailable))
        closed = {name: offered.unavailable[name] for name in names if name in offered.unavailable}
        return Available(
            player=snapshot.player,
            actions=tuple(_described(name, whole=call.action is not None) for name in names if name not in closed),
            unavailable=tuple(Closed(name=name, reason=why.code, message=why.message) for name, why in closed.items()),
        )

    async def describe(self, call: DescribeArguments) -> Description:
        """What the game's data files say of a record."""
        return await self.daemon.describe(call.record)

    async def look_up(self, call: LookUpArguments) -> Matches:
        """The records of the game's data files that match a text."""
        return await self.daemon.look_up(call.text, limit=call.limit)

    async def route(self, call: RouteArguments) -> GameRoute:
        """A way on foot, from this server's player unless it begins elsewhere."""
        start = call.start
        if start is None and self._player is not None:
            position = (await self.daemon.snapshot(self._player)).position
            if position is None:
                raise RefusedError("unavailable", "the player's position is not known: name a start", "start")
            start = Place(cell=position.cell, x=position.x, y=position.y, z=position.z)
        return await self.daemon.route(call.to, start=start)

    async def capture_state(self, call: CaptureArguments) -> Answer:
        """The game's window and Steam's data, through the chosen portal."""
        state = await self.daemon.capture(**call.look())
        return Answer(state, await asyncio.to_thread(_picture, state) if call.picture else ())

    async def execute_action(self, call: ExecuteArguments) -> BaseModel:
        """An action in the game's window, through the chosen portal."""
        result = await self.daemon.execute(call.action, timeout_s=call.timeout_s, **_checked(call.params))
        return result if result.success else explain_action(result)

    async def command(self, call: CommandArguments) -> Done:
        """A command of the bridge."""
        return done(call.name, await self.daemon.command(call.name, **self._options(call)))

    async def submit(self, call: CommandArguments) -> None:
        """The same, only until the daemon has accepted it: then it is in the journal."""
        await self.daemon.submit(call.name, **self._options(call))

    async def status(self, _call: NoArguments) -> Health:
        """The daemon's health."""
        return await self.daemon.status()

    async def journal(self, call: JournalArguments) -> Journal:
        """Commands and their outcomes, also while the daemon is away."""
        commands = await self.entries(call.command_id, call.newest)
        if call.command_id is not None and not commands:
            raise RefusedError("no_such_command", f"no command {call.command_id!r}", "command_id")
        return Journal(commands=tuple(commands))

    async def use_portal(self, call: UsePortalArguments) -> Portals:
        """The chosen portal is another one from now on."""
        return await self.daemon.use_portal(call.portal)

    async def check_portal(self, call: CheckPortalArguments) -> PortalCheck:
        """What works of a portal."""
        return await self.daemon.check_portal(call.portal)

    async def clock(self, _call: NoArguments) -> WorldClock:
        """The embedded world's clock."""
        return await self.daemon.clock()

    async def freeze(self, call: FreezeArguments) -> WorldClock:
        """Game time stands still from now on."""
        return await self.daemon.freeze(by=call.by)

    async def step(self, call: StepArguments) -> WorldClock:
        """Game time that passes in a frozen world."""
        return await self.daemon.step(call.ms)

    async def thaw(self, _call: NoArguments) -> WorldClock:
        """Game time follows real time again."""
        return await self.daemon.thaw()

    async def restart(self, call: RestartArguments) -> ActorHealth:
        """The actor that is being restarted, as it was."""
        return await self.daemon.restart(call.actor)

    async def entries(self, command_id: str | None, newest: int) -> list[JournalEntry]:
        """Entries of the journal: those of one command, or the newest.

        Raises:
            RefusedError: `unavailable`: there is no journal, or it cannot be read.
        """
        if self._journal is None:
            raise RefusedError("unavailable", "the daemon's configuration has no journal")
        return await asyncio.to_thread(_entries, self._journal, command_id, newest)

    def _options(self, call: CommandArguments) -> dict[str, Any]:
        return {**self._arguments(call.arguments), "timeout_s": call.timeout_s, "command_id": call.command_id}

    def _arguments(self, arguments: dict[str, Any], player: str | None = None) -> dict[str, Any]:
        """Arguments of a command, with the player that this server plays unless they name one."""
        name = self._named(player)
        return _checked(arguments) if name is None else {"player": name, **_checked(arguments)}

    def _named(self, player: str | None) -> str | None:
        return self._player if player is None else player

    async def _command(
        self, name: str, arguments: dict[str, Any], player: str | None, command_id: str | None
    ) -> CommandResult:
        whole = self._arguments(arguments, player)
        return await self.daemon.command(name, timeout_s=ACT_TIMEOUT_S, command_id=command_id, **whole)

    async def _seen(self, player: str | None, result: CommandResult) -> PerceptionOutput | None:
        """The first snapshot after an action; the last one, marked stale, if none comes in time.

        The action is done whatever happens here, so no error leaves this function.
        """
        name = self._named(player)
        try:
            return chosen(await self.daemon.snapshot(name, after=result.revision), BRIEFLY)
        except TimmyError as error:
            why = str(error)
        try:
            last = await self.daemon.snapshot(name)
        except TimmyError:
            return None
        return chosen(last.model_copy(update={"stale": True, "stale_reason": why}), BRIEFLY)


def chosen(snapshot: PerceptionOutput, sections: frozenset[SectionName]) -> PerceptionOutput:
    """A snapshot with these sections only."""
    others: dict[str, Any] = {name: None for name in (*ALL_SECTIONS, "available_actions") if name not in sections}
    return snapshot.model_copy(update=others)


def _checked(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those of the call itself, which stand beside them.

    Raises:
        RefusedError: `bad_arguments`: there is one.
    """
    for name in ("timeout_s", "command_id"):
        if name in arguments:
            raise RefusedError("bad_arguments", f"{name}: is an argument of the tool, not of the action", name)
    return arguments


def _matching(call: AvailableArguments, names: tuple[str, ...]) -> list[str]:
    if call.action is not None:
        if call.action not in names:
            raise RefusedError("unknown_command", f"no action {call.action!r}", "action")
        return [call.action]
    text = (call.search or "").casefold()
    return [name for name in sorted(set(names)) if text in name or text in _summary(name).casefold()]


def _model(name: str) -> type[CommandModel] | None:
    # Imported late: the models of all commands take longer to load than a client takes to connect.
    from timmy_actors.protocol import COMMANDS  # noqa: PLC0415

    return COMMANDS.get(name)


def _summary(name: str) -> str:
    model = _model(name)
    return "" if model is None else (model.__doc__ or "").partition("\n")[0]


def _described(name: str, *, whole: bool) -> Described:
    model = _model(name)
    schema = model.model_json_schema(by_alias=True) if whole and model is not None else None
    return Described(name=name, summary=_summary(name), parameters=schema)


def _picture(state: GameState) -> tuple[ContentBlock, ...]:
    """The screenshot as content, if there is one of bearable size."""
    path = Path(state.visual.screenshot_path or "")
    kind = IMAGES.get(path.suffix.lower())
    try:
        if kind is None or path.stat().st_size > MAX_PICTURE_BYTES:
            return ()
        data = base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError:  # deleted since then, to keep the folder's size
        return ()
    return (ImageContent(type="image", data=data, mime_type=kind),)


def _entries(path: Path, command_id: str | None, newest: int) -> list[JournalEntry]:
    try:
        with Reader(path) as reader:
            if command_id is not None:
                return reader.named(command_id)
            return [entry for _, entry in reader.newest(newest)]
    except JournalUnusableError as error:
        raise RefusedError("unavailable", str(error)) from error
