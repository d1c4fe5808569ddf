"""What is taken away of a run that is trained and scored."""

import shutil

from vireid.runs import Run
from vireid.runs.states import remove_states


def lighten(run: Run, *, keep: str | None = None) -> None:
    """Take away what is large in a run that is trained and scored; texts stay.

    Args:
        run: its folder.
        keep: the stage whose network stays, too; none where not given.
    """
    remove_states(run)
    checkpoints = run.folder / "checkpoints"
    kept = None if keep is None else run.checkpoint_file(keep)
    for file in checkpoints.glob("*.safetensors"):
        if file != kept:
            file.unlink()
    if kept is None or not kept.is_file():
        shutil.rmtree(checkpoints, ignore_errors=True)
    shutil.rmtree(run.folder / "states", ignore_errors=True)
    for pattern in ("*.png", ".lock"):
        for file in run.folder.glob(pattern):
            file.unlink()
