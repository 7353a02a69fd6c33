from .actor import PerceptionActor
from .backlog import Numbered
from .messages import Await
from .retention import MAX_PLAYERS, as_of, mark_stale, merge, shows
from .shared import Perceptions
from .watching import AsyncWatch, Watch, make_interest

__all__ = [
    "MAX_PLAYERS",
    "AsyncWatch",
    "Await",
    "Numbered",
    "PerceptionActor",
    "Perceptions",
    "Watch",
    "as_of",
    "make_interest",
    "mark_stale",
    "merge",
    "shows",
]
