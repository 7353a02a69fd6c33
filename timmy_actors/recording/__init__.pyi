from .describe import describe_beat, describe_summary
from .exports.atif import trajectory_faults
from .exports.export import IMAGE_TOKENS, Exported, ExportFormat, ExportOptions, export_episodes
from .exports.images import Region
from .exports.texts import decision_text
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
    "IMAGE_TOKENS",
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
    "ExportFormat",
    "ExportOptions",
    "Exported",
    "Finding",
    "Gap",
    "Latencies",
    "Override",
    "Phase",
    "Picture",
    "PromptMessage",
    "RecordingFault",
    "RecordingStatus",
    "Region",
    "Repair",
    "Usage",
    "animate",
    "as_text",
    "decision_text",
    "describe_beat",
    "describe_summary",
    "export_episodes",
    "find_episode",
    "hash_observation",
    "list_episodes",
    "new_episode_id",
    "picture_file",
    "read_beats",
    "read_episode",
    "repair_episode",
    "trajectory_faults",
    "verify_episode",
]
