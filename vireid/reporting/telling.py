"""What a run was trained on and by, on which machine, and how to repeat it: in words."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from shlex import quote

from vireid.errors import VireidError, number_of
from vireid.pages import Table
from vireid.recipes import is_shipped, load_recipe, names, recipe_differences
from vireid.reporting.facts import RunFacts
from vireid.runs.training_images import trained_on
from vireid.types import Images, Modality

PACKAGES = ("torch", "timm", "numpy", "scipy", "scikit-learn", "pillow")
"""Whose versions are told."""
SHOWN = 60
"""The most settings that are listed."""


def lead(facts: RunFacts) -> Iterator[str]:
    """Say what was trained on what.

    Args:
        facts: of the run.

    Yields:
        Sentences.
    """
    outline, data = facts.outline, facts.data
    size = f"{outline.height}x{outline.width} pixels"
    stages = ", ".join(stage.name for stage in outline.stages)
    yield (
        f"{outline.network.backbone} at {size}, {facts.initial}, trained without identities on "
        f"{facts.trained_on} in {number_of(len(outline.stages), 'stage')}: {stages}; "
        f"seed {outline.seed}."
    )
    if name := facts.run.labeller_name():
        yield f"Labels were not made by the recipe's labeller but by {name}."
    if data is not None:
        yield f"Training images: {counted(data.train)}. Test images: {counted(data.test)}."
    if facts.epochs:
        seconds = sum(sum(line["seconds"].values()) for line in facts.epochs)
        yield f"{number_of(len(facts.epochs), 'epoch')} took {seconds / 60:.1f} minutes."


def counted(images: Images) -> str:
    """Say how many images there are of each modality and of how many cameras.

    Args:
        images: N images, possibly none.

    Returns:
        A few words.
    """
    if not len(images):
        return "none"
    sides = [(side.name.lower(), int((images.modality == side).sum())) for side in Modality]
    cameras = len({*zip(images.modality.tolist(), images.camera.tolist(), strict=True)})
    seen = number_of(cameras, "camera") if images.camera.any() else "unknown cameras"
    return f"{' and '.join(f'{count:,} {name}' for name, count in sides if count)}, {seen}"


def cameras(images: Images) -> Table:
    """Return how many images each camera took.

    Args:
        images: N images.

    Returns:
        A row for each modality and camera.
    """
    pairs = sorted({*zip(images.modality.tolist(), images.camera.tolist(), strict=True)})
    rows = []
    for side, camera in pairs:
        count = int(((images.modality == side) & (images.camera == camera)).sum())
        name = images.camera_name(camera) if camera else "unknown"
        rows.append((Modality(side).name.lower(), name, count))
    return Table(("modality", "camera", "images"), tuple(rows))


def other_data(facts: RunFacts) -> str:
    """Say whether the data given are others than those of the training.

    Args:
        facts: of the run.

    Returns:
        A sentence; empty where they are the same or nothing tells.
    """
    trained = trained_on(facts.run)
    if facts.data is None or not trained.told or trained.are(facts.data.train):
        return ""
    return (
        "The training images of the data given are not those that the run was trained on: what is "
        "shown of them says nothing of its training."
    )


def settings(facts: RunFacts) -> tuple[str, list[str]]:
    """Compare the settings of a run with those of a recipe that ships.

    Args:
        facts: of the run.

    Returns:
        Name of the recipe: the one that the run names, else that with the fewest differences,
        of those with the same stages if there are any; empty where none can be compared. And a
        line for each setting that differs.
    """
    words = (facts.run.recipe_name() or "").replace(",", " ").split()
    known = [words[0]] if words and is_shipped(words[0]) else names()
    mine, found = [stage.name for stage in facts.outline.stages], []
    for name in known:
        try:
            shipped = load_recipe(name)
            lines = recipe_differences(shipped, facts.run.recipe_text())
        except VireidError:
            continue
        other = [stage.name for stage in shipped.stages] != mine
        found.append((other, len(lines), name, lines))
    if not found:
        return "", []
    _, _, name, lines = min(found)
    more = len(lines) - SHOWN
    shown = [*islice(lines, SHOWN), *([f"and {more} more"] if more > 0 else [])]
    return name, [f", in {name} ".join(line.rsplit(", was ", 1)) for line in shown]


def versions() -> Table:
    """Return what this program runs on.

    Returns:
        Versions of packages, and the machine without its name.
    """
    rows = [("vireid", version("vireid")), ("Python", platform.python_version())]
    for package in PACKAGES:
        try:
            rows.append((package, version(package)))
        except PackageNotFoundError:
            continue
    system = f"{platform.system()} on {platform.machine()}, {os.cpu_count() or 1} cores"
    return Table(("", "here"), (*rows, ("machine", system)))


def reproduce(facts: RunFacts) -> tuple[str, ...]:
    """Return the commands that train and evaluate the run again.

    Args:
        facts: of the run.

    Returns:
        Lines of a shell; DATA and NEW stand for what the user has.
    """
    fold = facts.run.origin().fold
    option = "" if fold is None else f" --fold {fold}"
    return (
        f"# with vireid {version('vireid')}",
        f"vireid train DATA --recipe {quote(facts.name)}/recipe.yaml --out NEW{option}",
        "vireid evaluate NEW DATA --every-stage",
        "vireid report NEW DATA",
    )
