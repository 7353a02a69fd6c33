from .account import COMMIT, Character, Login, read_commit, read_plugins, read_secret
from .actor import Acted, PlayerAct, PlayerClientActor, PlayerClientOptions
from .body import Answer, Body
from .cells import Cell
from .connection import PlayerConnection
from .crowd import Behaviour, Crowd, is_loopback
from .crowd_report import CrowdReport
from .endings import ENDINGS, Ending
from .handle import PlayerHandle
from .packets.packet import LAYOUTS, Layout, Packet, decode, encode
from .raknet.client import Connected, Ended, EndReason, RakNetClient
from .raknet.connection import Message
from .session import EnteredWorld, PlayerSession, Received
from .ways import SeenWays

__all__ = [
    "COMMIT",
    "ENDINGS",
    "LAYOUTS",
    "Acted",
    "Answer",
    "Behaviour",
    "Body",
    "Cell",
    "Character",
    "Connected",
    "Crowd",
    "CrowdReport",
    "EndReason",
    "Ended",
    "Ending",
    "EnteredWorld",
    "Layout",
    "Login",
    "Message",
    "Packet",
    "PlayerAct",
    "PlayerClientActor",
    "PlayerClientOptions",
    "PlayerConnection",
    "PlayerHandle",
    "PlayerSession",
    "RakNetClient",
    "Received",
    "SeenWays",
    "decode",
    "encode",
    "is_loopback",
    "read_commit",
    "read_plugins",
    "read_secret",
]
