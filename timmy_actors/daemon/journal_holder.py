"""The daemon's command journal: finds and locks its file, checks it, and builds the actors that use it."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from timmy_actors.client import endpoint_path
from timmy_actors.commands import CommandActor, CommandOptions
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import EX_CANTCREAT, EX_TEMPFAIL, Journal, JournalActor, JournalOptions, find_fault
from timmy_actors.supervision import ChildSpec, Directory
from timmy_actors.system import LockFile, expand_user, state_folder

log = logging.getLogger(__name__)

SUFFIX = ".journal"


def journal_file(settings: Settings, endpoint: str) -> Path:
    """The journal's path: the configured one, else a default.

    The embedded world loses its state when it ends, so its journal is beside the daemon's socket. A game server
    survives a reboot of this machine, so its journal is in `$XDG_STATE_HOME`, under the client's name.

    Raises:
        ConfigError: the path starts at the home of an unknown user.
    """
    if settings.journal.file:
        return expand_user(settings.journal.file, "journal.file")
    if settings.world.embedded:
        socket = endpoint_path(endpoint)
        return socket.with_name(socket.name + SUFFIX)
    return state_folder() / (settings.link.client + SUFFIX)


class JournalHolder:
    """Locks the journal's file for one daemon, and checks at the start that it can be used."""

    def __init__(self, settings: Settings, endpoint: str) -> None:
        self._settings = settings.journal
        self._client = settings.link.client
        self.path = journal_file(settings, endpoint)
        self._lock = LockFile(self.path.with_name(self.path.name + ".lock"))

    def open(self) -> None:
        """Lock and check the journal, if it is enabled.

        Raises:
            JournalUnusableError: another daemon has locked it; or it cannot be used, and the settings do not allow
                running without it.
        """
        if not self._settings.enabled:
            return
        try:
            self._acquire()
            self._check()
        except JournalUnusableError:
            if not self._goes_on:
                self.close()
                raise

    def _check(self) -> None:
        self._log_lost_rows()
        with contextlib.closing(Journal(self.path, self._settings.synchronous)) as journal:
            journal.unsettled(self._client)  # the first read of every start

    def _log_lost_rows(self) -> None:
        # Before it is opened: SQLite reads the log up to a damaged place, and drops the rest silently.
        try:
            fault = find_fault(self.path)
        except OSError:
            return  # opening it reports what is wrong
        if fault is not None:
            log.error("journal %s: %s: a command from that time may be executed twice if repeated", self.path, fault)

    def children(self, directory: Directory, shared: SharedState) -> list[ChildSpec]:
        """The spec of the actor that writes the journal, if it is enabled."""
        return [ChildSpec("journal", lambda: self._journal_actor(directory, shared))] if self._settings.enabled else []

    def command_actor(self, directory: Directory, shared: SharedState) -> CommandActor:
        """The command actor, which has its commands journaled."""
        options = CommandOptions(self._client, journaled=self._settings.enabled, goes_on=self._goes_on)
        return CommandActor(options, directory=directory, link=shared.link, journal=shared.journal)

    def _journal_actor(self, directory: Directory, shared: SharedState) -> JournalActor:
        settings = self._settings
        options = JournalOptions(
            path=self.path,
            client=self._client,
            synchronous=settings.synchronous,
            goes_on=self._goes_on,
            keep_days=settings.keep_days,
            max_mb=settings.max_mb,
        )
        return JournalActor(options, directory=directory, status=shared.journal)

    @property
    def _goes_on(self) -> bool:
        return self._settings.when_unwritable == "continue"

    def close(self) -> None:
        """Release the journal's lock."""
        self._lock.release()

    def _acquire(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            holder = self._lock.acquire()
        except OSError as error:
            raise JournalUnusableError(
                f"journal {self.path}: its folder cannot be written ({error.strerror}):"
                " check its owner and the free space, or set another path in journal.file",
                EX_CANTCREAT,
            ) from error
        if holder is not None:
            raise JournalUnusableError(
                f"journal {self.path}: another daemon writes it ({holder}): stop that one, or give this one a name"
                f" other than {self._client!r} in link.client, or another path in journal.file",
                EX_TEMPFAIL,
            )
