"""How fast `vireid check` looks at images, beside plain decoding, and how much memory it takes.

    python benchmarks/checking.py --images 100000

Both use the same threads and take turns, so that what else the machine does concerns both. Plain
decoding is Pillow's: open, convert to RGB, to an array. The look reads every file once, digests
it, decodes it, and measures brightness, contrast and colours.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from vireid.data.check.file_facts import TOGETHER, look_at
from vireid.types import Images

FOLDER = 1000
"""Images in a folder."""
BLOCK = 1000
"""Images after which the two take turns."""


def main() -> None:
    """Make images, time both in turns, and compare the memory of a tenth and of all images."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--images", type=int, default=4000)
    command.add_argument("--size", type=int, nargs=2, default=(64, 32), help="height and width")
    command.add_argument("--format", choices=("jpg", "png"), default="jpg")
    command.add_argument("--threads", type=int, default=2)
    command.add_argument("--turns", type=int, default=5)
    command.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    arguments = command.parse_args()
    if arguments.memory_of is not None:
        look_at(listed(arguments.memory_of, arguments.images), workers=arguments.threads)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        draw(root, arguments.images, arguments.size, arguments.format)
        compare(listed(root, arguments.images), arguments.threads, arguments.turns)
        for count in (arguments.images // 10, arguments.images):
            words = ["--images", str(count), "--threads", str(arguments.threads)]
            again = [sys.executable, __file__, *words, "--memory-of", folder]
            kilobytes = int(subprocess.run(again, check=True, capture_output=True).stdout)
            print(f"peak memory of {count:,} images: {kilobytes / 1024:.0f} MB")


def draw(root: Path, count: int, size: tuple[int, int], ending: str) -> None:
    """Write small pictures of smooth colours and some noise; every one is another."""
    rng = np.random.default_rng(100)
    grounds = [rng.integers(0, 256, (8, 4, 3), dtype=np.uint8) for _ in range(64)]
    smooth = [np.asarray(Image.fromarray(g).resize((size[1], size[0]))) for g in grounds]
    noise = rng.integers(-8, 9, (64, *size, 3))
    for number in range(count):
        if number % FOLDER == 0:
            (root / f"{number // FOLDER:04d}").mkdir()
        levels = smooth[number % 64] + noise[number // 64 % 64] + number // 4096 % 16
        picture = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
        picture.save(root / f"{number // FOLDER:04d}" / f"{number:06d}.{ending}", quality=90)


def listed(root: Path, count: int) -> Images:
    """Return the first images of a folder."""
    paths = sorted(file.relative_to(root).as_posix() for file in root.glob("*/*"))[:count]
    none = np.zeros(len(paths), dtype=np.int64)
    return Images(root, tuple(paths), none, none)


def compare(images: Images, threads: int, turns: int) -> None:
    """Time both in turns, block by block, and print the ratios of each turn."""
    ratios = []
    for turn in range(turns):
        seconds = np.zeros((2, 2))
        for start in range(0, len(images), BLOCK):
            block = images.subset(range(start, min(start + BLOCK, len(images))))
            order = (0, 1) if start // BLOCK % 2 else (1, 0)
            for which in order:
                seconds[which] += timed(block, threads, plain=which == 0)
        wall, processor = seconds[0] / seconds[1]
        ratios.append(wall)
        plain, look = seconds[:, 0] * 1e6 / len(images)
        print(
            f"turn {turn + 1}: plain {plain:.0f} us, check {look:.0f} us an image; speed "
            f"{wall:.2f} of plain decoding by the clock, {processor:.2f} by processor time"
        )
    print(f"median over {turns} turns: {np.median(ratios):.2f} of the speed of plain decoding")


def timed(images: Images, threads: int, *, plain: bool) -> tuple[float, float]:
    """Return the seconds by the clock and of the processors that one of the two takes."""
    clock, processor = time.perf_counter(), time.process_time()
    if plain:
        decode_all(images, threads)
    else:
        look_at(images, workers=threads)
    return time.perf_counter() - clock, time.process_time() - processor


def decode_all(images: Images, threads: int) -> None:
    """Decode plainly, handed out in the same groups as the look."""

    def decode(paths: tuple[str, ...]) -> None:
        for path in paths:
            with Image.open(images.root / path) as image:
                np.asarray(image.convert("RGB"))

    with ThreadPoolExecutor(threads) as pool:
        groups = range(0, len(images), TOGETHER)
        for _ in pool.map(decode, [images.paths[at : at + TOGETHER] for at in groups]):
            pass


if __name__ == "__main__":
    main()
