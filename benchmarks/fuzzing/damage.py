"""Ways to damage a file, knowing its bytes alone or a little of its structure."""

import struct
import zlib
from collections.abc import Callable

import numpy as np

Rng = np.random.Generator
Damage = Callable[[bytes, bytes, Rng], bytes]
"""A file, another one, and the draws -> a damaged file."""


def _place(data: bytes, rng: Rng) -> int:
    """Return a place in a file; one of two lies in its head, where its structure is."""
    end = len(data) if rng.random() < 0.5 else min(len(data), 200)
    return int(rng.integers(0, max(1, end)))


def _block(data: bytes, rng: Rng) -> tuple[int, int]:
    start = _place(data, rng)
    return start, start + 1 + int(2 ** rng.uniform(0, 8))


def flip_bits(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Flip one to eight bits."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        changed[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def replace_bytes(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Replace one to four bytes by any, or by those that are bounds of numbers."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        bounds = [0, 1, 127, 128, 255, int(rng.integers(256))]
        changed[_place(data, rng)] = int(rng.choice(bounds))
    return bytes(changed)


def cut(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Keep the beginning only."""
    return data[: int(rng.integers(0, len(data)))]


def cut_out(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Leave a block out."""
    start, end = _block(data, rng)
    return data[:start] + data[end:]


def insert(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Insert a block of random bytes."""
    start, end = _block(data, rng)
    return data[:start] + rng.bytes(end - start) + data[start:]


def duplicate(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Repeat a block."""
    start, end = _block(data, rng)
    return data[:end] + data[start:]


def zero(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Zero a block."""
    start, end = _block(data, rng)
    return data[:start] + bytes(len(data[start:end])) + data[end:]


def splice(data: bytes, other: bytes, rng: Rng) -> bytes:
    """Go on with another file."""
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def change_number(data: bytes, _: bytes, rng: Rng) -> bytes:
    """Put a number where one of 16 or 32 bits may stand: lengths, sizes, offsets."""
    values = [0, 1, 7, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1]
    value = int(rng.choice(values)) if rng.random() < 0.7 else int(rng.integers(2**32))
    kind = str(rng.choice(["<H", ">H", "<I", ">I"]))
    number = struct.pack(kind, value % (2 ** (8 * struct.calcsize(kind))))
    start = _place(data, rng)
    return data[:start] + number + data[start + len(number) :]


def append(data: bytes, other: bytes, rng: Rng) -> bytes:
    """Put bytes behind the end."""
    return data + (other if rng.random() < 0.5 else rng.bytes(int(rng.integers(1, 300))))


def chunks(data: bytes) -> list[bytes] | None:
    """Part a PNG, JPEG or RIFF file.

    Args:
        data: the file.

    Returns:
        Its parts, which together are the file, the first one its head; None for others.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _walk(data, 8, lambda at: 12 + struct.unpack_from(">I", data, at)[0])
    if data.startswith(b"\xff\xd8"):
        return _walk(data, 2, lambda at: 2 + struct.unpack_from(">H", data, at + 2)[0])
    if data.startswith(b"RIFF"):
        return _walk(
            data, 12, lambda at: 8 + (struct.unpack_from("<I", data, at + 4)[0] + 1) // 2 * 2
        )
    return None


def _walk(data: bytes, start: int, length: Callable[[int], int]) -> list[bytes]:
    parts, at = [data[:start]], start
    while at < len(data):
        ends = data.startswith(b"\xff\xda", at) and data.startswith(b"\xff\xd8")
        try:
            end = len(data) if ends else at + length(at)
        except struct.error:
            end = len(data)
        parts.append(data[at:end])
        at = end
    return parts


def change_chunks(data: bytes, other: bytes, rng: Rng) -> bytes:
    """Swap, repeat, leave out or change parts; a PNG's checksums are made anew."""
    parts = chunks(data)
    if parts is None or len(parts) < 3:
        return change_number(data, other, rng)
    one, two = (int(rng.integers(1, len(parts))) for _ in range(2))
    way = int(rng.integers(5))
    if way == 0:
        parts[one], parts[two] = parts[two], parts[one]
    elif way == 1:
        parts.insert(two, parts[one])
    elif way == 2:
        del parts[one]
    elif way == 3 and len(parts[one]) > 12 and data.startswith(b"\x89PNG"):
        body = bytearray(parts[one][4:-4])
        for _ in range(int(rng.integers(1, 4))):
            body[int(rng.integers(4, max(5, len(body)))) % len(body)] = int(rng.integers(256))
        check = struct.pack(">I", zlib.crc32(bytes(body)))
        parts[one] = struct.pack(">I", len(body) - 4) + bytes(body) + check
    else:
        parts[one] = flip_bits(parts[one], b"", rng) if parts[one] else b""
    return b"".join(parts)


DAMAGES: tuple[Damage, ...] = (
    flip_bits, replace_bytes, cut, cut_out, insert, duplicate, zero, splice, change_number, append,
    change_chunks,
)  # fmt: skip


def damaged(data: bytes, other: bytes, rng: Rng) -> bytes:
    """Damage a file in one to three ways.

    Args:
        data: the file.
        other: another one, to splice it with.
        rng: the draws.

    Returns:
        The damaged file.
    """
    for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
        data = DAMAGES[int(rng.integers(len(DAMAGES)))](data or b"\0", other, rng)
    return data
