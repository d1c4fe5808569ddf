"""The embedding pass: images a second by precision, and how far it is from the CPU's."""

from functools import partial

import numpy as np

from gpu.clock import seconds
from gpu.report import Report
from gpu.scenes import recipe_of, scene_of
from vireid.models.extract import extract
from vireid.models.passing import BATCH, Passing
from vireid.runs import new_network
from vireid.training import prepare
from vireid.training.room import chosen_compute, resident_pixels

IMAGES = 34_167
"""Of SYSU-MM01's training part."""
COMPARED = 64
"""Images that the CPU embeds too."""
LIMIT = 1e-4
"""Largest difference in fp32; embeddings have unit length."""


def embedding(report: Report) -> None:
    """Embed with ResNet-50 AGW at 288x144 in fp32, tf32 and bf16, batch as a training chooses."""
    recipe = recipe_of("sysu", None, report.small)
    network = new_network(recipe)
    images = scene_of(recipe, 96 if report.small else 4096, 50).images
    some = images.pixels[:COMPARED], images.modality[:COMPARED]
    expected = extract(network, *some).vectors
    network = prepare(network.to(report.device), recipe.compute)
    batch = chosen_compute(network, recipe).embedding_batch or BATCH
    resident = resident_pixels(images.pixels, report.device)
    for precision in ("fp32", "tf32", "bf16"):
        how = Passing(batch, precision, resident=resident)
        found = extract(network, *some, how=how)  # warms up
        far = float(np.abs(found.vectors - expected).max())
        embed = partial(extract, network, images.pixels, images.modality, how=how)
        speed = len(images.modality) / seconds(embed, report.device)
        text = (
            f"{precision}, batch {batch}: {speed:,.0f} images/s, {IMAGES / speed:.1f} s for "
            f"{IMAGES:,}; at most {far:.1e} from the CPU's fp32"
        )
        values = {"images_a_second": speed, "difference": far}
        if precision == "fp32":
            report.check(far < LIMIT, f"{text} (limit {LIMIT:.0e})", values)
        else:
            report.info(text, values)
