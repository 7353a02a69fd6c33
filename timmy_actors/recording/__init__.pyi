from .describe import describe_beat, describe_summary
from .playing import animate, as_text
from .reader import Episode, read_episode
from .records import (
    BeatCall,
    BeatOutcome,
    BeatRecord,
    CallError,
    CallOutcome,
    Decision,
    EpisodeEnd,
    EpisodeHead,
    EpisodeOutcome,
    Gap,
    Latencies,
    Override,
    Phase,
    Picture,
    PromptMessage,
    Usage,
    hash_observation,
)
from .repair import Repair, repair_episode
from .store import EpisodeLimits, new_episode_id
from .summary import EpisodeSummary, find_episode, list_episodes, read_beats
from .verify import Finding, picture_file, verify_episode
from .writer import EpisodeWriter, RecordingFault, RecordingStatus

__all__ = [
    "BeatCall",
    "BeatOutcome",
    "BeatRecord",
    "CallError",
    "CallOutcome",
    "Decision",
    "Episode",
    "EpisodeEnd",
    "EpisodeHead",
    "EpisodeLimits",
    "EpisodeOutcome",
    "EpisodeSummary",
    "EpisodeWriter",
    "Finding",
    "Gap",
    "Latencies",
    "Override",
    "Phase",
    "Picture",
    "PromptMessage",
    "RecordingFault",
    "RecordingStatus",
    "Repair",
    "Usage",
    "animate",
    "as_text",
    "describe_beat",
    "describe_summary",
    "find_episode",
    "hash_observation",
    "list_episodes",
    "new_episode_id",
    "picture_file",
    "read_beats",
    "read_episode",
    "repair_episode",
    "verify_episode",
]
