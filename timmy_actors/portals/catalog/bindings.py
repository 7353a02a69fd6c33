"""A game's own names for actions: `journal`, `attack`, `forward 2s`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from timmy_actors.errors import ConfigError, RefusedError
from timmy_actors.protocol import ACTIONS, Action, GameSettings, PortalEntry
from timmy_actors.system import read_text

BUTTONS = {"mouse left": "click", "mouse right": "right_click"}
"""The words of a key table that mean a mouse button, with the action that presses it."""
BY_KEY = ("press_key", "hold_key", "key_down", "key_up")
BY_BUTTON = ("click", "right_click")


def bindings_of(entry: PortalEntry, name: str) -> Bindings:
    """The portal's names for actions, `name` (which may end in a time) as the game's settings have it now.

    Raises:
        RefusedError: `bad_arguments`: the settings cannot be read, or bind the action to what the key table does not
            have; then the default would press something else.
    """
    settings, said = entry.settings, " ".join(name.lower().split())
    if settings is None or not Path(settings.file).expanduser().is_file():
        return entry.actions
    known = [each for each in settings.names if said == each or said.startswith(f"{each} ")]
    if not known:
        return entry.actions
    chosen = max(known, key=len)
    value = _value(settings, settings.names[chosen], chosen)
    if value is None:
        return entry.actions
    return {**entry.actions, chosen: tuple(_rebound(step, value, chosen) for step in steps_of(entry.actions[chosen]))}


def _value(settings: GameSettings, number: str, name: str) -> str | None:
    """What the settings bind the action to, in the key table's words; None: nothing is said of it."""
    try:
        text = read_text(Path(settings.file).expanduser(), "the game's settings")
        found = _by_regex(settings, text, number) if settings.regex else _by_xpath(settings, text, number)
    except (ConfigError, ElementTree.ParseError) as error:
        raise RefusedError("bad_arguments", f"{name}: {settings.file} cannot be read: {error}", "action") from error
    if found is None:
        return None
    if found not in settings.keys:
        told = f"{name}: {settings.file} binds it to {found[:40]!r}, which the portal's key table does not have: add it"
        raise RefusedError("bad_arguments", told, "action")
    return settings.keys[found]


def _by_regex(settings: GameSettings, text: str, number: str) -> str | None:
    for pattern in settings.regex:
        found = re.search(pattern.replace("{}", re.escape(number)), text, re.MULTILINE)
        if found is not None:
            return found[1]
    return None


def _by_xpath(settings: GameSettings, text: str, number: str) -> str | None:
    if "<!" in text.replace("<!--", ""):
        raise RefusedError(
            "bad_arguments", f"{settings.file}: declares XML entities, which no settings file needs", "action"
        )
    root = ElementTree.fromstring(text.encode())  # noqa: S314  no entities, as seen above
    for path in settings.xpath:
        where, _, attribute = path.replace("{}", number).rpartition("/@")
        found = root.find(where)
        if found is not None and attribute in found.attrib:
            return found.attrib[attribute]
    return None


def _rebound(step: Action, value: str, name: str) -> Action:
    """A binding's step with another key or button."""
    if value not in BUTTONS:
        if step.action in BY_BUTTON:
            return Action(action="press_key", params={"key": value})
        return step.model_copy(update={"params": {**step.params, "key": value}}) if step.action in BY_KEY else step
    if step.action in (*BY_BUTTON, "press_key"):
        return Action(action=BUTTONS[value], params=_points(step.params))
    if step.action in BY_KEY:
        raise RefusedError(
            "bad_arguments", f"{name}: the game has it on a mouse button, which cannot be held as a key is"
        )
    return step


def _points(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in params.items() if key in ("x", "y")}


Bindings = Mapping[str, Action | tuple[Action, ...]]
_TIMED = re.compile(r"(?P<name>.+?)\s+(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>s|ms)")


def steps_of(binding: Action | tuple[Action, ...]) -> tuple[Action, ...]:
    """A binding's steps, in their order."""
    return (binding,) if isinstance(binding, Action) else binding


def resolve(action: Action, bindings: Bindings) -> tuple[Action, ...]:
    """What is to be done for an action: its own self, or the steps of the portal's name for them.

    A portal's name comes first, so that a game may have a `click` of its own. `NAME 2s` (or `500ms`) holds what
    NAME holds for that long. Parameters that are given replace those of a binding's only step.

    Raises:
        RefusedError: `unknown_command`: no such action and no such name; or `bad_arguments`: it holds nothing to time.
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
    named = f"; this portal's names: {', '.join(sorted(bindings))}" if bindings else ""
    raise RefusedError("unknown_command", f"no action {name[:100]!r}; there are: {', '.join(ACTIONS)}{named}", "action")


def _held(steps: tuple[Action, ...]) -> tuple[Action, ...]:
    """A binding that is one click, as one that is held: a drawn bow or a strong blow is a long click."""
    buttons = {"click": "left", "right_click": "right"}
    if len(steps) == 1 and steps[0].action in buttons and not steps[0].params:
        return (Action(action="hold_mouse", params={"button": buttons[steps[0].action]}),)
    return steps


def _with_params(name: str, steps: tuple[Action, ...], params: dict[str, object]) -> tuple[Action, ...]:
    if not params:
        return steps
    takers = [number for number, step in enumerate(steps) if params.keys() <= ACTIONS[step.action].model_fields.keys()]
    if len(takers) != 1:
        told = f"{name}: it has {len(steps)} steps, and {len(takers)} of them take {', '.join(params)}"
        raise RefusedError("bad_arguments", told, next(iter(params)))
    chosen = takers[0]
    changed = steps[chosen].model_copy(update={"params": {**steps[chosen].params, **params}})
    return (*steps[:chosen], changed, *steps[chosen + 1 :])
