from .actor import PerceptionActor
from .backlog import Numbered
from .messages import Await, Happened
from .retention import MAX_PLAYERS, as_of, mark_stale, merge, shows
from .shared import Perceptions
from .watching import AsyncWatch, Watch, concerns, make_interest
from .words import add_words, add_words_to_event

__all__ = [
    "MAX_PLAYERS",
    "AsyncWatch",
    "Await",
    "Happened",
    "Numbered",
    "PerceptionActor",
    "Perceptions",
    "Watch",
    "add_words",
    "add_words_to_event",
    "as_of",
    "concerns",
    "make_interest",
    "mark_stale",
    "merge",
    "shows",
]
