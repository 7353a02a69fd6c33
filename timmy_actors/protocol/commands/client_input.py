"""What a player does with keys and mouse, where the player's client is simulated: in the embedded world.

On every other server these commands are `needs_client_input`: only the player's own client does what they say. The
result of one that takes time comes when it has ended; a command past its deadline stops its player. An agent that must
see the way it goes observes meanwhile. What the simulated client leaves out is listed in [worlds.md](worlds.md).
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, cast

from pydantic import Field, create_model, model_validator

from timmy_actors.protocol._base import ErrorCode, Name
from timmy_actors.protocol.commands._arguments import Angle, CommandArguments, CommandFields, ItemCount, UniqueIndex

MAX_HOLD_S = 60.0
"""The longest time for which one command moves or blocks."""
MAX_DISTANCE = 100_000.0

HoldSeconds = Annotated[float, Field(ge=0.05, le=MAX_HOLD_S)]
Distance = Annotated[float, Field(ge=1, le=MAX_DISTANCE)]
Direction = Literal["forward", "back", "left", "right"]

CHEST = "103001-0"
"""A barrel near the place where Timmy stands in a new embedded world."""


class ClientInput(CommandFields):
    """The base of the commands that need the input of the player's client; the player itself is added below."""

    idempotent = False
    errors: ClassVar[tuple[ErrorCode, ...]] = ("needs_client_input", "game_refused")


class Walk(ClientInput):
    """Walk for some seconds, or until a distance (game units) is covered.

    Returns the place reached (`cell`, `x`, `y`, `z`, `yaw`), the `distance` covered, the `seconds` it took and
    `ended_by`: `time`, `distance`, `wall`, `replaced` (by another movement), `stopped`, `door`, `teleport`, `death`.
    """

    command = "walk"
    example = {"seconds": 2}

    direction: Direction = "forward"
    seconds: HoldSeconds = 1.0
    distance: Distance | None = None


class Run(Walk):
    """Run: as `walk`, but faster."""

    command = "run"
    example = {"direction": "left", "distance": 300, "seconds": 10}


class StopMoving(ClientInput):
    """Stop walking or running. Returns `was_moving`."""

    command = "stop_moving"
    idempotent = True
    example = {}


class Turn(ClientInput):
    """Turn to a yaw, or by an angle, and look up or down to a pitch. Returns `yaw` and `pitch`, in degrees."""

    command = "turn"
    example = {"yaw": 90}

    yaw: Angle | None = None
    by: Angle | None = None
    pitch: Annotated[float, Field(ge=-90, le=90)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Turn:
        if self.yaw is not None and self.by is not None:
            raise ValueError("give 'yaw' or 'by', not both")
        if (self.yaw, self.by, self.pitch) == (None, None, None):
            raise ValueError("give 'yaw', 'by' or 'pitch'")
        return self


class Jump(ClientInput):
    """Jump: returns the `height` reached, in game units, when the player has landed."""

    command = "jump"
    example = {}


class Look(ClientInput):
    """List what the player's client sees in its loaded cells, nearest first, at most 100.

    Each of `things` has a `kind` (`actor`, `container`, `door`, `item`), `unique_index`, `ref_id`, `cell`, `x`, `y`,
    `z`, `distance`, `locked` and `dead`; a door that leads elsewhere `leads_to`, an item its `count`, a person a
    `name`. The server does not know the positions of most of these: perceptions have none.
    """

    command = "look"
    idempotent = True
    example = {"radius": 1000}

    radius: Distance = 4096.0


class Activate(ClientInput):
    """Use a thing within reach, as the game's activation key does.

    What happens depends on its `kind`, which is in the result: a `door` leads to another cell or swings, an `item` is
    picked up, a `container` (or a dead body) opens, a living actor begins a `dialogue`. The server's scripts can
    prevent it.
    """

    command = "activate"
    errors = (*ClientInput.errors, "no_such_target")
    example = {"unique_index": CHEST}

    unique_index: UniqueIndex


class Open(Activate):
    """Open a door, a container or a dead body. Returns the new place, or `contents`: items and their counts."""

    command = "open"


class Take(Activate):
    """Pick an item up, or take an `item` out of the container that is open."""

    command = "take"
    example = {"unique_index": CHEST, "item": "ingred_bread_01"}
    example_after = (("open", {"unique_index": CHEST}),)

    item: Name | None = None
    count: ItemCount = 1


class Talk(Activate):
    """Begin a dialogue. Returns what the person `says`, the `topics` to choose from, and whether it `barters`."""

    command = "talk"
    example = {"unique_index": "102002-0"}
    example_after = (("turn", {"yaw": 262}), ("run", {"distance": 250, "seconds": 5}))


IN_ARRILLES = {"cell": "Seyda Neen, Arrille's Tradehouse", "x": 22, "y": -128, "z": 386}
TALKING = (("teleport", IN_ARRILLES), ("talk", {"unique_index": "102101-0"}))


class ChooseTopic(ClientInput):
    """Choose a topic of the open dialogue. Returns what the person `says`, and the `topics` afterwards.

    Topics, items and the journal may change.
    """

    command = "choose_topic"
    errors = (*ClientInput.errors, "no_such_target")
    example = {"topic": "my trade"}
    example_after = TALKING

    topic: Name


class Barter(ClientInput):
    """Buy an item from the merchant of the open dialogue, or sell one. Returns the `price`, and the `gold` left."""

    command = "barter"
    example = {"deal": "buy", "item": "torch", "count": 2}
    example_after = TALKING

    deal: Literal["buy", "sell"]
    item: Name
    count: ItemCount = 1


class Attack(ClientInput):
    """Strike what is in front of the player with the weapon in its right hand, or its fists.

    Returns `hit`, `damage`, the `unique_index` of what was aimed at, and whether it was `killed`. With `unique_index`
    the blow is refused unless that actor is in front and within reach.
    """

    command = "attack"
    example = {}

    unique_index: UniqueIndex | None = None


class Cast(ClientInput):
    """Cast a spell that the player knows: the named one, or the selected one.

    Returns the `health` of the caster, or `hit`, `damage`, `unique_index` and `killed` as `attack` does.
    """

    command = "cast"
    errors = (*ClientInput.errors, "no_such_target")
    example = {"spell": "hearth heal"}

    spell: Name | None = None
    unique_index: UniqueIndex | None = None


class Block(ClientInput):
    """Keep the shield in the left hand up for some seconds. Returns how many blows were `blocked`."""

    command = "block"
    example = {"seconds": 1}
    example_after = (
        ("give_item", {"item": "iron_shield"}),
        ("equip", {"item": "iron_shield", "slot": "carried_left"}),
    )

    seconds: HoldSeconds = 1.0


def _of_player(model: type[ClientInput]) -> type[CommandArguments]:
    bases: tuple[type[CommandFields], ...] = (model, CommandArguments)
    command = create_model(model.__name__, __base__=bases, __doc__=model.__doc__, __module__=__name__)
    return cast(type[CommandArguments], command)


ACTIONS: tuple[type[ClientInput], ...] = (
    Activate, Attack, Barter, Block, Cast, ChooseTopic, Jump, Look, Open, Run, StopMoving, Take, Talk, Turn, Walk,
)  # fmt: skip
COMMANDS = tuple(map(_of_player, ACTIONS))
