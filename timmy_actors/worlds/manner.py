"""How a text is delivered. A module of its own, because the interface of a body loads the models of all commands."""

from __future__ import annotations

from typing import Literal

Manner = Literal["say", "whisper", "announce", "show"]
"""How a text is delivered.

`say`: as if the player had typed it: the server's scripts choose who sees it, with the speaker's name. `whisper`: to
one player, with the speaker's name; both see it. `announce`: to all players, without a name. `show`: as a note on one
player's screen.
"""
