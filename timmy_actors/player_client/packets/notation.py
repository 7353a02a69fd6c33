"""The notation of layouts, and what it compiles to.

A layout is a line of members, in the order of the wire: `name:type`, with

- a type of `SCALARS`, the name of a block, `{FORM}` for a C structure written whole, `<FORM>` for a compressed one
  (FORM as in `struct`); `block/member` picks the block `block/VALUE` by the value of a member read before;
- `~N` after a form or `f32`: the numbers from the Nth on, counted from 0, may be what a server's memory had, because it
  has never set them; what is not finite is read as 0;
- `*` a list after its length (32 bits), `*N` exactly N of them, `*#` a list whose length came before as `#name:type`;
- `?member` only if that member is true (not empty), `?!member` only if it is not, `?member=1|2` only for these values;
- `@block` the members of a block, in place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from timmy_actors.errors import ProtocolError
from timmy_actors.player_client.packets.codecs import SCALARS, Codec, Integer, Record, Scope
from timmy_actors.player_client.raknet.bits import BitReader, BitWriter

MAX_COUNTED = 3000
"""The most actors or objects in a packet; the server ignores larger ones."""
MAX_LISTED = 20_000
"""The most items of another list: more than any server has, and few enough not to hold up the player."""

_MEMBER = re.compile(r"(?:(@[\w/]+)|(#?\w+):([^*?]+))(\*\d*#?)?(?:\?(.+))?")
Condition = Callable[[Scope], bool]


@dataclass(frozen=True)
class Member:
    """One member of a structure; `name` is None for a block in place."""

    name: str | None
    codec: Codec
    condition: Condition | None = None
    counts: str | None = None
    """The list whose length this member is."""


@dataclass(frozen=True)
class Structure(Codec):
    """Members in their order; the value is a dictionary."""

    members: tuple[Member, ...]

    def names(self) -> frozenset[str]:
        """The names of all members, whatever their conditions."""
        names: set[str] = set()
        for member in self.members:
            if isinstance(member.codec, Structure) and member.name is None:
                names |= member.codec.names()
            elif member.name is not None:
                names.add(member.name)
        return frozenset(names)

    def read(self, reader: BitReader, scope: Scope) -> dict[str, Any]:
        """Read a structure."""
        del scope
        values: dict[str, Any] = {}
        self.read_into(reader, values)
        for count in self.counts:
            values.pop(count, None)
        return values

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """The lengths that come before their lists: they are read among the members, and belong to none."""
        blocks = [member.codec for member in self.members if member.name is None]
        inner = [block.counts for block in blocks if isinstance(block, Structure)]
        return tuple(chain((f"#{member.counts}" for member in self.members if member.counts), *inner))

    def read_into(self, reader: BitReader, values: dict[str, Any]) -> None:
        """Read the members into a dictionary that has what came before."""
        for member in self.members:
            if member.condition is not None and not member.condition(values):
                continue
            if member.name is not None:
                values[f"#{member.counts}" if member.counts else member.name] = member.codec.read(reader, values)
            elif isinstance(member.codec, Structure):
                member.codec.read_into(reader, values)

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a structure; a member that is missing or unknown is an error that names it."""
        del scope
        unknown = value.keys() - self.names()
        if unknown:
            raise ValueError(f"has no member {', '.join(sorted(unknown))}")
        self.write_members(writer, value)

    def write_members(self, writer: BitWriter, value: Mapping[str, Any]) -> None:
        """Append the members that the conditions ask for."""
        for member in self.members:
            if member.condition is not None and not member.condition(value):
                continue
            if member.name is None and isinstance(member.codec, Structure):
                member.codec.write_members(writer, value)
            elif member.name is not None:
                _write_member(writer, member, value)


def _write_member(writer: BitWriter, member: Member, value: Mapping[str, Any]) -> None:
    name = member.counts or member.name or ""
    if name not in value:
        raise ValueError(f"{name}: is missing")
    content = value[name]
    try:
        member.codec.write(writer, len(content) if member.counts else content, value)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"{name}: {error}") from error


@dataclass(frozen=True)
class Series(Codec):
    """A list: of a fixed length, after its length, or with the length under `counted` in the scope."""

    item: Codec
    length: int | None = None
    counted: str | None = None

    def read(self, reader: BitReader, scope: Scope) -> list[Any]:
        """Read a list; its length is checked before anything is reserved for it."""
        if self.length is not None:
            count = self.length
        else:
            count = scope[self.counted] if self.counted else reader.bits(32)
            if count > min(reader.left, MAX_COUNTED if self.counted else MAX_LISTED):
                raise ProtocolError(f"a list of {count} is too long, or the message is cut off")
        return [self.item.read(reader, scope) for _ in range(count)]

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append a list."""
        if self.length is not None and len(value) != self.length:
            raise ValueError(f"must have {self.length} items, not {len(value)}")
        if self.counted and len(value) > MAX_COUNTED:
            raise ValueError(f"must have at most {MAX_COUNTED} items, not {len(value)}")
        if self.length is None and not self.counted:
            Integer(32).write(writer, len(value), {})
        for item in value:
            self.item.write(writer, item, scope)


@dataclass(frozen=True)
class Chosen(Codec):
    """One of several structures, by the value of a member of the structure around it."""

    member: str
    choices: Mapping[int, Codec]

    def read(self, reader: BitReader, scope: Scope) -> Any:
        """Read the structure that the member chooses."""
        choice = self.choices.get(scope[self.member])
        if choice is None:
            raise ProtocolError(f"{self.member} {scope[self.member]} is unknown")
        return choice.read(reader, scope)

    def write(self, writer: BitWriter, value: Any, scope: Scope) -> None:
        """Append the structure that the member chooses."""
        if scope[self.member] not in self.choices:
            raise ValueError(f"{self.member} {scope[self.member]} is unknown")
        self.choices[scope[self.member]].write(writer, value, scope)


class Notation:
    """Compiles layouts; the blocks are themselves layouts, by name."""

    def __init__(self, blocks: Mapping[str, str]) -> None:
        self._texts = blocks
        self._blocks: dict[str, Structure] = {}

    def compile(self, text: str) -> Structure:
        """Compile a layout.

        Raises:
            ValueError: it does not follow the notation; the message has the member.
        """
        return Structure(tuple(map(self._member, text.split())))

    def _member(self, text: str) -> Member:
        match = _MEMBER.fullmatch(text)
        if match is None:
            raise ValueError(f"is no member of a layout: {text}")
        block, name, kind, repeat, condition = match.groups()
        holds = None if condition is None else _condition(condition)
        if block:
            return Member(None, self._block(block[1:]), holds)
        codec = self._codec(kind)
        if repeat:
            counted = f"#{name}" if repeat.endswith("#") else None
            codec = Series(codec, int(repeat[1:]) if repeat[1:].isdigit() else None, counted)
        return Member(name, codec, holds, name[1:] if name[0] == "#" else None)

    def _codec(self, kind: str) -> Codec:
        kind, _, unset = kind.partition("~")
        unset_from = int(unset) if unset else None
        if kind == "f32":
            return Record("f", unset_from=unset_from)
        if kind in SCALARS:
            return SCALARS[kind]
        if kind[0] in "{<":
            return Record(kind[1:-1], compressed=kind[0] == "<", unset_from=unset_from)
        if "/" in kind:
            block, _, member = kind.partition("/")
            numbers = [int(name.partition("/")[2]) for name in self._texts if name.startswith(f"{block}/")]
            return Chosen(member, {number: self._block(f"{block}/{number}") for number in numbers})
        return self._block(kind)

    def _block(self, name: str) -> Structure:
        if name not in self._blocks:
            self._blocks[name] = self.compile(self._texts[name])
        return self._blocks[name]


def _condition(text: str) -> Condition:
    name, equals, values = text.partition("=")
    if equals:
        wanted = frozenset(map(int, values.split("|")))
        return lambda scope: scope.get(name) in wanted
    if name[0] == "!":
        return lambda scope: not scope.get(name[1:])
    return lambda scope: bool(scope.get(name))
