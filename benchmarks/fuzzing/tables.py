"""Sound manifests and lists over a folder of files, and damage that knows cells and rows."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow
from pyarrow import parquet

from fuzzing.damage import damaged

Table = list[list[str]]
HEADER = ["path", "modality", "camera", "identity", "split"]
ODD = (
    "", " ", "0", "-1", "3.0", "007", "1e5", "1,5", "nan", "NULL", "unknown", "=A1", "#REF!",
    "\u00fc", "u\u0308", "Person 7", "12345678901234567890", "9007199254740993", "x" * 300,
    "\x1b[31m", "a\nb", '"', "visible", "RGB", "thermal", "Train", "both", "query", "../a.png",
    "C:\\a.png", "vis\\p0-0.png", "ir/p1-0.png", "vis/p2-0.png", "2024-01-31T12:00:00+01:00",
    "2024-01-31", "1 2 3 4", "\u200b7",
)  # fmt: skip
"""What stands in cells, and what should not."""


@dataclass(frozen=True)
class Listing:
    """A damaged manifest or list, to be put into a folder of files."""

    kind: str
    """csv, parquet, regdb, llcm or sysu."""
    name: str
    """Where it is put."""
    data: bytes
    """Its content."""


def make_files(root: Path) -> None:
    """Write the files that the manifests and lists name; nobody opens them.

    Args:
        root: an empty folder, which gets one for each kind.
    """
    for kind in ("csv", "parquet"):
        for path, *_ in rows():
            _touch(root / kind / path)
    for number in range(6):
        for word in ("Visible", "Thermal"):
            _touch(root / "regdb" / word / str(number) / "a.bmp")
            _touch(root / "regdb" / word / str(number) / "b.bmp")
        for word in ("vis", "nir"):
            _touch(root / "llcm" / word / f"{number:04d}_c01_s1_f1_{word}.jpg")
            _touch(root / "llcm" / f"test_{word}" / "cam1" / f"{number:04d}" / "a.jpg")
        for camera in range(1, 7):
            _touch(root / "sysu" / f"cam{camera}" / f"{number + 1:04d}" / "0001.jpg")
    for name, data in LISTS.items():
        kind, _, place = name.partition("/")
        (root / kind / place).parent.mkdir(parents=True, exist_ok=True)
        (root / kind / place).write_bytes(data)


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def rows() -> Table:
    """Return the rows of a sound manifest.

    Returns:
        path, modality, camera, identity and split of 24 files.
    """
    found = []
    for person in range(6):
        for shot in range(4):
            word, kind = (("vis", "visible"), ("ir", "infrared"))[shot % 2]
            split = "train" if person < 3 else "query" if kind == "infrared" else "gallery"
            found.append([f"{word}/p{person}-{shot}.png", kind, str(shot), str(person), split])
    return found


def _people(word: str) -> bytes:
    names = [f"{word}/{n:04d}_c01_s1_f1_{word}.jpg {n}" for n in range(3)]
    return ("\n".join(names) + "\n").encode()


def _lines(word: str, numbers: range) -> bytes:
    names = [f"{word}/{n}/{letter}.bmp {n}" for n in numbers for letter in "ab"]
    return ("\n".join(names) + "\n").encode()


LISTS = {
    "regdb/idx/train_visible_1.txt": _lines("Visible", range(3)),
    "regdb/idx/train_thermal_1.txt": _lines("Thermal", range(3)),
    "regdb/idx/test_visible_1.txt": _lines("Visible", range(3, 6)),
    "regdb/idx/test_thermal_1.txt": _lines("Thermal", range(3, 6)),
    "llcm/idx/train_vis.txt": _people("vis"),
    "llcm/idx/train_nir.txt": _people("nir"),
    "llcm/idx/test_id.txt": b"3,4,5\n",
    "sysu/exp/train_id.txt": b"1,2\n",
    "sysu/exp/val_id.txt": b"3\n",
    "sysu/exp/test_id.txt": b"4,5,6\n",
}
"""Sound lists, by kind and place."""


def damaged_listing(number: int) -> Listing:
    """Make the damaged manifest or list of a number.

    Args:
        number: any; the same one gives the same.

    Returns:
        The manifest or list.
    """
    rng = np.random.default_rng([41, number])
    if number % 4 == 3:
        name = list(LISTS)[number // 4 % len(LISTS)]
        kind, _, place = name.partition("/")
        other = LISTS[list(LISTS)[int(rng.integers(len(LISTS)))]]
        data = LISTS[name] if rng.random() < 0.03 else _damaged_lines(LISTS[name], other, rng)
        return Listing(kind, place, data)
    kind = "parquet" if number % 4 == 2 else "csv"
    table, header = _changed(rows(), rng)
    data = (_parquet if kind == "parquet" else _csv)(header, table, rng)
    if rng.random() < 0.35:
        data = damaged(data, _csv(HEADER, rows(), rng), rng)
    return Listing(kind, f"manifest.{kind}", data)


def _changed(table: Table, rng: np.random.Generator) -> tuple[Table, list[str]]:
    """Change cells, rows and columns in up to three ways."""
    header = list(HEADER)
    if rng.random() < 0.3:
        header += ["track", "timestamp", "box"]
        table = [
            [*row, str(k // 2), f"2024-01-31T12:00:{k:02d}+01:00", f"{k} 1.5 64 128"]
            for k, row in enumerate(table)
        ]
    for _ in range(int(rng.integers(0, 4))):
        at, column = int(rng.integers(len(table))), int(rng.integers(len(header)))
        way = int(rng.integers(9))
        if way < 2 and column < len(table[at]):
            table[at][column] = str(rng.choice(ODD))
        elif way == 2:
            table.insert(int(rng.integers(len(table))), list(table[at]))
        elif way == 3:
            table[at] = [""] * len(header)
        elif way == 4:
            del table[at][column:]
        elif way == 5:
            value = str(rng.choice(["", "nan", "7", "Cam A", "both", "RGB"]))
            table = [[*row[:column], value, *row[column + 1 :]] for row in table]
        elif way == 6:
            header[column] = str(rng.choice([header[column].upper(), "", "frame", "other", "path"]))
        elif way == 7:
            order = rng.permutation(len(header))
            header = [header[k] for k in order]
            table = [[row[k] for k in order if k < len(row)] for row in table]
        else:
            del table[at]
    return table, header


def _csv(header: list[str], table: Table, rng: np.random.Generator) -> bytes:
    """Write a CSV file as one of several programs does."""
    file = io.StringIO(newline="")
    quoting = int(rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = str(rng.choice(["\n", "\n", "\r\n", "\r"]))
    writer = csv.writer(file, quoting=quoting, lineterminator=end)
    writer.writerows([header, *table])
    mark = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
    return mark + file.getvalue().encode()


def _parquet(header: list[str], table: Table, rng: np.random.Generator) -> bytes:
    """Write a Parquet file; columns of whole numbers are such in one of two files."""
    whole = [[*row[: len(header)], *[""] * (len(header) - len(row))] for row in table]
    columns = [pyarrow.array(list(column)) for column in zip(*whole, strict=True)]
    if rng.random() < 0.5:
        for place, column in enumerate(columns):
            cells = column.to_pylist()
            if all(cell.isascii() and cell.isdigit() and len(cell) < 10 for cell in cells):
                kind = [pyarrow.int64(), pyarrow.float64(), pyarrow.int16()][int(rng.integers(3))]
                columns[place] = pyarrow.array([int(cell) for cell in cells]).cast(kind)
            elif rng.random() < 0.2:
                columns[place] = column.dictionary_encode()
    file = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_arrays(columns, names=header), file)
    return file.getvalue()


def _damaged_lines(data: bytes, other: bytes, rng: np.random.Generator) -> bytes:
    """Change the lines of a list, or its bytes."""
    if rng.random() < 0.5:
        return damaged(data, other, rng)
    lines = data.split(b"\n")
    at = int(rng.integers(len(lines)))
    way = int(rng.integers(6))
    if way == 0:
        lines.insert(at, lines[int(rng.integers(len(lines)))])
    elif way == 1:
        del lines[at]
    elif way == 2:
        lines[at] = lines[at].replace(b" ", bytes(rng.choice([b"\t", b"  ", b","])))
    elif way == 3:
        lines[at] += bytes(
            rng.choice([b"0", b" ", b",9", b".0", b"\r", b"\x0b", b"\xc2\x85", b"\0"])
        )
    elif way == 4:
        lines[at] = lines[at].replace(b"/", b"\\")
    else:
        rng.shuffle(lines)
    return b"\n".join(lines)
