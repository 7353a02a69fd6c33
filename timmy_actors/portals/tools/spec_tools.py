"""The tools that the GamePortal protocol is made of, by their names and positional arguments there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from timmy_actors.protocol import ACTIONS

ServerName = Literal["desktop-control", "steam-info"]
DESKTOP: Final = "desktop-control"
STEAM: Final = "steam-info"

LOOK_TIMEOUT_S = 5.0
"""A whole screen as PNG takes others' servers 0.65 s, and a busy machine some times that."""
ACT_TIMEOUT_S = 8.0
"""mcp-pyautogui moves the mouse for two seconds; what an action itself is to last comes on top."""
STEAM_TIMEOUT_S = 20.0
"""Steam's servers wait up to 15 s for an answer of Valve's."""


@dataclass(frozen=True)
class SpecTool:
    """One tool of the protocol."""

    name: str
    server: ServerName
    arguments: tuple[str, ...] = ()
    """In the order in which the protocol writes them."""
    extras: tuple[str, ...] = ()
    """What a server may take besides: given where its schema has it."""
    options: tuple[str, ...] = ()
    """What can be asked for besides, and only of a server that has an argument of that very name."""
    timeout_s: float = LOOK_TIMEOUT_S
    required: bool = True
    """Whether a portal counts as degraded without it."""

    @property
    def fillable(self) -> frozenset[str]:
        """The names that a template of its arguments may speak of."""
        start = FROM if self.name == "drag_to" else ()
        return frozenset((*self.arguments, *self.extras, *self.options, *start))


FROM = ("from_x", "from_y")
"""Where the mouse is when a drag begins: for servers whose drag takes two points."""
AIM = ("window_title",)
"""Desktop tools that take it are aimed at the portal's window; their coordinates are the window's then."""

LOOK_OPTIONS = ("region", "max_width", "max_height", "wait_until", "wait_s")
"""What a screenshot can be asked for besides; `timmy_actors.protocol.game_state.LookOptions`."""
_LOOKS = (
    SpecTool("take_screenshot", DESKTOP, ("filename",), AIM, LOOK_OPTIONS),
    SpecTool("get_screen_size", DESKTOP),
    SpecTool("get_mouse_position", DESKTOP, (), AIM),
    SpecTool("pixel_color", DESKTOP, ("x", "y"), AIM),
    SpecTool("get_os", DESKTOP),
    SpecTool("list_windows", DESKTOP, required=False),
)
_STEAM = (
    SpecTool("steam-recently-played", STEAM, ("user_id",), timeout_s=STEAM_TIMEOUT_S),
    SpecTool("steam-player-achievements", STEAM, ("user_id", "app_id"), timeout_s=STEAM_TIMEOUT_S),
    SpecTool("steam-user-stats", STEAM, ("user_id", "app_id"), timeout_s=STEAM_TIMEOUT_S),
    SpecTool("steam-current-players", STEAM, ("app_id",), timeout_s=STEAM_TIMEOUT_S),
    SpecTool("steam-news", STEAM, ("app_id",), timeout_s=STEAM_TIMEOUT_S),
)
_OF_THE_SPEC = frozenset(
    ("click", "right_click", "double_click", "move_to", "drag_to", "type_text", "press_key", "hotkey", "scroll")
)
_OPTIONS = ("by", "expires_s", "image_size")
_BUTTON_IS_AN_OPTION = ("click", "double_click", "drag_to")


def _options(action: str) -> tuple[str, ...]:
    return (*_OPTIONS, "button") if action in _BUTTON_IS_AN_OPTION else _OPTIONS


_ACTS = tuple(
    SpecTool(
        name,
        DESKTOP,
        tuple(field for field in model.model_fields if field not in _options(name)),
        AIM,
        tuple(field for field in model.model_fields if field in _options(name)),
        ACT_TIMEOUT_S,
        required=name in _OF_THE_SPEC,
    )
    for name, model in ACTIONS.items()
)

SPEC_TOOLS: dict[str, SpecTool] = {tool.name: tool for tool in (*_LOOKS, *_STEAM, *_ACTS)}
