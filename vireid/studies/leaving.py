"""What is taken away of a run that is trained and scored."""

import shutil

from vireid.runs import Run
from vireid.runs.states import remove_states


def lighten(run: Run) -> None:
    """Take away what is large in a run that is trained and scored; texts stay.

    Args:
        run: its folder.
    """
    remove_states(run)
    for pattern in ("states", "checkpoints/*.safetensors", "checkpoints", "*.png", ".lock"):
        for file in run.folder.glob(pattern):
            shutil.rmtree(file) if file.is_dir() else file.unlink()
