"""OTP's contract on Pykka: supervised actors with names, backoff, timers and replies. Knows no game and no socket."""

from timmy_actors.supervision.actor import DEFERRED, Actor
from timmy_actors.supervision.backoff import Backoff
from timmy_actors.supervision.directory import ChildState, Directory, Entry
from timmy_actors.supervision.intensity import Intensity
from timmy_actors.supervision.mailbox import Control, Mailbox
from timmy_actors.supervision.published import Published
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.spec import ChildSpec, RestartType
from timmy_actors.supervision.supervisor import Supervisor

__all__ = [
    "DEFERRED",
    "Actor",
    "Backoff",
    "ChildSpec",
    "ChildState",
    "Control",
    "Directory",
    "Entry",
    "Intensity",
    "Mailbox",
    "Published",
    "Reply",
    "RestartType",
    "Supervisor",
]
