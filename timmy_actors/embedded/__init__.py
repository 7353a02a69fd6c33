"""The embedded world: a process that runs the real Lua bridge under LuaJIT, on a simulated TES3MP server."""

import lazy_loader

# The names in `__init__.pyi` are imported on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
