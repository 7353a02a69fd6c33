"""The messages: perception, command, result, event, portal state, health. Frozen models that only validate."""

import lazy_loader

# What stands in `__init__.pyi` is imported when it is first used.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
