from .actor import JournalActor, JournalOptions
from .files import EX_CANTCREAT, EX_DATAERR, EX_TEMPFAIL
from .messages import (
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
from .reader import Reader
from .store import Journal
from .upkeep import backup_journal, find_fault, verify_journal

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
    "backup_journal",
    "find_fault",
    "verify_journal",
]
