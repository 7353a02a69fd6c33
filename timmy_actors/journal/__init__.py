"""The durable command journal: what was accepted, what became of it, in one SQLite file."""

from timmy_actors.journal.actor import JournalActor, JournalOptions
from timmy_actors.journal.files import EX_CANTCREAT, EX_DATAERR, EX_TEMPFAIL
from timmy_actors.journal.messages import (
    Accept,
    Journaled,
    JournalUp,
    Known,
    Look,
    NotJournaled,
    Record,
    Resume,
    Resumed,
)
from timmy_actors.journal.reader import Reader
from timmy_actors.journal.store import Journal
from timmy_actors.journal.upkeep import find_fault

__all__ = [
    "EX_CANTCREAT",
    "EX_DATAERR",
    "EX_TEMPFAIL",
    "Accept",
    "Journal",
    "JournalActor",
    "JournalOptions",
    "JournalUp",
    "Journaled",
    "Known",
    "Look",
    "NotJournaled",
    "Reader",
    "Record",
    "Resume",
    "Resumed",
    "find_fault",
]
