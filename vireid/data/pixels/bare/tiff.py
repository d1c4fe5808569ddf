"""TIFF without its metadata: of the first directory only what describes the picture stays."""

import struct

from vireid.data.pixels.bare.orientation import TAG, known_turn
from vireid.data.pixels.bare.picture import Bare

PREFIXES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PICTURE = frozenset(
    [254, 255, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323]
).union([324, 325, 332, 338, 339, 347, *range(512, 522), *range(529, 533), 50674])
"""Tags without which the picture cannot be decoded."""
BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339
SIZES = {1: "B", 3: "H", 4: "I", 16: "Q"}
SIGNED = 2
"""A sample format: whole numbers with a sign."""
WHITE, BLACK = 0, 1
"""Photometric interpretations: what 0 stands for."""


def bare_tiff(data: bytes) -> Bare:
    """Leave a TIFF's metadata out, and the pages behind the first.

    Args:
        data: the file.

    Returns:
        The picture; the file as it was given where its directory is damaged. Grey levels of more
        than 8 bits whose 0 is white are called ordinary ones, and ``inverted`` is set.
    """
    try:
        return _without(data)
    except (struct.error, IndexError):
        return Bare(data)


def _without(data: bytes) -> Bare:
    order, big = "<>"[data[:1] == b"M"], data[2:4] in (b"+\0", b"\0+")
    start = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)[0]
    number, entry, link = ("Q", 20, "Q") if big else ("H", 12, "I")
    first = start + struct.calcsize(order + number)
    count = struct.unpack_from(order + number, data, start)[0]
    if first + count * entry > len(data):
        return Bare(data)
    rows = [data[first + i * entry : first + (i + 1) * entry] for i in range(count)]
    tags = [struct.unpack_from(f"{order}H", row)[0] for row in rows]
    values = {
        tag: _value(data, row, order, big=big)
        for tag, row in zip(tags, rows, strict=True)
        if tag in (TAG, BITS, PHOTOMETRIC, SAMPLE_FORMAT)
    }
    bits, form = values.get(BITS, 1), values.get(SAMPLE_FORMAT, 1)
    inverted = values.get(PHOTOMETRIC) == WHITE and bits > 8
    kept = [row for tag, row in zip(tags, rows, strict=True) if tag in PICTURE]
    if inverted:
        kept = [_black(row, order, big=big) for row in kept]
    table = struct.pack(order + number, len(kept)) + b"".join(kept) + struct.pack(order + link, 0)
    plain = data[:start] + table + data[start + len(table) :]
    turn = known_turn(values.get(TAG, 1))
    return Bare(plain, turn, bits=max(bits, 8), signed=form == SIGNED, inverted=inverted)


def _value(data: bytes, row: bytes, order: str, *, big: bool) -> int:
    """Return the first value of an entry; 1 where it is no whole number."""
    kind, count = struct.unpack_from(order + ("HQ" if big else "HI"), row, 2)
    if kind not in SIZES or not count:
        return 1
    code, place = order + SIZES[kind], 12 if big else 8
    if struct.calcsize(code) * count <= (8 if big else 4):
        return int(struct.unpack_from(code, row, place)[0])
    far = struct.unpack_from(order + ("Q" if big else "I"), row, place)[0]
    return int(struct.unpack_from(code, data, far)[0])


def _black(row: bytes, order: str, *, big: bool) -> bytes:
    """Return an entry that says that 0 is black where it says that 0 is white."""
    if struct.unpack_from(f"{order}H", row)[0] != PHOTOMETRIC:
        return row
    place = 12 if big else 8
    return row[:place] + struct.pack(f"{order}H", BLACK) + row[place + 2 :]
