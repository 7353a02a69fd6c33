"""Records made at run time: spells, potions, books, weapons, NPCs and all the other types."""

from __future__ import annotations

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments
from timmy_actors.protocol.records import Record, RecordType

STAVES = {"type": "weapon", "id": "timmy_staff", "base_id": "wooden staff", "name": "Timmy's Staff"}


class CreateRecord(CommandArguments):
    """Make a record, or replace one of the same id, and send it to every client.

    With an `id` it is permanent, and an id of the game's own changes that record for everybody. Without, the server
    gives one, and drops the record when the last thing made of it is gone. A script runs on every client, so it takes
    what a console command takes: `allow_raw`.
    """

    command = "create_record"
    idempotent = False
    errors = ("no_such_target", "game_refused", "not_permitted")
    example = {"record": STAVES}

    record: Record


class CloneRecord(CommandArguments):
    """Make a record like another, which clients must have; with a `name` of its own if one is given."""

    command = "clone_record"
    idempotent = False
    errors = ("game_refused",)
    example = {"type": "npc", "base_id": "fargoth", "id": "timmy_fargoth", "name": "Not Fargoth"}

    type: RecordType
    base_id: Name
    id: Name | None = None
    name: Name | None = None


class DeleteRecord(CommandArguments):
    """Take a record that was made at run time out of the server's store; who has it now keeps it until leaving."""

    command = "delete_record"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"id": "timmy_staff"}
    example_after = (("create_record", {"record": STAVES}),)

    id: Name


COMMANDS = (CloneRecord, CreateRecord, DeleteRecord)
