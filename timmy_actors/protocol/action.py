"""What an agent does through a portal: an `Action`, and the `ActionResult` that tells what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import MAX_ECHO, ErrorCode, Model, Name, Revision, StrictModel, first_mistake

MAX_PIXEL = 65_535
"""No screen is wider: X11 counts pixels in 16 bits."""
MAX_SECONDS = 30.0
"""The longest that one action may hold or drag: a step of an agent, not a way to leave a key down."""

Pixel = Annotated[int, Field(ge=0, le=MAX_PIXEL)]
Shift = Annotated[int, Field(ge=-MAX_PIXEL, le=MAX_PIXEL)]
Seconds = Annotated[float, Field(gt=0, le=MAX_SECONDS)]
Expires = Annotated[float, Field(gt=0, le=60.0)]
Key = Annotated[str, Field(min_length=1, max_length=32)]
Button = Literal["left", "middle", "right"]
FoundBy = Literal["position", "keysym"]
"""How a key is found: where a US keyboard has it, which is what games read, or what makes it on the layout in use. Not
given: as the server does (the bundled one: position)."""

Extent = Annotated[int, Field(ge=1, le=MAX_PIXEL)]

Outcome = Literal["done", "refused", "failed", "unknown"]


def split_numbers(value: Any) -> Any:
    """`800x450` or `0,0,800,450`, as a command line has it, as its numbers; anything else as it is."""
    return value.replace("x", ",").split(",") if isinstance(value, str) else value


class Action(StrictModel):
    """Something to do: one of the actions below by name, or a portal's own name for one (`journal`, `forward 2s`)."""

    action: Name
    params: dict[str, Any] = Field(default_factory=dict)


class ActionResult(Model):
    """What became of an action; `success` is true only where the server said so."""

    success: bool
    action: str
    """The action that was carried out: for `journal`, say, `press_key`."""
    params: dict[str, Any]
    timestamp: datetime
    """When it was over, UTC."""
    outcome: Outcome = "done"
    """`refused`: nothing was done. `failed`: the server says so. `unknown`: sent, and the answer never came.

    An action that the server answered is `done` also where its answer cannot be read; `reason` says so.

    What is unknown may have happened, and is never done again by itself: look before repeating it.
    """
    reason: str | None = None
    """Why it was not a success, in words; for one that is done, what is to be said of it."""
    tool_code: str | None = None
    """The code that the desktop server gave its error, where it gives one: `not_focused`, `window_covered`."""
    binding: str | None = None
    """The portal's own name that was given for it."""
    code: ErrorCode | None = None
    """Why a body in the game's world did not do it: `needs_client_input`, `no_such_place`, ..."""
    field: str | None = None
    """The parameter at fault."""
    needs: str | None = None
    """With `needs_client_input`: what it would take."""
    value: dict[str, Any] = Field(default_factory=dict)
    """What a body in the game's world says of what it did."""
    revision: Revision | None = None
    """What a body's action produced in the world: `observe(after=result)` waits until that is perceived."""
    command_id: str | None = None
    """Under this id the same action can be given again without being done twice."""


class ActionParams(StrictModel):
    """What every action has: a name, which is the tool's on desktop-control."""

    action: ClassVar[str]


class InPicture(ActionParams):
    """What is done at a point that may have been read in a picture of another size."""

    image_size: Annotated[tuple[Extent, Extent] | None, BeforeValidator(split_numbers)] = None
    """Width and height of the picture that x and y were read in; None: they are the window's own pixels."""


class Click(InPicture):
    """Press and release a button (the left one) at a point; without one, where the mouse is."""

    action = "click"

    x: Pixel | None = None
    y: Pixel | None = None
    button: Button | None = None


class RightClick(InPicture):
    """The same with the right button; without one, where the mouse is."""

    action = "right_click"

    x: Pixel | None = None
    y: Pixel | None = None


class DoubleClick(InPicture):
    """Two quick clicks with a button (the left one); without a point, where the mouse is."""

    action = "double_click"

    x: Pixel | None = None
    y: Pixel | None = None
    button: Button | None = None


class MoveTo(InPicture):
    """Move the mouse to a point."""

    action = "move_to"

    x: Pixel
    y: Pixel


class DragTo(InPicture):
    """Drag with a button (the left one) from where the mouse is to a point, for `duration` seconds."""

    action = "drag_to"

    x: Pixel
    y: Pixel
    duration: Seconds = 0.5
    button: Button | None = None


class TypeText(ActionParams):
    """Type a text."""

    action = "type_text"

    text: Annotated[str, Field(min_length=1, max_length=1024)]


class PressKey(ActionParams):
    """Press and release a key."""

    action = "press_key"

    key: Key
    by: FoundBy | None = None


class Hotkey(ActionParams):
    """Press keys together; they are separated by spaces: `ctrl shift s`."""

    action = "hotkey"

    keys: Annotated[str, Field(min_length=1, max_length=128)]
    by: FoundBy | None = None


class Scroll(ActionParams):
    """Turn the wheel by so many clicks: up above 0, down below."""

    action = "scroll"

    amount: Annotated[int, Field(ge=-100, le=100)]


class KeyDown(ActionParams):
    """Press a key and leave it down, until `key_up` or until the server lets it go."""

    action = "key_down"

    key: Key
    by: FoundBy | None = None
    expires_s: Expires | None = None
    """When it is let go by itself, in seconds. None: as the server does (the bundled one: 10)."""


class KeyUp(ActionParams):
    """Release a key."""

    action = "key_up"

    key: Key
    by: FoundBy | None = None


class HoldKey(ActionParams):
    """Hold a key for some seconds."""

    action = "hold_key"

    key: Key
    seconds: Seconds = 1.0
    by: FoundBy | None = None


class MouseDown(ActionParams):
    """Press a mouse button where the mouse is, and leave it down."""

    action = "mouse_down"

    button: Button = "left"
    expires_s: Expires | None = None
    """When it is let go by itself, in seconds. None: as the server does (the bundled one: 10)."""


class MouseUp(ActionParams):
    """Release a mouse button."""

    action = "mouse_up"

    button: Button = "left"


class HoldMouse(ActionParams):
    """Hold a mouse button for some seconds where the mouse is."""

    action = "hold_mouse"

    button: Button = "left"
    seconds: Seconds = 1.0


class MoveRelative(ActionParams):
    """Move the mouse by so many pixels: how a first-person view looks around."""

    action = "move_relative"

    dx: Shift
    dy: Shift = 0


class FocusWindow(ActionParams):
    """Bring the game's window to the front, where it gets the keys."""

    action = "focus_window"

    title: Name | None = None
    """None: the portal's own."""


class ReleaseAll(ActionParams):
    """Let go of every key and button that is down, and end the actions under way: for a pause."""

    action = "release_all"


ACTIONS: dict[str, type[ActionParams]] = {
    model.action: model
    for model in (
        Click, RightClick, DoubleClick, MoveTo, DragTo, TypeText, PressKey, Hotkey, Scroll,
        KeyDown, KeyUp, HoldKey, MouseDown, MouseUp, HoldMouse, MoveRelative, FocusWindow, ReleaseAll,
    )
}  # fmt: skip


def make_action(name: str, params: dict[str, Any]) -> Action:
    """An action as a caller says it.

    Raises:
        RefusedError: `bad_arguments`: none can have that name.
    """
    try:
        return Action(action=name, params=params)
    except ValidationError as error:
        raise RefusedError("bad_arguments", f"action: {first_mistake(error).text}", "action") from error


def parse_params(name: str, params: dict[str, Any]) -> ActionParams:
    """Validate an action by name; numbers may be strings, as a command line has them.

    Raises:
        RefusedError: `unknown_command`, or `bad_arguments` with the field at fault.
    """
    model = ACTIONS.get(name)
    if model is None:
        raise RefusedError(
            "unknown_command", f"no action {name[:MAX_ECHO]!r}; there are: {', '.join(ACTIONS)}", "action"
        )
    try:
        return _whole(model.model_validate(params))
    except ValidationError as error:
        mistake = first_mistake(error)
        if mistake.kind == "extra_forbidden":
            mistake = mistake._replace(text=_known(model))
        raise RefusedError("bad_arguments", f"{name}: {mistake.at('params')}", mistake.field) from error


def _whole(params: ActionParams) -> ActionParams:
    if isinstance(params, Click | RightClick | DoubleClick) and (params.x is None) != (params.y is None):
        raise RefusedError("bad_arguments", f"{params.action}: give both x and y, or neither", "x")
    return params


def _known(model: type[ActionParams]) -> str:
    return f"is no parameter of this action; there are: {', '.join(model.model_fields) or 'none'}"


def describe_actions() -> Iterator[str]:
    """Every action with its parameters, those in brackets with a default."""
    for name, model in ACTIONS.items():
        words = [f"{key}=" if field.is_required() else f"[{key}=]" for key, field in model.model_fields.items()]
        yield " ".join([name, *words])
