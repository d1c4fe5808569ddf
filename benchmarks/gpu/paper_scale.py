"""An epoch of each stage at the size of SYSU-MM01: where its time goes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import torch
from labels import scene

from gpu.clock import forget_peak, gib, peak, wait_for
from gpu.report import Report
from gpu.scenes import FEW_ROWS, pictures, recipe_of
from vireid.cluster import Held, Search, modal_neighbours
from vireid.config import Recipe
from vireid.labelling import Labeller, NeighbourSearch
from vireid.models.extract import extract
from vireid.runs import new_network
from vireid.training import (
    EpochEnded,
    Labelled,
    Stepped,
    TrainingImages,
    Workers,
    fit,
    prepare,
)
from vireid.training.outcomes import READ_EVERY
from vireid.training.room import chosen_compute, resident_pixels
from vireid.types import Embeddings, Int, Known, Labelling, LabelSpace

FULL, SMALL = 34_167, 400
"""Images."""
DIFFERENT = 2048
"""Images that are drawn; the others are copies of them."""
STEPS = 200
"""Of an epoch of the recipe."""


@dataclass
class Parts:
    """What takes how long; each part is that of the last epoch."""

    device: str
    seconds: dict[str, float] = field(default_factory=dict)

    def embed(self, *given: Any, **options: Any) -> Embeddings:
        """Embed, and note the seconds."""
        start = perf_counter()
        found = extract(*given, **options)
        self.seconds["embedding"] = perf_counter() - start
        return found


@dataclass
class OfPeople:
    """Labels rows that are drawn around people, on the device, in place of random embeddings."""

    labeller: Labeller
    rows: np.ndarray
    parts: Parts
    search_device: str

    def spaces(self) -> Mapping[str, LabelSpace]:
        """Return the label spaces that can be asked for."""
        return self.labeller.spaces()

    def problems(self) -> Iterator[str]:
        """Yield a message for each setting that cannot be."""
        return self.labeller.problems()

    def label(
        self,
        embeddings: Embeddings,
        known: Known,
        spaces: Collection[str],
        *,
        generator: np.random.Generator,
        search: NeighbourSearch,  # noqa: ARG002 - knows the other rows alone
    ) -> Labelling:
        """Label the rows, and note the seconds."""
        there = torch.from_numpy(self.rows).to(self.parts.device)
        wait_for(self.parts.device)
        start = perf_counter()
        resident = there if there.is_cuda else None
        drawn = Embeddings(self.rows, embeddings.modality, np.abs(self.rows), resident=resident)
        how = Search(device=self.search_device, held=Held(drawn.vectors, there))
        find = partial(modal_neighbours, search=how)
        found = self.labeller.label(drawn, known, spaces, generator=generator, search=find)
        self.parts.seconds["labelling"] = perf_counter() - start
        return found


def paper_scale(report: Report) -> None:
    """34,167 random images of 288x144, one epoch of 20 steps of each stage of sysu."""
    count, steps = (SMALL, 2) if report.small else (FULL, 2 * READ_EVERY)
    changes = ["stages.*.epochs=1", f"stages.*.iterations={steps}", "stages.aligned.warmup=0"]
    changes += FEW_ROWS if report.small else []
    recipe = recipe_of("sysu", None, report.small, *changes)
    device = report.device
    forget_peak(device)
    network = prepare(new_network(recipe).to(device), recipe.compute)
    recipe = replace(recipe, compute=chosen_compute(network, recipe))
    rows, modality = scene(count, network.embedding_size)
    images = drawn(count, modality, recipe, report)
    parts = Parts(device)
    labeller = OfPeople(recipe.labelling, rows, parts, report.search_device)
    workers = Workers(embed=parts.embed)
    marks = {0: perf_counter()}
    for event in fit(network, images, recipe, labeller=labeller, workers=workers):
        if isinstance(event, Labelled):
            marks = {0: perf_counter()}
        elif isinstance(event, Stepped) and reads(event):
            marks[event.report.step] = perf_counter()
        elif isinstance(event, EpochEnded):
            tell(event, marks, parts, report)
    wait_for(device)
    report.check(True, f"all stages ran; peak {gib(peak(device))}", {"peak_gib": peak(device)})


def drawn(count: int, modality: Int, recipe: Recipe, report: Report) -> TrainingImages:
    """Draw images of the recipe's size, and put them on the device where they fit."""
    start = perf_counter()
    generator = np.random.default_rng(0)
    people = generator.integers(0, 395, min(DIFFERENT, count))
    pixels = pictures(people, (recipe.height, recipe.width), generator)
    pixels = pixels[np.arange(count) % len(pixels)]
    resident = resident_pixels(pixels, report.device)
    where = "in the host's memory" if resident is None else "on the device"
    taken = perf_counter() - start
    what = f"{count:,} images of which {len(people):,} differ, {pixels.nbytes / 2**30:.2f} GiB"
    report.info(f"{what} {where}, in {taken:.1f} s")
    return TrainingImages(pixels, modality, resident=resident)


def reads(event: Stepped) -> bool:
    """Tell whether all that was asked of the device before is done."""
    return event.report.step % READ_EVERY == 0 or event.report.step == event.report.iterations


def tell(event: EpochEnded, marks: Mapping[int, float], parts: Parts, report: Report) -> None:
    """Say where an epoch's time went; steps between the last two readings count."""
    (before, start), (last, end) = sorted(marks.items())[-2:]
    step = (end - start) / (last - before)
    between, found = event.report.seconds["labelling"], parts.seconds
    epoch = STEPS * step + between
    clusters = {name: space.clusters for name, space in event.report.labelling.spaces.items()}
    report.info(
        f"{event.report.stage}: {step * 1e3:.1f} ms a step, {between:.1f} s before the first one "
        f"(embedding {found['embedding']:.1f} s, labelling {found['labelling']:.1f} s); an epoch "
        f"of {STEPS} steps {epoch:.0f} s, {STEPS * step / epoch:.0%} of it steps; "
        f"clusters {clusters}",
        {"step": step, "between": between, "epoch": epoch, **found},
    )
