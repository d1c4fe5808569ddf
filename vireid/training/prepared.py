"""Steps made ready on the host, ahead of their time: images, draws, and what each term looks at."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from vireid import seeds
from vireid.config import Recipe, StageConfig, StepConfig
from vireid.models.sending import Parcel, packed
from vireid.terms import Batch
from vireid.training.batches import TrainingImages, index_batches
from vireid.training.draws import Draws, View, draw
from vireid.training.objective import Plan, flat_plans, plan_batch, planned
from vireid.training.state import TrainingState
from vireid.training.transforms import augment
from vireid.training.workers import Forward
from vireid.types import Int, Modality

VIEWS: tuple[View, ...] = ("visible", "exchanged", "infrared")
"""How the images of a batch go in, in the order of its rows."""


@dataclass(frozen=True)
class Prepared:
    """A step that is ready on the host."""

    names: tuple[str | int, ...]
    """Stage, epoch and step, and the number of the step in its iteration if not the first."""
    rows: Batch
    """What each of the B rows of the whole batch shows."""
    parcel: Parcel
    """Pixels, draws and plans of the rows that this process passes through the network."""
    pixels: Mapping[View, str]
    """Where in the parcel the pixels of each view are."""
    plans: Mapping[str, Plan]
    """What each term looks at, on the host."""
    resident: Tensor | None = None
    """[N, H, W, 3] the pixels of all images on the device; the parcel then holds their numbers."""

    @property
    def images(self) -> int:
        """How many images go through the network."""
        return len(self.rows.indices)


@dataclass(frozen=True)
class Reader:
    """Makes batches ready."""

    images: TrainingImages
    """What they are drawn from."""
    recipe: Recipe
    """Augmentation and seed."""
    forward: Forward
    """Says which rows this process passes through the network."""
    pin: bool = False
    """Into page-locked memory, from where a GPU fetches them while it computes."""

    def prepare(
        self,
        visible: Int,
        infrared: Int,
        *names: str | int,
        plan: Callable[[Batch], dict[str, Plan]] = lambda _: {},
    ) -> Prepared:
        """Read one batch and draw its augmentation: visible, visible exchanged, infrared.

        Args:
            visible: [V] images, each of which goes in twice.
            infrared: [R] images.
            names: stage, epoch and step, which make the batch's randomness its own; the number of
                the step in its iteration after these, where it is not the first.
            plan: what the terms look at in the batch; nothing where not given.

        Returns:
            2 V + R rows; of several processes, each reads the pixels of its own rows alone.
        """
        rows = whole_batch(visible, infrared, names)
        generator = torch.Generator().manual_seed(seeds.derive(self.recipe.seed, "augment", *names))
        own = self.forward.share(rows.modality)
        found: dict[str, Tensor] = {}
        places: dict[View, str] = {}
        asked, start = np.empty(0, dtype=np.int64), 0
        for view, indices in zip(VIEWS, (visible, visible, infrared), strict=True):
            mine = own[(own >= start) & (own < start + len(indices))] - start
            start += len(indices)
            again = view == "exchanged" and np.array_equal(asked, indices[mine])
            places[view] = places["visible"] if again else f"{view}/pixels"
            asked = indices[mine]
            if not again:
                found[places[view]] = self._pixels(asked)
            size = (len(indices), *self.images.size)
            part = torch.from_numpy(mine)
            draws = draw(size, self.recipe.augmentation, generator, view=view, rows=part)
            found |= {f"{view}/{name}": value for name, value in draws.arrays().items()}
        plans = plan(rows)
        found |= flat_plans(plans)
        parcel = packed(found, pin=self.pin)
        return Prepared(names, rows, parcel, places, plans, self.images.resident)

    def _pixels(self, indices: Int) -> Tensor:
        """Read the pixels of some images, or name the images where the device has the pixels."""
        if self.images.resident is not None:
            return torch.from_numpy(indices)
        return torch.from_numpy(self.images.pixels[indices])


def whole_batch(visible: Int, infrared: Int, names: tuple[str | int, ...] = ()) -> Batch:
    """Return what the rows of a batch show.

    Args:
        visible: [V] images, each of which goes in twice.
        infrared: [R] images.
        names: stage, epoch and step.

    Returns:
        Images and modalities of 2 V + R rows.
    """
    indices = np.concatenate([visible, visible, infrared])
    modality = np.zeros(len(indices), dtype=np.int64)
    modality[2 * len(visible) :] = Modality.INFRARED
    return Batch(indices, modality, *(int(name) for name in names[1:3]))


def load_batch(
    prepared: Prepared, device: torch.device | str = "cpu"
) -> tuple[Tensor, Tensor, dict[str, Plan]]:
    """Send a batch to the device, without waiting for it, and augment it there.

    Args:
        prepared: a step.
        device: where it goes.

    Returns:
        Pixels [b, 3, H, W] float32 in [0, 1] of this process's rows, the modalities [B] of all
        rows on the host, and what each term looks at, on the device.
    """
    there = prepared.parcel.unpacked(device)
    parts = []
    for view, name in prepared.pixels.items():
        block = there[name]
        if prepared.resident is not None:
            block = prepared.resident.index_select(0, block)
        start = f"{view}/"
        drawn = {n[len(start) :]: v for n, v in there.items() if n.startswith(start) and n != name}
        parts.append(augment(block.permute(0, 3, 1, 2), Draws(**drawn)))
    plans = planned(prepared.plans, there)
    return torch.cat(parts), torch.from_numpy(prepared.rows.modality), plans


def read_ahead(tasks: Iterable[Callable[[], Prepared]]) -> Generator[Prepared, None, None]:
    """Make the next step ready while this one is in use.

    Args:
        tasks: each makes one step ready.

    Yields:
        The steps, in order.
    """
    with ThreadPoolExecutor(1, "reading") as reader:
        coming: Future[Prepared] | None = None
        for task in tasks:
            following = reader.submit(task)
            if coming is not None:
                yield coming.result()
            coming = following
        if coming is not None:
            yield coming.result()


def read_iterations(
    state: TrainingState, reader: Reader, stage: StageConfig
) -> Generator[tuple[Prepared, ...], None, None]:
    """Yield the steps of each iteration of an epoch that is not taken yet.

    Args:
        state: epoch, finished iterations and labels.
        reader: makes them ready.
        stage: its steps.

    Yields:
        One for each step of the iteration.
    """
    steps = stage.steps()
    left = islice(_tasks(state, reader, stage), state.step * len(steps), None)
    with closing(read_ahead(left)) as coming:
        while found := tuple(islice(coming, len(steps))):
            yield found


def _tasks(
    state: TrainingState, reader: Reader, stage: StageConfig
) -> Iterator[Callable[[], Prepared]]:
    """Yield what makes each step of an epoch ready, those that are taken too."""
    recipe, modality = reader.recipe, reader.images.modality
    streams = []
    for number, step in enumerate(stage.steps()):
        which = (number,) if number else ()  # so that the first step draws as an only one does
        draws = seeds.generator(recipe.seed, "sampling", stage.name, state.epoch, *which)
        plan = _planning(state, step)
        batches = index_batches(stage, state.labelling, modality, recipe, draws, step)
        streams.append((which, plan, batches))
    for iteration in range(stage.iterations):
        for which, plan, batches in streams:
            names = (stage.name, state.epoch, iteration, *which)
            yield partial(reader.prepare, *next(batches), *names, plan=plan)


def _planning(state: TrainingState, step: StepConfig) -> Callable[[Batch], dict[str, Plan]]:
    """Return what plans a batch of a step, by the labels of this epoch."""
    terms, labelling = step.terms, state.labelling
    kept = dict(state.terms)

    def plan(batch: Batch) -> dict[str, Plan]:
        return plan_batch(terms, kept, labelling, batch)

    return plan
