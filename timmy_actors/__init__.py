"""An actor-based supervision runtime that keeps an agent alive in a game world.

In process: `Runtime.from_config()`. From another process: `connect()`, or `aconnect()` for coroutines. All have
`snapshot`, `command`, `status`, and for a game on a screen `capture` and `execute`.
"""

import lazy_loader

# `__init__.pyi` lists the public names. Each is imported when it is first used: the embedded world needs none of them.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
