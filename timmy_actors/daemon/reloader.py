"""Applies a changed configuration to a running tree: restarts only the parts that use what has changed."""

from __future__ import annotations

import logging
from pathlib import Path

import pykka

from timmy_actors.daemon.game_supervisor import GameSupervisor
from timmy_actors.daemon.portal_supervisor import PortalSupervisor, check_portal
from timmy_actors.daemon.reload_plan import Part, ReloadPlan
from timmy_actors.daemon.settings import Settings
from timmy_actors.errors import ActorError, RefusedError, StartFailedError
from timmy_actors.portals import UsePortal
from timmy_actors.supervision import Directory, RestartChild, Root
from timmy_actors.system import expand_user, read_token

log = logging.getLogger(__name__)

PART_WITHIN_S = 40.0
"""How long a part may take to stop and start: longer than any `shutdown_s` of the tree."""
CHOICE_WITHIN_S = 5.0
"""How long the portal's actor may take to use another portal; then it is restarted with it."""


class Reloader:
    """Applies one `ReloadPlan`; used by one thread, which is no actor's."""

    def __init__(self, root: Root, directory: Directory, game: GameSupervisor, portals: PortalSupervisor) -> None:
        self._root = root
        self._directory = directory
        self._game = game
        self._portals = portals

    def apply(self, plan: ReloadPlan, folder: Path) -> None:
        """Check the new settings completely, then restart the plan's parts.

        Raises:
            ConfigError: the settings cannot be used; nothing has changed.
            StartFailedError: a part did not start.
        """
        known = check_portal(plan.settings, folder)
        portals = PortalSupervisor(plan.settings, folder=folder)
        if "link" in plan.parts:
            _check_token(plan.settings)
        self._game.settings = plan.settings
        self._portals.adopt(portals)
        if self._portals.choice.portal_id not in known:
            self._portals.choice.portal_id = plan.settings.portal
        for part in plan.parts:
            self._apply(part, plan.settings)

    def _apply(self, part: Part, settings: Settings) -> None:
        match part:
            case "log level":
                logging.getLogger().setLevel(settings.log_level.upper())
            case "portal choice":
                self._use(settings.portal)
            case name:
                self._restart(name)

    def _use(self, portal_id: str) -> None:
        use = UsePortal(portal_id)
        try:
            self._directory.ask("portal", use, timeout_s=CHOICE_WITHIN_S, wait_s=CHOICE_WITHIN_S).wait()
        except (RefusedError, ActorError) as error:
            log.warning("the portal restarts to use %s: %s", portal_id, error)
            self._portals.choice.portal_id = portal_id
            self._restart("portal")

    def _restart(self, name: str) -> None:
        log.debug("%s restarts with the new configuration", name)
        entry = self._directory.entry(name)
        supervisor = None if entry is None or entry.parent is None else self._directory.entry(entry.parent)
        try:
            if supervisor is None:  # the root is in no directory
                self._root.ref.ask(RestartChild(name), timeout=PART_WITHIN_S)
            else:
                self._directory.ask(supervisor.name, RestartChild(name), timeout_s=PART_WITHIN_S).wait()
        except (ActorError, pykka.Timeout, pykka.ActorDeadError) as error:
            raise StartFailedError(f"{name} did not restart with the new configuration: {error}") from error


def _check_token(settings: Settings) -> None:
    if not settings.world.embedded and settings.link.mechanism == "plain":
        read_token(expand_user(settings.link.token_file, "link.token_file"))
