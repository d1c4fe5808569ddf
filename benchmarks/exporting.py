"""What an export costs and saves: python benchmarks/exporting.py RUN DATA

Prints, of one run: images/s of ONNX Runtime against torch at batch 1 and 64 on this CPU, in turns;
how long `vireid search` takes with the export and with the run; and mAP of test images that are
resized bilinearly in place of Lanczos.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch.nn import functional

import vireid
from vireid.cluster.threads import thread_count
from vireid.data.pixels.images import decode_image
from vireid.exporting.exported import Exported
from vireid.models.extract import extract
from vireid.models.passing import Passing
from vireid.scoring import choose_protocol, score

TURNS = 9
IMAGES = {1: 48, 64: 256}
"""Images of a turn, by batch."""


def rates(run: Path, exported: Path) -> None:
    """Print images/s at batch 1 and 64, torch and ONNX Runtime in turns."""
    network, export = vireid.load_network(run), Exported(exported, "cpu", thread_count())
    size = export.facts.height, export.facts.width
    drawn = np.random.default_rng(1)
    print("batch  torch, images/s  ONNX Runtime  ratio (median of paired turns)")
    for batch, count in IMAGES.items():
        pixels = drawn.integers(0, 256, (count, *size, 3), dtype=np.uint8)
        modality = np.zeros(batch, dtype=np.int64)
        found: dict[str, list[float]] = {"torch": [], "export": []}
        for _ in range(TURNS + 1):
            for name, times in found.items():
                start = time.perf_counter()
                for first in range(0, count, batch):
                    block = pixels[first : first + batch]
                    if name == "torch":
                        extract(network, block, modality, how=Passing(batch=batch, fold=batch > 1))
                    else:
                        export.embed(block, modality)
                times.append(time.perf_counter() - start)
        torch_times, export_times = (np.array(times[1:]) for times in found.values())
        ratio = median(torch_times / export_times)
        print(
            f"{batch:5d}  {count / median(torch_times):15.0f}  "
            f"{count / median(export_times):12.0f}  {ratio:.2f}"
        )


def searches(run: Path, exported: Path, data: Path, folder: Path) -> None:
    """Print how long a search of the command takes, start included, in turns."""
    gallery = folder / "gallery.npz"
    vireid.save_gallery(vireid.embed(run, data, part="test"), gallery)
    images = vireid.open_data(data).test
    query = images.root / images.paths[int(np.flatnonzero(images.modality == 1)[0])]
    found: dict[Path, list[float]] = {run: [], exported: []}
    for _ in range(5):
        for model, times in found.items():
            words = [query, "--modality", "infrared", "--gallery", gallery, "--only", "visible"]
            command = [sys.executable, "-m", "vireid", "search", model, *words]
            start = time.perf_counter()
            subprocess.run([*map(str, command)], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
    with_run, with_export = (median(times) for times in found.values())
    print(f"vireid search: {with_run:.1f} s with the run, {with_export:.1f} s with the export")


def resizing(exported: Path, data: Path) -> None:
    """Print mAP of the test images by the ways of resizing."""
    opened, export = vireid.open_data(data), Exported(exported, "cpu", thread_count())
    size = export.facts.height, export.facts.width
    protocol = choose_protocol(opened)
    for resampling in ("lanczos", "bicubic", "bilinear"):
        pixels = vireid.load_pixels(opened.test, size, resampling=resampling)
        found = score(export.embed(pixels, opened.test.modality), opened.test_truth, protocol)
        table = found.table()
        print(f"{resampling}: Rank-1 {table['rank1']:.2f}, mAP {table['mAP']:.2f}")
    pixels = np.stack([_plainly(opened.test, row, size) for row in range(len(opened.test))])
    found = score(export.embed(pixels, opened.test.modality), opened.test_truth, protocol)
    table = found.table()
    print(f"bilinear, not antialiased: Rank-1 {table['rank1']:.2f}, mAP {table['mAP']:.2f}")


def _plainly(images: vireid.Images, row: int, size: tuple[int, int]) -> np.ndarray:
    """Resize an image by the nearest four pixels alone, as most runtimes do."""
    picture = torch.from_numpy(decode_image(images, row).copy()).permute(2, 0, 1)[None].float()
    small = functional.interpolate(picture, size, mode="bilinear", align_corners=False)
    return small[0].permute(1, 2, 0).round().byte().numpy()


def main(run: Path, data: Path) -> None:
    """Export the run and measure."""
    with tempfile.TemporaryDirectory() as folder:
        exported = vireid.export(run, Path(folder) / "exported")
        print(f"threads: {thread_count()}")
        rates(run, exported)
        searches(run, exported, data, Path(folder))
        resizing(exported, data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
