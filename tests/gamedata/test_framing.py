"""Records are found in the bytes of a file, whatever its parts and whatever is wrong with it."""

from __future__ import annotations

import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gamedata.plugins import records_of
from timmy_actors.gamedata import BrokenRecordError, TruncatedError
from timmy_actors.gamedata.framing import MAX_RECORD_BYTES, RecordReader, subrecords
from tools.plugin_writer import frame

TAGS = st.binary(min_size=4, max_size=4)
RECORDS = st.lists(st.tuples(TAGS, st.binary(max_size=60)), max_size=8)


@given(RECORDS, st.lists(st.integers(0, 400), max_size=6))
def test_records_are_the_same_however_the_file_is_cut(records: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    data = b"".join(frame(tag, body) for tag, body in records)
    reader, records_read = RecordReader(), []
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(places):
        records_read += list(reader.receive(data[start:end]))
    reader.close()
    assert [(record.tag, record.body) for record in records_read] == records
    assert [data[record.offset : record.offset + 4] for record in records_read] == [tag for tag, _ in records]


def test_a_file_that_ends_within_a_record_says_where() -> None:
    data = frame(b"STAT", b"x" * 10) + frame(b"NPC_", b"y" * 10)
    with pytest.raises(TruncatedError, match="record NPC_ at byte 26: the file ends within it, 25 bytes"):
        records_of(data[:-1])


def test_a_size_that_cannot_be_right_is_not_waited_for() -> None:
    header = b"CELL" + struct.pack("<III", MAX_RECORD_BYTES + 1, 0, 0)
    with pytest.raises(TruncatedError, match="record CELL at byte 0: its size of 16777217 bytes cannot be right"):
        list(RecordReader().receive(header))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"NAME" + struct.pack("<I", 5) + b"abcd", "NAME has 5 bytes, but only 4 are left"),
        (b"NAME" + struct.pack("<I", 1) + b"abc", "2 bytes are left after its last subrecord"),
        (b"\x00\x01\xff~" + struct.pack("<I", 2**32 - 1), r"\?\?\?~ has 4294967295 bytes, but only 0 are left"),
    ],
)
def test_a_subrecord_ends_within_its_record(body: bytes, reason: str) -> None:
    with pytest.raises(BrokenRecordError, match=reason):
        list(subrecords(body))
