"""What the game's own data files say: names, quests, doors and paths, in one SQLite index."""

import lazy_loader

# The names in `__init__.pyi` are imported on first use.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
