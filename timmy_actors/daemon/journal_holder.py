"""Where a daemon's journal is, that it is this daemon's alone, and who works with it."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

from timmy_actors.client import endpoint_path
from timmy_actors.commands import CommandActor, CommandOptions
from timmy_actors.daemon.settings import Settings
from timmy_actors.daemon.shared_state import SharedState
from timmy_actors.errors import JournalUnusableError
from timmy_actors.journal import EX_CANTCREAT, EX_TEMPFAIL, Journal, JournalActor, JournalOptions, find_fault
from timmy_actors.supervision import ChildSpec, Directory
from timmy_actors.system import LockFile, expand_user

log = logging.getLogger(__name__)

SUFFIX = ".journal"


def journal_file(settings: Settings, endpoint: str) -> Path:
    """The journal's file: the one that is configured, else one by what it is for.

    The embedded world forgets everything when it ends, so its journal stands beside the daemon's socket. A game server
    outlives a reboot of this machine: its journal stands in `$XDG_STATE_HOME`, under the client's name.

    Raises:
        ConfigError: it is in a home that cannot be found out.
    """
    if settings.journal.file:
        return expand_user(settings.journal.file, "journal.file")
    if settings.world.embedded:
        socket = endpoint_path(endpoint)
        return socket.with_name(socket.name + SUFFIX)
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return expand_user(state, "XDG_STATE_HOME") / "timmy-actors" / (settings.link.client + SUFFIX)


class JournalHolder:
    """Holds the journal's file for one daemon, and sees at the start that it can be used."""

    def __init__(self, settings: Settings, endpoint: str) -> None:
        self._settings = settings.journal
        self._client = settings.link.client
        self.path = journal_file(settings, endpoint)
        self._lock = LockFile(self.path.with_name(self.path.name + ".lock"))

    def open(self) -> None:
        """Take it, where there is to be a journal.

        Raises:
            JournalUnusableError: another daemon has it; or it cannot be used, and commands are not to go on without it.
        """
        if not self._settings.enabled:
            return
        try:
            self._hold()
            self._try_it()
        except JournalUnusableError:
            if not self._goes_on:
                self.close()
                raise

    def _try_it(self) -> None:
        self._say_what_is_lost()
        with contextlib.closing(Journal(self.path, self._settings.synchronous)) as journal:
            journal.unsettled(self._client)  # what the daemon cannot begin without

    def _say_what_is_lost(self) -> None:
        # Before it is opened: SQLite takes in what stands before a damaged place, and drops the rest without a word.
        try:
            fault = find_fault(self.path)
        except OSError:
            return  # opening it says what is wrong with its files
        if fault is not None:
            log.error("journal %s: %s: a command of then that is given again may be done twice", self.path, fault)

    def children(self, directory: Directory, shared: SharedState) -> list[ChildSpec]:
        """Who writes it, where there is to be a journal."""
        return [ChildSpec("journal", lambda: self._journal_actor(directory, shared))] if self._settings.enabled else []

    def command_actor(self, directory: Directory, shared: SharedState) -> CommandActor:
        """Who has the commands written."""
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
        return self._settings.on_trouble == "continue"

    def close(self) -> None:
        """Let it go."""
        self._lock.release()

    def _hold(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            holder = self._lock.acquire()
        except OSError as error:
            raise JournalUnusableError(
                f"journal {self.path}: its folder cannot be written ({error.strerror}):"
                " see that it is yours and has room, or name another with journal.file",
                EX_CANTCREAT,
            ) from error
        if holder is not None:
            raise JournalUnusableError(
                f"journal {self.path}: another daemon writes it ({holder}): stop that one, or give this one another"
                f" name than {self._client!r} with link.client, or another file with journal.file",
                EX_TEMPFAIL,
            )
