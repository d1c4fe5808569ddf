"""What becomes black and white in a training: found once, and the same when a run goes on."""

from dataclasses import replace

from vireid.data import DataFolder
from vireid.errors import ConfigError
from vireid.runs.reading import levelled
from vireid.runs.session import Session
from vireid.types import Levels


def with_training_levels(session: Session) -> DataFolder:
    """Return the data of a training with the levels of its training images.

    Args:
        session: what is trained; a run that goes on keeps its levels.

    Returns:
        The data.

    Raises:
        ConfigError: other levels are asked for than those of the run that goes on, or a camera
            that is named has no images.
        CheckpointError: the levels of the run cannot be read.
    """
    run, train = session.run, session.data.train
    goes_on = session.resume and run.recipe_file.exists()
    kept = run.levels() if goes_on else None
    found = levelled(train, session.reading.levels, kept)
    if goes_on and (found.levels or Levels()).spans != (kept or Levels()).spans:
        raise ConfigError(
            f"--levels or the images give other levels than {run.folder} was begun with; leave "
            "--levels out, or train anew in another folder"
        )
    return replace(session.data, train=found)
