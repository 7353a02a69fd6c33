from .building import build_index
from .faults import BrokenRecordError, Fault, TruncatedError

__all__ = ["BrokenRecordError", "Fault", "TruncatedError", "build_index"]
