"""Records created at run time: spells, potions, books, weapons, NPCs and all the other types."""

from __future__ import annotations

from timmy_actors.protocol._base import Name
from timmy_actors.protocol.commands._arguments import CommandArguments
from timmy_actors.protocol.records import Record, RecordType

STAVES = {"type": "weapon", "id": "timmy_staff", "base_id": "wooden staff", "name": "Timmy's Staff"}


class CreateRecord(CommandArguments):
    """Create a record, or replace the one with the same id, and send it to every client.

    With an `id` the record is permanent; an id of the game's own changes that record for all players. Without, the
    server generates an id, and deletes the record with the last object of it. A script runs on every client, so it
    requires `allow_raw`, as a console command does.
    """

    command = "create_record"
    idempotent = False
    errors = ("no_such_target", "game_refused", "not_permitted")
    example = {"record": STAVES}

    record: Record


class CloneRecord(CommandArguments):
    """Create a copy of a record that clients have, optionally with another `name`."""

    command = "clone_record"
    idempotent = False
    errors = ("game_refused",)
    example = {"type": "npc", "base_id": "fargoth", "id": "timmy_fargoth", "name": "Not Fargoth"}

    type: RecordType
    base_id: Name
    id: Name | None = None
    name: Name | None = None


class DeleteRecord(CommandArguments):
    """Delete a record created at run time from the server; connected clients still have it until they leave."""

    command = "delete_record"
    idempotent = False
    errors = ("no_such_target", "game_refused")
    example = {"id": "timmy_staff"}
    example_after = (("create_record", {"record": STAVES}),)

    id: Name


COMMANDS = (CloneRecord, CreateRecord, DeleteRecord)
