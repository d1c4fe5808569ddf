"""Images per second out of jpg files, and out of the cache of decoded images, by one worker.

    python benchmarks/loading.py            # some minutes, most of them drawing the images
    python benchmarks/loading.py --quick    # few images, seconds; writes no page

Images are synthetic people, drawn at the size at which they are read. Batches of 64 are taken in
random order, as in training. "From disk" has the system forget the file before; the other rows find
it in the system's memory, as every epoch but the first does where it fits there.
"""

import os
import tempfile
from pathlib import Path

import numpy as np
from pages import GOES, best, options, publish, table

from vireid.data import load_pixels, open_data, read_images
from vireid.synthetic import SyntheticSettings, synthesise
from vireid.types import Images

SIZES = ((288, 144), (96, 48))
BATCH = 64


def draw(folder: Path, size: tuple[int, int], people: int) -> Images:
    """Write jpg files, 28 of each person, and return them."""
    settings = SyntheticSettings(
        identities=people, test_identities=2, height=size[0], width=size[1]
    )
    synthesise(folder, settings)
    return open_data(folder).train


def batches(pixels: np.ndarray) -> None:
    """Take every image once, in random order."""
    order = np.random.default_rng(0).permutation(len(pixels))
    for start in range(0, len(order), BATCH):
        pixels[order[start : start + BATCH]]


def forget(folder: Path) -> None:
    """Have the system drop a file from its memory."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def remove(folder: Path) -> None:
    """Remove the packed file, if there is one."""
    for path in folder.glob("*"):
        path.unlink()


def measure(size: tuple[int, int], people: int, place: Path) -> list[list[str]]:
    """Return the rows of a size."""
    images, cache = draw(place / "people", size, people), place / "cache"
    count, name = len(images), f"{size[0]}x{size[1]}"

    def read() -> np.ndarray:
        return read_images(images, size, cache=cache, workers=1).pixels

    decoded = load_pixels(images, size, workers=1)  # also brings the files into memory
    decode = best(lambda: load_pixels(images, size, workers=1))
    build = best(read, before=lambda: remove(cache))
    find = best(read)
    if not np.array_equal(read(), decoded):
        raise SystemExit("the cache holds other pixels")
    cold = best(lambda: batches(read()), before=lambda: forget(cache))
    mapped = read()  # not before: what is mapped, the system does not forget
    batches(mapped)
    rows = {
        "jpg files": decode,
        "jpg files, packed into the cache": build,
        "found in the cache, none read": find,
        "cache, from disk": cold,
        "cache": best(lambda: batches(mapped)),
        "array in memory": best(lambda: batches(decoded)),
    }
    return [
        [name, what, f"{count / seconds:,.0f}", f"{1e6 * seconds / count:,.1f}",
         f"{decode / seconds:,.1f}"]
        for what, seconds in rows.items()
    ]  # fmt: skip


def main() -> None:
    """Measure, print and write the table."""
    parser = options(__doc__, "few images")
    parser.add_argument("--people", type=int, default=72, help="28 images of each (default: 72)")
    arguments = parser.parse_args()
    people, rows = 4 if arguments.quick else arguments.people, []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(size, people, Path(folder))
    lines = [
        f"`python benchmarks/loading.py`, {28 * people:,} synthetic images of each size, one "
        f"worker, batches of {BATCH} in random order, the best of {GOES} goes.",
        "",
        *table(("size", "out of", "images a second", "µs an image", "times jpg files"), rows, 2),
    ]
    publish("loading", lines, quick=arguments.quick)


if __name__ == "__main__":
    main()
