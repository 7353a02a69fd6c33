"""The commands an agent can give, each a model whose fields are the command's arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from timmy_actors.errors import Refused
from timmy_actors.model._base import ONE_LINE, Model, Name, StrictModel, in_words

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

ErrorCode = Literal[
    "bad_message",
    "unsupported_version",
    "unknown_command",
    "bad_arguments",
    "no_such_player",
    "not_logged_in",
    "no_such_place",
    "no_such_cell",
    "no_such_target",
    "needs_client_input",
    "not_permitted",
    "expired",
    "overloaded",
    "unavailable",
    "in_doubt",
    "game_refused",
    "internal",
]

MAX_COORDINATE = 8_000_000.0
"""About 976 exterior cells from the origin: far outside every known map, far inside a float's exact range."""

Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
ItemCount = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=1024, pattern=ONE_LINE)]
MAX_ECHO = 100
"""How much of a name that nobody knows is repeated, in characters: it may be anything."""


class ErrorInfo(Model):
    """Why something was declined: a code of the closed list, a sentence of guidance, the field at fault."""

    code: ErrorCode
    message: str
    field: str | None = None


class CommandArguments(StrictModel):
    """What every command has: a name on the wire, and the player it is about."""

    command: ClassVar[str]
    idempotent: ClassVar[bool]
    """Whether doing it twice is the same as doing it once."""

    player: Name


class Teleport(CommandArguments):
    """Move a player to a named place, or to coordinates in a cell.

    `to` names a place of the gazetteer. Else `x`, `y`, `z` say where, in the interior or exterior `cell`; without a
    cell they are exterior coordinates.
    """

    command = "teleport"
    idempotent = True

    to: Name | None = None
    cell: Name | None = None
    x: Coordinate | None = None
    y: Coordinate | None = None
    z: Coordinate | None = None
    yaw: Annotated[float, Field(ge=-360, le=360)] | None = None

    @model_validator(mode="after")
    def _one_destination(self) -> Teleport:
        coordinates = (self.x, self.y, self.z)
        if self.to is not None:
            if self.cell is not None or any(value is not None for value in coordinates):
                raise ValueError("give either 'to' or coordinates, not both")
        elif any(value is None for value in coordinates):
            raise ValueError("give 'to' (a place) or all of x, y and z")
        return self


class GiveItem(CommandArguments):
    """Put items into a player's inventory."""

    command = "give_item"
    idempotent = False

    item: Name
    count: ItemCount = 1


class TakeItem(CommandArguments):
    """Take items out of a player's inventory; it must hold that many."""

    command = "take_item"
    idempotent = False

    item: Name
    count: ItemCount = 1


class JournalCommand(CommandArguments):
    """Write a quest's entry into the journal, or with `kind="index"` set its stage without a text."""

    command = "journal"
    idempotent = True

    quest: Name
    index: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Literal["entry", "index"] = "entry"


class SetStat(CommandArguments):
    """Set an attribute, a skill, `level`, or `health`, `magicka`, `fatigue` (current) and their `..._base`.

    Attribute and skill names are CoreScripts' (`Strength`, `Longblade`); case does not matter.
    """

    command = "set_stat"
    idempotent = True

    stat: Name
    value: Annotated[float, Field(ge=0, le=100_000)]


class SetClass(CommandArguments):
    """Give a player one of the game's own classes."""

    command = "set_class"
    idempotent = True

    character_class: Annotated[Name, Field(alias="class")]


class SetRace(CommandArguments):
    """Give a player one of the ten races, with a head and hair that fit unless they are named."""

    command = "set_race"
    idempotent = True

    race: Name
    gender: Literal["male", "female"] | None = None
    head: Name | None = None
    hair: Name | None = None


class Console(CommandArguments):
    """Run a console command on a player's client, where the server's configuration says `allow_raw`."""

    command = "console"
    idempotent = False

    text: Text


class Message(CommandArguments):
    """Show a line in a player's chat window."""

    command = "message"
    idempotent = False

    text: Text


COMMANDS: dict[str, type[CommandArguments]] = {
    model.command: model
    for model in (Teleport, GiveItem, TakeItem, JournalCommand, SetStat, SetClass, SetRace, Console, Message)
}


def parse_command(name: str, arguments: dict[str, Any]) -> CommandArguments:
    """Validate a command by name.

    Raises:
        Refused: `unknown_command`, or `bad_arguments` with the field at fault.
    """
    model = COMMANDS.get(name)
    if model is None:
        raise Refused(
            "unknown_command", f"no command {name[:MAX_ECHO]!r}; known: {', '.join(sorted(COMMANDS))}", "name"
        )
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:MAX_ECHO] or None
        where = f"{field}: " if field else ""
        raise Refused("bad_arguments", f"{name}: {where}{_remedy(model, first)}", field) from error


def _remedy(model: type[CommandArguments], error: ErrorDetails) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    known = ", ".join(field.alias or name for name, field in model.model_fields.items())
    return f"is no argument of this command; there are: {known}"


def wire_arguments(arguments: CommandArguments) -> dict[str, Any]:
    """The arguments as they stand in a `command` message."""
    return arguments.model_dump(mode="json", by_alias=True, exclude_none=True)


class CommandResult(Model):
    """What became of a command: `value` when it was done, `error` when it was not."""

    id: str
    value: dict[str, Any] | None = None
    error: ErrorInfo | None = None

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.error is None
