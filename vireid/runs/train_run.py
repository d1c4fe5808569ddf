"""A training in its run folder: read, train, save, by one process or several."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from time import perf_counter

import torch

from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import LostProcess, SaveError, Stopped
from vireid.files import whole_file
from vireid.labelling import Labeller, MultiMemoryMatching
from vireid.models import CrossModalNetwork
from vireid.models.passing import BATCH
from vireid.observers import check_installed, silent
from vireid.pages import draw_training_curve
from vireid.parallel import (
    any_of,
    from_first,
    largest,
    on_first,
    process_group,
    recognising_lost,
    share,
)
from vireid.recipes import recipe_differences
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.runs.begun import as_begun, place_of
from vireid.runs.claim import (
    check_same_images,
    check_trainable,
    claimed,
    is_finished,
    write_settings,
)
from vireid.runs.fingerprints import fingerprint
from vireid.runs.initial import initial_change, note_initial
from vireid.runs.keeping import Keeper
from vireid.runs.leveling import training_levels
from vireid.runs.reading import read_training, training_images
from vireid.runs.session import Session
from vireid.runs.states import load_state, remove_states
from vireid.runs.stopping import StopRequest, stop_requests
from vireid.runs.watching import Watched, watching
from vireid.runs.workers import stopping_between_batches, together
from vireid.runs.writing import writing
from vireid.training import (
    EpochEnded,
    Event,
    Labelled,
    Stepped,
    fit,
    prepare,
)
from vireid.training.outcomes import READ_EVERY
from vireid.training.room import chosen_compute, resident_pixels

_log = logging.getLogger(__name__)


def train_run(session: Session) -> None:
    """Train and write the run folder, together with the processes started with this one.

    Args:
        session: what, on what, where, and who is told.

    Raises:
        VireidError: the images, the recipe, the folder or the labels cannot be used.
        LostProcess: another process of the training has ended.
        Stopped: a signal asked to stop; everything is saved.
    """
    run, resume = session.run, session.resume
    check_trainable(session.data)
    check_installed(session.log)
    with ExitStack() as stack:
        device = stack.enter_context(process_group(session.device))
        if resume and from_first(is_finished(run)):
            check_same_images(run, session.data)
            _tell(f"{run.folder} is finished; nothing to go on with")
            return
        stop = stack.enter_context(stop_requests())

        def claim() -> None:
            stack.enter_context(claimed(run, resume=resume))

        on_first(claim)
        with _saying_how_to_go_on(session.again, stop):
            _train(session, device, any_of(stop))


@contextmanager
def _saying_how_to_go_on(again: str, stop: StopRequest) -> Iterator[None]:
    """Add to the message of an end that leaves something to go on with how that is done."""
    try:
        with recognising_lost():
            try:
                yield
            except Stopped as error:
                code = 128 + (from_first(stop.signal) or stop.signal or 15)
                raise Stopped(f"stopped and saved; go on with: {again}", code) from error
    except SaveError as error:
        raise SaveError(f"{error}; then go on with: {again}") from error
    except LostProcess as error:
        raise LostProcess(f"{error}, then: {again}") from error


def _tell(message: str) -> None:
    """Let the first process say something."""
    if share()[0] == 0:
        _log.info(message)


def _train(session: Session, device: str, stop: Callable[[], bool]) -> None:
    """Read, train, save."""
    run, recipe = session.run, session.recipe
    network = prepare(new_network(recipe).to(device), recipe.compute)
    start = perf_counter()
    size = (recipe.height, recipe.width)
    show = session.progress if share()[0] == 0 else silent
    given = session.data
    train = training_levels(given.train, session.reading.levels, run, resume=session.resume)
    given = replace(given, train=train)
    data, pixels = read_training(given, size, session.reading, progress=show)
    if session.resume and run.recipe_file.exists():
        recipe = as_begun(recipe, run.recipe_text())
    recipe = _fitting(network, recipe)
    session = replace(session, recipe=recipe)
    labeller = session.labeller(data, recipe) if session.labeller else recipe.labelling
    for line in labeller.idle(data.train.known()) if type(labeller) is MultiMemoryMatching else ():
        _tell(line)
    workers = stopping_between_batches(together(network, recipe), stop)
    reading, images = fingerprint(data.train, pixels), training_images(data.train, pixels)
    images = replace(images, resident=resident_pixels(pixels, device))
    seconds = {"reading": perf_counter() - start}
    begin = load_state(run, network, recipe, reading) if session.resume else None
    if begin is None:
        stands_in = _class_of(labeller) if session.labeller else None
        on_first(partial(_begin, session, given, network, stands_in))
    else:
        on_first(partial(_go_on, run, given, recipe, network))
        _tell(f"going on at {place_of(recipe, begin)}")
    with (
        watching(session, data, begin=begin, workers=workers, labeller=labeller) as watch,
        writing() as writer,
    ):
        keeper = Keeper(session, data.train, reading, writer)
        events = fit(
            network, images, recipe, labeller=watch.labeller, begin=begin, workers=watch.workers
        )
        with closing(events):
            finished = _follow(events, keeper, watch, stop)
        on_first(keeper.finish)
        watch.observers.close(finished=finished)
    if not finished:
        raise Stopped("stopped", 0)
    on_first(partial(summarise, run, seconds))


def _follow(
    events: Iterator[Event], keeper: Keeper, watch: Watched, stop: Callable[[], bool]
) -> bool:
    """Go through a training; tell whether it came to its end, or was stopped and is saved."""
    try:
        for event in events:
            watch.tell(event, keeper.writer.write)
            if isinstance(event, EpochEnded | Labelled) and on_first(
                partial(keeper.keep, event, keeper.embedded(event))
            ):
                return False
            if _may_stop(event) and stop():
                on_first(partial(keeper.save, event.state))
                return False
    except Stopped:  # between two batches of an embedding
        return False
    return True


def _fitting(network: CrossModalNetwork, recipe: Recipe) -> Recipe:
    """Return the recipe with what it leaves to the memory of the GPU, and say what that is."""
    compute = chosen_compute(network, recipe, processes=share()[1])
    if compute is not recipe.compute:  # what fits everywhere: the most parts, the smallest batch
        most = int(largest(torch.tensor(compute.parts)))
        least = -int(largest(torch.tensor(-(compute.embedding_batch or BATCH))))
        compute = replace(compute, parts=most, embedding_batch=least)
    for name in ("parts", "embedding_batch"):
        if getattr(compute, name) != getattr(recipe.compute, name):
            _tell(f"compute.{name} is {getattr(compute, name)}, by the free memory of the GPU")
    return replace(recipe, compute=compute)


def _may_stop(event: Event) -> bool:
    """Tell whether a training may end at an event: not while an epoch is being closed.

    Several processes ask each other, which costs time, after every tenth step.
    """
    if isinstance(event, Stepped):
        asks = share()[1] == 1 or event.report.step % READ_EVERY == 0
        return asks and event.report.step < event.report.iterations
    return not isinstance(event, EpochEnded)


def _class_of(labeller: Labeller) -> str:
    """Return module and name of a labeller's class."""
    return f"{type(labeller).__module__}.{type(labeller).__qualname__}"


def _begin(
    session: Session, data: DataFolder, network: CrossModalNetwork, labeller: str | None
) -> None:
    """Write what a run folder holds before the first step."""
    run, recipe = session.run, session.recipe
    write_settings(run, data, recipe, session.named, labeller)
    note_initial(run, network.initial)
    save_network(run, BEFORE, network, recipe)


def _go_on(run: Run, data: DataFolder, recipe: Recipe, network: CrossModalNetwork) -> None:
    """Note the settings that may change while a run goes on; say it if the initial weights have."""
    if change := initial_change(run, network.initial):
        _tell(change)
    changes = recipe_differences(run.recipe_text(), recipe)
    if changes:
        _tell(f"going on with other settings: {'; '.join(changes)}")
        write_settings(run, data, recipe)


def summarise(run: Run, seconds: dict[str, float]) -> None:
    """Draw the training curve, add up what the epochs took, and close the run.

    Args:
        run: with a complete log.
        seconds: of what came before the training; kept with those of the training and of its
            parts labelling and steps.
    """
    epochs = [json.loads(line) for line in run.log_file.read_text(encoding="utf-8").splitlines()]
    draw_training_curve(epochs, run.folder / "training-curve.png")
    parts = {
        part: sum(epoch["seconds"][part] for epoch in epochs) for part in ("labelling", "steps")
    }
    with whole_file(run.timing_file) as file:
        file.write_text(
            json.dumps(seconds | parts | {"training": sum(parts.values())}), encoding="utf-8"
        )
    remove_states(run)
