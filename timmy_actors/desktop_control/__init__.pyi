from .reasons import ERROR_META

__all__ = [
    "ERROR_META",
]
