from .core import Core
from .core_options import CoreOptions, PolicyFacts
from .proposal import Policy, Proposal, Question, ToolCall
from .tools import Toolbox
from .view import View

__all__ = [
    "Core",
    "CoreOptions",
    "Policy",
    "PolicyFacts",
    "Proposal",
    "Question",
    "ToolCall",
    "Toolbox",
    "View",
]
