"""What a player does with keys and mouse, as typed actions: one union, discriminated by `action`.

`body.act(Walk(seconds=2))` is `body.act(Action(action="walk", params={"seconds": 2}))`, checked before it is sent. Each
has the fields, bounds and documentation of the command of its name.
"""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import Action, StrictModel, client_input, first_mistake


class _TypedAction(StrictModel):
    @classmethod
    def __pydantic_init_subclass__(cls, **_options: Any) -> None:
        cls.__doc__ = inspect.getdoc(cls)

    def as_action(self) -> Action:
        """The action by name, as every body takes it."""
        params = self.model_dump(exclude_none=True)
        return Action(action=params.pop("action"), params=params)


class Walk(_TypedAction, client_input.Walk):
    action: Literal["walk"] = "walk"


class Run(_TypedAction, client_input.Run):
    action: Literal["run"] = "run"


class StopMoving(_TypedAction, client_input.StopMoving):
    action: Literal["stop_moving"] = "stop_moving"


class Turn(_TypedAction, client_input.Turn):
    action: Literal["turn"] = "turn"


class Jump(_TypedAction, client_input.Jump):
    action: Literal["jump"] = "jump"


class Look(_TypedAction, client_input.Look):
    action: Literal["look"] = "look"


class Activate(_TypedAction, client_input.Activate):
    action: Literal["activate"] = "activate"


class Open(_TypedAction, client_input.Open):
    action: Literal["open"] = "open"


class Take(_TypedAction, client_input.Take):
    action: Literal["take"] = "take"


class Talk(_TypedAction, client_input.Talk):
    action: Literal["talk"] = "talk"


class ChooseTopic(_TypedAction, client_input.ChooseTopic):
    action: Literal["choose_topic"] = "choose_topic"


class Barter(_TypedAction, client_input.Barter):
    action: Literal["barter"] = "barter"


class Attack(_TypedAction, client_input.Attack):
    action: Literal["attack"] = "attack"


class Cast(_TypedAction, client_input.Cast):
    action: Literal["cast"] = "cast"


class Block(_TypedAction, client_input.Block):
    action: Literal["block"] = "block"


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
