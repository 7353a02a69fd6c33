from .evaluation.evaluate import Evaluation, evaluate
from .evaluation.picture import draw_scores
from .evaluation.records import EpisodeResult
from .evaluation.summary import Interval, TaskSummary, describe_scores

__all__ = ["EpisodeResult", "Evaluation", "Interval", "TaskSummary", "describe_scores", "draw_scores", "evaluate"]
