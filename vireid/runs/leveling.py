"""What becomes black and white of images of more than 8 bits: chosen, kept by a run, said."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import replace

from vireid.data.pixels.level_words import AUTO, describe, read_levels
from vireid.data.pixels.spans import find_levels
from vireid.errors import ConfigError, number_of
from vireid.parallel.own_share import share
from vireid.runs.folder import Run
from vireid.types import Images, Levels

_log = logging.getLogger(__name__)

LevelWords = Levels | Sequence[str] | str | None
"""The words of ``--levels`` or levels; None for those of the training, else auto."""


def levels_of(run: Run) -> Levels | None:
    """Return the levels that a run was trained with.

    Args:
        run: its folder.

    Returns:
        The levels; None where its images had 8 bits, or the run is older than the file.

    Raises:
        CheckpointError: the file is damaged.
    """
    return run.levels()


def with_levels(images: Images, asked: LevelWords, kept: Levels | None = None) -> Images:
    """Return images that know what becomes black and white, and say it.

    Args:
        images: N images.
        asked: what the user wants.
        kept: those of the training; taken for its cameras where nothing else is asked for.

    Returns:
        The images with their levels.

    Raises:
        ConfigError: a word is unknown, or a camera is not there.
    """
    if len(images) == 0:
        return images
    words = [asked] if isinstance(asked, str) else asked
    if words is None or isinstance(words, Levels):
        given = words if words is not None else images.levels
    else:
        given = read_levels(list(words), images)
    if words is None or given is not None:
        given = joined(given, kept)
    found, told = find_levels(images, given)
    if share()[0] == 0:
        for line in told:
            warnings.warn(line, stacklevel=2)
        if isinstance(words, Levels) and found is not None:
            _warn_of_new(found, given, len(images))
        if found is not None:
            _log.info("grey levels of more than 8 bits: %s", describe(found))
    return replace(images, levels=found)


def _warn_of_new(found: Levels, given: Levels | None, count: int) -> None:
    """Warn of spans that levels which were to hold for the images do not have."""
    known = given.spans if given else {}
    new = {key: span for key, span in found.spans.items() if key not in known}
    if new:
        warnings.warn(
            f"the levels given and those of the training have nothing for {describe(Levels(new))}, "
            f"which is found in {number_of(count, 'file')} at hand: images that were scaled "
            "otherwise do not compare",
            stacklevel=3,
        )


def joined(given: Levels | None, kept: Levels | None) -> Levels | None:
    """Return levels that are given, and kept ones of what nothing is given for.

    Args:
        given: by the user, if any.
        kept: by a run, if any.

    Returns:
        Both; None where there are none.
    """
    if given is None or kept is None:
        return given if kept is None else kept
    rest = {key: span for key, span in kept.spans.items() if not given.decides(*key)}
    return Levels({**rest, **given.spans})


def training_levels(images: Images, asked: LevelWords, run: Run, *, resume: bool) -> Images:
    """Return the images of a training with their levels: those of a run that is resumed stay.

    Args:
        images: N training images.
        asked: what the user wants.
        run: the folder that is written to.
        resume: go on with what it holds.

    Returns:
        The images with their levels.

    Raises:
        ConfigError: a resumed run has other levels.
    """
    if not (resume and run.levels_file.exists()):
        return with_levels(images, asked)
    kept = run.levels()
    if asked is not None and asked not in (AUTO, [AUTO], (AUTO,)):
        wanted = with_levels(images, asked).levels
        if wanted != kept:
            raise ConfigError(
                f"--levels: {run.folder} was trained with other levels "
                f"({describe(kept) if kept else 'none'}); leave the option out, or choose another "
                "--out"
            )
    return with_levels(images, kept if kept is not None else Levels())
