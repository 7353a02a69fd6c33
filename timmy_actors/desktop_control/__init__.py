"""`desktop-control`: an MCP server for screen, mouse and keyboard, aimed at one window.

Run it with `python -m timmy_actors.desktop_control`; docs/desktop-control.md says what it promises.
"""

from timmy_actors.desktop_control.reasons import ERROR_META

__all__ = [
    "ERROR_META",
]
