from .actor import HeartbeatActor
from .core import Core
from .core_options import CoreOptions, PolicyFacts
from .options import HeartbeatOptions
from .policies.openai import OpenAiOptions, OpenAiPolicy, check_openai
from .policies.python import PythonPolicy
from .policies.replay import ReplayPolicy
from .policies.scripted import ScriptedPolicy, load_script
from .proposal import Policy, Proposal, Question, ToolCall
from .tools import Toolbox
from .view import View

__all__ = [
    "Core",
    "CoreOptions",
    "HeartbeatActor",
    "HeartbeatOptions",
    "OpenAiOptions",
    "OpenAiPolicy",
    "Policy",
    "PolicyFacts",
    "Proposal",
    "PythonPolicy",
    "Question",
    "ReplayPolicy",
    "ScriptedPolicy",
    "ToolCall",
    "Toolbox",
    "View",
    "check_openai",
    "load_script",
]
