"""A training in its run folder: read, train, save, by one process or several."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from time import perf_counter

from vireid.cli.display import console
from vireid.config import Recipe
from vireid.data import DataFolder
from vireid.errors import SaveError, Stopped, VireidError
from vireid.files import whole_file
from vireid.models import CrossModalNetwork
from vireid.observers import check_installed
from vireid.pages import draw_training_curve
from vireid.parallel import (
    any_of,
    from_first,
    is_lost,
    on_first,
    process_group,
    share,
)
from vireid.recipes import recipe_differences
from vireid.runs import BEFORE, Run, keep_clearest, new_network, save_network
from vireid.runs.claim import check_trainable, claimed, is_finished, write_settings
from vireid.runs.fingerprints import fingerprint
from vireid.runs.reading import Reading, read_training
from vireid.runs.states import KEPT, load_state, remove_states, save_state
from vireid.runs.stopping import stop_requests
from vireid.runs.watching import watching
from vireid.runs.workers import stopping_between_batches, together
from vireid.training import (
    Labeller,
    TrainingImages,
    TrainingState,
    fit,
    prepare,
)


def train(
    data: DataFolder,
    recipe: Recipe,
    run: Run,
    *,
    device: str = "cpu",
    labeller: Callable[[DataFolder], Labeller] | None = None,
    how: Reading | None = None,
    resume: bool = False,
    log: Sequence[str] = (),
    again: str = "the same command with --resume",
    keep: Callable[[TrainingState, str], None] | None = None,
    kept: int = KEPT,
) -> dict[str, float]:
    """Train and write the run folder, together with the other processes that torchrun started.

    Args:
        data: training images; identities, where known, are only logged.
        recipe: all settings.
        run: where to write; the same folder for all processes.
        device: where to compute.
        labeller: makes what goes from embeddings to label spaces, of the data without unreadable
            images; ``labelling.label_spaces`` where not given.
        how: the cache of decoded images, and how many may be unreadable.
        resume: go on where a training in this folder ended, or begin if there is none.
        log: which observers are told of it, beside the log of lines.
        again: the command that goes on, for the message of an early stop.
        keep: called after every stage, before its state is saved, with the state and the
            fingerprint of the images.
        kept: how many of the newest states stay in the run folder.

    Returns:
        Seconds by part.

    Raises:
        VireidError: the images, the recipe, the folder or the labels cannot be used.
        Stopped: a signal asked to stop; everything is saved.
    """
    check_trainable(data)
    check_installed(log)
    with ExitStack() as stack:
        device = stack.enter_context(process_group(device))
        console.quiet = share()[0] > 0
        if resume and from_first(is_finished(run)):
            console.print(f"{run.folder} is finished; nothing to go on with")
            seconds: dict[str, float] = json.loads(run.timing_file.read_text(encoding="utf-8"))
            return seconds
        stop = stack.enter_context(stop_requests())

        def claim() -> None:
            stack.enter_context(claimed(run, resume=resume))

        on_first(claim)
        try:
            ask = any_of(stop, device)
            return _train(data, recipe, run, device, labeller, how, resume, log, ask, keep, kept)
        except Stopped as error:
            code = 128 + (from_first(stop.signal) or stop.signal or 15)
            raise Stopped(f"stopped and saved; go on with: {again}", code) from error
        except SaveError as error:
            raise SaveError(f"{error}; then go on with: {again}") from error
        except RuntimeError as error:
            if not is_lost(error):
                raise
            raise VireidError(
                f"another process of this training has ended; see its message, then: {again}"
            ) from error


def _train(
    data: DataFolder,
    recipe: Recipe,
    run: Run,
    device: str,
    labeller: Callable[[DataFolder], Labeller] | None,
    how: Reading | None,
    resume: bool,
    log: Sequence[str],
    stop: Callable[[], bool],
    keep: Callable[[TrainingState, str], None] | None,
    kept: int,
) -> dict[str, float]:
    network = prepare(new_network(recipe).to(device), recipe.compute)
    start = perf_counter()
    data, pixels = read_training(data, (recipe.height, recipe.width), how or Reading())
    workers, label = together(network, recipe, labeller and labeller(data))
    workers = stopping_between_batches(workers, stop)
    reading, images = fingerprint(data.train, pixels), TrainingImages(pixels, data.train.modality)
    seconds = {"reading": perf_counter() - start}
    begin = load_state(run, network, recipe, reading) if resume else None
    if begin is None:
        on_first(partial(_begin, run, data, recipe, network))
    else:
        on_first(partial(_go_on, run, data, recipe))

    def save(state: TrainingState) -> None:
        if state.stage and not state.epoch and not state.step:
            save_network(run, recipe.stages[state.stage - 1].name, network, recipe)
            if keep:
                keep(state, reading)
        save_state(run, state, recipe, reading, kept=kept)

    def watch_labels(state: TrainingState) -> None:
        if state.stage == len(recipe.stages) - 1:
            on_first(partial(keep_clearest, run, network, recipe, state.clarity))

    with watching(
        data, recipe, run, log=log, begin=begin, workers=workers, label=label
    ) as watch:  # fmt: skip
        done = fit(
            network, images, recipe,
            observe=watch.observe, save=lambda state: on_first(partial(save, state)),
            label=watch.label, begin=begin, stop=stop,
            workers=watch.workers, watch_step=watch.watch_step, watch_labels=watch_labels,
        )  # fmt: skip
        watch.observers.close(finished=done)
    if not done:
        raise Stopped("stopped", 0)
    seconds |= on_first(partial(summarise, run, seconds))
    return seconds


def _begin(run: Run, data: DataFolder, recipe: Recipe, network: CrossModalNetwork) -> None:
    """Write what a run folder holds before the first step."""
    write_settings(run, data, recipe)
    save_network(run, BEFORE, network, recipe)


def _go_on(run: Run, data: DataFolder, recipe: Recipe) -> None:
    """Note the settings that may change while a run goes on."""
    changes = recipe_differences(run.recipe(), recipe)
    if changes:
        console.print(f"going on with other settings: {'; '.join(changes)}")
        write_settings(run, data, recipe)


def summarise(run: Run, seconds: dict[str, float]) -> dict[str, float]:
    """Draw the training curve, add up what the epochs took, and close the run.

    Args:
        run: with a complete log.
        seconds: of what came before the training.

    Returns:
        These, seconds in training, and in its parts labelling and steps.
    """
    epochs = [json.loads(line) for line in run.log_file.read_text(encoding="utf-8").splitlines()]
    draw_training_curve(epochs, run.folder / "training-curve.png")
    parts = {
        part: sum(epoch["seconds"][part] for epoch in epochs) for part in ("labelling", "steps")
    }
    found = seconds | parts | {"training": sum(parts.values())}
    with whole_file(run.timing_file) as file:
        file.write_text(json.dumps(found), encoding="utf-8")
    remove_states(run)
    return found
