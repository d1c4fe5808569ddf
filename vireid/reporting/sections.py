"""What a report shows, subject by subject."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from vireid.errors import VireidError
from vireid.pages import Commands, Lines, Part, Plots, Section
from vireid.reporting import telling
from vireid.reporting.curves import curves, signals, troubles
from vireid.reporting.embedding import TESTED, Embedded
from vireid.reporting.facts import RunFacts
from vireid.reporting.lists import ranked_lists
from vireid.reporting.maps import maps
from vireid.reporting.sheets import cluster_sections
from vireid.reporting.similarities import histograms


@dataclass
class Contents:
    """What was gathered so far."""

    sections: list[Section] = field(default_factory=list)
    """What is shown."""
    left_out: list[str] = field(default_factory=list)
    """What is not, and why."""


def written_sections(facts: RunFacts, found: Contents) -> None:
    """Add what the folder of the run tells by itself.

    Args:
        facts: of the run.
        found: gets the sections.
    """
    for written in facts.scores:
        tables = (written.table(), *([written.cameras] if written.cameras is not None else []))
        told = [one for one in (written.chance, written.ignored) if one]
        spread = " Mean ± standard deviation over the draws." if written.spread else ""
        title = f"Test scores: {written.key}"
        said = (Lines(tuple(told)),) if told else ()
        found.sections.append(Section(title, (*said, *tables), f"In percent.{spread}"))
    if not facts.scores:
        found.left_out.append(
            "Test scores: the folder holds none; `vireid evaluate RUN DATA --every-stage` writes "
            "them, where test images have identities."
        )
    if facts.stale:
        found.left_out.append(
            f"Scores of networks that the run no longer holds: {'; '.join(facts.stale)}."
        )
    if not facts.epochs:
        found.left_out.append("Curves and signals: no epoch is in the log yet.")
        return
    complaints = troubles(facts.epochs)
    parts: list[Part] = [signals(facts.epochs)]
    parts += [Lines(tuple(complaints))] if complaints else []
    found.sections.append(
        Section(
            "Signals without identities",
            tuple(parts),
            "At the last epoch of each stage, means over the label spaces. Clarity is margin "
            "times the share of images that are no noise; matching margin tells how much cheaper "
            "partners are than the next best; neighbour overlap is the share of nearest images "
            "that an image and its nearest one of the other modality have in common.",
        )
    )
    hint = "Over the epochs of the whole run; a dashed line stands where a stage begins."
    if not any(line.get("ari") for line in facts.epochs):
        found.left_out.append(
            "Labels against identities: the training knew no identities to compare with."
        )
    found.sections.append(Section("Curves", (Plots(curves(facts.epochs)),), hint))


def picture_sections(facts: RunFacts, embedded: Embedded, found: Contents) -> None:
    """Add what needs networks and images.

    Args:
        facts: of the run, with its data.
        embedded: the images, embedded.
        found: gets the sections, and what cannot be shown.
    """
    assert facts.data is not None
    _add_lists(facts, embedded, found)
    _add_histograms(embedded, found)
    plots = maps(embedded.maps)
    if plots:
        size = max(len(gallery) for gallery in embedded.maps.values())
        found.sections.append(
            Section(
                "Map of embeddings",
                tuple(Plots(one, small=True) for one in plots),
                f"{size} {embedded.mapped} images, the same on each map, laid out by t-SNE "
                "(scikit-learn, perplexity 30 or less, begun from PCA, seed 0): what is near on a "
                "map is alike, distances between groups say little. A diamond is infrared.",
            )
        )
    else:
        found.left_out.append("Map of embeddings: there are too few images.")
    try:
        sheets = list(cluster_sections(embedded.train, embedded.stage))
    except VireidError as error:
        found.left_out.append(f"Clusters: {error}.")
        return
    found.sections += sheets
    if not sheets:
        found.left_out.append("Clusters: the network's embeddings make none.")


def _add_lists(facts: RunFacts, embedded: Embedded, found: Contents) -> None:
    assert facts.data is not None
    if embedded.test is None or embedded.test.truth is None:
        why = (
            f"there are more than {TESTED:,} test images"
            if len(facts.data.test) > TESTED
            else ("they need test images with identities, and the data have none")
        )
        found.left_out.append(f"Ranked lists: {why}.")
        return
    try:
        protocol, strips = ranked_lists(embedded.test.gallery, facts.data)
    except VireidError as error:
        found.left_out.append(f"Ranked lists: {error}.")
        return
    hint = (
        f"Queries of the first draw of {protocol}, by their average precision, after "
        f"{embedded.stage}; then the most similar images of the gallery. Green: the same person; "
        "red: another one."
    )
    found.sections.append(Section("Ranked lists", strips, hint))


def _add_histograms(embedded: Embedded, found: Contents) -> None:
    """Prefer test images, as the network has not seen their people."""
    shown = next(
        (
            one
            for one in (embedded.test, embedded.train)
            if one is not None and one.truth is not None
        ),
        None,
    )
    if shown is None or shown.truth is None:
        found.left_out.append(
            "Similarities of the same and of different people: they need identities, and the data "
            "have none."
        )
        return
    plots = histograms(shown.gallery, shown.truth)
    if not plots:
        found.left_out.append("Similarities: nobody is seen twice.")
        return
    hint = (
        f"Cosine similarities of {shown.part} images after {embedded.stage}, each histogram scaled "
        "to its own number of pairs; pairs of one camera are among them."
    )
    found.sections.append(Section("Similarities", (Plots(plots),), hint))


def closing_sections(facts: RunFacts) -> Iterator[Section]:
    """Say what it was made by and how to repeat it.

    Args:
        facts: of the run.

    Yields:
        Settings, machine and versions, commands.
    """
    name, lines = telling.settings(facts)
    if name:
        told = lines or [f"None: all settings are those of {name}."]
        hint = f"Against the recipe {name}, which ships with vireid."
        if not facts.run.recipe_name():
            hint += " The folder does not name its recipe; this one is the most alike."
        yield Section("Settings that differ from the recipe", (Lines(tuple(told)),), hint)
    yield Section(
        "Machine and versions",
        (telling.versions(),),
        "Those that made this page; the run's folder does not say which trained.",
    )
    yield Section(
        "How to reproduce",
        (Commands(telling.reproduce(facts)), Lines(tuple(_sources(facts)))),
        "DATA is the folder of the data, NEW one that is not there yet.",
    )


def _sources(facts: RunFacts) -> Iterator[str]:
    yield f"Weights: {facts.initial}"
    if digest := facts.weights.get("sha256"):
        yield f"SHA-256 of their file: {digest}"
    for written in facts.scores[:1]:
        yield f"Test: {written.facts.get('test_images', 'unknown')}"
        networks = written.facts.get("networks", {})
        if networks:
            yield f"Networks: {', '.join(f'{stage} {text}' for stage, text in networks.items())}"
