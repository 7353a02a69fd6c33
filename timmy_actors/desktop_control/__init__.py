"""`desktop-control`: an MCP server for screen, mouse and keyboard, aimed at one window.

Run it with `python -m timmy_actors.desktop_control`; docs/desktop-control.md says what it promises.
"""

import lazy_loader

# What stands in `__init__.pyi` is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
