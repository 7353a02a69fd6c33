"""Requests about one portal, over the local endpoint. Separate from the others: they load the models of actions."""

from __future__ import annotations

from typing import Literal

from timmy_actors.protocol._base import RequestId, StrictModel, Traceparent
from timmy_actors.protocol.action import Action
from timmy_actors.protocol.endpoint import PORTAL_TIMEOUT_S, Timeout
from timmy_actors.protocol.game_state import LookOptions
from timmy_actors.protocol.portal_status import PortalId


class UsePortalRequest(StrictModel):
    """Choose another portal; the answer is that of `portals`."""

    type: Literal["use_portal"] = "use_portal"
    id: RequestId
    portal: PortalId


class CheckPortalRequest(StrictModel):
    """Check what works of a portal. None: the chosen one."""

    type: Literal["check_portal"] = "check_portal"
    id: RequestId
    portal: PortalId | None = None
    timeout_s: Timeout = PORTAL_TIMEOUT_S


class CaptureRequest(StrictModel):
    """Capture the game's state through the chosen portal."""

    type: Literal["capture"] = "capture"
    id: RequestId
    timeout_s: Timeout = PORTAL_TIMEOUT_S
    options: LookOptions = LookOptions()
    traceparent: Traceparent | None = None
    """The caller's span, if it is traced."""


class ExecuteRequest(StrictModel):
    """Execute an action through the chosen portal."""

    type: Literal["execute"] = "execute"
    id: RequestId
    action: Action
    timeout_s: Timeout | None = None
    """Bounds the whole call: an action that takes longer by its own arguments is refused before it starts, and one
    still running at the timeout is cancelled. None: `PORTAL_TIMEOUT_S` plus the action's duration."""
    traceparent: Traceparent | None = None
    """The caller's span, if it is traced."""
