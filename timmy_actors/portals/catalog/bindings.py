"""A portal's bindings: names such as `journal`, `attack` or `forward 2s` for one or more actions. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.protocol import ACTIONS, Action, GameSettings, PortalEntry
from timmy_actors.system import read_text

BUTTONS = {"mouse left": "click", "mouse right": "right_click"}
"""The mouse buttons in a key table, with the action that presses each."""
BY_KEY = ("press_key", "hold_key", "key_down", "key_up")
BY_BUTTON = ("click", "right_click")


def bindings_of(entry: PortalEntry, name: str) -> Bindings:
    """The portal's bindings, with that of `name` (which may end in a duration) replaced by the game's settings.

    Raises:
        RefusedError: `bad_arguments`: the settings cannot be read, or contain a key that the key table lacks. The
            default binding is not used then, because it would press another key.
    """
    settings, normalised = entry.settings, " ".join(name.lower().split())
    if settings is None or not Path(settings.file).expanduser().is_file():
        return entry.actions
    matching = [each for each in settings.names if normalised == each or normalised.startswith(f"{each} ")]
    if not matching:
        return entry.actions
    chosen = max(matching, key=len)
    value = _value(settings, settings.names[chosen], chosen)
    if value is None:
        return entry.actions
    return {**entry.actions, chosen: tuple(_rebound(step, value, chosen) for step in steps_of(entry.actions[chosen]))}


def _value(settings: GameSettings, number: str, name: str) -> str | None:
    """The key or button to which the settings bind the action, as the key table names it; None: no such setting."""
    try:
        text = read_text(Path(settings.file).expanduser(), "the game's settings")
        key = _by_regex(settings, text, number) if settings.regex else _by_xpath(settings, text, number)
    except (ConfigError, ElementTree.ParseError) as error:
        raise RefusedError("bad_arguments", f"{name}: {settings.file} cannot be read: {error}", "action") from error
    if key is None:
        return None
    if key not in settings.keys:
        message = f"{name}: {settings.file} binds it to {key[:40]!r}, which the portal's key table lacks: add it there"
        raise RefusedError("bad_arguments", message, "action")
    return settings.keys[key]


def _by_regex(settings: GameSettings, text: str, number: str) -> str | None:
    for pattern in settings.regex:
        match = re.search(pattern.replace("{}", re.escape(number)), text, re.MULTILINE)
        if match is not None:
            return match[1]
    return None


def _by_xpath(settings: GameSettings, text: str, number: str) -> str | None:
    if "<!" in text.replace("<!--", ""):
        raise RefusedError(
            "bad_arguments", f"{settings.file}: contains XML declarations such as entities: remove them", "action"
        )
    root = ElementTree.fromstring(text.encode())  # noqa: S314  entities are rejected above
    for path in settings.xpath:
        where, _, attribute = path.replace("{}", number).rpartition("/@")
        element = root.find(where)
        if element is not None and attribute in element.attrib:
            return element.attrib[attribute]
    return None


def _rebound(step: Action, value: str, name: str) -> Action:
    """A step of a binding with another key or button."""
    if value not in BUTTONS:
        if step.action in BY_BUTTON:
            return Action(action="press_key", params={"key": value})
        return step.model_copy(update={"params": {**step.params, "key": value}}) if step.action in BY_KEY else step
    if step.action in (*BY_BUTTON, "press_key"):
        return Action(action=BUTTONS[value], params=_points(step.params))
    if step.action in BY_KEY:
        raise RefusedError(
            "bad_arguments", f"{name}: the game binds it to a mouse button, which {step.action} cannot press"
        )
    return step


def _points(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in params.items() if key in ("x", "y")}


Bindings = Mapping[str, Action | tuple[Action, ...]]
_TIMED = re.compile(r"(?P<name>.+?)\s+(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>s|ms)")


def steps_of(binding: Action | tuple[Action, ...]) -> tuple[Action, ...]:
    """A binding's steps in order."""
    return (binding,) if isinstance(binding, Action) else binding


def resolve(action: Action, bindings: Bindings) -> tuple[Action, ...]:
    """The steps of an action: the steps of the portal's binding with that name, or the action itself.

    A binding takes precedence, so that a game can define its own `click`. `NAME 2s` (or `500ms`) sets the duration of
    the binding NAME. Parameters of the action replace those of the only step that accepts them.

    Raises:
        RefusedError: `unknown_command`: there is no such action and no such binding; `bad_arguments`: not exactly one
            step accepts the parameters.
    """
    name = " ".join(action.action.split())
    spelled = name.lower().replace("-", "_")
    if name.lower() in bindings:
        return _with_params(name, steps_of(bindings[name.lower()]), action.params)
    if spelled in ACTIONS:
        return (Action(action=spelled, params=action.params),)
    timed = _TIMED.fullmatch(name.lower())
    if timed is not None and timed["name"] in bindings:
        seconds = float(timed["amount"]) / (1000 if timed["unit"] == "ms" else 1)
        return _with_params(name, _held(steps_of(bindings[timed["name"]])), {**action.params, "seconds": seconds})
    named = f"; this portal's bindings: {', '.join(sorted(bindings))}" if bindings else ""
    raise RefusedError("unknown_command", f"no action {name[:100]!r}; there are: {', '.join(ACTIONS)}{named}", "action")


def _held(steps: tuple[Action, ...]) -> tuple[Action, ...]:
    """A binding of a single click as one that holds the button, for example to draw a bow."""
    buttons = {"click": "left", "right_click": "right"}
    if len(steps) == 1 and steps[0].action in buttons and not steps[0].params:
        return (Action(action="hold_mouse", params={"button": buttons[steps[0].action]}),)
    return steps


def _with_params(name: str, steps: tuple[Action, ...], params: dict[str, object]) -> tuple[Action, ...]:
    if not params:
        return steps
    takers = [number for number, step in enumerate(steps) if params.keys() <= ACTIONS[step.action].model_fields.keys()]
    if len(takers) != 1:
        message = f"{name}: {len(takers)} of its {len(steps)} steps accept {', '.join(params)}: exactly one must"
        raise RefusedError("bad_arguments", message, next(iter(params)))
    chosen = takers[0]
    changed = steps[chosen].model_copy(update={"params": {**steps[chosen].params, **params}})
    return (*steps[:chosen], changed, *steps[chosen + 1 :])
