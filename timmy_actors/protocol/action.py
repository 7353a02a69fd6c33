"""An agent's actions through a portal: `Action`, and its outcome, `ActionResult`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationError

from timmy_actors.errors import RefusedError
from timmy_actors.protocol._base import MAX_ECHO, Count, ErrorCode, Model, Name, Revision, StrictModel
from timmy_actors.protocol.mistake import first_mistake

MAX_PIXEL = 65_535
"""The largest coordinate: X11 counts pixels in 16 bits."""
MAX_SECONDS = 30.0
"""The longest duration of one action that holds or drags."""

Pixel = Annotated[int, Field(ge=0, le=MAX_PIXEL)]
Shift = Annotated[int, Field(ge=-MAX_PIXEL, le=MAX_PIXEL)]
Seconds = Annotated[float, Field(gt=0, le=MAX_SECONDS)]
Expires = Annotated[float, Field(gt=0, le=60.0)]
Key = Annotated[str, Field(min_length=1, max_length=32)]
Button = Literal["left", "middle", "right"]
FoundBy = Literal["position", "keysym"]
"""How a key is located: `position`, where a US keyboard has it, which is what games read; or `keysym`, the key that
types it in the current layout. None: the server's default (the bundled one: position)."""

Extent = Annotated[int, Field(ge=1, le=MAX_PIXEL)]

Outcome = Literal["done", "refused", "failed", "unknown"]


def split_numbers(value: Any) -> Any:
    """Split `800x450` or `0,0,800,450` of a command line into numbers; other values are returned unchanged."""
    return value.replace("x", ",").split(",") if isinstance(value, str) else value


class Action(StrictModel):
    """An action by name: one of those below, or a portal's own name for one (`journal`, `forward 2s`)."""

    action: Name
    params: dict[str, Any] = Field(default_factory=dict)


class ActionResult(Model):
    """The outcome of an action; `success` is true only if the server reported it."""

    success: bool
    action: str
    """The executed action: for `journal`, for example, `press_key`."""
    params: dict[str, Any]
    timestamp: datetime
    """When it ended, UTC."""
    outcome: Outcome = "done"
    """`refused`: nothing was executed. `failed`: the server reported a failure. `unknown`: sent, but not answered.

    An action whose answer cannot be read is `done` too; `reason` says so.

    An unknown action may have been executed, and is never repeated automatically: check the state before repeating it.
    """
    reason: str | None = None
    """Why it failed; for an action that is done, a remark."""
    tool_code: str | None = None
    """The desktop server's own error code, if it has one: `not_focused`, `window_covered`."""
    binding: str | None = None
    """The portal's own name under which it was requested."""
    code: ErrorCode | None = None
    """Why a body in the game's world refused it: `needs_client_input`, `no_such_place`, ..."""
    field: str | None = None
    """The invalid parameter."""
    needs: str | None = None
    """With `needs_client_input`: what it would take."""
    value: dict[str, Any] = Field(default_factory=dict)
    """The result of a body in the game's world."""
    revision: Revision | None = None
    """The revision that a body's action produced, for `observe(after=result)`."""
    game_ms_since_observation: Count | None = None
    """The game time in ms between the body's last observation and this action's effect. None if the world cannot
    report it, or if the body has not observed it."""
    command_id: str | None = None
    """The id under which the same action can be repeated without being executed twice."""


class ActionParams(StrictModel):
    """The base of every action: its name, which is also the name of desktop-control's tool."""

    action: ClassVar[str]


class InPicture(ActionParams):
    """An action at a point whose coordinates may refer to a picture of another size."""

    image_size: Annotated[tuple[Extent, Extent] | None, BeforeValidator(split_numbers)] = None
    """Width and height of the picture that x and y refer to; None: they are pixels of the window."""


class Click(InPicture):
    """Click a button (default: the left one) at a point; without a point, where the mouse is."""

    action = "click"

    x: Pixel | None = None
    y: Pixel | None = None
    button: Button | None = None


class RightClick(InPicture):
    """Click the right button at a point; without a point, where the mouse is."""

    action = "right_click"

    x: Pixel | None = None
    y: Pixel | None = None


class DoubleClick(InPicture):
    """Double-click a button (default: the left one) at a point; without a point, where the mouse is."""

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
    """Drag with a button (default: the left one) from where the mouse is to a point, for `duration` seconds."""

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
    """Turn the wheel by `amount` clicks: positive is up, negative is down."""

    action = "scroll"

    amount: Annotated[int, Field(ge=-100, le=100)]


class KeyDown(ActionParams):
    """Press a key and hold it until `key_up`, or until the server releases it."""

    action = "key_down"

    key: Key
    by: FoundBy | None = None
    expires_s: Expires | None = None
    """Seconds until the server releases it. None: the server's default (the bundled one: 10)."""


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
    """Press a mouse button where the mouse is, and hold it."""

    action = "mouse_down"

    button: Button = "left"
    expires_s: Expires | None = None
    """Seconds until the server releases it. None: the server's default (the bundled one: 10)."""


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
    """Move the mouse by `dx` and `dy` pixels: how to look around in a first-person view."""

    action = "move_relative"

    dx: Shift
    dy: Shift = 0


class FocusWindow(ActionParams):
    """Bring the game's window to the front, where it gets the keys."""

    action = "focus_window"

    title: Name | None = None
    """The window's title. None: the portal's own."""


class ReleaseAll(ActionParams):
    """Release every held key and button, and cancel the running actions: for a pause."""

    action = "release_all"


ACTIONS: dict[str, type[ActionParams]] = {
    model.action: model
    for model in (
        Click, RightClick, DoubleClick, MoveTo, DragTo, TypeText, PressKey, Hotkey, Scroll,
        KeyDown, KeyUp, HoldKey, MouseDown, MouseUp, HoldMouse, MoveRelative, FocusWindow, ReleaseAll,
    )
}  # fmt: skip


def make_action(name: str, params: dict[str, Any]) -> Action:
    """Build an action from a caller's arguments.

    Raises:
        RefusedError: `bad_arguments`: the name is invalid.
    """
    try:
        return Action(action=name, params=params)
    except ValidationError as error:
        raise RefusedError("bad_arguments", f"action: {first_mistake(error).text}", "action") from error


def parse_params(name: str, params: dict[str, Any]) -> ActionParams:
    """Validate an action by name; numbers may be strings, as in a command line.

    Raises:
        RefusedError: `unknown_command`, or `bad_arguments` with the invalid field.
    """
    model = ACTIONS.get(name)
    if model is None:
        raise RefusedError(
            "unknown_command", f"no action {name[:MAX_ECHO]!r}; there are: {', '.join(ACTIONS)}", "action"
        )
    try:
        return _check_point(model.model_validate(params))
    except ValidationError as error:
        mistake = first_mistake(error)
        if mistake.kind == "extra_forbidden":
            mistake = mistake._replace(text=_known(model))
        raise RefusedError("bad_arguments", f"{name}: {mistake.at('params')}", mistake.field) from error


def _check_point(params: ActionParams) -> ActionParams:
    if isinstance(params, Click | RightClick | DoubleClick) and (params.x is None) != (params.y is None):
        raise RefusedError("bad_arguments", f"{params.action}: give both x and y, or neither", "x")
    return params


def _known(model: type[ActionParams]) -> str:
    return f"is no parameter of this action; there are: {', '.join(model.model_fields) or 'none'}"


def describe_actions() -> Iterator[str]:
    """One line per action with its parameters; those in brackets are optional."""
    for name, model in ACTIONS.items():
        words = [f"{key}=" if field.is_required() else f"[{key}=]" for key, field in model.model_fields.items()]
        yield " ".join([name, *words])
