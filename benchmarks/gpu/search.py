"""Neighbours and labels of the device against those of the CPU."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from time import perf_counter

import numpy as np
import torch
from labels import scene

from gpu.report import Report
from vireid.cluster import Held, Neighbours, Search, modal_neighbours, normalise_rows
from vireid.labelling import label_spaces
from vireid.metrics import stability
from vireid.precision import Float32, multiplying
from vireid.recipes import load_recipe
from vireid.types import Embeddings, Labelling, Modality

FULL, SMALL = (34_167, 2048), (1_500, 128)
"""Rows and their size."""
KINDS: tuple[Float32, ...] = ("ieee", "tf32")
"""What float32 may be multiplied in on a GPU."""
PART = (3, 16)
"""Of the rows that are searched for on both."""
ALIKE = 4_000
"""Rows that nothing but their last bits tells apart."""
AGREEMENT = 0.999
"""Least adjusted Rand index of labels that are not equal."""
TRUST = 1e-2
"""Largest difference of confidences, which a fit that stops early gives."""
Found = tuple[Neighbours | None, Mapping[Modality, Neighbours]]


def equal(one: Found, other: Found) -> bool:
    """Tell whether neighbours, similarities and their order are the same."""
    pairs = [(one[0], other[0]), *((one[1][side], other[1][side]) for side in one[1])]
    return all(a is not None and b is not None and all(map(np.array_equal, a, b)) for a, b in pairs)


def search(report: Report) -> None:
    """Neighbours equal to the CPU's, also with TF32 allowed and of rows nearly alike; labels."""
    rows, modality = scene(*(SMALL if report.small else FULL))
    neighbours(rows, modality, report)
    nearly_alike(rows, modality, report)
    labels(rows, modality, report)


def neighbours(rows: np.ndarray, modality: np.ndarray, report: Report) -> None:
    """Search for a part of the rows on both, for all of them on the device."""
    here, there = Search(part=PART), Search(device=report.search_device, part=PART)
    find = partial(modal_neighbours, rows, modality, k=40, own_k=30)
    expected = find(search=here)
    for kind in KINDS if report.on_gpu else KINDS[:1]:
        with multiplying(kind, report.device):
            same = equal(expected, find(search=there))
        text = f"1/{PART[1]} of {len(rows):,} x {rows.shape[1]} rows, products in {kind}"
        report.check(same, f"{text}: {'equal to' if same else 'other than'} the CPU's")
    start = perf_counter()
    find(search=replace(there, part=(0, 1)))
    taken = perf_counter() - start
    report.info(f"all rows on the device: {taken:.2f} s", {"seconds": taken})


def nearly_alike(rows: np.ndarray, modality: np.ndarray, report: Report) -> None:
    """Search among rows whose products lie within the margin of each other."""
    close = normalise_rows(rows[0] + np.float32(1e-4) * rows[:ALIKE])
    find = partial(modal_neighbours, close, modality[:ALIKE], k=20, own_k=20)
    same = equal(find(search=Search()), find(search=Search(device=report.search_device)))
    text = "equal to" if same else "other than"
    report.check(same, f"{len(close):,} rows nearly alike: {text} the CPU's")


def labels(rows: np.ndarray, modality: np.ndarray, report: Report) -> None:
    """Label on the CPU, and by embeddings that lie on the device."""
    there = torch.from_numpy(rows).to(report.device)
    features = np.abs(rows)
    plain = Embeddings(rows, modality, features)
    resident = Embeddings(rows, modality, features, resident=there)
    held = Search(device=report.search_device, held=Held(resident.vectors, there))
    found, seconds = [], []
    for embeddings, how in ((plain, Search()), (resident, held)):
        start = perf_counter()
        find = partial(modal_neighbours, search=how)
        found.append(label_spaces(embeddings, None, load_recipe("sysu").labelling, search=find))
        seconds.append(perf_counter() - start)
    for name in found[0].spaces:
        compare_labels(name, found, report)
    times = {"cpu": seconds[0], "device": seconds[1]}
    report.info(f"labelling: CPU {seconds[0]:.2f} s, device {seconds[1]:.2f} s", times)


def compare_labels(name: str, found: list[Labelling], report: Report) -> None:
    """Say whether a label space is the same on both."""
    one, other = (labelling.spaces[name] for labelling in found)
    text = f"{name} labels ({one.clusters:,} clusters on the CPU, {other.clusters:,} there)"
    if np.array_equal(one.labels, other.labels):
        far = float(np.abs(one.confidence - other.confidence).max())
        report.check(far < TRUST, f"{text}: equal, confidences within {far:.1e}")
        return
    index = stability(one.labels, other.labels)
    report.check(
        index >= AGREEMENT,
        f"{text}: adjusted Rand index {index:.5f}, not equal",
        {"adjusted_rand": index},
    )
