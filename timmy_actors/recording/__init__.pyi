from .describe import describe_beat, describe_summary
from .exports.atif import trajectory_faults
from .exports.export import IMAGE_TOKENS, Exported, ExportFormat, ExportOptions, export_episodes
from .exports.images import Region
from .exports.texts import decision_text
from .flight import FlightRecorder, Passage, read_flight
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
from .replay import ReplayServer
from .store import EpisodeLimits, lock_folder, new_episode_id
from .summary import EpisodeSummary, find_episode, list_episodes, read_beats, read_end, read_last, read_page
from .training.annotate import annotate_picture, draw_annotation
from .training.check import DataFinding, check_data
from .training.harvest import Harvest, harvest_episode
from .training.models import (
    AnnotatedPicture,
    Box,
    DecisionExample,
    DialogueTree,
    RecordedDecision,
    training_schemas,
)
from .training.projection import Camera, View, project
from .verify import Finding, picture_file, verify_episode
from .writer import EpisodeWriter, RecordingFault, RecordingStatus

__all__ = [
    "IMAGE_TOKENS",
    "AnnotatedPicture",
    "BeatCall",
    "BeatOutcome",
    "BeatRecord",
    "Box",
    "CallError",
    "CallOutcome",
    "Camera",
    "DataFinding",
    "Decision",
    "DecisionExample",
    "DialogueTree",
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
    "FlightRecorder",
    "Gap",
    "Harvest",
    "Latencies",
    "Override",
    "Passage",
    "Phase",
    "Picture",
    "PromptMessage",
    "RecordedDecision",
    "RecordingFault",
    "RecordingStatus",
    "Region",
    "Repair",
    "ReplayServer",
    "Usage",
    "View",
    "animate",
    "annotate_picture",
    "as_text",
    "check_data",
    "decision_text",
    "describe_beat",
    "describe_summary",
    "draw_annotation",
    "export_episodes",
    "find_episode",
    "harvest_episode",
    "hash_observation",
    "list_episodes",
    "lock_folder",
    "new_episode_id",
    "picture_file",
    "project",
    "read_beats",
    "read_end",
    "read_episode",
    "read_flight",
    "read_last",
    "read_page",
    "repair_episode",
    "training_schemas",
    "trajectory_faults",
    "verify_episode",
]
