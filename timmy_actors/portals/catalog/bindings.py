"""A game's own names for actions: `journal`, `attack`, `forward 2s`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from timmy_actors.errors import RefusedError
from timmy_actors.protocol import ACTIONS, Action

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
