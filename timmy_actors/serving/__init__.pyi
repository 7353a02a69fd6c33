from .gateway import ANSWER_MARGIN_S, GatewayActor

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
]
