from .gateway import GatewayActor
from .service import ANSWER_MARGIN_S, Service

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
    "Service",
]
