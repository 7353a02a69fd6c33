"""What a server can't do for a player, because only the player's own client does it: key presses and clicks.

`lua/timmy/commands/client_input.lua` says the same for the bridge; `docs/protocol/golden/client_input.json` holds
both to it.
"""

from __future__ import annotations

_KEYS = "keys pressed in the player's game window, which the desktop portal can do"
_AIM = "the mouse turned and clicked in the player's game window, which the desktop portal can do"
_BODY = "; or a body of the server's own, driven by an AI package"
_BOX = "the dialogue window of the player's own client, worked with the mouse through the desktop portal"

NEEDS_CLIENT_INPUT: dict[str, str] = {
    "walk": _KEYS + _BODY,
    "run": _KEYS + _BODY,
    "swim": _KEYS + _BODY,
    "jump": _KEYS,
    "sneak": _KEYS,
    "turn": _AIM,
    "look": _AIM,
    "attack": _AIM + _BODY,
    "block": _AIM,
    "cast": _AIM,
    "ready_weapon": _KEYS,
    "ready_magic": _KEYS,
    "open": _AIM,
    "take": _AIM,
    "drop": _AIM,
    "use_item": _AIM,
    "read": _AIM,
    "steal": _AIM,
    "pick_lock": _AIM,
    "rest": _KEYS,
    "wait": _KEYS,
    "talk": _AIM,
    "choose_topic": _BOX,
    "persuade": _BOX,
    "barter": _BOX,
    "travel": _BOX,
    "train": _BOX,
    "repair": _BOX,
    "enchant": _BOX,
}
"""The verbs, each with what it would take instead."""


def guidance(verb: str) -> str:
    """The sentence with which such a verb is answered."""
    return f"a server can't {verb.replace('_', ' ')} for a player; it takes {NEEDS_CLIENT_INPUT[verb]}"
