"""The kinds of subrecord fields, as values: each reads a subrecord's data, and writes it again (in `tools/`)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from timmy_actors.gamedata.faults import BrokenRecordError

Values: TypeAlias = dict[str, Any]
Decode: TypeAlias = Callable[[bytes], str]
"""Bytes of a text, up to its end, to the text."""


def until_zero(data: bytes) -> bytes:
    """A text's bytes: up to the first zero byte. What stands behind it in a field of fixed size is arbitrary."""
    return data.partition(b"\0")[0]


@dataclass(frozen=True)
class Text:
    """One text; with `many`, a list of them, one a subrecord."""

    name: str
    many: bool = False

    def read(self, data: bytes, values: Values, decode: Decode) -> None:
        """Put the text of a subrecord among the record's values."""
        text = decode(until_zero(data))
        if self.many:
            values.setdefault(self.name, []).append(text)
        else:
            values[self.name] = text


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, of a certain size if it is fixed."""

    name: str
    size: int | None = None

    def read(self, data: bytes, values: Values, decode: Decode) -> None:  # noqa: ARG002
        """Put the subrecord's bytes among the record's values."""
        if self.size is not None and len(data) < self.size:
            raise BrokenRecordError(f"{self.name} has {len(data)} bytes, not {self.size}")
        values[self.name] = data


@dataclass(frozen=True)
class Mark:
    """A subrecord whose presence is its meaning."""

    name: str

    def read(self, data: bytes, values: Values, decode: Decode) -> None:  # noqa: ARG002
        """Note that it is there."""
        values[self.name] = True


@dataclass(frozen=True)
class Layout:
    """Numbers and short texts of fixed size behind one another; `names` gives each its name, and lists their length."""

    format: struct.Struct
    names: tuple[tuple[str, int], ...]

    def unpack(self, data: bytes, decode: Decode) -> Values:
        """The named numbers in the data."""
        items = iter(self.format.unpack_from(data))
        values: Values = {}
        for name, length in self.names:
            if length == 1:
                item = next(items)
                values[name] = decode(until_zero(item)) if isinstance(item, bytes) else item
            else:
                values[name] = [next(items) for _ in range(length)]
        return values


@dataclass(frozen=True)
class Numbers:
    """Fixed layouts, chosen by the subrecord's size: the largest that fits. They become values of the record, or with
    `into` an item of a list of that name."""

    layouts: tuple[Layout, ...]
    into: str = ""

    def read(self, data: bytes, values: Values, decode: Decode) -> None:
        """Put the numbers of a subrecord among the record's values."""
        for layout in self.layouts:
            if layout.format.size <= len(data):
                numbers = layout.unpack(data, decode)
                if self.into:
                    values.setdefault(self.into, []).append(numbers)
                else:
                    values.update(numbers)
                return
        raise BrokenRecordError(f"a subrecord has {len(data)} bytes, not {self.layouts[-1].format.size}")


Field: TypeAlias = Text | Raw | Mark | Numbers


def layout(pattern: str, names: str) -> Layout:
    """A layout from `struct`'s pattern and names, as `weight value bonus:3`, where a list has its length."""
    split = (name.partition(":") for name in names.split())
    return Layout(struct.Struct("<" + pattern), tuple((name, int(length or 1)) for name, _, length in split))


def numbers(pattern: str, names: str, *shorter: tuple[str, str], into: str = "") -> Numbers:
    """Numbers in one layout, or in further, `shorter` ones."""
    return Numbers((layout(pattern, names), *(layout(*each) for each in shorter)), into)
