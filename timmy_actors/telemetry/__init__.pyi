from .attributes import Attribute
from .requests import begin, outcome_of
from .switch import install, stop, tracer
from .tracing import Kind, Span, Tracer

__all__ = [
    "Attribute",
    "Kind",
    "Span",
    "Tracer",
    "begin",
    "install",
    "outcome_of",
    "stop",
    "tracer",
]
