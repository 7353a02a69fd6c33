"""Tracing with OpenTelemetry, off by default: nothing of it is imported unless the standard variables ask for it."""

import lazy_loader

# The names in `__init__.pyi` are imported on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
