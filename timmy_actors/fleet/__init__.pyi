from .endpoints import Endpoint, read_endpoints
from .evaluation.evaluate import Evaluation, evaluate
from .evaluation.picture import draw_scores
from .evaluation.records import EpisodeResult
from .evaluation.summary import Interval, TaskSummary, describe_scores
from .view import Fleet, FleetRow, FleetStatus, connect_all

__all__ = [
    "Endpoint",
    "EpisodeResult",
    "Evaluation",
    "Fleet",
    "FleetRow",
    "FleetStatus",
    "Interval",
    "TaskSummary",
    "connect_all",
    "describe_scores",
    "draw_scores",
    "evaluate",
    "read_endpoints",
]
