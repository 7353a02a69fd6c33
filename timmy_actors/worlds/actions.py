"""What a player does with keys and mouse, as typed actions: one union, discriminated by `action`.

`body.act(Walk(seconds=2))` is `body.act(Action(action="walk", params={"seconds": 2}))`, checked before it is sent.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import (
    Action,
    Angle,
    Direction,
    Distance,
    HoldSeconds,
    ItemCount,
    Name,
    StrictModel,
    UniqueIndex,
    first_mistake,
)


class _TypedAction(StrictModel):
    def as_action(self) -> Action:
        """The action by name, as every body takes it."""
        params = self.model_dump(exclude_none=True)
        return Action(action=params.pop("action"), params=params)


class Walk(_TypedAction):
    """Walk for some seconds, or until a distance in game units is covered."""

    action: Literal["walk"] = "walk"
    direction: Direction = "forward"
    seconds: HoldSeconds = 1.0
    distance: Distance | None = None


class Run(_TypedAction):
    """Run, as `Walk`."""

    action: Literal["run"] = "run"
    direction: Direction = "forward"
    seconds: HoldSeconds = 1.0
    distance: Distance | None = None


class StopMoving(_TypedAction):
    """Stop walking or running."""

    action: Literal["stop_moving"] = "stop_moving"


class Turn(_TypedAction):
    """Turn to a yaw or by an angle, in degrees clockwise, and look up (negative) or down to a pitch."""

    action: Literal["turn"] = "turn"
    yaw: Angle | None = None
    by: Angle | None = None
    pitch: Annotated[float, Field(ge=-90, le=90)] | None = None


class Jump(_TypedAction):
    """Jump."""

    action: Literal["jump"] = "jump"


class Look(_TypedAction):
    """List what the player's client sees within a radius."""

    action: Literal["look"] = "look"
    radius: Distance = 4096.0


class Activate(_TypedAction):
    """Use a thing within reach."""

    action: Literal["activate"] = "activate"
    unique_index: UniqueIndex


class Open(_TypedAction):
    """Open a door, a container or a dead body."""

    action: Literal["open"] = "open"
    unique_index: UniqueIndex


class Take(_TypedAction):
    """Pick an item up, or take an `item` out of the open container."""

    action: Literal["take"] = "take"
    unique_index: UniqueIndex
    item: Name | None = None
    count: ItemCount = 1


class Talk(_TypedAction):
    """Begin a dialogue."""

    action: Literal["talk"] = "talk"
    unique_index: UniqueIndex


class ChooseTopic(_TypedAction):
    """Choose a topic of the open dialogue."""

    action: Literal["choose_topic"] = "choose_topic"
    topic: Name


class Barter(_TypedAction):
    """Buy an item from the merchant of the open dialogue, or sell one."""

    action: Literal["barter"] = "barter"
    deal: Literal["buy", "sell"]
    item: Name
    count: ItemCount = 1


class Attack(_TypedAction):
    """Strike what is in front of the player."""

    action: Literal["attack"] = "attack"
    unique_index: UniqueIndex | None = None


class Cast(_TypedAction):
    """Cast the named spell, or the selected one."""

    action: Literal["cast"] = "cast"
    spell: Name | None = None
    unique_index: UniqueIndex | None = None


class Block(_TypedAction):
    """Keep the shield up for some seconds."""

    action: Literal["block"] = "block"
    seconds: HoldSeconds = 1.0


TypedAction = Annotated[
    Walk | Run | StopMoving | Turn | Jump | Look | Activate | Open | Take | Talk | ChooseTopic | Barter | Attack | Cast
    | Block,
    Field(discriminator="action"),
]  # fmt: skip
TYPED_ACTION: TypeAdapter[TypedAction] = TypeAdapter(TypedAction)


def parse_typed(value: dict[str, Any]) -> TypedAction:
    """Validate a typed action from plain data.

    Raises:
        RefusedError: `bad_arguments`, with the invalid field.
    """
    try:
        return TYPED_ACTION.validate_python(value)
    except ValidationError as error:
        mistake = first_mistake(error)
        raise RefusedError("bad_arguments", mistake.at("action"), mistake.field) from error
