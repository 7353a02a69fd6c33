from .gateway import GatewayActor
from .service import ANSWER_MARGIN_S, Service, ServiceRequest

__all__ = [
    "ANSWER_MARGIN_S",
    "GatewayActor",
    "Service",
    "ServiceRequest",
]
