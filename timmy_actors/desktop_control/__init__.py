"""`desktop-control`: an MCP server for screen, mouse and keyboard that targets one window.

Run it with `python -m timmy_actors.desktop_control`. It is documented in docs/desktop-control.md.
"""

import lazy_loader

# The names listed in `__init__.pyi` are imported when they are first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
