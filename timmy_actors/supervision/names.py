"""A supervisor's hand in the directory: it writes its children's entries, and only while the names are its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from timmy_actors.supervision.child import Child, ChildState
from timmy_actors.supervision.directory import Directory, Entry, Owner
from timmy_actors.supervision.events import EventKind, SupervisionEvent


class Names:
    """What one incarnation of a supervisor says of its children."""

    def __init__(self, directory: Directory) -> None:
        self.parent = ""
        """What the supervisor is called."""
        self._directory = directory
        self._owner = Owner()

    def claim(self, name: str, generation: int, ref: Any) -> None:
        """Let an incarnation answer to a name from now on.

        Raises:
            SpecError: another supervisor's child has the name.
        """
        entry = self._directory.entry(name) or Entry(name)
        started = entry.changed(state=ChildState.STARTING, generation=generation, parent=self.parent, ref=ref)
        self._directory.write(started, self._owner)

    def write(self, name: str, reason: BaseException | None = None, *, last: bool = False, **changes: Any) -> None:
        """Change what is known of a name; a no-op when it is not, or not any more, one of this supervisor's."""
        if self._directory.owns(name, self._owner):
            entry = self._directory.entry(name) or Entry(name)
            self._directory.write(entry.changed(**changes), self._owner, reason, last=last)

    def ended(self, name: str, reason: BaseException | None, words: str, *, last: bool = False, **changes: Any) -> None:
        """Say that an incarnation ended."""
        kind = None if reason is None else type(reason)
        self.write(name, reason, last=last, ref=None, reason_type=kind, last_reason=words, **changes)

    def forget(self, name: str) -> None:
        """Drop a name; a no-op when it is not one of this supervisor's."""
        self._directory.forget(name, self._owner)

    def revoke(self) -> None:
        """This supervisor was abandoned: its names are free for its successor."""
        self._owner.revoked = True

    def leave(self, children: Iterable[Child]) -> None:
        """The supervisor ends: those that were declared are down until its successor comes, the others are gone."""
        for child in children:
            if child.added:
                self.forget(child.id)
            else:
                self.write(child.id, state=ChildState.DOWN, ref=None)

    def say(self, kind: EventKind, name: str, generation: int, detail: str) -> None:
        """Publish an event."""
        event = SupervisionEvent(kind, name, generation, detail, self._directory.clock.now())
        self._directory.events.publish(event)
