from .packets.packet import LAYOUTS, Layout, Packet, decode, encode
from .raknet.client import Connected, Ended, EndReason, RakNetClient
from .raknet.connection import Message

__all__ = [
    "LAYOUTS",
    "Connected",
    "EndReason",
    "Ended",
    "Layout",
    "Message",
    "Packet",
    "RakNetClient",
    "decode",
    "encode",
]
