"""OTP supervision on Pykka: supervised actors with names, backoff, timers and replies. Knows no game and no socket."""

from timmy_actors.supervision.actor import DEFERRED, Actor
from timmy_actors.supervision.backoff import Backoff
from timmy_actors.supervision.control import (
    ChildCount,
    CountChildren,
    GetState,
    RestartChild,
    StartChild,
    StopChild,
    WhichChildren,
)
from timmy_actors.supervision.directory import Directory, Entry
from timmy_actors.supervision.events import SupervisionEvent
from timmy_actors.supervision.liveness import Liveness
from timmy_actors.supervision.log_relay import dropped_log_records
from timmy_actors.supervision.mailbox import Control, Mailbox, Overflow
from timmy_actors.supervision.monitors import Down
from timmy_actors.supervision.reply import Reply
from timmy_actors.supervision.restart import Intensity
from timmy_actors.supervision.root import Root
from timmy_actors.supervision.roster import ChildState
from timmy_actors.supervision.shared_value import SharedValue, wait_until
from timmy_actors.supervision.spec import AutoShutdown, ChildSpec, RestartType, Strategy
from timmy_actors.supervision.supervisor import Supervisor

__all__ = [
    "DEFERRED",
    "Actor",
    "AutoShutdown",
    "Backoff",
    "ChildCount",
    "ChildSpec",
    "ChildState",
    "Control",
    "CountChildren",
    "Directory",
    "Down",
    "Entry",
    "GetState",
    "Intensity",
    "Liveness",
    "Mailbox",
    "Overflow",
    "Reply",
    "RestartChild",
    "RestartType",
    "Root",
    "SharedValue",
    "StartChild",
    "StopChild",
    "Strategy",
    "SupervisionEvent",
    "Supervisor",
    "WhichChildren",
    "dropped_log_records",
    "wait_until",
]
