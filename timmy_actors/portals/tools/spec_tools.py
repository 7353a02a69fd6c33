"""The tools of the GamePortal protocol, with their names and positional arguments. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from timmy_actors.protocol import ACTIONS

ServerName = Literal["desktop-control", "steam-info"]
DESKTOP: Final = "desktop-control"
STEAM: Final = "steam-info"

LOOK_TIMEOUT_S = 5.0
"""Third-party servers take 0.65 s for a whole screen as PNG, and several times as long on a busy machine."""
ACT_TIMEOUT_S = 8.0
"""mcp-pyautogui moves the mouse for two seconds. The action's own duration is added."""
STEAM_TIMEOUT_S = 20.0
"""Steam servers wait up to 15 s for Valve's answer."""


FROM = ("from_x", "from_y")
"""The mouse position at the start of a drag, for servers whose drag takes two points."""
AIM = ("window_title",)
"""Desktop tools with this argument target the portal's window; their coordinates are relative to the window then."""
LOOK_OPTIONS = ("region", "max_width", "max_height", "wait_until", "wait_s")
"""The options of a screenshot; see `timmy_actors.protocol.game_state.LookOptions`."""
_OF_THE_SPEC = frozenset(
    ("click", "right_click", "double_click", "move_to", "drag_to", "type_text", "press_key", "hotkey", "scroll")
)
_OPTIONS = ("by", "expires_s", "image_size")
_BUTTON_IS_AN_OPTION = ("click", "double_click", "drag_to")


@dataclass(frozen=True)
class SpecTool:
    """One tool of the protocol."""

    name: str
    server: ServerName
    arguments: tuple[str, ...] = ()
    """In the protocol's order."""
    extras: tuple[str, ...] = ()
    """Additional arguments, passed only if the server's schema has them."""
    options: tuple[str, ...] = ()
    """Optional arguments, refused if the server has no argument with the same name."""
    timeout_s: float = LOOK_TIMEOUT_S
    required: bool = True
    """Whether a portal without the tool is degraded."""

    @property
    def fillable(self) -> frozenset[str]:
        """The names that a template of its arguments may use."""
        start = FROM if self.name == "drag_to" else ()
        return frozenset((*self.arguments, *self.extras, *self.options, *start))


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
