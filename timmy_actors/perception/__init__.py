"""perception"""

from timmy_actors.perception.actor import PerceptionActor
from timmy_actors.perception.backlog import Numbered
from timmy_actors.perception.messages import Await
from timmy_actors.perception.retention import MAX_PLAYERS, as_of, mark_stale, shows
from timmy_actors.perception.shared import Perceptions
from timmy_actors.perception.watching import AsyncWatch, Watch, make_interest

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
    "shows",
]
