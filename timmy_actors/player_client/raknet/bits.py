"""Bit streams: bits fill each byte from the most significant; numbers are big-endian and need not be byte aligned."""

from __future__ import annotations

from timmy_actors.errors import ProtocolError

FLUSH_BITS = 512
"""The writer moves whole bytes out of its accumulator beyond this size: appending to a large integer is slow."""


class BitReader:
    """Reads a message. Every read checks what is left first, so it never returns bits that did not arrive."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = len(data) * 8
        self.position = 0
        """The next bit."""

    @property
    def left(self) -> int:
        """The number of bits that are left."""
        return self._size - self.position

    def bits(self, count: int) -> int:
        """Read an unsigned number of `count` bits.

        Raises:
            ProtocolError: fewer are left.
        """
        end = self.position + count
        if end > self._size:
            raise ProtocolError(f"the message is cut off: {count} bits are expected at bit {self.position}")
        chunk = int.from_bytes(self._data[self.position >> 3 : (end + 7) >> 3], "big")
        self.position = end
        return chunk >> (-end & 7) & ((1 << count) - 1)

    def bit(self) -> bool:
        """Read one bit."""
        return self.bits(1) == 1

    def octets(self, count: int) -> bytes:
        """Read `count` times 8 bits."""
        if self.position & 7:
            return self.bits(count * 8).to_bytes(count, "big")
        begin = self.position >> 3
        if count * 8 > self.left:
            raise ProtocolError(f"the message is cut off: {count} bytes are expected at byte {begin}")
        self.position += count * 8
        return self._data[begin : begin + count]

    def align(self) -> None:
        """Go on at the next whole byte."""
        self.position = (self.position + 7) & ~7

    def compressed(self, size: int) -> bytes:
        """Read `size` bytes of a compressed number or structure: zeros at the end were left out."""
        zeros = self._ones(size - 1)
        if zeros < size - 1:
            self.bits(1)
            return self.octets(size - zeros) + bytes(zeros)
        first = self.bits(4) if self.bits(1) else self.bits(8)
        return bytes((first, *bytes(zeros)))

    def _ones(self, most: int) -> int:
        """Pass over bits that are 1, and count them."""
        window = min(most, self.left)
        begin = self.position
        ones = window - (self.bits(window) ^ ((1 << window) - 1)).bit_length()
        self.position = begin + ones
        return ones


class BitWriter:
    """Builds a message."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._pending = 0
        self._pending_bits = 0

    @property
    def position(self) -> int:
        """The number of bits written so far."""
        return len(self._bytes) * 8 + self._pending_bits

    def bits(self, value: int, count: int) -> None:
        """Append an unsigned number of `count` bits."""
        self._pending = self._pending << count | value
        self._pending_bits += count
        if self._pending_bits > FLUSH_BITS:
            self._flush()

    def octets(self, data: bytes) -> None:
        """Append bytes, aligned or not."""
        self.bits(int.from_bytes(data, "big"), len(data) * 8)

    def align(self) -> None:
        """Fill with 0 up to a whole byte."""
        self.bits(0, -self.position & 7)

    def compressed(self, data: bytes) -> None:
        """Append the bytes of a compressed number or structure."""
        for last in range(len(data) - 1, 0, -1):
            if data[last]:
                self.bits(0, 1)
                self.octets(data[: last + 1])
                return
            self.bits(1, 1)
        if data[0] < 16:
            self.bits(1, 1)
            self.bits(data[0], 4)
        else:
            self.bits(0, 1)
            self.bits(data[0], 8)

    def to_bytes(self) -> bytes:
        """The message; unused bits of its last byte are 0."""
        fill = -self._pending_bits & 7
        return bytes(self._bytes) + (self._pending << fill).to_bytes((self._pending_bits + fill) >> 3, "big")

    def _flush(self) -> None:
        rest = self._pending_bits & 7
        self._bytes += (self._pending >> rest).to_bytes(self._pending_bits >> 3, "big")
        self._pending &= (1 << rest) - 1
        self._pending_bits = rest
