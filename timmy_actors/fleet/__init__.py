"""Many worlds and many daemons: evaluations spread over worlds, and one view of several daemons."""

import lazy_loader

# The names in `__init__.pyi` are imported on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
