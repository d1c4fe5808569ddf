"""Which stage of a run is meant where none is named, and what is said of it."""

import warnings

from vireid.errors import CheckpointError, meant
from vireid.runs.folder import BEFORE, CLEAREST, Run


def last_stage(run: Run) -> str:
    """Return the last finished stage of a run; of a training that has not ended, warn.

    Args:
        run: the run's folder.

    Returns:
        The stage's name; ``before`` where no stage is finished.

    Raises:
        CheckpointError: there is no run, or it has ended and lacks the checkpoint of its last
            stage.
    """
    trained = [stage.name for stage in run.outline().stages]
    stages = run.stages()
    if not stages or stages[-1] == trained[-1]:
        return stages[-1] if stages else BEFORE
    missing = ", ".join(name for name in trained if name not in stages)
    last = stages[-1]
    if run.has_ended():
        raise CheckpointError(
            f"{run.folder} is damaged: its training has ended, but there is no checkpoint of "
            f"{missing}; name the file of another stage ({run.checkpoint_file(last)}), or train "
            "anew"
        )
    what = "the network before training" if last == BEFORE else f"stage {last}"
    warnings.warn(
        f"{run.folder} is not trained to its end and lacks {missing}: {what} is used; `vireid "
        "train --resume` goes on",
        stacklevel=4,
    )
    return last


def find_stage(run: Run, stage: str | None = None) -> str:
    """Return the name of a stage whose network a run holds.

    Args:
        run: the run's folder.
        stage: its name, ``before`` or ``clearest``; the last finished stage where not given, with
            a warning where the training has not ended.

    Returns:
        The name.

    Raises:
        CheckpointError: there is no run or no such stage, or a run that has ended lacks its last.
    """
    stages = run.stages()
    wanted = stage or last_stage(run)
    if wanted not in [*stages, CLEAREST] or not run.checkpoint_file(wanted).is_file():
        has = f"{', '.join(stages) or 'none yet'}{meant(wanted, stages)}"
        raise CheckpointError(f"{run.folder} has no stage {wanted}; it has: {has}")
    return wanted
